/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COWPEN_PIECES_H
#define COWPEN_PIECES_H

#include <stddef.h>

#include "util.h"

/* A folder of C files, cut into definitions (harness/alone/). */

/* A definition, with the comment above it. */
struct piece {
	char *text;
	char **names; /* that it defines */
	size_t nnames;
	size_t file;
};

struct pieces {
	struct piece *p;
	size_t n;
	char **file; /* their names */
	size_t nfiles;
	struct buf headers; /* a line each: what it is included for */
};

/* All C files of @dir, and its "headers". 0 or a negative errno with a line. */
int pieces_read(const char *dir, struct pieces *p);
void pieces_free(struct pieces *p);

/* That @p defines @name, too. */
void piece_named(struct piece *p, const char *name, size_t len);

#endif
