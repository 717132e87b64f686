/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COWPEN_AGENT_H
#define COWPEN_AGENT_H

/* The parts of the agent, and what they have of each other. agent.c puts them together. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "proto.h"

#define PAGE	   4096UL
#define EXE_DIR	   "/exe"
#define KHUGEPAGED "/sys/kernel/mm/transparent_hugepage/khugepaged/"

/* --- small.c */

uint64_t rdtsc(void);
uint64_t now_us(void);
/* The start of a small file without trailing blanks; "" if it cannot be read. */
char *slurp(const char *path, char *buf, size_t size);
int spit(const char *path, const char *s);
unsigned long taint(void);
/* "@name" and the number that follows it on its line. */
long number(const char *text, const char *name);

/* --- say.c */

/* Of the frames; proto.h. */
extern uint8_t token[16];
extern uint16_t seq;

void leave(int value);
void give_up(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void frame(int type, const void *data, size_t len);

/* A text that is put together and then sent as one frame. */
struct text {
	size_t len;
	char s[32768];
};

void add(struct text *t, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* --- spawn.c */

/*
 * Start a program with @out as standard output and error. By vfork(): no page
 * tables to copy, and the child can tell by @exec_errno why exec failed.
 */
pid_t spawn(char *const argv[], char *const env[], int out, int *exec_errno);
/* Runs a helper and takes the first line that it prints. Returns the wait status. */
int helper(char *const argv[], char *line, size_t size);

/* --- machine.c */

/* Of the kernel; the host tells by it what this guest shall lack, too. */
extern char cmdline[4096];

/* Of version 2; a test may make one for its own. */
#define CGROUPS "/sys/fs/cgroup"

void do_mount(const char *type, const char *where, unsigned long flags, const char *opt);
void load_modules(struct text *facts);
/*
 * A file system with pages of its own, for private mappings of files: on the
 * second RAM disk, the first is O_DIRECT's. ext4 mounts ext2, too.
 */
const char *files_on(void);
/* The same on the first memory that is a disk, and no page cache. */
const char *dax_on(void);
/* The second is a device that is mapped in huge pages. */
const char *devdax_on(void);
/*
 * khugepaged would make one huge mapping again of what a test has split, and for
 * that time take its page table entries away. It scans at once when the first
 * process asks for huge pages, and then every ten seconds: be that process, and
 * have it sleep for good.
 */
const char *park_khugepaged(void);
/* A kernel without KSM has no such folder: to a test an empty one is the same. */
const char *ksm(void);
/* What this guest is to be set to, and what it is set to. */
void settings(struct text *facts);
void rdma_up(struct text *facts);
/*
 * "tsc-early" becomes "tsc" a second after boot, by stopping the whole machine:
 * not in the first test, and so in all of them.
 */
void settle(struct text *t);
void start_facts(struct text *t);
/*
 * What a test may take for granted of this guest: the kernel's configuration, the
 * modules that were to be loaded, and by the host's words what it is to lack.
 */
size_t say_guest(char *env[]);

/* --- swap.c */

/*
 * Kernels before v6.15 keep slots of swap for later, in caches of each CPU, and
 * count them as used (mm/swap_slots.c). swapoff() of any area empties them all; so
 * there is a small second one, which is off, for nothing but that.
 */
extern char swap_beside[32];
bool swap_slots_drain(void);
/*
 * Compressed RAM as swap: pages really leave, and it needs no disk. No util-linux here. With
 * "swap=queued" it lies behind a device-mapper device. What is there now, or why nothing is.
 */
extern char swap_area[32]; /* the device; it may be off */
const char *swap_on(void);

/* --- proof.c */

void emulator_facts(struct text *t);
/* The proof of a saved state: does time run right, and is the emulator sane? */
void clock_check(void);

/* --- exe.c */

extern char exe_path[]; /* what was fetched last */

/*
 * The file that the executable will be read into, with its pages, before the
 * guest is saved: handing in then allocates, clears, copies and unmaps nothing.
 * The mapping that is kept is read-only, since a writable one would make exec
 * fail with ETXTBSY; the device does not care.
 */
void slot_make(void);
/* Where its pages lie: "slot=ADDRESS+LENGTH,...", in hexadecimal. */
void slot_facts(struct text *t);
/* Bring the executable in as EXE_DIR/@name. @here: the host has written it to the slot. */
void exe_fetch(uint16_t select, size_t offset, size_t size, const char *name, bool here);
/* The one that is here is EXE_DIR/@name now. */
void exe_call(const char *name);

/* --- clear.c */

/* While all is as it should be. */
void remember(void);
/*
 * Folders, settings and what all tests draw on; tell in @t what cannot be. False if it is no machine for
 * others, though nothing is amiss.
 */
bool put_back(struct text *t);

/* --- output.c */

extern int kmsg_fd;

/* Of a test, of which @max bytes are kept. */
void out_begin(uint64_t max);
void out_add(const char *p, size_t len);
/* The last of what was more than that. */
void out_tail(void);
/* Bytes that the test wrote. */
uint64_t out_total(void);
/* All kernel messages since the last call. */
void kmsg_send(void);

/* --- hang.c */

/*
 * Shortly before the deadline: what is everybody doing? A frame for each thread
 * as it is looked at, since to look may itself get stuck. Nothing that takes a
 * lock of the memory map (maps, smaps, cmdline) is read.
 */
void hang_send(void);

/* --- command.c */

struct test {
	size_t offset, size; /* of the executable in its item */
	uint64_t seed;
	char *name, *args;
};

struct command {
	char mode[16];
	struct test *test;
	size_t ntests;
	char *env[64];
	size_t nenv;
	uint64_t deadline_ms, max_output;
	bool together; /* there was, or will be, another test in this guest */
	bool stay;     /* the host stops the guest */
	bool here;     /* the executable of the only test is in its place */
};

void command_parse(char *text, struct command *c);

/* --- mutant.c */

/* The fault of this kernel that was asked for, while a test runs. */
void mutant_on(const struct command *c);
/* Behind what the test wrote, what it ran through, if that was asked for. */
void mutant_off(const struct command *c);

/* --- test.c */

/* What is made before the guest is saved, so that no test pays for it. */
void tests_ready(void);
/* All of them, and out. @t0: since when the command is there. */
void tests_run(const struct command *c, uint16_t select, uint64_t t0);

#endif
