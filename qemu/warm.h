/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COWPEN_WARM_H
#define COWPEN_WARM_H

/*
 * Guests that go on: brought back to the state that they were restored from, in a QEMU that
 * keeps what it has translated. plugin/warm.c does it, qemu/README.md says what is promised.
 */

#include "plugin/warm.h"
#include "qemu.h"
#include "vm.h"

/*
 * Whether guests of @h may go on: @word is "0", "1" or "check" (or NULL for the default, 1). A
 * QEMU that cannot do it is no error: ->warm_why says so if it was asked for. -EINVAL with a line for another word.
 */
int warm_choose(struct host *h, const char *word);

/* Those of one thread, a few at most. NULL if they shall not go on. */
struct warm *warm_new(const struct host *h);
void warm_free(struct warm *w);
/* The one of @s is not to go on: what ran in it did not end as expected. */
void warm_drop(struct warm *w, const struct state *s);

/* --- of session.c */

/* Ask the plugin, and take in meanwhile what QEMU says. 0 or a negative errno with a line. */
int warm_remember(struct qemu *q, const struct state *s);
int warm_back(struct qemu *q);
/* @place: the agent will find the executable in its place. */
int warm_go(struct qemu *q, int cmd_fd, int exe_fd, bool place);
/* Is there a place for an executable of that size? */
bool warm_has_room(const struct state *s, size_t size);
/* Start with the plugin: @setup gets its descriptors; returns our end. */
int warm_prepare(const struct host *h, struct qemu_setup *setup);
/* The one of @s, which is @q's and *@cmdline's then. False if there is none. */
bool warm_take(struct warm *w, const struct state *s, struct qemu *q, char **cmdline);
/* It is back where it was restored, after @n tests. Takes both over, or neither. */
void warm_keep(struct warm *w, const struct state *s, struct qemu *q, char **cmdline, size_t n);

#endif
