/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COWPEN_CASE_INFO_H
#define COWPEN_CASE_INFO_H

#include <stddef.h>

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

struct known_broken {
	const char *from, *to; /* versions: broken if from <= version < to; to "" is: still */
	const char *clauses;   /* blank-separated: it fails by one of them */
	const char *fix;       /* commit, 12 digits, or "" */
	const char *reason;
	const char *variants; /* as above */
	struct known_broken *next;
};

/* What the case does on one patched kernel, named; beats known_broken there. */
struct patched {
	const char *kernel; /* its name in kernels.conf */
	const char *expect; /* "pass", or the clauses, as above */
	const char *reason;
	const char *variants; /* as above */
	struct patched *next;
};

struct case_info {
	const char *id;	  /* <area>/<case> */
	const char *test; /* name of the TEST_F */
	const char *purpose, *clauses;
	const char *class; /* "contract", "observation" or "control" */
	struct seen_to_fail *seen_to_fail;
	struct not_seen_to_fail *not_seen_to_fail;
	struct observes *observes;
	struct known_broken *known_broken;
	struct patched *patched;
};

/* The case of this executable. */
extern struct case_info case_info;

/* Print --describe's JSON object. */
void case_describe(const char *const names[], const struct _fixture_variant_scene *const data[],
		   size_t n);
/* The entry whose globs match @variant, whatever the version; NULL if none. For the hint at a failure. */
const struct known_broken *case_known_broken(const char *variant);
/* The process that traces the writer for EMULATE; @fd is its command socket. */
int tracer_main(int fd);

#endif
