/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COWPEN_CASE_INFO_H
#define COWPEN_CASE_INFO_H

#include <stdbool.h>
#include <stddef.h>

struct bug;
struct scene;
struct _fixture_variant_scene;

/* What a case says of itself; made by the macros of case.h, printed by --describe. */
struct seen_to_fail {
	const char *kernels; /* blank-separated names of kernels.conf */
	const char *clause;
	const char *variants; /* blank-separated globs over variant names */
	struct seen_to_fail *next;
};

struct not_seen_to_fail {
	const char *reason;
	const char *variants; /* as above */
	struct not_seen_to_fail *next;
};

struct observes {
	const char *key; /* what observe() is given */
	const char *meaning;
	struct observes *next;
};

/* A bug of the book that the variants show. */
struct broken_by {
	const char *bug;
	const char *clause;   /* by which it shows here, or NULL: the one of the book */
	const char *variants; /* as above */
	struct broken_by *next;
};

/* What the case does on patched kernels, named; beats broken_by there. */
struct patched {
	const char *kernels;  /* blank-separated names of kernels.conf */
	const char *expect;   /* "pass", or the clauses, blank-separated */
	const char *variants; /* as above */
	struct patched *next;
};

/* Each of the memory kinds with each of the pins: names, blank-separated, or EVERY. */
#define EVERY "*"
struct variants {
	const char *memory, *pins;
	struct variants *next;
};

struct case_info {
	const char *id; /* <area>/<case> */
	const char *purpose, *clauses;
	const char *class; /* "contract", "observation" or "control" */
	const char *guest; /* words for the guest that it needs, "stub=on"; or NULL */
	struct seen_to_fail *seen_to_fail;
	struct not_seen_to_fail *not_seen_to_fail;
	struct observes *observes;
	struct broken_by *broken_by;
	struct patched *patched;
	struct variants *variants;
};

/* What TEST_F makes of a case: who it is, its test's name, and what that does. */
struct case_entry {
	struct case_info *info;
	const char *test;
	void (*steps)(struct scene *self);
};

/* The case of this executable, or the one of its cases that --case names. */
extern const struct case_entry *the_case;
/* Make it the one called @id, NULL: the first. False if there is no such. */
bool choose_case(const char *id);

/* One variant, made of the lists. */
struct case_variant {
	char *name; /* "anon-io_uring" */
	const struct _fixture_variant_scene *data;
};

/*
 * All variants, in the order of the lists; @n gets how many. Ends the program with status
 * 3 and a line that has the nearest name if a memory kind, a pin or a bug is not there.
 */
struct case_variant *case_variants(size_t *n);
/* Print --describe's JSON object. */
void case_describe(const struct case_variant *v, size_t n);
/*
 * A bug that is known of @variant on the kernel that runs, NULL if none is: the first by which
 * @clause breaks, or with *@foretold false the first of all.
 */
const struct bug *case_known_bug(const char *variant, const char *clause, bool *foretold);
/*
 * Set the machine up for the tests that follow, and tell what is known to be broken as an
 * XFAIL. Our guests are set up and our host judges; this is there where neither is so
 * (ci/kselftest/machine.c).
 */
void machine_ready(const struct case_variant *v, size_t n) __attribute__((weak));
/*
 * What the program is asked for that is no test: its exit status. -1: nothing, and arguments
 * that are not kselftest's are gone. harness/explore/
 */
int case_main(int *argc, char **argv, const struct case_variant *v, size_t n) __attribute__((weak));
/* The process that traces the writer for EMULATE; @fd is its command socket. */
int tracer_main(int fd);

#endif
