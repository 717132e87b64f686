// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "err.h"
#include "mutants.h"
#include "text.h"

/* --- the list --------------------------------------------------------------------------- */

/* The next field of a line that is cut as it is read; "" behind the last. */
static char *field(char **line)
{
	char *start = *line, *tab = strchr(start, '\t');

	if (tab) {
		*tab = '\0';
		*line = tab + 1;
	} else {
		*line = start + strlen(start);
	}
	return start;
}

static int read_line(struct mutants *all, char *line, const char *path)
{
	struct mutant m = { .killer = xstrdup(""),
			    .how = xstrdup(""),
			    .what = xstrdup(""),
			    .selftest = xstrdup("") };

	m.nr = strtoul(field(&line), NULL, 10);
	m.file = xstrdup(field(&line));
	m.line = strtoul(field(&line), NULL, 10);
	m.function = xstrdup(field(&line));
	m.operator= xstrdup(field(&line));
	m.code = xstrdup(field(&line));
	m.becomes = xstrdup(field(&line));
	all->m = xrealloc(all->m, (all->n + 1) * sizeof(*all->m));
	all->m[all->n++] = m;
	if (m.nr != all->n || !m.line || !*m.becomes)
		return err_set(-EINVAL, "%s: line %zu is no mutant", path, all->n);
	return 0;
}

int mutants_read(const char *path, struct mutants *all)
{
	struct buf text = { 0 };
	char *save = NULL;
	int ret = read_file(path, &text);

	memset(all, 0, sizeof(*all));
	for (char *line = ret ? NULL : strtok_r(text.data ?: (char[]){ "" }, "\n", &save);
	     line && !ret; line = strtok_r(NULL, "\n", &save))
		ret = read_line(all, line, path);
	if (!ret && !all->n)
		ret = err_set(-EINVAL, "%s holds no mutant", path);
	buf_free(&text);
	if (ret)
		mutants_free(all);
	return ret;
}

void mutants_free(struct mutants *all)
{
	for (size_t i = 0; i < all->n; i++) {
		struct mutant *m = &all->m[i];
		char *own[] = { m->file,    m->function,   m->operator, m->code,
				m->becomes, m->equivalent, m->taught,
				m->killer,  m->how,	   m->what,
				m->selftest };

		for (size_t k = 0; k < ARRAY_SIZE(own); k++)
			free(own[k]);
		free(m->test);
	}
	free(all->m);
	memset(all, 0, sizeof(*all));
}

struct mutant *mutant_find(const struct mutants *all, unsigned int nr)
{
	return nr && nr <= all->n ? &all->m[nr - 1] : NULL;
}

/* --- reach ------------------------------------------------------------------------------ */

static char *reached_path(const char *dir, const char *test)
{
	char *path = xasprintf("%s/%s.txt", dir, test);

	for (char *s = path + strlen(dir) + 1; *s; s++)
		if (*s == '/')
			*s = '.';
	return path;
}

int mutants_take(const char *dir, const char *exe_sha256, const struct record *r, const char *log)
{
	static const char word[] = "# mutants reached: ";
	char *path = reached_path(dir, r->test);
	struct buf text = { 0 }, out = { 0 };
	const char *line = NULL;
	int ret = read_file(log, &text);

	/* The last one: a test may write what it likes, but the agent comes after it. */
	for (const char *s = text.data; !ret && s && (s = strstr(s, word)); s++)
		line = s + strlen(word);
	if (!ret && !line)
		ret = err_set(-ENOENT, "%s does not say what was reached", log);
	if (!ret) {
		buf_printf(&out, "%s %s %s\n%.*s\n", exe_sha256, status_name(r->status), r->check,
			   (int)strcspn(line, "\n"), line);
		ret = write_file(path, out.data, out.len);
	}
	buf_free(&text);
	buf_free(&out);
	free(path);
	return ret;
}

bool mutants_are_fresh(const char *dir, const char *test, const char *exe_sha256)
{
	char *path = reached_path(dir, test), line[80] = "";
	FILE *f = fopen(path, "re");
	bool fresh = f && fgets(line, sizeof(line), f) &&
		     !strncmp(line, exe_sha256, strlen(exe_sha256));

	if (f)
		fclose(f);
	free(path);
	return fresh;
}

bool mutants_reached(struct mutants *all, const char *dir, const char *test, size_t nr,
		     struct mutants_base *base)
{
	char *path = reached_path(dir, test), *s, *word, *save = NULL;
	struct buf text = { 0 };
	bool known = !access(path, R_OK) && !read_file(path, &text) && text.len;

	s = known ? strchr(text.data, '\n') : NULL;
	if (s) {
		*s++ = '\0';
		strtok_r(text.data, " ", &save);
		word = strtok_r(NULL, " ", &save);
		known = word && !status_parse(word, &base->status);
		free(base->check);
		base->check = xstrdup(strtok_r(NULL, " ", &save) ?: "");
	} else {
		known = false;
	}
	while (known && *s) {
		struct mutant *m = mutant_find(all, strtoul(s, &s, 10));

		if (m) {
			m->test = xrealloc(m->test, (m->ntests + 1) * sizeof(*m->test));
			m->test[m->ntests++] = nr;
		}
		s += strspn(s, " \n");
		if (*s && !strchr("0123456789", *s))
			break;
	}
	buf_free(&text);
	free(path);
	return known;
}

const char *mutant_noticed(const struct mutants_base *base, const struct record *r)
{
	bool bad = r->status == ST_FAIL || r->status == ST_CRASH || r->status == ST_TIMEOUT ||
		   r->status == ST_ERROR;

	if (base->status == ST_FAIL && r->status == ST_PASS)
		return "pass";
	/* What is known to fail, and does by the same check. */
	if (!bad ||
	    (base->status == ST_FAIL && r->status == ST_FAIL && !strcmp(base->check, r->check)))
		return NULL;
	return status_name(r->status);
}

/* --- choice ----------------------------------------------------------------------------- */

struct rank {
	struct mutant *m;
	uint64_t place;	 /* among those of its operator and file */
	uint64_t round;	 /* among those of its operator */
	uint64_t number; /* what the seed makes of it */
};

static int by_operator_file(const void *a, const void *b)
{
	const struct rank *x = a, *y = b;

	return strcmp(x->m->operator, y->m->operator) ?:
		       strcmp(x->m->file, y->m->file) ?:
		       x->number < y->number	      ? -1 :
							x->number > y->number;
}

static int by_operator_place(const void *a, const void *b)
{
	const struct rank *x = a, *y = b;

	return strcmp(x->m->operator, y->m->operator) ?:
		       x->place != y->place	      ? (x->place < y->place ? -1 : 1) :
	       x->number < y->number		      ? -1 :
							x->number > y->number;
}

static int by_round(const void *a, const void *b)
{
	const struct rank *x = a, *y = b;

	return x->round != y->round  ? (x->round < y->round ? -1 : 1) :
	       x->number < y->number ? -1 :
				       x->number > y->number;
}

int mutants_choose(struct mutants *all, const char *files, size_t n, uint64_t seed)
{
	struct rank *r = xcalloc(all->n + 1, sizeof(*r));
	const char **names = xcalloc(all->n + 1, sizeof(*names));
	size_t nr = 0, fit = 0, nnames = 0;

	for (size_t i = 0; i < all->n; i++) {
		struct mutant *m = &all->m[i];

		if (!i || strcmp(m->file, m[-1].file))
			names[nnames++] = m->file;
		m->chosen = false;
		if (files && *files && !glob_list_match(files, m->file))
			continue;
		fit++;
		if (m->ntests)
			r[nr++] =
				(struct rank){ .m = m, .number = text_hash("mutant", m->nr, seed) };
	}
	if (!fit) {
		char *near = nearest_names(files, names);

		err_set(-EINVAL, "there are no mutants in \"%s\"; nearest: %s", files, near);
		free(near);
	}
	free(names);
	qsort(r, nr, sizeof(*r), by_operator_file);
	for (size_t i = 0; i < nr; i++)
		r[i].place = i && !strcmp(r[i].m->operator, r[i - 1].m->operator) &&
					     !strcmp(r[i].m->file, r[i - 1].m->file) ?
				     r[i - 1].place + 1 :
				     0;
	qsort(r, nr, sizeof(*r), by_operator_place);
	for (size_t i = 0; i < nr; i++)
		r[i].round = i && !strcmp(r[i].m->operator, r[i - 1].m->operator) ?
				     r[i - 1].round + 1 :
				     0;
	qsort(r, nr, sizeof(*r), by_round);
	for (size_t i = 0; i < nr && i < n; i++)
		r[i].m->chosen = true;
	free(r);
	return fit ? 0 : -EINVAL;
}

/* --- what was said by hand -------------------------------------------------------------- */

static bool fits(const struct mutant *m, char *const glob[4])
{
	char *at = xasprintf("%s:%u", m->file, m->line);
	bool fits = !fnmatch(glob[0], at, 0) && !fnmatch(glob[1], m->operator, 0) &&
		    !fnmatch(glob[2], m->code, 0) && !fnmatch(glob[3], m->becomes, 0);

	free(at);
	return fits;
}

static int read_notes(struct mutants *all, const char *path, bool taught)
{
	struct buf text = { 0 };
	char *save = NULL;
	int ret = read_file(path, &text);

	for (char *line = ret ? NULL : strtok_r(text.data ?: (char[]){ "" }, "\n", &save);
	     line && !ret; line = strtok_r(NULL, "\n", &save)) {
		char *rest = line, *glob[4];
		bool found = false;

		if (*line == '#')
			continue;
		for (size_t i = 0; i < ARRAY_SIZE(glob); i++)
			glob[i] = field(&rest);
		for (size_t i = 0; i < all->n; i++) {
			struct mutant *m = &all->m[i];
			char **note = taught ? &m->taught : &m->equivalent;

			if (!fits(m, glob))
				continue;
			free(*note);
			*note = xstrdup(rest);
			found = true;
		}
		if (!*rest || !found)
			ret = err_set(-EINVAL, "%s: \"%s %s: %s\" %s", path, glob[0], glob[1],
				      glob[2], found ? "gives no reason" : "is no mutant any more");
	}
	buf_free(&text);
	return ret;
}

int mutants_equivalent(struct mutants *all, const char *path)
{
	return read_notes(all, path, false);
}

int mutants_taught(struct mutants *all, const char *path)
{
	return read_notes(all, path, true);
}

/* --- what came of it -------------------------------------------------------------------- */

static const char *const fates[] = {
	[MUTANT_UNKNOWN] = "unknown",
	[MUTANT_KILLED] = "killed",
	[MUTANT_ALIVE] = "alive",
	[MUTANT_BROKEN] = "broken",
};

char *mutant_line(const struct mutant *m, const char *basis)
{
	char *what = xstrdup(m->what), *line;

	for (char *s = what; *s; s++)
		if (*s == '\t' || *s == '\n')
			*s = ' ';
	line = xasprintf("%u\t%s\t%s\t%s\t%s\t%s\n", m->nr, basis, fates[m->fate], m->killer,
			 m->how, what);
	free(what);
	return line;
}

bool mutant_known(struct mutant *m, const char *text, const char *killed_basis,
		  const char *alive_basis)
{
	bool known = false;

	for (const char *s = text; *s; s += strcspn(s, "\n"), s += !!*s) {
		char *copy, *rest, *basis, *fate;
		enum mutant_fate f = MUTANT_UNKNOWN;

		if (strtoul(s, NULL, 10) != m->nr)
			continue;
		copy = rest = xasprintf("%.*s", (int)strcspn(s, "\n"), s);
		field(&rest);
		basis = field(&rest);
		fate = field(&rest);
		for (size_t i = MUTANT_KILLED; i < ARRAY_SIZE(fates); i++)
			if (!strcmp(fate, fates[i]))
				f = i;
		if (f && !strcmp(basis, f == MUTANT_KILLED ? killed_basis : alive_basis)) {
			m->fate = f;
			record_set(&m->killer, field(&rest));
			record_set(&m->how, field(&rest));
			record_set(&m->what, field(&rest));
			known = true;
		}
		free(copy);
	}
	return known;
}

/* A reason that begins so: it could be told, but by tests of something else. */
#define ELSEWHERE "elsewhere: "

/* --- the table -------------------------------------------------------------------------- */

struct count {
	size_t chosen, equivalent, broken, unknown, killed, alive, selftested, selftest;
};

static void count(struct count *c, const struct mutant *m)
{
	c->chosen++;
	if (m->equivalent) {
		c->equivalent++;
		return;
	}
	c->broken += m->fate == MUTANT_BROKEN;
	c->unknown += m->fate == MUTANT_UNKNOWN;
	c->killed += m->fate == MUTANT_KILLED;
	c->alive += m->fate == MUTANT_ALIVE;
	if (m->fate == MUTANT_BROKEN)
		return;
	c->selftested += m->selftested;
	c->selftest += m->selftested && *m->selftest;
}

size_t mutants_score(const struct mutants *all, size_t *of)
{
	struct count c = { 0 };

	for (size_t i = 0; i < all->n; i++)
		if (all->m[i].chosen)
			count(&c, &all->m[i]);
	*of = c.killed + c.alive;
	return c.killed;
}

static void share(struct buf *md, size_t n, size_t of)
{
	if (of)
		buf_printf(md, "%.0f %%", 100.0 * n / of);
	else
		buf_printf(md, "-");
}

static void row(struct buf *md, const char *name, const struct count *c)
{
	buf_printf(md, "| %s | %zu | %zu | %zu | %zu | ", name, c->chosen, c->equivalent, c->killed,
		   c->alive);
	share(md, c->killed, c->killed + c->alive);
	if (c->selftested)
		buf_printf(md, " | %zu of %zu |\n", c->selftest, c->selftested);
	else
		buf_printf(md, " | - |\n");
}

static const char *operator_of(const struct mutant *m)
{
	return m->operator;
}

static const char *file_of(const struct mutant *m)
{
	return m->file;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* A row for each operator, or file, that has a chosen one. */
static void rows_by(const struct mutants *all, const char *(*key)(const struct mutant *m),
		    const char *head, struct buf *md)
{
	const char **names = xcalloc(all->n + 1, sizeof(*names));
	struct count sum = { 0 };
	size_t n = 0;

	buf_printf(md,
		   "\n| %s | mutants | set apart | killed | alive | score | mm selftests |\n"
		   "|---|---|---|---|---|---|---|\n",
		   head);
	for (size_t i = 0; i < all->n; i++)
		if (all->m[i].chosen)
			names[n++] = key(&all->m[i]);
	qsort(names, n, sizeof(*names), by_text);
	for (size_t k = 0; k < n; k++) {
		struct count c = { 0 };

		if (k && !strcmp(names[k], names[k - 1]))
			continue;
		for (size_t i = 0; i < all->n; i++)
			if (all->m[i].chosen && !strcmp(key(&all->m[i]), names[k]))
				count(&c, &all->m[i]);
		row(md, names[k], &c);
	}
	for (size_t i = 0; i < all->n; i++)
		if (all->m[i].chosen)
			count(&sum, &all->m[i]);
	row(md, "all", &sum);
	free(names);
}

static void change(struct buf *md, const struct mutant *m)
{
	buf_printf(md, "- %s:%u, `%s`, %s: `%s` becomes `%s`", m->file, m->line, m->function,
		   m->operator, m->code, m->becomes);
}

static void survivors(const struct mutants *all, struct buf *md)
{
	size_t n = 0;

	for (size_t i = 0; i < all->n; i++) {
		const struct mutant *m = &all->m[i];

		if (!m->chosen || m->equivalent || m->fate != MUTANT_ALIVE)
			continue;
		if (!n++)
			buf_printf(md, "\n## Survivors\n\n");
		change(md, m);
		buf_printf(md, " (reached by %zu test%s)\n", m->ntests, m->ntests == 1 ? "" : "s");
	}
}

static void taught(const struct mutants *all, struct buf *md)
{
	size_t n = 0;

	for (size_t i = 0; i < all->n; i++) {
		const struct mutant *m = &all->m[i];

		if (!m->chosen || !m->taught || m->fate != MUTANT_KILLED)
			continue;
		if (!n++)
			buf_printf(md, "\n## What survivors taught\n\nNo test noticed these, and "
				       "each became a case.\n\n");
		change(md, m);
		buf_printf(md, ": ");
		md_text(md, m->taught);
		buf_printf(md, "\n");
	}
}

static bool is_elsewhere(const struct mutant *m)
{
	return m->equivalent && !strncmp(m->equivalent, ELSEWHERE, strlen(ELSEWHERE));
}

static void set_apart(const struct mutants *all, bool elsewhere, const char *head, struct buf *md)
{
	size_t n = 0;

	for (size_t i = 0; i < all->n; i++) {
		const struct mutant *m = &all->m[i];

		if (!m->chosen || !m->equivalent || is_elsewhere(m) != elsewhere)
			continue;
		if (!n++)
			buf_printf(md, "%s", head);
		change(md, m);
		buf_printf(md, ": ");
		md_text(md, m->equivalent + (elsewhere ? strlen(ELSEWHERE) : 0));
		buf_printf(md, "\n");
	}
}

static void unreached(const struct mutants *all, struct buf *md)
{
	buf_printf(
		md,
		"\n## Places by file\n\nWhat no test reaches is not in the score: the next cases "
		"are there.\n\n| file | places | reached |\n|---|---|---|\n");
	for (size_t i = 0, end; i < all->n; i = end) {
		size_t reached = 0;

		for (end = i; end < all->n && !strcmp(all->m[end].file, all->m[i].file); end++)
			reached += all->m[end].ntests > 0;
		buf_printf(md, "| %s | %zu | %zu |\n", all->m[i].file, end - i, reached);
	}
}

static void killed_how(const struct mutants *all, struct buf *md)
{
	static const char *const how[] = { "fail", "crash", "timeout", "error", "pass" };
	const char *sep = "";

	for (size_t h = 0; h < ARRAY_SIZE(how); h++) {
		size_t n = 0;

		for (size_t i = 0; i < all->n; i++)
			n += all->m[i].chosen && !all->m[i].equivalent &&
			     all->m[i].fate == MUTANT_KILLED && !strcmp(all->m[i].how, how[h]);
		if (n)
			buf_printf(md, "%s%zu by %s %s", sep, n, *how[h] == 'e' ? "an" : "a",
				   how[h]);
		if (n)
			sep = ", ";
	}
}

void mutants_table(const struct mutants *all, const char *kernel, uint64_t seed, unsigned int most,
		   struct buf *md)
{
	struct count c = { 0 };
	size_t elsewhere = 0, of, killed = mutants_score(all, &of);

	for (size_t i = 0; i < all->n; i++)
		if (all->m[i].chosen)
			count(&c, &all->m[i]);
	buf_printf(
		md,
		"# Mutants\n\nOne kernel, %s, with %zu small faults in it, of which one is on at a time "
		"(`make mutants`; the\noperators are in `kernel-config/mutants/`). Of those that a test "
		"reaches %zu were chosen,\nspread over operators and files (seed %llu). Each ran with the "
		"tests that reach it until\none did not end as it does without a mutant; one that is alive "
		"with at least %u of\nthem, of each case one variant first, or with all.\n\n",
		kernel, all->n, c.chosen, (unsigned long long)seed, most);
	buf_printf(md, "%zu of %zu killed (", killed, of);
	share(md, killed, of);
	buf_printf(md, "): ");
	killed_how(all, md);
	for (size_t i = 0; i < all->n; i++)
		elsewhere += all->m[i].chosen && is_elsewhere(&all->m[i]);
	buf_printf(md, ". %zu are set apart by hand: %zu equivalent, %zu of something else",
		   c.equivalent, c.equivalent - elsewhere, elsewhere);
	if (c.broken)
		buf_printf(md, ", with %zu no guest starts a test", c.broken);
	if (c.unknown)
		buf_printf(md, ", %zu were not run", c.unknown);
	buf_printf(md, ".\n");
	if (c.selftested) {
		buf_printf(md, "The kernel's own mm selftests kill %zu of %zu of them (",
			   c.selftest, c.selftested);
		share(md, c.selftest, c.selftested);
		buf_printf(md, "), in the same guests.\n");
	}
	rows_by(all, operator_of, "operator", md);
	rows_by(all, file_of, "file", md);
	survivors(all, md);
	taught(all, md);
	set_apart(
		all, false,
		"\n## Equivalent\n\nNo test in these guests can tell; the reasons are from reading the "
		"source.\n\n",
		md);
	set_apart(
		all, true,
		"\n## Of something else\n\nA test could tell, but of something that this corpus is not "
		"about.\n\n",
		md);
	unreached(all, md);
}
