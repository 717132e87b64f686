/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COWPEN_KTAP_H
#define COWPEN_KTAP_H

#include <stdbool.h>
#include <stddef.h>

#include "util.h"

/*
 * A reader of KTAP (and TAP 12, 13, 14) as kernels, kselftest and KUnit really
 * print it. It is fed bytes in pieces of any size, never fails, and gives back
 * what was said (results, in their order) and what was wrong with it
 * (complaints). What to think of them is the caller's business.
 *
 * A line means something only if it begins where it should: what some printk
 * tore apart is no result. If the version line has a printk time stamp, then
 * all lines have one and lose it (KUnit); if it has none, a line with a time
 * stamp is the kernel's and not the test's.
 */
#define KTAP_LINE_MAX 65536 /* what is longer is cut, and is no result */
#define KTAP_LEVELS   16

enum ktap_directive {
	KTAP_NONE,
	KTAP_SKIP,
	KTAP_XFAIL,
	KTAP_XPASS,
	KTAP_TODO,
	KTAP_ERROR,
	KTAP_TIMEOUT,
};
const char *ktap_directive_name(enum ktap_directive d);

struct ktap_result {
	size_t line;
	unsigned int level;   /* 0 is the outermost */
	unsigned long number; /* 0 if none was given */
	bool ok;
	char *name; /* "" if none; where a directive stands first, what follows it */
	enum ktap_directive directive;
	char *text; /* behind the directive, or behind " # " without one; "" */
};

struct ktap_complaint {
	size_t line;
	bool serious; /* it lets one doubt the results, not only the line */
	char *text;
};

struct ktap_level {
	unsigned int indent;
	long plan;	    /* -1: none */
	bool plan_skip;	    /* 1..0 # SKIP */
	unsigned long seen; /* results */
	unsigned long last; /* highest number */
};

struct ktap {
	/* what was read */
	struct ktap_result *results;
	size_t nresults;
	struct ktap_complaint *complaints;
	size_t ncomplaints, nserious;
	bool version; /* a version line came */
	long plan;    /* of the outermost level, -1: none */
	bool plan_skip;
	char *plan_text; /* why everything is skipped */
	char *bail;	 /* what followed "Bail out!", NULL if none */

	/* for every "# cowpen {...}" line, from the brace on; may be NULL */
	void (*on_cowpen)(void *arg, const char *json);
	void *arg;

	/* the reader's own */
	struct buf line;
	size_t lineno;
	bool cut, stamped, noise_said[4];
	struct ktap_level level[KTAP_LEVELS];
	unsigned int depth; /* levels in use, at least 1 */
};

void ktap_init(struct ktap *k, void (*on_cowpen)(void *arg, const char *json), void *arg);
void ktap_feed(struct ktap *k, const void *data, size_t len);
/* No more will come: judge the last line and the plans. */
void ktap_finish(struct ktap *k);
void ktap_free(struct ktap *k);

#endif
