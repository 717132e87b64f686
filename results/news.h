/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COWPEN_NEWS_H
#define COWPEN_NEWS_H

#include <stdio.h>

#include "measured.h"
#include "text.h"

/*
 * What a run says that is new since its expectations were measured: what was fixed
 * since, and what was broken, by cause, and of which kernel from which package to
 * which. A line for each kernel that is older than measured. Nothing if all kernels
 * are what was measured.
 */
void news_print(FILE *out, const struct run *run, const struct measured *m, struct style st);

#endif
