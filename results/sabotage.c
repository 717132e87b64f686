// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "err.h"
#include "sabotage.h"
#include "text.h"

/* --- what there is -------------------------------------------------------------------- */

static const char *text_of(const json_t *o, const char *key)
{
	return json_string_value(json_object_get(o, key)) ?: "";
}

static void learn_lie(struct sabotage *s, const json_t *o)
{
	struct lie *l;

	for (size_t i = 0; i < s->nlies; i++)
		if (!strcmp(s->lie[i].name, text_of(o, "name")))
			return;
	s->lie = xrealloc(s->lie, (s->nlies + 1) * sizeof(*s->lie));
	l = &s->lie[s->nlies++];
	memset(l, 0, sizeof(*l));
	l->name = xstrdup(text_of(o, "name"));
	l->what = xstrdup(text_of(o, "what"));
	l->tests = xstrdup(text_of(o, "tests"));
	l->checks = xstrdup(text_of(o, "checks"));
}

static void learn_check(struct sabotage *s, const json_t *o)
{
	struct check *c;

	for (size_t i = 0; i < s->nchecks; i++)
		if (!strcmp(s->check[i].name, text_of(o, "name")))
			return;
	s->check = xrealloc(s->check, (s->nchecks + 1) * sizeof(*s->check));
	c = &s->check[s->nchecks++];
	memset(c, 0, sizeof(*c));
	c->name = xstrdup(text_of(o, "name"));
	c->where = xasprintf("%s:%lld", text_of(o, "file"),
			     (long long)json_integer_value(json_object_get(o, "line")));
	c->kernel = xstrdup("");
	c->lie = xstrdup("");
	c->test = xstrdup("");
}

int sabotage_learn(struct sabotage *s, const char *json)
{
	json_t *o = json_loads(json, 0, NULL), *lies, *checks, *j;
	size_t i;

	lies = json_object_get(o, "lies");
	checks = json_object_get(o, "checks");
	if (!json_is_array(lies) || !json_is_array(checks)) {
		json_decref(o);
		return err_set(-EINVAL, "it does not say which lies and checks it has");
	}
	json_array_foreach(lies, i, j)
		learn_lie(s, j);
	json_array_foreach(checks, i, j)
		learn_check(s, j);
	json_decref(o);
	return 0;
}

static int by_check_name(const void *a, const void *b)
{
	return strcmp(((const struct check *)a)->name, ((const struct check *)b)->name);
}

void sabotage_sort(struct sabotage *s)
{
	/* Lies stay as their file has them: by subject. */
	qsort(s->check, s->nchecks, sizeof(*s->check), by_check_name);
}

void sabotage_free(struct sabotage *s)
{
	for (size_t i = 0; i < s->nlies; i++) {
		free(s->lie[i].name);
		free(s->lie[i].what);
		free(s->lie[i].tests);
		free(s->lie[i].checks);
		free(s->lie[i].test);
		free(s->lie[i].holes);
	}
	for (size_t i = 0; i < s->nchecks; i++) {
		free(s->check[i].name);
		free(s->check[i].where);
		free(s->check[i].kernel);
		free(s->check[i].lie);
		free(s->check[i].test);
	}
	free(s->lie);
	free(s->check);
	memset(s, 0, sizeof(*s));
}

/* Each glob of @globs must match one of @names. */
static int must_match(const char *globs, const char *what, const char *const names[])
{
	char *copy = xstrdup(globs), *save = NULL, *near;
	int ret = 0;

	for (char *g = strtok_r(copy, " \t\n", &save); g && !ret;
	     g = strtok_r(NULL, " \t\n", &save)) {
		size_t i = 0;

		while (names[i] && !glob_list_match(g, names[i]))
			i++;
		if (names[i])
			continue;
		near = nearest_names(g, names);
		ret = err_set(-EINVAL, "there is no %s \"%s\"; nearest: %s", what, g, near);
		free(near);
	}
	free(copy);
	return ret;
}

int sabotage_want_lies(struct sabotage *s, const char *globs)
{
	const char **names = xcalloc(s->nlies + 1, sizeof(*names));
	bool any = false;
	int ret;

	for (size_t i = 0; i < s->nlies; i++) {
		names[i] = s->lie[i].name;
		s->lie[i].wanted = !*s->lie[i].checks &&
				   (!globs || glob_list_match(globs, names[i]));
	}
	ret = globs ? must_match(globs, "lie", names) : 0;
	for (size_t i = 0; i < s->nlies; i++)
		any |= s->lie[i].wanted;
	for (size_t i = 0; globs && !any && !ret && i < s->nlies; i++)
		if (glob_list_match(globs, names[i]))
			ret = err_set(-EINVAL, "%s is a lie to one check: make sabotage CHECKS=%s",
				      names[i], s->lie[i].checks);
	free(names);
	return ret;
}

int sabotage_want_checks(struct sabotage *s, const char *globs)
{
	const char **names = xcalloc(s->nchecks + 1, sizeof(*names));
	int ret;

	for (size_t i = 0; i < s->nchecks; i++) {
		names[i] = s->check[i].name;
		s->check[i].wanted = !globs || glob_list_match(globs, names[i]);
	}
	ret = globs ? must_match(globs, "check", names) : 0;
	free(names);
	return ret;
}

/* --- which tests a lie is told to -------------------------------------------------------- */

static bool allowed(const struct lie *lie, const struct test *t)
{
	return glob_list_match(lie->tests, t->name) || glob_list_match(lie->tests, t->c->id);
}

void lie_choose(struct lie *lie, const struct test_list *tests, const bool *may, size_t most)
{
	bool *taken = xcalloc(tests->n + 1, sizeof(*taken));
	bool more = true;

	lie->test = xcalloc(tests->n + 1, sizeof(*lie->test));
	while (more && lie->ntests < most) {
		more = false;
		for (size_t i = 0; i < tests->n && lie->ntests < most;) {
			const struct tcase *c = tests->t[i].c;
			size_t end = i, n = 0, pick;

			for (; end < tests->n && tests->t[end].c == c; end++)
				n += !taken[end] && (!may || may[end]) &&
				     allowed(lie, &tests->t[end]);
			pick = n ? text_hash(c->id, lie->ntests, text_hash(lie->name, 0, 0) % 3) %
					       n :
				   0;
			for (; n && i < end; i++) {
				if (taken[i] || (may && !may[i]) || !allowed(lie, &tests->t[i]) ||
				    pick--)
					continue;
				taken[i] = more = true;
				lie->test[lie->ntests++] = i;
				break;
			}
			i = end;
		}
	}
	free(taken);
}

/* --- what came of it ------------------------------------------------------------------- */

char *observed(const struct record *r, const char *key)
{
	json_t *o = *r->observations ? json_loads(r->observations, 0, NULL) : NULL;
	char *text = xstrdup(text_of(o, key));

	json_decref(o);
	return text;
}

enum lie_outcome lie_outcome(const struct record *r)
{
	char *told = observed(r, "lie_told");
	bool known = *told, was = atoi(told);

	free(told);
	if (known && !was)
		return r->status == ST_PASS || r->status == ST_SKIP ? LIE_UNTOLD : LIE_ODD;
	switch (r->status) {
	case ST_FAIL:
		return strcmp(r->clause, "lost") ? LIE_FAIL : LIE_LOST;
	case ST_CRASH:
	case ST_TIMEOUT:
		return LIE_FAIL;
	case ST_ERROR:
	case ST_INCONCLUSIVE:
		return LIE_ERROR;
	default:
		/* A skip that did not come so far as to say so: nobody looked. */
		return known ? LIE_PASSED : LIE_ODD;
	}
}

void lie_count(struct lie *lie, const struct record *r)
{
	enum lie_outcome o = lie_outcome(r);
	char *holes;

	lie->told += o != LIE_UNTOLD && o != LIE_ODD;
	lie->untold += o == LIE_UNTOLD;
	lie->odd += o == LIE_ODD;
	lie->fail += o == LIE_FAIL;
	lie->lost += o == LIE_LOST;
	lie->error += o == LIE_ERROR;
	lie->passed += o == LIE_PASSED;
	if (o != LIE_PASSED)
		return;
	holes = xasprintf("%s%s%s (%s)", lie->holes ?: "", lie->holes ? ", " : "", r->test,
			  status_name(r->status));
	free(lie->holes);
	lie->holes = holes;
}

/* --- proofs ----------------------------------------------------------------------------- */

int proofs_read(const char *path, struct sabotage *s)
{
	char check[128], kernel[64], lie[64], test[256], *save = NULL;
	struct buf b = { 0 };
	int ret = read_file(path, &b);

	if (ret)
		return ret;
	for (char *line = strtok_r(b.data ?: "", "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save)) {
		if (*line == '#')
			continue;
		if (sscanf(line, "%127s %63s %63s %255s", check, kernel, lie, test) != 4) {
			ret = err_set(-EINVAL, "%s: \"%s\" is no proof", path, line);
			break;
		}
		for (size_t i = 0; i < s->nchecks; i++) {
			struct check *c = &s->check[i];

			if (strcmp(c->name, check))
				continue;
			record_set(&c->kernel, kernel);
			record_set(&c->lie, strcmp(lie, "-") ? lie : "");
			record_set(&c->test, test);
		}
	}
	buf_free(&b);
	return ret;
}

void proofs_keep(struct sabotage *s, bool all)
{
	for (size_t i = 0; i < s->nchecks; i++) {
		struct check *c = &s->check[i];

		c->proven |= *c->test && (all || !c->wanted);
	}
}

void proofs_text(const struct sabotage *s, struct buf *b)
{
	buf_printf(b, "# What make sabotage found: this test on this kernel, lied to so (-: not at "
		      "all),\n"
		      "# fails by the check, and passes when that is mute. It looks here first.\n");
	for (size_t i = 0; i < s->nchecks; i++) {
		const struct check *c = &s->check[i];

		if (c->proven)
			buf_printf(b, "%s %s %s %s\n", c->name, c->kernel, *c->lie ? c->lie : "-",
				   c->test);
	}
}

/* --- tables ----------------------------------------------------------------------------- */

void lies_text(const struct sabotage *s, struct buf *b)
{
	buf_printf(b, "%-24s %5s %5s %5s %5s %5s\n", "lie", "told", "fail", "lost", "error",
		   "pass");
	for (size_t i = 0; i < s->nlies; i++) {
		const struct lie *l = &s->lie[i];

		if (l->wanted)
			buf_printf(b, "%-24s %5zu %5zu %5zu %5zu %5zu\n", l->name, l->told, l->fail,
				   l->lost, l->error, l->passed);
	}
	for (size_t i = 0; i < s->nlies; i++)
		if (s->lie[i].holes)
			buf_printf(b, "passed in spite of %s: %s\n", s->lie[i].name,
				   s->lie[i].holes);
}

/* The row of a lie, if @line is one. */
static void read_row(const char *line, struct sabotage *s)
{
	const char *p = line + strlen(line);
	struct lie row = { 0 };
	unsigned int bars = 0;
	char name[64];

	/* What is done wrong may have a bar in it. */
	while (p > line && bars < 6)
		bars += *--p == '|';
	if (sscanf(line, "| `%63[^`]` |", name) != 1 ||
	    sscanf(p, "| %zu | %zu | %zu | %zu | %zu |", &row.told, &row.fail, &row.lost,
		   &row.error, &row.passed) != 5)
		return;
	for (size_t i = 0; i < s->nlies; i++) {
		struct lie *l = &s->lie[i];

		if (strcmp(l->name, name) || *l->checks || l->wanted)
			continue;
		l->known = true;
		l->told = row.told;
		l->fail = row.fail;
		l->lost = row.lost;
		l->error = row.error;
		l->passed = row.passed;
	}
}

int lies_read(const char *path, struct sabotage *s)
{
	struct buf b = { 0 };
	char *save = NULL;
	int ret = read_file(path, &b);

	if (ret)
		return ret;
	for (char *line = strtok_r(b.data ?: "", "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save))
		read_row(line, s);
	buf_free(&b);
	return 0;
}

void lies_table(const struct sabotage *s, struct buf *md)
{
	size_t told = 0, passed = 0, n = 0;

	for (size_t i = 0; i < s->nlies; i++) {
		told += s->lie[i].told;
		passed += s->lie[i].passed;
		n += s->lie[i].wanted || s->lie[i].known;
	}
	buf_printf(md,
		   "# Lies\n\n"
		   "What a kernel is made to do wrong beneath the harness (`make sabotage`), in "
		   "how\n"
		   "many tests it made a difference there, and how those ended. A pass, and a "
		   "skip,\n"
		   "is a hole in the harness. `lost` is a feature that the kernel must have; an "
		   "error\n"
		   "says that a precondition did not hold. Tests that do not pass when nobody "
		   "lies, and\n"
		   "those to which the lie made no difference, are not counted.\n\n"
		   "%zu lies, told in %zu tests; %zu passed.\n\n"
		   "| lie | what is done wrong | told | fail | lost | error | pass |\n"
		   "|---|---|---|---|---|---|---|\n",
		   n, told, passed);
	for (size_t i = 0; i < s->nlies; i++) {
		const struct lie *l = &s->lie[i];

		if (!l->wanted && !l->known)
			continue;
		buf_printf(md, "| `%s` | ", l->name);
		md_text(md, l->what);
		buf_printf(md, " | %zu | %zu | %zu | %zu | %zu |\n", l->told, l->fail, l->lost,
			   l->error, l->passed);
	}
}

void checks_table(const struct sabotage *s, struct buf *md)
{
	size_t proven = 0;

	for (size_t i = 0; i < s->nchecks; i++)
		proven += s->check[i].proven;
	buf_printf(md,
		   "# Checks\n\n"
		   "Every place that can say FAIL. The test on that kernel, lied to so\n"
		   "(`results/tables/lies.md`) where a lie is named, fails by this check, and "
		   "passes\n"
		   "when it is mute: nothing else sees what it sees. `make sabotage` tries each "
		   "again.\n\n"
		   "%zu of %zu checks are proven.\n\n"
		   "| check | where | test | kernel | lie |\n|---|---|---|---|---|\n",
		   proven, s->nchecks);
	for (size_t i = 0; i < s->nchecks; i++) {
		const struct check *c = &s->check[i];

		if (c->proven)
			buf_printf(md, "| `%s` | %.*s | `%s` | %s | %s%s%s |\n", c->name,
				   (int)strcspn(c->where, ":"), c->where, c->test, c->kernel,
				   *c->lie ? "`" : "", c->lie, *c->lie ? "`" : "");
	}
	buf_printf(md, "\nLies that are told only for this:\n\n");
	for (size_t i = 0; i < s->nlies; i++) {
		if (!*s->lie[i].checks)
			continue;
		buf_printf(md, "- `%s`: ", s->lie[i].name);
		md_text(md, s->lie[i].what);
		buf_printf(md, "\n");
	}
	if (proven == s->nchecks)
		return;
	buf_printf(md, "\n## Not proven\n\n| check | where |\n|---|---|\n");
	for (size_t i = 0; i < s->nchecks; i++)
		if (!s->check[i].proven)
			buf_printf(md, "| `%s` | %.*s |\n", s->check[i].name,
				   (int)strcspn(s->check[i].where, ":"), s->check[i].where);
}
