// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "claims.h"
#include "err.h"
#include "util.h"
#include "verdict.h"

/* A string of a list's entries: what it is called in JSON, where it is in the structure. */
struct field {
	const char *key;
	size_t offset;
};

static const struct list {
	const char *key;
	size_t size;	   /* of an entry */
	size_t entries, n; /* where struct claims has them */
	struct field field[3];
} lists[] = {
	{ "seen_to_fail",
	  sizeof(struct claim),
	  offsetof(struct claims, seen),
	  offsetof(struct claims, nseen),
	  { { "kernel", offsetof(struct claim, kernel) },
	    { "clause", offsetof(struct claim, clause) },
	    { "variants", offsetof(struct claim, variants) } } },
	{ "not_seen_to_fail",
	  sizeof(struct no_claim),
	  offsetof(struct claims, not_seen),
	  offsetof(struct claims, nnot_seen),
	  { { "reason", offsetof(struct no_claim, reason) },
	    { "variants", offsetof(struct no_claim, variants) } } },
	{ "observes",
	  sizeof(struct observed),
	  offsetof(struct claims, observed),
	  offsetof(struct claims, nobserved),
	  { { "key", offsetof(struct observed, key) },
	    { "meaning", offsetof(struct observed, meaning) } } },
};

static char **entries_of(struct claims *c, const struct list *l)
{
	return (char **)((char *)c + l->entries);
}

static size_t *count_of(struct claims *c, const struct list *l)
{
	return (size_t *)((char *)c + l->n);
}

static char **field_of(char *entry, const struct field *f)
{
	return (char **)(entry + f->offset);
}

static int parse_list(const json_t *describe, const struct list *l, struct claims *c)
{
	const json_t *list = json_object_get(describe, l->key), *o;
	char *entry;
	size_t i;

	if (list && !json_is_array(list))
		return err_set(-EINVAL, "\"%s\" is not an array", l->key);
	*entries_of(c, l) = xcalloc(json_array_size(list) + 1, l->size);
	json_array_foreach(list, i, o) {
		entry = *entries_of(c, l) + (*count_of(c, l))++ * l->size;
		for (size_t f = 0; f < ARRAY_SIZE(l->field) && l->field[f].key; f++) {
			const char *s = json_string_value(json_object_get(o, l->field[f].key));

			if (!s || !*s)
				return err_set(-EINVAL, "%s[%zu].%s says nothing", l->key, i,
					       l->field[f].key);
			*field_of(entry, &l->field[f]) = xstrdup(s);
		}
	}
	return 0;
}

int claims_parse(const json_t *describe, struct claims *c)
{
	int ret = 0;

	memset(c, 0, sizeof(*c));
	for (size_t i = 0; i < ARRAY_SIZE(lists) && !ret; i++)
		ret = parse_list(describe, &lists[i], c);
	for (size_t i = 0; i < c->nseen && !ret; i++) {
		if (!clause_ok(c->seen[i].clause))
			ret = err_set(-EINVAL,
				      "seen_to_fail[%zu]: \"%s\" is no clause, C0 to C9 "
				      "and lost are",
				      i, c->seen[i].clause);
	}
	if (ret)
		claims_free(c);
	return ret;
}

void claims_free(struct claims *c)
{
	for (size_t i = 0; i < ARRAY_SIZE(lists); i++) {
		const struct list *l = &lists[i];
		char *entries = *entries_of(c, l);

		for (size_t n = 0; n < *count_of(c, l); n++) {
			for (size_t f = 0; f < ARRAY_SIZE(l->field) && l->field[f].key; f++)
				free(*field_of(entries + n * l->size, &l->field[f]));
		}
		free(entries);
	}
	memset(c, 0, sizeof(*c));
}

static int check_globs(const char *what, const char *globs, const char *const *variants, size_t n)
{
	char *copy = xstrdup(globs), *save = NULL;
	int ret = 0;

	for (char *g = strtok_r(copy, " ", &save); g && !ret; g = strtok_r(NULL, " ", &save)) {
		bool hit = false;

		for (size_t i = 0; i < n && !hit; i++)
			hit = glob_list_match(g, variants[i]);
		if (!hit)
			ret = err_set(-EINVAL, "%s names \"%s\", and no variant is called so", what,
				      g);
	}
	free(copy);
	return ret;
}

int claims_check(const struct claims *c, const char *const *variants, size_t n)
{
	int ret = 0;

	for (size_t i = 0; i < c->nseen && !ret; i++)
		ret = check_globs("SEEN_TO_FAIL", c->seen[i].variants, variants, n);
	for (size_t i = 0; i < c->nnot_seen && !ret; i++)
		ret = check_globs("NOT_SEEN_TO_FAIL", c->not_seen[i].variants, variants, n);
	return ret;
}

bool claims_cover(const struct claims *c, const char *variant)
{
	for (size_t i = 0; i < c->nseen; i++) {
		if (glob_list_match(c->seen[i].variants, variant))
			return true;
	}
	return false;
}

const char *claims_why_not(const struct claims *c, const char *variant)
{
	for (size_t i = 0; i < c->nnot_seen; i++) {
		if (glob_list_match(c->not_seen[i].variants, variant))
			return c->not_seen[i].reason;
	}
	return "";
}
