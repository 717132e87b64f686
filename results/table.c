// SPDX-License-Identifier: GPL-2.0-only
/* Questions down, kernels across, and in the cells what was measured. */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "err.h"
#include "table.h"
#include "text.h"
#include "util.h"

/* --- the definition ---------------------------------------------------------------- */

static void add_string(char ***list, size_t *n, char *s)
{
	*list = xrealloc(*list, (*n + 1) * sizeof(**list));
	(*list)[(*n)++] = s;
}

static void strings_free(char **list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(list[i]);
	free(list);
}

void table_def_free(struct table_def *def)
{
	for (size_t i = 0; i < def->nrows; i++) {
		free(def->row[i].section);
		free(def->row[i].key);
		free(def->row[i].text);
		free(def->row[i].clauses);
		strings_free(def->row[i].test, def->row[i].ntests);
	}
	free(def->row);
	free(def->title);
	free(def->section);
	strings_free(def->text, def->ntexts);
	strings_free(def->note, def->nnotes);
	strings_free(def->kernel, def->nkernels);
	memset(def, 0, sizeof(*def));
}

/* Words into a list; -EINVAL for one that is there already. */
static int add_words(char *words, const char *what, char ***list, size_t *n)
{
	char *save = NULL;

	for (char *w = strtok_r(words, " \t", &save); w; w = strtok_r(NULL, " \t", &save)) {
		for (size_t i = 0; i < *n; i++) {
			if (!strcmp((*list)[i], w))
				return err_set(-EINVAL, "%s %s is there twice", what, w);
		}
		add_string(list, n, xstrdup(w));
	}
	return *n ? 0 : err_set(-EINVAL, "there is no %s", what);
}

/* @s without the blanks around it. */
static char *trim(char *s)
{
	char *end = s + strlen(s);

	while (end > s && isblank((unsigned char)end[-1]))
		*--end = '\0';
	return s + strspn(s, " \t");
}

/* The next of the parts that bars divide; NULL if there is none. */
static char *next_part(char **rest)
{
	char *part = *rest, *bar;

	if (!part)
		return NULL;
	bar = strchr(part, '|');
	*rest = bar ? bar + 1 : NULL;
	if (bar)
		*bar = '\0';
	return trim(part);
}

static int add_row(struct table_def *def, char *value, bool is_value)
{
	char *text = next_part(&value), *clauses = next_part(&value), *tests = next_part(&value);
	struct question *q;

	if (!tests || value || !*text || !*clauses)
		return err_set(-EINVAL, is_value ? "a value is: question | key | tests" :
						   "a row is: question | clauses | tests");
	def->row = xrealloc(def->row, (def->nrows + 1) * sizeof(*def->row));
	q = &def->row[def->nrows++];
	memset(q, 0, sizeof(*q));
	q->section = def->section;
	def->section = NULL;
	q->text = xstrdup(text);
	q->clauses = xstrdup(is_value ? "" : clauses);
	q->key = is_value ? xstrdup(clauses) : NULL;
	return add_words(tests, "test", &q->test, &q->ntests);
}

/* One logical line; @s is ours to cut. */
static int add_line(struct table_def *def, char *s)
{
	size_t len = strcspn(s, " \t");
	char *value = trim(s + len);

	s[len] = '\0';
	if (!*value)
		return err_set(-EINVAL, "\"%s\" says nothing", s);
	if (!strcmp(s, "text"))
		add_string(&def->text, &def->ntexts, xstrdup(value));
	else if (!strcmp(s, "note"))
		add_string(&def->note, &def->nnotes, xstrdup(value));
	else if (!strcmp(s, "row") || !strcmp(s, "value"))
		return add_row(def, value, !strcmp(s, "value"));
	else if (!strcmp(s, "section") && !def->section)
		def->section = xstrdup(value);
	else if (!strcmp(s, "section"))
		return err_set(-EINVAL, "a section without a row");
	else if (!strcmp(s, "columns") && !def->nkernels)
		return add_words(value, "kernel", &def->kernel, &def->nkernels);
	else if (!strcmp(s, "title") && !def->title)
		def->title = xstrdup(value);
	else if (!strcmp(s, "title") || !strcmp(s, "columns"))
		return err_set(-EINVAL, "a second \"%s\"", s);
	else
		return err_set(-EINVAL,
			       "\"%s\" is not title, text, columns, section, row, value or note",
			       s);
	return 0;
}

/* Lines and their continuations, joined; @line is where the one in hand began. */
static int parse_lines(struct table_def *def, char *text, size_t *line)
{
	struct buf whole = { 0 };
	size_t n = 0;
	int ret = 0;

	for (char *p = text, *nl; !ret && p; p = nl) {
		nl = strchr(p, '\n');
		if (nl)
			*nl++ = '\0';
		n++;
		if (*p == '#')
			continue;
		if (isblank((unsigned char)*p) && whole.len) {
			p = trim(p);
			buf_printf(&whole, *p ? " %s" : "%s", p);
			continue;
		}
		if (whole.len)
			ret = add_line(def, whole.data);
		whole.len = 0;
		p = trim(p);
		if (ret || !*p)
			continue;
		*line = n;
		buf_printf(&whole, "%s", p);
	}
	if (!ret && whole.len)
		ret = add_line(def, whole.data);
	buf_free(&whole);
	return ret;
}

int table_def_read(const char *path, struct table_def *def)
{
	struct buf b = { 0 };
	size_t line = 1;
	int ret;

	memset(def, 0, sizeof(*def));
	ret = read_file(path, &b);
	if (ret)
		return ret;
	ret = b.data ? parse_lines(def, b.data, &line) : 0;
	buf_free(&b);
	if (ret)
		err_prefix(ret, "%s:%zu", path, line);
	else if (!def->title || !def->nkernels || !def->nrows)
		ret = err_set(-EINVAL, "%s: it has no %s", path,
			      !def->title    ? "title" :
			      !def->nkernels ? "columns" :
					       "row");
	if (ret)
		table_def_free(def);
	return ret;
}

/* --- cells ------------------------------------------------------------------------- */

/* What the tests of a row did on one kernel. */
struct answer {
	struct cell cell;
	struct buf clauses; /* that broke */
	struct buf values;  /* that were observed, if that is asked */
	struct buf skips;   /* why */
};

static void add_once(struct buf *b, const char *s, const char *between)
{
	if (*s && (!b->len || !strstr(b->data, s)))
		buf_printf(b, "%s%s", b->len ? between : "", s);
}

/* What it took down under @key. */
static void add_value(struct answer *a, const struct record *r, const char *key)
{
	json_t *o = json_loads(r->observations, 0, NULL);
	const char *s = json_string_value(json_object_get(o, key));

	if (s)
		add_once(&a->values, s, "; ");
	json_decref(o);
}

static int add_record(struct answer *a, const struct record *r, const char *key)
{
	if (r->status == ST_ERROR || r->status == ST_INCONCLUSIVE)
		return err_set(-EINVAL, "%s on %s is %s and no answer: %s", r->test, r->kernel,
			       r->status == ST_ERROR ? "an error" : "inconclusive", r->reason);
	cell_add(&a->cell, r);
	if (key)
		add_value(a, r, key);
	if (r->status == ST_SKIP)
		add_once(&a->skips, r->reason, "; ");
	else if (r->status != ST_PASS)
		add_once(&a->clauses, r->clause, ", ");
	return 0;
}

static int answer(const struct run *run, const char *kernel, const struct question *q,
		  struct answer *a)
{
	const struct record *r;
	int ret = 0;

	memset(a, 0, sizeof(*a));
	for (size_t i = 0; !ret && i < q->ntests; i++) {
		for (unsigned int n = 1; !ret && n <= run->info.repeat; n++) {
			r = run_find(run, kernel, q->test[i], n);
			ret = r ? add_record(a, r, q->key) :
				  err_set(-ENOENT, "run %s has no result of %s on %s", run->id,
					  q->test[i], kernel);
		}
	}
	return ret;
}

static void answer_free(struct answer *a)
{
	buf_free(&a->clauses);
	buf_free(&a->skips);
	buf_free(&a->values);
}

/* "pass", "**FAIL** C1", "**FAIL** C1 (1 of 2)" */
static void cell_print(struct buf *b, const struct answer *a)
{
	const struct cell *c = &a->cell;
	unsigned int bad = cell_bad(c), judged = cell_judged(c);

	if (!judged) {
		buf_printf(b, " skip |");
		return;
	}
	/* A test that fails may have seen it before. */
	if (a->values.len) {
		buf_printf(b, " ");
		md_text(b, a->values.data);
		buf_printf(b, " |");
		return;
	}
	buf_printf(b, " %s",
		   c->s[ST_CRASH]   ? "**CRASH**" :
		   c->s[ST_TIMEOUT] ? "**TIMEOUT**" :
		   bad		    ? "**FAIL**" :
				      "pass");
	if (a->clauses.len) {
		buf_printf(b, " ");
		md_text(b, a->clauses.data);
	}
	if (bad && bad < judged)
		buf_printf(b, " (%u of %u)", bad, judged);
	if (judged < c->n)
		buf_printf(b, " (%u skipped)", c->n - judged);
	buf_printf(b, " |");
}

/* --- the table ----------------------------------------------------------------------- */

static void print_columns(struct buf *b, const struct table_def *def)
{
	buf_printf(b, "| | | clause |");
	for (size_t k = 0; k < def->nkernels; k++)
		buf_printf(b, " %s |", def->kernel[k]);
	buf_printf(b, "\n|---|---|---|");
	for (size_t k = 0; k < def->nkernels; k++)
		buf_printf(b, "---|");
	buf_printf(b, "\n");
}

/* The rows into @b, and why something was skipped into @skips. */
static int print_rows(struct buf *b, struct buf *skips, const struct table_def *def,
		      const struct run *run)
{
	int ret = 0;

	for (size_t i = 0; !ret && i < def->nrows; i++) {
		const struct question *q = &def->row[i];

		if (q->section)
			buf_printf(b, "%s## %s\n\n", i ? "\n" : "", q->section);
		if (q->section || !i)
			print_columns(b, def);
		buf_printf(b, "| %zu | %s | %s |", i + 1, q->text, q->clauses);
		for (size_t k = 0; !ret && k < def->nkernels; k++) {
			struct answer a;

			ret = answer(run, def->kernel[k], q, &a);
			cell_print(b, &a);
			if (a.skips.len) {
				buf_printf(skips, "- skip in row %zu on %s: ", i + 1,
					   def->kernel[k]);
				md_text(skips, a.skips.data);
				buf_printf(skips, "\n");
			}
			answer_free(&a);
		}
		buf_printf(b, "\n");
	}
	return ret;
}

/* What it was measured on, and by what. */
static int print_kernels(struct buf *b, const struct table_def *def, const struct run *run)
{
	buf_printf(b, "## Kernels\n\n");
	for (size_t k = 0; k < def->nkernels; k++) {
		const struct run_kernel *rk = run_kernel_find(run, def->kernel[k]);
		const char *release, *origin;

		if (!rk)
			return err_set(-ENOENT, "run %s has no kernel %s", run->id, def->kernel[k]);
		release = run_kernel_release(run, rk);
		origin = run_kernel_origin(run, rk);
		buf_printf(b, "- %s: ", def->kernel[k]);
		md_text(b, release);
		if (strcmp(release, origin)) {
			buf_printf(b, ", ");
			md_text(b, origin);
		}
		buf_printf(b, "\n");
	}
	return 0;
}

static void print_machine(struct buf *b, const struct table_def *def, const struct run *run)
{
	const struct run_info *in = &run->info;
	char *which;

	buf_printf(b, "\nMeasured with %s, QEMU %s, seed 0x%llx; ", in->accel, in->qemu,
		   (unsigned long long)in->seed);
	if (in->repeat > 1)
		buf_printf(b, "every test %u times, each time in a guest of its own.\n",
			   in->repeat);
	else
		buf_printf(b, "every test in a guest of its own.\n");
	if (!same_machine(run, (const char *const *)def->kernel, def->nkernels, &which)) {
		buf_printf(b, "Not all of it was measured on the same machine: ");
		md_text(b, which);
		buf_printf(b, "\n");
		free(which);
	}
}

static void print_tests(struct buf *b, const struct table_def *def)
{
	buf_printf(b, "\n## Tests\n\nOne of them again: `make run CASE=TEST KERNEL=NAME`.\n\n");
	for (size_t i = 0; i < def->nrows; i++) {
		buf_printf(b, "%zu.", i + 1);
		for (size_t k = 0; k < def->row[i].ntests; k++)
			buf_printf(b, " `%s`", def->row[i].test[k]);
		buf_printf(b, "\n");
	}
}

int table_make(const struct table_def *def, const struct run *run, char **markdown)
{
	struct buf b = { 0 }, kernels = { 0 }, skips = { 0 };
	int ret;

	*markdown = NULL;
	ret = print_kernels(&kernels, def, run);
	if (ret)
		goto out;
	buf_printf(&b, "# %s\n\n", def->title);
	for (size_t i = 0; i < def->ntexts; i++)
		buf_printf(&b, "%s\n\n", def->text[i]);
	ret = print_rows(&b, &skips, def, run);
	if (ret)
		goto out;
	buf_printf(&b, "\n");
	if (skips.len)
		buf_printf(&b, "%s\n", skips.data);
	for (size_t i = 0; i < def->nnotes; i++)
		buf_printf(&b, "%s\n\n", def->note[i]);
	buf_printf(&b, "%s", kernels.data);
	print_machine(&b, def, run);
	print_tests(&b, def);
	*markdown = b.data;
	b.data = NULL;
out:
	buf_free(&b);
	buf_free(&kernels);
	buf_free(&skips);
	return ret;
}
