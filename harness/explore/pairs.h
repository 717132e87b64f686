/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COWPEN_PAIRS_H
#define COWPEN_PAIRS_H

#include <stdbool.h>

struct scene;

/*
 * Races that nobody wrote: each of the acts (race.h) held at each of its calls (race_calls.h)
 * while each other is done, from each state that the two can be done in.
 *
 * COWPEN_RACES="A B STATE"  globs; all are "* * *"
 *
 * Are they asked for? Then calls_explore() goes through them.
 */
bool pairs_begin(void);
/* On the host: how many are like @text? 0, or 3 and why it is none. */
int pairs_check(const char *text);
/* As globs, @n of the acts in each. */
int pairs_groups(unsigned int n);
/* The test that is asked for: one schedule of the pair whose turn it is. */
void pairs_run(struct scene *s);

#endif
