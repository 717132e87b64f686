// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "nearest.h"

#define LONGEST 64

static unsigned int least(unsigned int a, unsigned int b)
{
	return a < b ? a : b;
}

/* Levenshtein's distance; of longer names only the beginning counts. */
static unsigned int distance(const char *a, const char *b)
{
	unsigned int row[LONGEST + 1], before, above;
	size_t nb = strnlen(b, LONGEST);

	for (size_t j = 0; j <= nb; j++)
		row[j] = j;
	for (size_t i = 0; a[i] && i < LONGEST; i++) {
		before = row[0];
		row[0] = i + 1;
		for (size_t j = 1; j <= nb; j++) {
			above = row[j];
			row[j] = least(before + (a[i] != b[j - 1]), least(row[j - 1], above) + 1);
			before = above;
		}
	}
	return row[nb];
}

const char *nearest(const char *name, name_at *at)
{
	const char *near = at(0);

	for (size_t i = 1; at(i); i++)
		if (distance(name, at(i)) < distance(name, near))
			near = at(i);
	return near;
}
