/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COWPEN_CROSS_H
#define COWPEN_CROSS_H

#include "cases.h"
#include "util.h"

/*
 * The cross: what is tracked or pinned x what then happens x kind of memory. A cell names a case,
 * or says that it was explored, or why it makes no sense. Zero-initialise.
 */
struct cell {
	char *memory, *setup, *word, *what;
};
struct cross {
	struct cell *c;
	size_t n;
};
/* Lines "# cell anon-none|pin wp|migrate|explored" of a guest's output. */
void cross_read(struct cross *x, const char *output);
void cross_free(struct cross *x);
/*
 * As Markdown. @statements gives the C of steps (the caller frees), @sources is the folder of
 * the cases.
 */
void cross_table(const struct cross *x, const struct case_list *cases, const char *sources,
		 char *(*statements)(void *arg, const char *steps), void *arg, const char *kernel,
		 const char *version, struct buf *md);

#endif
