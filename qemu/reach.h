/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COWPEN_REACH_H
#define COWPEN_REACH_H

#include <stddef.h>
#include <stdint.h>

#include "util.h"

/* What a test executes in the kernel: what the plugin (plugin/reach.c) wrote, by functions. */

/* The functions of a kernel, by address. */
struct symbols {
	struct symbol {
		uint64_t at;
		char *name;
	} * s;
	size_t n;
};

/* Those of a System.map. 0 or a negative errno with a line. */
int symbols_read(const char *path, struct symbols *sym);
void symbols_free(struct symbols *sym);
/* The function that holds @at, NULL if none does. */
const struct symbol *symbol_at(const struct symbols *sym, uint64_t at);

/*
 * A descriptor of a file that the plugin writes to, and one of the plugin in @dir. Negative errno
 * with a line.
 */
int reach_file_make(void);
int reach_plugin_open(const char *dir);
/*
 * What was written to @fd, with the step marks that the test made: a line a function, its name and
 * the numbers of the steps in which it ran, 0 for the set-up. Then a line for each that ran in a
 * step, "@name offset+length ...": its blocks that did, in bytes, in order. What ran before the first mark
 * or after the last step's end, which the next mark would tell, is the last step's. -EIO with a
 * line if it does not fit to the marks, or was too much.
 */
int reach_digest(int fd, const char *marks, const struct symbols *sym, struct buf *out);

#endif
