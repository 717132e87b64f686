// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "book.h"

/* What is not said is "", never NULL. */
#define BUG(_name, ...)  \
	{ .name = _name, \
	  .by = "",      \
	  .fixed = "",   \
	  .fix = "",     \
	  .title = "",   \
	  .stable = "",  \
	  .until = "",   \
	  .as = "",      \
	  .config = "",  \
	  .finding = "", \
	  __VA_ARGS__ },

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Woverride-init"
#ifdef __clang__
#pragma GCC diagnostic ignored "-Winitializer-overrides"
#endif
const struct bug bugs[] = {
#include "../cases/book.def"
};
#pragma GCC diagnostic pop
const size_t nbugs = sizeof(bugs) / sizeof(bugs[0]);

const struct bug *bug_find(const char *name)
{
	for (size_t i = 0; i < nbugs; i++)
		if (!strcmp(bugs[i].name, name))
			return &bugs[i];
	return NULL;
}
