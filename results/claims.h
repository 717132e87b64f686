/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COWPEN_CLAIMS_H
#define COWPEN_CLAIMS_H

#include <stdbool.h>
#include <stddef.h>

struct json_t;

/* One SEEN_TO_FAIL() of a case, for one kernel: there the variants fail by that clause. */
struct claim {
	char *kernel, *clause;
	char *variants; /* blank-separated globs */
};

/* One NOT_SEEN_TO_FAIL(): why no kernel was found for these variants. */
struct no_claim {
	char *reason, *variants;
};

/* One OBSERVES(): a key of the observations of the case's records, and what its value says. */
struct observed {
	char *key, *meaning;
};

/* What a case says of the proofs and observations to be had from it, in its own order. */
struct claims {
	struct claim *seen;
	size_t nseen;
	struct no_claim *not_seen;
	size_t nnot_seen;
	struct observed *observed;
	size_t nobserved;
};

/*
 * The arrays "seen_to_fail", "not_seen_to_fail" and "observes" of what
 * --describe printed; one that is not there is empty. 0 or -EINVAL with a line.
 */
int claims_parse(const struct json_t *describe, struct claims *c);
/* 0 if each glob matches one of the variants, else -EINVAL with a line that names one. */
int claims_check(const struct claims *c, const char *const *variants, size_t n);
void claims_free(struct claims *c);

/* Does a claim name @variant? */
bool claims_cover(const struct claims *c, const char *variant);
/* Why no claim does: "" if the case does not say. */
const char *claims_why_not(const struct claims *c, const char *variant);

#endif
