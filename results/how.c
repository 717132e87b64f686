// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "how.h"
#include "util.h"
#include "verdict.h"

/* --- by which clause, in which step -------------------------------------------------------- */

static bool is_of(const struct record *r, const struct table_col *col, const char *test)
{
	return !strcmp(r->test, test) && !strcmp(r->kernel, col->kernel);
}

static bool is_bad(const struct record *r)
{
	return r->status == ST_FAIL || r->status == ST_CRASH || r->status == ST_TIMEOUT;
}

/* 0 if it is not known. */
static unsigned long step_of(const struct record *r)
{
	return strtoul(r->step, NULL, 10);
}

/* How often it was judged, and how often it broke @clause in @step or before (0: in any). */
static unsigned int count(const struct table_col *col, const char *test, const char *clause,
			  unsigned long step, unsigned int *judged)
{
	unsigned int n = 0;

	*judged = 0;
	for (size_t i = 0; i < col->run->nrec; i++) {
		const struct record *r = &col->run->rec[i];

		if (!is_of(r, col, test) || (!is_bad(r) && r->status != ST_PASS))
			continue;
		(*judged)++;
		n += is_bad(r) && !strcmp(clause_broken(r->status, r->clause), clause) &&
		     (!step || (step_of(r) && step_of(r) <= step));
	}
	return n;
}

static const struct record *first_bad(const struct table_col *col, const char *test)
{
	for (size_t i = 0; i < col->run->nrec; i++) {
		if (is_of(&col->run->rec[i], col, test) && is_bad(&col->run->rec[i]))
			return &col->run->rec[i];
	}
	return NULL;
}

/* "C1 at step 5", "crash at step 3" */
static char *how_words(const struct record *r)
{
	const char *clause = clause_broken(r->status, r->clause);
	const char *by = r->status != ST_FAIL ? status_name(r->status) :
			 *clause	      ? clause :
						"no clause";

	return step_of(r) ? xasprintf("%s at step %lu", by, step_of(r)) : xstrdup(by);
}

char *fails_otherwise(const struct table_col col[2], const char *a, const char *b, const char *test,
		      bool (*more)(unsigned int ka, unsigned int na, unsigned int kb,
				   unsigned int nb))
{
	const struct record *was = first_bad(&col[0], test);
	char *words = NULL, *from, *to;

	for (size_t i = 0; was && !words && i < col[1].run->nrec; i++) {
		const struct record *r = &col[1].run->rec[i];
		const char *clause = clause_broken(r->status, r->clause);
		unsigned int na, nb, ka, kb;
		bool other;

		if (!is_of(r, &col[1], test) || !is_bad(r))
			continue;
		ka = count(&col[0], test, clause, 0, &na);
		kb = count(&col[1], test, clause, 0, &nb);
		other = more(ka, na, kb, nb);
		if (!other && step_of(r)) {
			ka = count(&col[0], test, clause, step_of(r), &na);
			kb = count(&col[1], test, clause, step_of(r), &nb);
			other = more(ka, na, kb, nb);
		}
		if (!other)
			continue;
		from = how_words(was);
		to = how_words(r);
		words = xasprintf("%s %s, %s %s", a, from, b, to);
		free(from);
		free(to);
	}
	return words;
}

/* --- observations ---------------------------------------------------------------------------- */

/* Which records say what the others are compared with: those that pass, else those that fail. */
static bool says(const struct record *r, const struct table_col *col, const char *test, bool pass)
{
	return is_of(r, col, test) && (pass ? r->status == ST_PASS : is_bad(r));
}

static bool any_says(const struct table_col *col, const char *test, bool pass)
{
	for (size_t i = 0; i < col->run->nrec; i++) {
		if (says(&col->run->rec[i], col, test, pass))
			return true;
	}
	return false;
}

/* Per key all values, each once: { "key": { "value": true } } */
static json_t *values(const struct table_col *col, const char *test, bool pass)
{
	json_t *all = json_object(), *o, *v, *of_key;
	const char *key;

	for (size_t i = 0; i < col->run->nrec; i++) {
		const struct record *r = &col->run->rec[i];

		if (!*r->observations || !says(r, col, test, pass))
			continue;
		o = json_loads(r->observations, 0, NULL);
		json_object_foreach(o, key, v) {
			if (!json_is_string(v))
				continue;
			of_key = json_object_get(all, key);
			if (!of_key) {
				of_key = json_object();
				json_object_set_new(all, key, of_key);
			}
			json_object_set_new(of_key, json_string_value(v), json_true());
		}
		json_decref(o);
	}
	return all;
}

static bool have_common(json_t *a, json_t *b)
{
	const char *value;
	json_t *v;

	json_object_foreach(a, value, v) {
		if (json_object_get(b, value))
			return true;
	}
	return false;
}

static char *first_value(json_t *values)
{
	void *iter = values ? json_object_iter(values) : NULL;

	return xstrdup(iter ? json_object_iter_key(iter) : "-");
}

static void add(struct seen_changes *s, const char *test, const char *key, json_t *a, json_t *b)
{
	struct seen_change *c;

	s->c = xrealloc(s->c, (s->n + 1) * sizeof(*s->c));
	c = &s->c[s->n++];
	c->test = test;
	c->key = xstrdup(key);
	c->from = first_value(a);
	c->to = first_value(b);
}

static void find_of(const struct table_col *col, const char *test, struct seen_changes *s)
{
	bool pass = any_says(&col[0], test, true) && any_says(&col[1], test, true);
	json_t *a, *b, *v;
	const char *key;

	if (!pass && !(any_says(&col[0], test, false) && any_says(&col[1], test, false)))
		return;
	a = values(&col[0], test, pass);
	b = values(&col[1], test, pass);
	json_object_foreach(a, key, v) {
		json_t *other = json_object_get(b, key);

		/* A failure ends a test here or there: what it did not come to say is no change. */
		if ((other || pass) && !have_common(v, other))
			add(s, test, key, v, other);
	}
	json_object_foreach(b, key, v) {
		if (pass && !json_object_get(a, key))
			add(s, test, key, NULL, v);
	}
	json_decref(a);
	json_decref(b);
}

void seen_changes_find(const struct table *t, struct seen_changes *s)
{
	memset(s, 0, sizeof(*s));
	for (size_t i = 0; i < t->nrow; i++) {
		for (size_t k = 0; k < t->row[i].ntests; k++)
			find_of(t->col, t->row[i].tests[k], s);
	}
}

void seen_changes_free(struct seen_changes *s)
{
	for (size_t i = 0; i < s->n; i++) {
		free(s->c[i].key);
		free(s->c[i].from);
		free(s->c[i].to);
	}
	free(s->c);
	memset(s, 0, sizeof(*s));
}

static bool same_key(const struct seen_change *a, const struct seen_change *b)
{
	size_t len = variant_of(a->test) - a->test;

	return (size_t)(variant_of(b->test) - b->test) == len && !strncmp(a->test, b->test, len) &&
	       !strcmp(a->key, b->key);
}

static bool is_first(const struct seen_changes *s, size_t i)
{
	for (size_t k = 0; k < i; k++) {
		if (same_key(&s->c[k], &s->c[i]))
			return false;
	}
	return true;
}

static char *line_of(const struct seen_changes *s, size_t first)
{
	const struct seen_change *c = &s->c[first];
	const char **names = xcalloc(s->n, sizeof(*names));
	bool *in = xcalloc(s->n, sizeof(*in)), same = true;
	char *which, *line;
	size_t n = 0;

	for (size_t i = first; i < s->n; i++) {
		if (!same_key(c, &s->c[i]))
			continue;
		same &= !strcmp(c->from, s->c[i].from) && !strcmp(c->to, s->c[i].to);
		in[n] = true;
		names[n++] = variant_of(s->c[i].test);
	}
	which = fold_variants(names, n, in, false);
	line = xasprintf("%.*s %s: %s: %s -> %s%s", (int)(variant_of(c->test) - c->test - 1),
			 c->test, which, c->key, c->from, c->to, same ? "" : ", and others");
	free(which);
	free(names);
	free(in);
	return line;
}

char *seen_changes_line(const struct seen_changes *s, size_t n)
{
	for (size_t i = 0; i < s->n; i++) {
		if (is_first(s, i) && !n--)
			return line_of(s, i);
	}
	return NULL;
}

void seen_changes_print(FILE *out, const struct seen_changes *s, struct style st)
{
	char *line;

	if (s->n)
		print_heading(out, "Observations that changed", st);
	for (size_t i = 0; (line = seen_changes_line(s, i)); i++) {
		fputs("  ", out);
		print_wrapped(out, line, 2, 6, st.width);
		free(line);
	}
}
