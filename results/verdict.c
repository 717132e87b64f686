// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <errno.h>
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

static int entry_text(const json_t *o, size_t n, const char *key, char **out)
{
	const json_t *j = json_object_get(o, key);

	if (j && !json_is_string(j))
		return err_set(-EINVAL, "known_broken[%zu].%s is not a string", n, key);
	*out = xstrdup(j ? json_string_value(j) : "");
	return 0;
}

static int entry_parse(const json_t *o, size_t n, struct expectation *e)
{
	char *status = NULL;
	int ret;

	memset(e, 0, sizeof(*e));
	if (!json_is_object(o))
		return err_set(-EINVAL, "known_broken[%zu] is not an object", n);
	ret = entry_text(o, n, "from", &e->from);
	if (!ret)
		ret = entry_text(o, n, "to", &e->to);
	if (!ret)
		ret = entry_text(o, n, "fix", &e->fix);
	if (!ret)
		ret = entry_text(o, n, "reason", &e->reason);
	if (!ret)
		ret = entry_text(o, n, "variants", &e->variants);
	if (!ret)
		ret = entry_text(o, n, "status", &status);
	if (ret)
		goto out;
	if (*e->from && !version_ok(e->from))
		ret = err_set(-EINVAL, "known_broken[%zu].from: \"%s\" is not a version", n,
			      e->from);
	else if (*e->to && !version_ok(e->to))
		ret = err_set(-EINVAL, "known_broken[%zu].to: \"%s\" is not a version", n, e->to);
	else if (*e->to && version_cmp(e->from, e->to) >= 0)
		ret = err_set(-EINVAL, "known_broken[%zu]: nothing is between %s and %s", n,
			      e->from, e->to);
	if (ret)
		goto out;
	e->any = !*status;
	e->status = ST_FAIL;
	if (!e->any) {
		ret = status_parse(status, &e->status);
		if (!ret && e->status != ST_FAIL && e->status != ST_CRASH &&
		    e->status != ST_TIMEOUT)
			ret = err_set(-EINVAL, "\"%s\" is nothing to expect", status);
		if (ret)
			err_prefix(ret, "known_broken[%zu].status", n);
	}
out:
	free(status);
	return ret;
}

int expectations_parse(const struct json_t *array, struct expectations *x)
{
	size_t n;
	json_t *j;
	int ret;

	memset(x, 0, sizeof(*x));
	if (!array)
		return 0;
	if (!json_is_array(array))
		return err_set(-EINVAL, "known_broken is not an array");
	x->e = xcalloc(json_array_size(array) + 1, sizeof(*x->e));
	json_array_foreach(array, n, j) {
		ret = entry_parse(j, n, &x->e[x->n++]);
		if (ret) {
			expectations_free(x);
			return ret;
		}
	}
	return 0;
}

void expectations_free(struct expectations *x)
{
	for (size_t i = 0; i < x->n; i++) {
		free(x->e[i].from);
		free(x->e[i].to);
		free(x->e[i].fix);
		free(x->e[i].reason);
		free(x->e[i].variants);
	}
	free(x->e);
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

static bool holds(const struct expectation *e, const char *version, const char *variant)
{
	if (*e->from && version_cmp(version, e->from) < 0)
		return false;
	if (*e->to && version_cmp(version, e->to) >= 0)
		return false;
	return !*e->variants || glob_list_match(e->variants, variant);
}

static bool foretells(const struct expectation *e, enum status status)
{
	if (status != ST_FAIL && status != ST_CRASH && status != ST_TIMEOUT)
		return false;
	return e->any || e->status == status;
}

const struct expectation *expectation_find(const struct expectations *x, const char *version,
					   const char *variant, enum status status)
{
	const struct expectation *first = NULL;

	if (!version_ok(version))
		return NULL;
	for (size_t i = 0; i < x->n; i++) {
		if (!holds(&x->e[i], version, variant))
			continue;
		if (foretells(&x->e[i], status))
			return &x->e[i];
		if (!first)
			first = &x->e[i];
	}
	return first;
}

enum verdict verdict_of(enum status status, const struct expectation *e)
{
	switch (status) {
	case ST_PASS:
		return e ? V_XPASS : V_PASS;
	case ST_FAIL:
	case ST_CRASH:
	case ST_TIMEOUT:
		return e && foretells(e, status) ? V_XFAIL : V_FAIL;
	case ST_SKIP:
		return V_SKIP;
	case ST_ERROR:
		break;
	}
	return V_ERROR;
}

bool verdict_is_unexpected(enum verdict v)
{
	return v == V_FAIL || v == V_XPASS || v == V_ERROR;
}
