/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COWPEN_SYS_H
#define COWPEN_SYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* What the kernel says about itself and about pages. None of these ends the test. */

#define PM_SOFT_DIRTY	  (1ULL << 55)
#define PM_EXCLUSIVE	  (1ULL << 56)
#define PM_UFFD_WP	  (1ULL << 57) /* fb8e37f35a2f, v5.13 */
#define PM_GUARD	  (1ULL << 58) /* v6.15 */
#define PM_FILE		  (1ULL << 61) /* of a file, or shared and anonymous */
#define PM_SWAP		  (1ULL << 62)
#define PM_PRESENT	  (1ULL << 63)
#define PM_PFN(e)	  ((e) & ((1ULL << 55) - 1))
#define PM_SWAP_OFFSET(e) (((e) & ((1ULL << 55) - 1)) >> 5)

#define KPF_DIRTY      (1ULL << 4)
#define KPF_LRU	       (1ULL << 5)
#define KPF_WRITEBACK  (1ULL << 8)
#define KPF_ANON       (1ULL << 12)
#define KPF_SWAPCACHE  (1ULL << 13)
#define KPF_SWAPBACKED (1ULL << 14)
#define KPF_TAIL       (1ULL << 16)
#define KPF_COMPOUND   (1ULL << 15 | KPF_TAIL) /* head or tail */
#define KPF_HUGE       (1ULL << 17)
#define KPF_HWPOISON   (1ULL << 19)
#define KPF_NOPAGE     (1ULL << 20)
#define KPF_KSM	       (1ULL << 21)
#define KPF_THP	       (1ULL << 22)
#define KPF_ZERO_PAGE  (1ULL << 24)

/* The pagemap entry of @addr in process @pid (0: this one), 0 on error. */
uint64_t pagemap(pid_t pid, const void *addr);
/* The same for @n addresses, opening the file once. */
void pagemap_all(pid_t pid, const void *const addr[], uint64_t e[], size_t n);
/* The same, for who asks for the uffd-wp bits. */
void marks_all(pid_t pid, const void *const addr[], uint64_t e[], size_t n);
/* /proc/kpageflags of a page frame, 0 on error. */
uint64_t kpageflags(uint64_t pfn);
/* The inode number of the cgroup that is charged for it. */
uint64_t kpagecgroup(uint64_t pfn);
/* How often it is mapped. */
uint64_t kpagecount(uint64_t pfn);
/* How many pages are there in @len bytes at @addr of process @pid, and in how many runs. */
struct pages {
	unsigned long pages;   /* small ones, of 4 KiB */
	unsigned long folios;  /* runs of them that are in one folio */
	unsigned long zero;    /* of the pages: the zero page */
	unsigned long movable; /* of the others: in ZONE_MOVABLE */
	unsigned long device;  /* in the memory of a device */
};
struct pages pages_at(pid_t pid, const void *addr, size_t len);
/* Has this machine a ZONE_MOVABLE? Nobody is to change that while a test runs. */
bool has_movable_zone(void);
/* Are two page frames parts of one folio? */
bool same_folio(uint64_t a, uint64_t b);
/* The number after @key in a file of "key: value" lines, -1 if it is not there. */
long file_number(const char *path, const char *key);
/* The same for @n keys, reading the file once: procfs makes it anew each time. */
void file_numbers(const char *path, unsigned int n, const char *const key[], long value[]);
/* The one swap area that is on; false if there is none. */
bool swap_device(char *device, size_t size);
/* The first line of a small file. False if it cannot be read. */
bool file_get(const char *path, char *line, size_t size);
/* In kB: what is mapped, and what of it is data (is_data_mapping()), and what the accounts have. */
struct accounts {
	long mapped, mapped_data;
	long size, data, hugetlb;
};
/* Those of process @pid. False if they cannot be read. */
bool accounts_of(pid_t pid, struct accounts *a);
/* Does process @pid (0: this one) have a mapping that holds @addr? */
bool maps_has(pid_t pid, const void *addr);
/* @key of the mapping that holds @addr in this process, KiB; -1 on error. */
long smaps_kib(const void *addr, const char *key);
/* AnonHugePages of the mapping that holds @addr in this process, KiB; -1 on error. */
long anon_huge_kib(const void *addr);
/* Has the mapping that holds @addr in this process the two-letter flag @name of VmFlags? */
bool vm_flag(const void *addr, const char *name);
/*
 * Tell VmFlags, " uw" and its like, of each mapping of process @pid (0: this one)
 * that has something of @len bytes at @addr. False if they cannot be read.
 */
typedef void vm_flags_told(void *arg, uintptr_t from, uintptr_t to, const char *flags);
bool vm_flags_over(pid_t pid, const void *addr, size_t len, vm_flags_told *tell, void *arg);
/* nr_foll_pin_acquired - nr_foll_pin_released, after the per-CPU parts were folded in. */
long pins_outstanding(void);
/* The first of these alone: it grows by pins that are gone already, too. */
long pins_acquired(void);
unsigned long kernel_taint(void);
/* Write @text to @path. 0 or a negative errno. */
int file_put(const char *path, const char *text);
/* A zombie has given its memory and its files back; who reaps it is not our business. */
/* Is who reads there sent that signal? */
bool read_raises(const char *addr, int sig);
bool process_gone(pid_t pid);
/* Register with a userfaultfd. 0 or the negative errno of the refusal. */
int uffd_register(int uffd, void *addr, size_t len, uint64_t mode);
/* Ring @to of io_uring gets the buffer table of ring @from. 0 or the negative errno. */
int io_uring_clone_table(int to, int from);
/*
 * A ring whose entries to be submitted lie in @len bytes at @sqes, 64 bytes each and a power of two
 * of them, and all else at @rings, where it takes @rings_len. A file descriptor, or the negative
 * errno.
 */
#define RINGS_LEN(sqes_len) ((sqes_len) / 64 * 36 + 4096)
int io_uring_in_memory(void *sqes, size_t len, void *rings, size_t *rings_len);
/*
 * Zero-copy receive without a card, into @len bytes at @addr; what is needed to give back what
 * was received, @r. 0 or the negative errno.
 */
#define ZCRX_REFILLS 8
struct zcrx_entry {
	uint64_t offset;
	uint32_t len, pad;
};
struct zcrx_refill {
	uint32_t id;
	void *map;
	size_t len;
	uint32_t *tail;
	struct zcrx_entry *entry;
};
int io_uring_zcrx(int ring, void *addr, size_t len, struct zcrx_refill *r);
int io_uring_zcrx_flush(int ring, uint32_t id);
/* Milliseconds of CLOCK_MONOTONIC, and a sleep. */
uint64_t ms_now(void);
void ms_sleep(unsigned int ms);

#endif
