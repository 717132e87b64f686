/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COWPEN_CERTAIN_H
#define COWPEN_CERTAIN_H

#include "record.h"

/* Two kernels of which one is compared with the other: has a test been run often enough to tell? */

/* As often at most, on either kernel. */
#define CERTAIN_MAX 5

/*
 * If every run on a kernel ended alike, two are enough where they differ; else it takes as many as tell
 * the rates apart, up to CERTAIN_MAX. @nbase and @npatched are how many there are now. Not certain as
 * long as one of them is 0. *@worse is a line if it is certain and worse than on the base, and the
 * caller's to free, else NULL.
 */
bool certain(const struct run *run, const char *base, const char *patched, const char *test,
	     unsigned int *nbase, unsigned int *npatched, char **worse);

#endif
