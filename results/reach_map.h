/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COWPEN_REACH_MAP_H
#define COWPEN_REACH_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util.h"

/*
 * Which functions of a kernel which tests execute, of a folder with a file a test (qemu/reach.h
 * says what is in it, behind a line with the hash of the test's program).
 */

/* A test executes a function: in these of its steps, bit 0 is the set-up. */
struct reached {
	size_t test;
	uint64_t steps;
};

struct reach_map {
	char **test; /* "fork/pin_some/anon-none", sorted */
	size_t ntests;
	struct reach_function {
		char *name;
		char *file; /* "mm/memory.c", or "": not known */
		struct reached *by;
		size_t nby;
	} * f; /* by name; those that nobody reaches are there if their file is known */
	size_t nf;
};

/* A test's file in a map, for a program with that hash; the caller frees. */
char *reach_path(const char *dir, const char *test);
/* Is it there, for this very program? */
bool reach_is_fresh(const char *dir, const char *test, const char *exe_sha256);
/*
 * Put what a run wrote, in @from, there; of blocks only those of the functions in @keep, NULL:
 * none. 0 or a negative errno with a line.
 */
struct reach_map;
int reach_take(const char *dir, const char *test, const char *exe_sha256, const char *from,
	       const struct reach_map *keep);
/* Only the functions of lines "file function", without tests. */
void reach_files(const char *lines, struct reach_map *map);
/* The files of this corner, up to a NULL. */
extern const char *const reach_corner[];

/* What is there of each test, in the order of their names. 0 or a negative errno with a line. */
int reach_each(const char *dir, void (*take)(void *arg, const char *test, char *text), void *arg);

/*
 * All of @dir; @files has lines "file function", or is NULL. 0 or a negative errno with a line.
 */
int reach_map_read(const char *dir, const char *files, struct reach_map *map);
void reach_map_free(struct reach_map *map);
/* NULL with a line that has the nearest names. */
const struct reach_function *reach_find(const struct reach_map *map, const char *name);
/* In a step, and not only in the set-up? */
bool reached_in_step(const struct reached *r);

/*
 * How the functions that a series changes are reached, of @changed with lines "file function": a
 * line each in @out for people. How many functions there are in @n, and how many of them some test
 * reaches is returned. A test of which @fresh says 0 is not counted.
 */
size_t reach_changed(const struct reach_map *map, const char *changed, const bool *fresh,
		     struct buf *out, size_t *n);
/*
 * The tests that execute none of them, be it in a step or while they set up or put away: a line
 * each in @out, and their number. One of which @fresh says 0 is none of them.
 */
size_t reach_nothing_of(const struct reach_map *map, const char *changed, const bool *fresh,
			struct buf *out);

/* Of the files of this corner the share of functions that some test's steps reach, as Markdown. */
void reach_table(const struct reach_map *map, const char *kernel, struct buf *md);

#endif
