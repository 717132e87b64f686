/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COWPEN_EXPORT_H
#define COWPEN_EXPORT_H

#include "pieces.h"

/*
 * One C program that does what a test does: written from what a run of it told
 * (harness/tell.h), of pieces that stand in a folder of C files (harness/alone/). Of these
 * only what the program calls gets into it.
 */

struct exported {
	const char *test;    /* <area>/<case>/<variant> */
	const char *file;    /* what it is called, for the gcc line */
	const char *clauses; /* "C1 C3" */
	const char *comment; /* lines for the head of the program, without their " * " */
	const char *libs;    /* what to link with, in the gcc line, behind -lpthread if need be */
};

/*
 * The program that @told, the output of a run, describes, into @out. -EINVAL with a line that
 * begins with the test if it cannot be told, or calls what no piece defines.
 */
int export_write(const struct pieces *p, const struct exported *x, const char *told,
		 struct buf *out);

#endif
