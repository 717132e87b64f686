/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COWPEN_WINDOW_H
#define COWPEN_WINDOW_H

#include "race.h"
#include "wait.h"

/*
 * Holds a thread in the kernel while another does something, see race.h. A perf event, of a
 * kprobe or of a debug register, counts the hits of thread A alone. Its ring buffer wakes B,
 * which is SCHED_FIFO and on A's processor: A is preempted at once, or where it may be next.
 */
struct window {
	struct scene *s;
	struct spot spot;
	pid_t a;
	int (*does)(struct scene *s); /* what B does */
	int event, quit;	      /* files: of perf, and an eventfd that ends B */
	void *ring;
	struct helper_thread b;
	char probed[48]; /* the name that was taken */
	_Atomic bool ready, begun, finished;
	int err;	   /* of @does */
	bool waited;	   /* B slept */
	bool in_kernel;	   /* A had not left its system call when B came */
	bool asleep;	   /* but had come to where it waits by itself */
	bool within;	   /* and stood where it is wanted */
	char stood[3][48]; /* A's innermost frames, without those of preemption */
	char stack[4096];  /* all of them */
};

/* SKIP if this kernel cannot hold a thread there; @spot is settled then. */
void window_needed(struct scene *s, struct spot *spot);
/* From now on B sleeps, and comes when A is where it is waited for. */
struct window *window_open(struct scene *s, const struct spot *spot, pid_t a,
			   int (*does)(struct scene *s));
/*
 * A has done its thing. B has, too, or was never woken: ERROR. FAIL by @clause if it does not
 * come to an end.
 */
void window_close(struct window *w, const char *clause);

#endif
