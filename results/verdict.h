/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COWPEN_VERDICT_H
#define COWPEN_VERDICT_H

#include "record.h"

struct json_t;

/*
 * One BROKEN_BY() of a case, with what the book says of the bug: from <= kernel < to, for
 * the variants that match one of the blank-separated globs. "" for @to means still broken,
 * "" for @variants all of them. Stable branches that took the fix are in @stable, with the
 * release that did: "6.1.191 6.12.11".
 */
struct expectation {
	char *bug; /* its name in the book */
	char *from, *to, *stable;
	char *fix; /* the commit, "" if there is none */
	char *reason;
	char *variants;
	char *clauses; /* blank-separated: it fails by one of these; a crash or hang is C8 */
};

/* One PATCHED() of a case: what it does on the patched kernel of that name. */
struct patched_expectation {
	char *kernel;
	bool pass;	      /* it must pass there, whatever the versions say */
	struct expectation e; /* else this; no versions and no fix */
};

struct expectations {
	struct expectation *e;
	size_t n;
	struct patched_expectation *patched;
	size_t npatched;
};

/*
 * The arrays "known_broken" and "patched" of --describe; NULL is an empty one.
 * 0 or -EINVAL with a line.
 */
int expectations_parse(const struct json_t *known_broken, const struct json_t *patched,
		       struct expectations *x);
/*
 * Where a case was seen to fail on a kernel that is built, it is expected to
 * fail: what SEEN_TO_FAIL() says there need not be said again by PATCHED(). For a
 * stock kernel (its name is a version) nothing is added: there the book must
 * say which commit did it.
 */
void expectations_add_seen(struct expectations *x, const char *kernel, const char *clause,
			   const char *variants);
void expectations_free(struct expectations *x);

/*
 * Compare two versions number by number: "5.9" < "5.10.262" < "5.19"; a number
 * that is missing is 0, and what follows the numbers ("-rc3", "-1") is not
 * looked at. <0, 0, >0.
 */
int version_cmp(const char *a, const char *b);

/*
 * Did the branch of @version take what is in @stable (a release a branch, blank-separated),
 * and before or with that version?
 */
bool branch_took(const char *stable, const char *version);

/* "C0" to "C9", or "lost": a feature that the kernel must have and has not. */
bool clause_ok(const char *clause);
/*
 * The clause that a result broke: what it says for a failure ("" if that is none),
 * C8 for a crash or a hang, since a kernel that is gone has left something behind;
 * "" for anything else.
 */
const char *clause_broken(enum status status, const char *clause);

/*
 * The expectation that holds for @variant on @kernel of @version: of several,
 * one that foretells that it breaks @clause, else the first. NULL if it should
 * pass, and also if @version is not known (""). Where entries name @kernel,
 * versions do not matter, and one that says "pass" beats those that do not.
 */
const struct expectation *expectation_find(const struct expectations *x, const char *kernel,
					   const char *version, const char *variant,
					   const char *clause);
/*
 * The same on a kernel on which the bugs of @mends (blank-separated names of the book) are
 * mended, whatever its version has: only the others are to be expected.
 */
const struct expectation *expectation_mended(const struct expectations *x, const char *mends,
					     const char *kernel, const char *version,
					     const char *variant, const char *clause);
/*
 * The same on a kernel that is wrong on purpose. What a case names there, by SEEN_TO_FAIL(), it
 * must do; any other failure is expected, whatever it breaks.
 */
const struct expectation *expectation_wrong(const struct expectations *x, const char *kernel,
					    const char *variant, const char *clause);
/* Is @clause, not "", one of those by which @e (may be NULL) says that it fails? */
bool expectation_foretells(const struct expectation *e, const char *clause);

/* Does the case say what @variant does on that very kernel, by PATCHED() or SEEN_TO_FAIL()? */
bool expectations_name(const struct expectations *x, const char *kernel, const char *variant);

/* What @status by @clause means where @e (may be NULL) was expected. */
enum verdict verdict_of(enum status status, const char *clause, const struct expectation *e);
/*
 * The same on a kernel that is newer than the one that expectations were measured
 * on: there what is not as expected is news of the kernel, and not of the case.
 */
enum verdict verdict_since(enum verdict v);

/* A result that nobody expected and somebody must look at. */
bool verdict_is_unexpected(enum verdict v);

#endif
