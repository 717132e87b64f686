/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COWPEN_FAILURES_H
#define COWPEN_FAILURES_H

#include <stdbool.h>

#include "race.h"

/*
 * A call is made over and over, and each time another allocation that the kernel makes in it
 * fails: the first, the second, and so on until there is none left.
 *
 *	while (failure_round(self)) {
 *		if (failing(self, &act_fork))
 *			child_exit(self);
 *		cpu_write(self, PARENT);
 *	}
 *
 * What it says is done must be, and what it refuses has changed nothing (C7): the views say so.
 */
bool failure_round(struct scene *s);
/* It is done, be it in spite of that. False: it was refused. */
bool failing(struct scene *s, const struct act *act);

/* The same of fork_child(), also with an event. */
bool failing_fork(struct scene *s);

/* What is only done with failures; else as struct act. */
extern const struct act act_protect_page, act_dontfork_page, act_lock_page, act_unregister_page,
	act_remap_once;

#endif
