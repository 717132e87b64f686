/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COWPEN_WINDOW_H
#define COWPEN_WINDOW_H

#include "outside.h"
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
	struct outside_window outside;
	struct helper_thread watcher; /* of B, where A is held from outside */
	char b_stack[2048];	      /* B's when it slept last */
};

/* SKIP if this kernel cannot hold a thread there; @spot is settled then. */
void window_needed(struct scene *s, struct spot *spot);
/* From now on B sleeps, and comes when A is where it is waited for. @forks: it is B who forks. */
struct window *window_open(struct scene *s, const struct spot *spot, pid_t a,
			   int (*does)(struct scene *s), bool forks);
/*
 * A has done its thing. B has, too, or was never woken: ERROR. FAIL by @clause if it does not
 * come to an end.
 */
void window_close(struct window *w, const char *clause);

/* The same, where A is held from outside (outside.c). A is the thread that calls. */
void outside_needed(struct scene *s, struct spot *spot);
struct window *outside_open(struct scene *s, const struct spot *spot, int (*does)(struct scene *s));
void outside_close(struct window *w, const char *clause);

/* For B, while A forks: memory that fork() does not copy, and code and data that are there. */
void *window_memory(struct scene *s, size_t len);
void window_touch_program(void);
/* Where the word of the page is that A is to write to; and its name. */
uintptr_t window_word(struct window *w);
/* The page's struct page, 0: it is not there. */
uintptr_t window_page(const struct window *w);
/* FAIL if it was woken, and does not come to an end. */
void window_b_ends(struct window *w, const char *clause);

#endif
