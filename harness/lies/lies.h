/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COWPEN_LIES_H
#define COWPEN_LIES_H

/*
 * Who tests the tests. A build of its own (make sabotage) links these files under
 * the harness: the linker sends its system calls, and a few of its own functions, by
 * way of them (-Wl,--wrap). Then COWPEN_LIE names one thing that the kernel is made to
 * do wrong, and COWPEN_MUTE one check that does not bite. The harness knows nothing of it.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../internal.h"

/*
 * LIE(id, name, what, tests): @tests are globs over those that may depend on it; that
 * it was told is counted, and a test in which it was not is no proof of anything.
 */
enum lie_id {
	NO_LIE,
#define LIE(id, name, what, tests)	     LIE_##id,
#define PROOF(id, name, what, checks, tests) LIE_##id,
#include "lies.def"
#undef LIE
#undef PROOF
	NR_LIES
};

extern enum lie_id lie;		/* the one that is told */
extern struct scene *scene_now; /* NULL before there is one */

/* The lie has just changed something that the harness can see; @n: how often. */
void told(void);
/* How often it has, in all processes. */
unsigned int times_told(void);

/* What a call returns that is refused, or that says it is done; both tell. */
int refuse(int err);
int done(void);

/* Does the name of the step in hand begin so? */
bool step_is(const char *name);
/* Which call of this kind in the step in hand is this one? From 1; a kind each in 0..7. */
unsigned int call_in_step(unsigned int kind);
/* Longer than the harness waits for anything; the caller is so late, if nobody was before. */
#define LATE_MS (PATIENCE_MS + 1500)
void late_once(void);
/* Of a hole that is said to be made: wait until it is. */
void lie_hole_made(void);

/* Do these bytes belong to the area of a process of the scene, as this one has it? */
bool of_area(uint64_t start, uint64_t len);
/* Does a page that they hold have a write-protect mark, does one have none that could? */
bool any_marked(uint64_t start, uint64_t len);
bool any_unmarked(uint64_t start, uint64_t len);
/* Is a page of the parent mapped, seen by the views, and free to be written by a CPU? */
bool plain_page(const struct scene *s, unsigned int page);
/* Bytes of process @pid (0: ours), whatever its rights are. True if it could be done. */
bool peek_at(pid_t pid, const void *addr, void *buf, size_t len);
bool poke_at(pid_t pid, void *addr, const void *buf, size_t len);

/* lies_pin.c: @kind with the lie in it, or itself. */
const struct pin_kind *lying_kind(const struct pin_kind *kind);
/*
 * lies_deny.c: may this call, which has been done, be said to have failed? Once a test, and
 * then the caller says so, by EINVAL.
 */
bool deny_ioctl(unsigned long req, const void *arg);
bool deny_madvise(const void *addr, size_t len, int advice);
bool deny_mprotect(const void *addr, size_t len, int prot);
bool deny_munmap(const void *addr, size_t len);
bool deny_lock(const void *addr, size_t len, bool on);
bool deny_mremap(const void *old, size_t len);
bool deny_swapoff(void);
bool deny_clear_refs(void);
/* The step in which UFFDIO_MOVE was done last. */
extern unsigned int moved_in;
/* What PAGEMAP_SCAN was asked for last. */
extern uint64_t scanned_for;
/* lies_tell.c: pagemap's answer @e, made odd. */
uint64_t odd_pagemap(pid_t pid, const void *addr, uint64_t e);
/* lies_scene.c: what is done behind the harness's back, at the end of a step and after fork(). */
void lie_at_step_end(struct scene *s);
/* lies_cost.c: is this part of the oracle left out, to see what it costs? */
bool spared(const char *what);
/* Of a page only what the cells need has been copied; false: nothing. */
bool looked_at_cells(const char *from, char *to);

#endif
