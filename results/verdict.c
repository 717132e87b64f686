// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "err.h"
#include "util.h"
#include "verdict.h"

static bool version_ok(const char *s)
{
	return isdigit((unsigned char)*s);
}

/* The string @key of entry @n of @list, "" if it is not there. */
static int entry_text(const json_t *o, const char *list, size_t n, const char *key, char **out)
{
	const json_t *j = json_object_get(o, key);

	if (j && !json_is_string(j))
		return err_set(-EINVAL, "%s[%zu].%s is not a string", list, n, key);
	*out = xstrdup(j ? json_string_value(j) : "");
	return 0;
}

bool clause_ok(const char *s)
{
	return !strcmp(s, "lost") || (s[0] == 'C' && s[1] >= '0' && s[1] <= '9' && !s[2]);
}

const char *clause_broken(enum status status, const char *clause)
{
	if (status == ST_CRASH || status == ST_TIMEOUT)
		return "C8";
	/* A test that ends by an assertion of its own leaves the case's whole list there. */
	return status == ST_FAIL && clause_ok(clause) ? clause : "";
}

/* The list "clauses" of entry @n of @list, as words. */
static int clauses_parse(const json_t *o, const char *list, size_t n, char **out)
{
	const json_t *clauses = json_object_get(o, "clauses"), *j;
	struct buf b = { 0 };
	const char *s;
	size_t i;

	if (!json_array_size(clauses))
		return err_set(-EINVAL, "%s[%zu] does not say by which clauses", list, n);
	json_array_foreach(clauses, i, j) {
		s = json_string_value(j);
		if (!s || !clause_ok(s)) {
			buf_free(&b);
			return err_set(-EINVAL,
				       "%s[%zu]: \"%s\" is no clause, C0 to C9 and lost are", list,
				       n, s ? s : "?");
		}
		buf_printf(&b, "%s%s", i ? " " : "", s);
	}
	*out = b.data;
	return 0;
}

static void expectation_empty(struct expectation *e)
{
	e->bug = xstrdup("");
	e->from = xstrdup("");
	e->to = xstrdup("");
	e->stable = xstrdup("");
	e->fix = xstrdup("");
}

static int known_broken_parse(const json_t *o, size_t n, struct expectation *e)
{
	static const char list[] = "known_broken";
	int ret;

	memset(e, 0, sizeof(*e));
	if (!json_is_object(o))
		return err_set(-EINVAL, "%s[%zu] is not an object", list, n);
	ret = entry_text(o, list, n, "bug", &e->bug);
	if (!ret)
		ret = entry_text(o, list, n, "from", &e->from);
	if (!ret)
		ret = entry_text(o, list, n, "to", &e->to);
	if (!ret)
		ret = entry_text(o, list, n, "stable", &e->stable);
	if (!ret)
		ret = entry_text(o, list, n, "fix", &e->fix);
	if (!ret)
		ret = entry_text(o, list, n, "reason", &e->reason);
	if (!ret)
		ret = entry_text(o, list, n, "variants", &e->variants);
	if (!ret)
		ret = clauses_parse(o, list, n, &e->clauses);
	if (ret)
		return ret;
	if (*e->from && !version_ok(e->from))
		ret = err_set(-EINVAL, "%s[%zu].from: \"%s\" is not a version", list, n, e->from);
	else if (*e->to && !version_ok(e->to))
		ret = err_set(-EINVAL, "%s[%zu].to: \"%s\" is not a version", list, n, e->to);
	else if (*e->to && version_cmp(e->from, e->to) >= 0)
		ret = err_set(-EINVAL, "%s[%zu]: nothing is between %s and %s", list, n, e->from,
			      e->to);
	return ret;
}

static int patched_parse(const json_t *o, size_t n, struct patched_expectation *p)
{
	static const char list[] = "patched";
	char *expect = NULL;
	int ret;

	memset(p, 0, sizeof(*p));
	if (!json_is_object(o))
		return err_set(-EINVAL, "%s[%zu] is not an object", list, n);
	expectation_empty(&p->e);
	ret = entry_text(o, list, n, "kernel", &p->kernel);
	if (!ret)
		ret = entry_text(o, list, n, "variants", &p->e.variants);
	if (!ret)
		ret = entry_text(o, list, n, "expect", &expect);
	if (ret)
		goto out;
	if (!*p->kernel) {
		ret = err_set(-EINVAL, "%s[%zu] names no kernel", list, n);
		goto out;
	}
	p->e.reason = xasprintf("%s answers so", p->kernel);
	p->pass = !strcmp(expect, "pass");
	if (p->pass)
		p->e.clauses = xstrdup("");
	else if (strcmp(expect, "fail"))
		ret = err_set(-EINVAL, "%s[%zu]: \"%s\" is nothing to expect", list, n, expect);
	else
		ret = clauses_parse(o, list, n, &p->e.clauses);
out:
	free(expect);
	return ret;
}

static int array_size(const json_t *array, const char *list, size_t *n)
{
	if (array && !json_is_array(array))
		return err_set(-EINVAL, "%s is not an array", list);
	*n = json_array_size(array);
	return 0;
}

int expectations_parse(const struct json_t *known_broken, const struct json_t *patched,
		       struct expectations *x)
{
	size_t n, nknown = 0, npatched = 0;
	int ret;

	memset(x, 0, sizeof(*x));
	ret = array_size(known_broken, "known_broken", &nknown);
	if (!ret)
		ret = array_size(patched, "patched", &npatched);
	if (ret)
		return ret;
	x->e = xcalloc(nknown + 1, sizeof(*x->e));
	x->patched = xcalloc(npatched + 1, sizeof(*x->patched));
	for (n = 0; !ret && n < nknown; n++)
		ret = known_broken_parse(json_array_get(known_broken, n), n, &x->e[x->n++]);
	for (n = 0; !ret && n < npatched; n++)
		ret = patched_parse(json_array_get(patched, n), n, &x->patched[x->npatched++]);
	if (ret)
		expectations_free(x);
	return ret;
}

void expectations_add_seen(struct expectations *x, const char *kernel, const char *clause,
			   const char *variants)
{
	struct patched_expectation *p;

	if (!kernel[strspn(kernel, "0123456789.")])
		return;
	x->patched = xrealloc(x->patched, (x->npatched + 1) * sizeof(*x->patched));
	p = &x->patched[x->npatched++];
	memset(p, 0, sizeof(*p));
	p->kernel = xstrdup(kernel);
	expectation_empty(&p->e);
	p->e.reason = xasprintf("it is there to be seen to break %s", clause);
	p->e.variants = xstrdup(variants);
	p->e.clauses = xstrdup(clause);
}

static void expectation_free(struct expectation *e)
{
	free(e->bug);
	free(e->from);
	free(e->to);
	free(e->stable);
	free(e->fix);
	free(e->reason);
	free(e->variants);
	free(e->clauses);
}

void expectations_free(struct expectations *x)
{
	for (size_t i = 0; i < x->n; i++)
		expectation_free(&x->e[i]);
	for (size_t i = 0; i < x->npatched; i++) {
		free(x->patched[i].kernel);
		expectation_free(&x->patched[i].e);
	}
	free(x->e);
	free(x->patched);
	memset(x, 0, sizeof(*x));
}

/* The next number of a version; false at its end. */
static bool version_next(const char **s, unsigned long *n)
{
	char *end;

	*n = 0;
	if (!version_ok(*s))
		return false;
	*n = strtoul(*s, &end, 10);
	*s = *end == '.' ? end + 1 : "";
	return true;
}

int version_cmp(const char *a, const char *b)
{
	unsigned long na, nb;
	bool more_a, more_b;

	do {
		more_a = version_next(&a, &na);
		more_b = version_next(&b, &nb);
		if (na != nb)
			return na < nb ? -1 : 1;
	} while (more_a || more_b);
	return 0;
}

static bool for_variant(const struct expectation *e, const char *variant)
{
	return !*e->variants || glob_list_match(e->variants, variant);
}

/* Are @a and @b of one branch: 6.1.191 and 6.1.192? */
static bool same_branch(const char *a, const char *b)
{
	unsigned long na[2], nb[2];

	for (unsigned int i = 0; i < 2; i++) {
		version_next(&a, &na[i]);
		version_next(&b, &nb[i]);
	}
	return na[0] == nb[0] && na[1] == nb[1];
}

bool branch_took(const char *stable, const char *version)
{
	for (const char *s = stable; *s; s += strspn(s, " ")) {
		size_t len = strcspn(s, " ");
		char one[32];

		snprintf(one, sizeof(one), "%.*s", (int)len, s);
		if (same_branch(one, version) && version_cmp(version, one) >= 0)
			return true;
		s += len;
	}
	return false;
}

static bool for_version(const struct expectation *e, const char *version)
{
	if (*e->from && version_cmp(version, e->from) < 0)
		return false;
	if (*e->to && version_cmp(version, e->to) >= 0)
		return false;
	return !branch_took(e->stable, version);
}

bool expectation_foretells(const struct expectation *e, const char *clause)
{
	size_t len = strlen(clause);
	const char *s = e ? e->clauses : "";

	while (len && (s = strstr(s, clause)) && s[len] && s[len] != ' ')
		s += len;
	return len && s;
}

/* Of those that hold: the first, or the first that foretells what happened. */
static void prefer(const struct expectation **best, const struct expectation *e, const char *clause)
{
	if (!*best || (expectation_foretells(e, clause) && !expectation_foretells(*best, clause)))
		*best = e;
}

/* False if no entry names the kernel; then versions decide. */
static bool find_patched(const struct expectations *x, const char *kernel, const char *variant,
			 const char *clause, const struct expectation **best)
{
	bool pass = false;

	*best = NULL;
	for (size_t i = 0; i < x->npatched; i++) {
		const struct patched_expectation *p = &x->patched[i];

		if (strcmp(p->kernel, kernel) || !for_variant(&p->e, variant))
			continue;
		if (p->pass)
			pass = true;
		else
			prefer(best, &p->e, clause);
	}
	if (!pass)
		return *best;
	*best = NULL;
	return true;
}

const struct expectation *expectation_mended(const struct expectations *x, const char *mends,
					     const char *kernel, const char *version,
					     const char *variant, const char *clause)
{
	const struct expectation *best;

	if (find_patched(x, kernel, variant, clause, &best) || !version_ok(version))
		return best;
	for (size_t i = 0; i < x->n; i++) {
		const struct expectation *e = &x->e[i];

		if (*e->bug && glob_list_match(mends, e->bug))
			continue;
		if (for_version(e, version) && for_variant(e, variant))
			prefer(&best, e, clause);
	}
	return best;
}

const struct expectation *expectation_find(const struct expectations *x, const char *kernel,
					   const char *version, const char *variant,
					   const char *clause)
{
	return expectation_mended(x, "", kernel, version, variant, clause);
}

const struct expectation *expectation_wrong(const struct expectations *x, const char *kernel,
					    const char *variant, const char *clause)
{
	static char none[] = "", why[] = "the kernel is wrong on purpose",
		    all[] = "C0 C1 C2 C3 C4 C5 C6 C7 C8 C9 lost";
	static const struct expectation on_purpose = {
		.bug = none,
		.from = none,
		.to = none,
		.stable = none,
		.fix = none,
		.reason = why,
		.variants = none,
		.clauses = all,
	};
	const struct expectation *best;

	if (find_patched(x, kernel, variant, clause, &best))
		return best;
	return *clause ? &on_purpose : NULL;
}

bool expectations_name(const struct expectations *x, const char *kernel, const char *variant)
{
	for (size_t i = 0; i < x->npatched; i++)
		if (!strcmp(x->patched[i].kernel, kernel) && for_variant(&x->patched[i].e, variant))
			return true;
	return false;
}

enum verdict verdict_of(enum status status, const char *clause, const struct expectation *e)
{
	switch (status) {
	case ST_PASS:
		return e ? V_XPASS : V_PASS;
	case ST_FAIL:
	case ST_CRASH:
	case ST_TIMEOUT:
		return expectation_foretells(e, clause_broken(status, clause)) ? V_XFAIL : V_FAIL;
	case ST_SKIP:
		return V_SKIP;
	case ST_INCONCLUSIVE:
		return V_INCONCLUSIVE;
	case ST_ERROR:
		break;
	}
	return V_ERROR;
}

enum verdict verdict_since(enum verdict v)
{
	return v == V_XPASS ? V_FIXED : v == V_FAIL ? V_BROKEN : v;
}

bool verdict_is_unexpected(enum verdict v)
{
	return v == V_FAIL || v == V_XPASS || v == V_ERROR || v == V_BROKEN;
}
