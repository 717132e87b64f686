/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COWPEN_FAILNTH_H
#define COWPEN_FAILNTH_H

#include <stdbool.h>

/* An allocation of this thread's that is to fail, /proc/thread-self/fail-nth. */

/* Once. False, and errno, if there is no such thing. */
bool failnth_open(void);
/* The @n-th one, from 1 on, between the next failnth_begins() and failnth_ends(). */
void failnth_arm(unsigned int n);
/* Nothing where none is armed. */
void failnth_begins(void);
void failnth_ends(void);
/* There were that many in between, and it failed. */
bool failnth_met(void);
/* The kernel was not told, or did not say: of failnth_met() nothing is known. */
bool failnth_broken(void);

#endif
