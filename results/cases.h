/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COWPEN_CASES_H
#define COWPEN_CASES_H

#include <stdbool.h>
#include <stddef.h>

#include "claims.h"
#include "verdict.h"

/* One memory x pin of a case. Strings belong to the case. */
struct variant {
	char *name; /* "anon-io_uring" */
	char *memory, *pin;
	char *guest; /* words for the guest that it needs: "devices=on"; or "" */
};

/* A built case, as its executable describes itself. */
struct tcase {
	char *area, *name;
	char *id; /* "uffd_wp/roundtrip" */
	char *exe;
	char *exe_sha256;
	char *shared; /* a program of all cases, of which this one is the same; or NULL */
	char *purpose;
	char *clauses; /* "C1 C3" */
	char *class;   /* "contract", "observation" or "control" */
	char *test;    /* name of its TEST_F */
	struct variant *v;
	size_t nv;
	struct expectations known;
	struct claims claims;
	char *broken; /* why it could not be asked; NULL if all is well */
};

struct case_list {
	struct tcase *c;
	size_t n;
};

/* One case in one variant: what is run. */
struct test {
	const struct tcase *c;
	const struct variant *v;
	char *name;	   /* "uffd_wp/roundtrip/anon-io_uring" */
	unsigned int turn; /* those of a smaller one are run before those of a greater one */
	bool accepted;	   /* if it gets worse nobody need be told */
};

struct test_list {
	struct test *t;
	size_t n;
};

/*
 * All executables @build/cases/<area>/<case>, sorted. Each is asked with
 * --describe, on the host, which does nothing but print; the answers are kept
 * in @build/describe.json as long as the file does not change. A case that
 * gives no sensible answer is in the list, with ->broken, and so is one that
 * @build/cases.list names and that is not built. 0 or a negative errno with a line.
 */
int cases_discover(const char *build, struct case_list *list);
void cases_free(struct case_list *list);

/*
 * The tests that @globs choose (blank-separated, matched against <area>,
 * <area>/<case> and <area>/<case>/<variant>; NULL or "" is all). -EINVAL with a
 * line naming the nearest valid names if one of them matches nothing, or saying
 * what is wrong with a chosen case that is broken.
 */
int cases_select(const struct case_list *list, const char *globs, struct test_list *tests);
void tests_free(struct test_list *tests);

#endif
