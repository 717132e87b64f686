/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COWPEN_NEAREST_H
#define COWPEN_NEAREST_H

#include <stddef.h>

/* The name of entry @i of a table, NULL behind its end. */
typedef const char *name_at(size_t i);
/* The name that is most like @name, of a table that is not empty. */
const char *nearest(const char *name, name_at *at);

#endif
