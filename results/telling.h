/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COWPEN_TELLING_H
#define COWPEN_TELLING_H

#include <stdbool.h>
#include <stddef.h>

#include "reach_map.h"
#include "util.h"

/* Of the tests that reach what a series changes: which are told apart best by what they do there? */

struct telling {
	const struct reach_map *map;
	const char *changed;	/* lines "file function" */
	const bool *fresh;	/* per test of the map: is it of the program that is run? */
	const unsigned int *ms; /* per test: how long it took last time, ~0 if not known */
	unsigned int budget_ms; /* of all that are chosen; 0: no end */
};

/*
 * Their names, one a line, the most telling first: greedily, each time the one that adds most, for what
 * it costs, to what the others do in the steps that reach a changed function. The same is chosen from
 * the same. Behind an empty line those for which the budget has no room.
 */
void telling_choose(const struct telling *w, struct buf *tests);

#endif
