/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COWPEN_REACH_LINES_H
#define COWPEN_REACH_LINES_H

#include <stdbool.h>
#include <stddef.h>

#include "util.h"

/*
 * Which source lines of a kernel do the steps of tests execute? From a map (reach_map.h), which has
 * the blocks that ran, and what kernel-config/lines says of the code.
 */

struct code_at {
	char *file, *function;
	unsigned long line, offset;
	bool ran;
};

struct reach_lines {
	struct code_at *at; /* by function, then offset */
	size_t n;
};

/* @text: lines "file line function offset". -EINVAL with a line if there is none. */
int reach_lines_parse(const char *text, struct reach_lines *l);
/* "file function" of all, for reach_files(). */
void reach_lines_functions(const struct reach_lines *l, struct buf *out);
/* That what a test's file says ran: lines "@function offset+length ...". */
void reach_lines_ran(struct reach_lines *l, const char *test_text);
/* All tests of the map in @dir. 0 or a negative errno with a line. */
int reach_lines_read(struct reach_lines *l, const char *dir);
void reach_lines_free(struct reach_lines *l);

/* Of each file of this corner the share of lines, as Markdown. */
void reach_lines_table(const struct reach_lines *l, struct buf *md);
/*
 * The branches about marks, pins and exclusivity that no test takes, in functions that some
 * test enters, as Markdown: where, and what they ask. @source: the kernel's source tree.
 */
void reach_branches_table(const struct reach_lines *l, const char *source, struct buf *md);

#endif
