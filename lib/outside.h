/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COWPEN_OUTSIDE_H
#define COWPEN_OUTSIDE_H

#include <stdint.h>

/*
 * How a test asks who runs its guest to hold a thread in the kernel. It calls a function at a
 * fixed address, long hook(enum outside_call, struct outside_window *), which it has put there
 * itself and which returns 0. Who runs the guest has a breakpoint on it, and returns what it
 * wants to. Where there is nobody the same program gets its 0.
 */
#define OUTSIDE_HOOK 0x0c0de0000000UL

enum outside_call {
	OUTSIDE_HELLO = 1, /* who is there? */
	OUTSIDE_SYMBOLS,   /* /proc/kallsyms is at ->text */
	OUTSIDE_WAIT,	   /* hold this thread where ->spot says; 0, or a negative errno */
	OUTSIDE_DONE,	   /* B has done its thing */
	OUTSIDE_END,	   /* A has; what came of it is in ->told */
};
/* Answers to OUTSIDE_HELLO. */
#define OUTSIDE_NOBODY	0
#define OUTSIDE_READY	1
#define OUTSIDE_UNKNOWN 2 /* it knows no symbols of this kernel yet */

#define OUTSIDE_NAMES  4
#define OUTSIDE_FRAMES 3

struct outside_window {
	struct {
		enum outside_how { OUTSIDE_AT, OUTSIDE_RETURN, OUTSIDE_WRITES } how;
		uint32_t hit;
		uint64_t addr; /* OUTSIDE_WRITES: of four bytes */
		uint64_t page; /* a struct page */
		char name[OUTSIDE_NAMES][48];
		char within[OUTSIDE_NAMES][48]; /* it counts only there: who calls, or wrote */
	} spot;
	struct {
		uint64_t at, len;
	} text;
	struct {
		uint32_t hits, met;
		uint32_t waited; /* B could not go on, and A was let go for it */
		uint32_t lost;	 /* nor could it be told why: the time was up */
		char probed[48], stood[OUTSIDE_FRAMES][48];
		char where[96];	    /* why B waited, or what is wrong */
		char stack[2][768]; /* of A and B, a line a function */
	} told;
	uint32_t go;	/* set when A stands */
	uint32_t begun; /* B has seen it; not before that it waits for A */
};

#endif
