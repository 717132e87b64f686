/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COWPEN_DISK_H
#define COWPEN_DISK_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * The disk under swap, where it is one that can be told to keep what it is given, or to refuse it.
 * 0 or a negative errno.
 */

/* Can it be told? */
bool disk_is_ours(void);
/* From now on it keeps what it is given; false: it does all of it, and what comes. */
int disk_rest(bool rest);
bool disk_at_rest(void);
/* It refuses what is in @len sectors from @first on, 0: all. disk_heal() ends it. */
int disk_refuse(uint64_t first, uint64_t len);
int disk_heal(void);

/* --- steps_disk.c: steps stand in scene.h ---------------------------------------------------- */

struct scene;
struct spot;
struct window;

/* Has a step stopped it? It may go by itself, see disk_stops(). */
bool disk_stands(void);
/* Whatever a test has made of it, it is well again: done when it ends. */
void disk_restore(void);
/* WAITS_FOR_DISK of race.h: as window_open() and window_close(), window.h. */
struct window *disk_open(struct scene *s, const struct spot *spot, pid_t a,
			 int (*does)(struct scene *s), bool forks);
void disk_close(struct window *w, const char *clause);

#endif
