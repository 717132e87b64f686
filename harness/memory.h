/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COWPEN_MEMORY_H
#define COWPEN_MEMORY_H

#include "internal.h"

/* For the files that make memory, memory*.c: one kind is one map(). */

#define PAGE_4K	 4096UL
#define HUGEPAGE (2UL << 20)

/* Where the guest has a file system on a RAM disk. */
#define FILES "/mnt"
/* And one on memory that is a disk, without a page cache. */
#define DAX_FILES "/dax"
/* And another such memory, which is a device. */
#define DEVDAX "/dev/dax1.0"

/* mmap() or end the test. What may be anywhere, with AT null, and fits lies within one page table. */
void *map_or_error(struct scene *s, void *at, size_t len, int prot, int flags, int fd);
/* Private anonymous memory, which no THP will come into; and that for the scene's pages. */
char *map_small(struct scene *s, size_t len);
char *map_4k(struct scene *s);
/* @size bytes of private anonymous memory at a multiple of @size, a power of two. */
char *map_aligned(struct scene *s, size_t size);
/* Headers have it since v6.11. */
#ifndef MAP_DROPPABLE
#define MAP_DROPPABLE 0x08
#endif
/* The scene's pages are @stride bytes each, one behind the other from s->area. */
void pages_in_a_row(struct scene *s, size_t stride);
/* First content, by the CPU of the parent: the pages are then private, present and writable. */
void populate(struct scene *s);
/* The same, and of all that the area has beside them. */
void populate_all(struct scene *s);
/*
 * That is filled with @pattern, or holds zeros already; of its small pages @from up to
 * @to are left as they are, and no view looks at them.
 */
void rest_is(struct scene *s, uint64_t pattern, size_t from, size_t to);
/* Skip if this kernel has no THP. */
void thp_needed(struct scene *s);
/* @len bytes that huge pages may come into at the first fault; the scene's pages are their @sub. */
void area_for_thp(struct scene *s, size_t len, const unsigned int sub[]);
extern const unsigned int sub_all[];
/* One that no view looks at. */
#define THP_UNSEEN 100
/* Does a PMD map what is at @addr, if it is anonymous memory? */
bool pmd_mapped(const void *addr);
/* Are huge pages what shmem gets, at a fault or a write that makes a page? Off: as it was before. */
void shmem_huge(struct scene *s, bool on);
/* What PMDs map of a file in the mapping that holds @addr, KiB. */
long shmem_huge_kib(const void *addr);
/* Skip if this kernel has no hugetlbfs, error if there are too few huge pages. */
void huge_pages_needed(struct scene *s);
/* s->memfd is made area_len long and gets the first content of the scene's pages. */
void fill_file(struct scene *s);
/* The pages by a read of each; the model says already what they hold. */
void read_populate(struct scene *s);
void must_be_present(struct scene *s);

#endif
