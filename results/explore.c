// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "explore.h"

#define MAX_STEPS 64

void explored_free(struct explored *e)
{
	free(e->memory);
	free(e->pin);
	free(e->steps);
	memset(e, 0, sizeof(*e));
}

void explored_set(struct explored *e, const char *memory, const char *pin, const char *steps)
{
	struct explored old = *e;

	e->memory = xstrdup(memory);
	e->pin = xstrdup(pin);
	e->steps = xstrdup(steps);
	explored_free(&old);
}

/* --- what the guest says ------------------------------------------------------------------ */

static char *json_field(const char *line, const char *key)
{
	json_t *root = json_loads(line, 0, NULL);
	const char *s = json_string_value(json_object_get(root, key));
	char *copy = xstrdup(s ? s : "");

	json_decref(root);
	return copy;
}

/* "anon-io_uring small | pin wp": in the name of a memory kind there is no hyphen. */
static bool read_sequence(const char *line, struct find *f)
{
	const char *hyphen = strchr(line, '-'), *blank = strchr(line, ' '), *bar;
	char *memory, *pin, *steps;

	bar = blank ? strstr(blank, " |") : NULL;
	if (!hyphen || !blank || hyphen > blank || !bar)
		return false;
	memory = xasprintf("%.*s", (int)(hyphen - line), line);
	pin = xasprintf("%.*s", (int)(blank - hyphen - 1), hyphen + 1);
	f->class = xasprintf("%.*s", bar > blank ? (int)(bar - blank - 1) : 0, blank + 1);
	steps = xasprintf("%.*s", (int)strcspn(bar + 2, "\r\n"), bar + 2);
	explored_set(&f->e, memory, pin, steps + strspn(steps, " "));
	free(memory);
	free(pin);
	free(steps);
	return true;
}

static void add(struct finds *all, const struct find *f)
{
	all->f = xrealloc(all->f, (all->n + 1) * sizeof(*all->f));
	all->f[all->n++] = *f;
}

static void find_free(struct find *f)
{
	explored_free(&f->e);
	free(f->class);
	free(f->status);
	free(f->clause);
	free(f->reason);
}

static void read_end(struct finds *all, const char *line)
{
	json_t *root = json_loads(line, 0, NULL);

	if (!root)
		return;
	all->sequences += json_integer_value(json_object_get(root, "sequences"));
	all->steps += json_integer_value(json_object_get(root, "steps"));
	all->failed += json_integer_value(json_object_get(root, "failed"));
	all->ms += json_integer_value(json_object_get(root, "ms"));
	all->by_depth[0] += json_integer_value(json_object_get(root, "one"));
	all->by_depth[1] += json_integer_value(json_object_get(root, "two"));
	all->by_depth[2] += json_integer_value(json_object_get(root, "three"));
	all->cut |= json_is_true(json_object_get(root, "cut"));
	free(all->at);
	all->at = json_field(line, "at");
	json_decref(root);
}

static const char *const covered_name[NR_COVERED] = {
	[STATES] = "# pairs ",
	[CELLS] = "# cells ",
	[TWOS] = "# twos ",
	[THREES] = "# threes ",
};

static unsigned char *bits_of(struct finds *all, enum covered what)
{
	if (!all->covered[what])
		all->covered[what] = xcalloc(1, COVERED_MAX / 8);
	return all->covered[what];
}

static void read_covered(struct finds *all, const char *line)
{
	enum covered what = 0;
	unsigned char *bits;
	char *end;

	while (what < NR_COVERED && strncmp(line, covered_name[what], strlen(covered_name[what])))
		what++;
	if (what == NR_COVERED)
		return;
	bits = bits_of(all, what);
	for (line += strlen(covered_name[what]);; line = end) {
		unsigned long n = strtoul(line, &end, 16);

		if (end == line)
			return;
		if (n < COVERED_MAX)
			bits[n / 8] |= 1 << n % 8;
	}
}

void finds_read(struct finds *all, const char *output)
{
	char *copy = xstrdup(output), *save = NULL, *json = NULL;

	for (char *l = strtok_r(copy, "\n", &save); l; l = strtok_r(NULL, "\n", &save)) {
		if (!strncmp(l, "# cowpen {", 10)) {
			json = l + 9;
		} else if (!strncmp(l, "# explored {", 12)) {
			read_end(all, l + 11);
		} else if (!strncmp(l, "# sequence ", 11) && json) {
			struct find f = { 0 };

			f.status = json_field(json, "status");
			f.clause = json_field(json, "clause");
			f.reason = json_field(json, "reason");
			if (strcmp(f.status, "skip") && strcmp(f.status, "inconclusive") &&
			    read_sequence(l + 11, &f))
				add(all, &f);
			else
				find_free(&f);
			json = NULL;
		} else {
			read_covered(all, l);
		}
	}
	free(copy);
}

bool finds_died(struct finds *all, const char *marks, const char *status)
{
	const char *at = NULL;
	struct find f = { 0 };
	char *line;
	bool ok;

	for (const char *p = marks; (p = strstr(p, "\n@ ")); p++)
		at = p + 3;
	if (!at)
		return false;
	line = xasprintf("%.*s", (int)strcspn(at, "\n"), at);
	ok = read_sequence(line, &f);
	free(line);
	f.status = xstrdup(status);
	f.clause = xstrdup("C8");
	f.reason = xstrdup("");
	if (ok)
		add(all, &f);
	else
		find_free(&f);
	return ok;
}

void finds_clear(struct finds *all)
{
	for (size_t i = 0; i < all->n; i++)
		find_free(&all->f[i]);
	free(all->f);
	all->f = NULL;
	all->n = 0;
	free(all->at);
	for (size_t i = 0; i < NR_COVERED; i++)
		free(all->covered[i]);
	memset(all, 0, sizeof(*all));
}

void finds_count(struct finds *to, const struct finds *f)
{
	to->sequences += f->sequences;
	to->steps += f->steps;
	to->failed += f->failed;
	to->ms += f->ms;
	for (size_t i = 0; i < ARRAY_SIZE(to->by_depth); i++)
		to->by_depth[i] += f->by_depth[i];
	for (size_t i = 0; i < NR_COVERED; i++) {
		unsigned char *bits = f->covered[i] ? bits_of(to, i) : NULL;

		for (size_t k = 0; bits && k < COVERED_MAX / 8; k++)
			bits[k] |= f->covered[i][k];
	}
}

size_t finds_covered(const struct finds *f, enum covered what)
{
	size_t n = 0;

	for (size_t i = 0; f->covered[what] && i < COVERED_MAX / 8; i++)
		n += __builtin_popcount(f->covered[what][i]);
	return n;
}

char *finds_coverage(const struct finds *f)
{
	return xasprintf("%zu pairs of state and step, %zu cells of the cross, %zu pairs and %zu "
			 "triples of steps",
			 finds_covered(f, STATES), finds_covered(f, CELLS), finds_covered(f, TWOS),
			 finds_covered(f, THREES));
}

/* --- steps as words ------------------------------------------------------------------------ */

struct steps {
	char *text; /* cut into words */
	const char *step[MAX_STEPS];
	size_t n;
};

static void steps_cut(struct steps *s, const char *text)
{
	char *save = NULL;

	s->text = xstrdup(text);
	s->n = 0;
	for (char *w = strtok_r(s->text, " ", &save); w && s->n < MAX_STEPS;
	     w = strtok_r(NULL, " ", &save))
		s->step[s->n++] = w;
}

/* All but number @i and @j; @instead of number @at, if that is not NULL. */
static char *steps_join(const struct steps *s, size_t i, size_t j, size_t at, const char *instead)
{
	struct buf b = { 0 };

	for (size_t k = 0; k < s->n; k++)
		if (k != i && k != j)
			buf_printf(&b, "%s%s", b.len ? " " : "",
				   instead && k == at ? instead : s->step[k]);
	return b.data ? b.data : xstrdup("");
}

/* --- shrinking ------------------------------------------------------------------------------ */

/* The plainest first. */
static const char *const plain_memory[] = { "anon",    "shmem",		"hugetlb", "thp",
					    "thp_pte", "shmem_private", NULL };
static const char *const plain_pins[] = { "none", "io_uring", NULL };

struct trials {
	struct explored *t;
	size_t n;
};

static void try(struct trials *t, const char *memory, const char *pin, char *steps)
{
	t->t = xrealloc(t->t, (t->n + 1) * sizeof(*t->t));
	memset(&t->t[t->n], 0, sizeof(*t->t));
	explored_set(&t->t[t->n++], memory, pin, steps);
	free(steps);
}

/* The first that still fails is what there is from now on. */
static bool take_first(struct explored *e, struct trials *t, explored_fails *fails, void *arg)
{
	size_t at = t->n ? fails(arg, t->t, t->n) : 0;
	bool any = at < t->n;

	if (any)
		explored_set(e, t->t[at].memory, t->t[at].pin, t->t[at].steps);
	for (size_t i = 0; i < t->n; i++)
		explored_free(&t->t[i]);
	free(t->t);
	memset(t, 0, sizeof(*t));
	return any;
}

static bool drop_one(struct explored *e, explored_fails *fails, void *arg)
{
	struct trials t = { 0 };
	struct steps s;
	bool any;

	steps_cut(&s, e->steps);
	for (size_t i = 0; i < s.n; i++)
		try(&t, e->memory, e->pin, steps_join(&s, i, i, 0, NULL));
	any = take_first(e, &t, fails, arg);
	free(s.text);
	return any;
}

/* Some come in pairs: what makes a child, and what ends it. */
static bool drop_two(struct explored *e, explored_fails *fails, void *arg)
{
	struct trials t = { 0 };
	struct steps s;
	bool any;

	steps_cut(&s, e->steps);
	for (size_t i = 0; i < s.n; i++)
		for (size_t j = i + 1; j < s.n; j++)
			try(&t, e->memory, e->pin, steps_join(&s, i, j, 0, NULL));
	any = take_first(e, &t, fails, arg);
	free(s.text);
	return any;
}

static void try_instead(struct trials *t, const struct explored *e, const struct steps *s,
			size_t at, const char *end)
{
	char *instead = xasprintf("%.*s", (int)(end - s->step[at]), s->step[at]);

	try(t, e->memory, e->pin, steps_join(s, ~0UL, ~0UL, at, instead));
	free(instead);
}

/* Without its last argument, and by a store where it is by something else. */
static bool plainer_step(struct explored *e, explored_fails *fails, void *arg)
{
	struct trials t = { 0 };
	struct steps s;
	bool any;

	steps_cut(&s, e->steps);
	for (size_t i = 0; i < s.n; i++) {
		const char *by = strstr(s.step[i], "_by"), *colon = strrchr(s.step[i], ':');

		if (by)
			try_instead(&t, e, &s, i, by);
		if (colon)
			try_instead(&t, e, &s, i, colon);
	}
	any = take_first(e, &t, fails, arg);
	free(s.text);
	return any;
}

static void plainer_place(struct explored *e, explored_fails *fails, void *arg)
{
	struct trials t = { 0 };

	for (size_t i = 0; plain_pins[i] && strcmp(plain_pins[i], e->pin); i++)
		try(&t, e->memory, plain_pins[i], xstrdup(e->steps));
	take_first(e, &t, fails, arg);
	for (size_t i = 0; plain_memory[i] && strcmp(plain_memory[i], e->memory); i++)
		try(&t, plain_memory[i], e->pin, xstrdup(e->steps));
	take_first(e, &t, fails, arg);
}

void explored_shrink(struct explored *e, explored_fails *fails, void *arg)
{
	bool again = true;

	while (drop_one(e, fails, arg))
		;
	plainer_place(e, fails, arg);
	while (again) {
		again = false;
		while (plainer_step(e, fails, arg))
			again = true;
		while (drop_one(e, fails, arg) || drop_two(e, fails, arg))
			again = true;
	}
	plainer_place(e, fails, arg);
}

/* --- what is alike ---------------------------------------------------------------------------- */

/* Its last argument, with the colon, if that is a word; "" if it is a page, or there is none. */
static const char *detail(const char *step)
{
	const char *colon = strrchr(step, ':');

	return colon && !isdigit((unsigned char)colon[1]) ? colon : "";
}

char *explored_pattern(const char *class, const char *steps)
{
	struct buf b = { 0 };
	struct steps s;

	buf_printf(&b, "%s", class);
	steps_cut(&s, steps);
	for (size_t i = 0; i < s.n; i++)
		buf_printf(&b, " %.*s%s", (int)strcspn(s.step[i], ":"), s.step[i],
			   detail(s.step[i]));
	free(s.text);
	return b.data;
}

/* Any page will do, and any detail if @pattern has none. */
static bool is_step(const char *step, const char *pattern)
{
	size_t n = strcspn(pattern, ":");

	return n == strcspn(step, ":") && !strncmp(step, pattern, n) &&
	       (!*detail(pattern) || !strcmp(detail(pattern), detail(step)));
}

bool explored_matches(const char *pattern, const char *class, const char *steps)
{
	struct steps p, s;
	size_t have = 1;
	bool all;

	steps_cut(&p, pattern);
	steps_cut(&s, steps);
	for (size_t i = 0; i < s.n && have < p.n; i++)
		have += is_step(s.step[i], p.step[have]);
	all = p.n > 1 && have == p.n && !strcmp(p.step[0], class);
	free(p.text);
	free(s.text);
	return all;
}

const char *explored_class(const char *memory)
{
	if (!strncmp(memory, "hugetlb", 7))
		return "hugetlb";
	if ((!strncmp(memory, "shmem", 5) && strcmp(memory, "shmem_private")) ||
	    !strcmp(memory, "file_shared") || !strcmp(memory, "secretmem") ||
	    !strcmp(memory, "repeated"))
		return "shared";
	if (strstr(memory, "_private") || !strcmp(memory, "mixed"))
		return "file";
	if (strstr(memory, "thp") || strstr(memory, "2m") || strstr(memory, "_huge"))
		return "huge";
	return "small";
}

/* What is tracked: there the argument says more than the name. */
static bool argument_matters(const char *name, size_t len)
{
	return (len == 9 && !strncmp(name, "uffd_open", len)) ||
	       (len == 11 && !strncmp(name, "ledger_open", len));
}

char *explored_calls(const char *c, bool exact)
{
	struct buf b = { 0 };

	for (const char *p = c; (p = strstr(p, "(self")); p++) {
		const char *from = p, *to = p, *arg = p + strlen("(self");

		while (from > c && (isalnum((unsigned char)from[-1]) || from[-1] == '_'))
			from--;
		if (to - from > 6 && !strncmp(to - 6, "_pages", 6))
			to -= 6;
		if (to == from)
			continue;
		/* All are MADV_DONTNEED. */
		if ((to - from == 4 && !strncmp(from, "drop", 4)) ||
		    (to - from == 14 && !strncmp(from, "dontneed_bytes", 14)))
			buf_printf(&b, "%sdontneed", b.len ? " " : "");
		else
			buf_printf(&b, "%s%.*s", b.len ? " " : "", (int)(to - from), from);
		for (; exact && argument_matters(from, to - from) && *arg && *arg != ')'; arg++)
			if (*arg != ' ')
				buf_add(&b, arg, 1);
	}
	return b.data ? b.data : xstrdup("");
}

/* Are the words of @a those of @b with more between them? */
bool explored_contained(const char *a, const char *b)
{
	struct steps x, y;
	size_t have = 0;
	bool all;

	steps_cut(&x, a);
	steps_cut(&y, b);
	for (size_t i = 0; i < y.n && have < x.n; i++)
		have += !strcmp(x.step[have], y.step[i]);
	all = x.n && have == x.n;
	free(x.text);
	free(y.text);
	return all;
}

/*
 * Can what a case with the steps @has shows be what @found shows, which has fewer? Only if the rest
 * of the case looks on: what else it does may be what its bug takes.
 */
bool explored_explains(const char *has, const char *found)
{
	static const char *const looks_on[] = { "write", "read", "unpin", "child_exit", "peek" };
	struct steps x, y;
	size_t have = 0;
	bool all = true;

	steps_cut(&x, found);
	steps_cut(&y, has);
	for (size_t i = 0; i < y.n && all; i++) {
		bool looks = false;

		if (have < x.n && !strcmp(x.step[have], y.step[i])) {
			have++;
			continue;
		}
		for (size_t k = 0; k < ARRAY_SIZE(looks_on); k++)
			looks |= strstr(y.step[i], looks_on[k]) != NULL;
		all = looks;
	}
	all &= x.n && have == x.n;
	free(x.text);
	free(y.text);
	return all;
}

/* What foretells that the case fails by @clause there, with memory of that class. */
static const struct expectation *foretold(const struct tcase *c, const char *clause,
					  const char *class, const char *kernel,
					  const char *version)
{
	for (size_t v = 0; v < c->nv; v++) {
		const struct expectation *e;

		if (strcmp(explored_class(c->v[v].memory), class))
			continue;
		e = expectation_find(&c->known, kernel, version, c->v[v].name, clause);
		if (e && (!*clause || expectation_foretells(e, clause)))
			return e;
	}
	return NULL;
}

const char *explored_known(const struct case_list *cases, const char *sources,
			   const char *statements, const char *clause, const char *class,
			   const char *kernel, const char *version, bool perhaps, const char **bug)
{
	char *found = explored_calls(statements, false), *last = strrchr(found, ' ');
	const char *known = NULL;

	/* By whatever clause: where that which broke it is done. */
	if (!*clause && last)
		memmove(found, last + 1, strlen(last));
	for (size_t i = 0; i < cases->n && !known; i++) {
		const struct tcase *c = &cases->c[i];
		const struct expectation *e = foretold(c, clause, class, kernel, version);
		struct buf text = { 0 };
		char *path, *has;

		if (!e)
			continue;
		path = xasprintf("%s/%s.c", sources, c->id);
		if (!read_file(path, &text)) {
			has = explored_calls(text.data, false);
			if (explored_explains(has, found) ||
			    (perhaps && explored_contained(found, has)) ||
			    (*clause && explored_contained(has, found))) {
				known = c->id;
				*bug = e->bug;
			}
			free(has);
		}
		buf_free(&text);
		free(path);
	}
	free(found);
	return known;
}

char *explored_last(const char *steps)
{
	const char *last = strrchr(steps, ' ');

	last = last ? last + 1 : steps;
	return xasprintf("%.*s", (int)strcspn(last, ":"), *last ? last : "nothing");
}

/* --- as a case --------------------------------------------------------------------------------- */

/* Lines of a comment, " * " before each. */
static void put_comment(struct buf *out, const char *text)
{
	char *copy = xstrdup(text), *save = NULL;
	size_t at = 0;

	for (char *w = strtok_r(copy, " ", &save); w; w = strtok_r(NULL, " ", &save)) {
		if (!at || at + 1 + strlen(w) > 95) {
			buf_printf(out, "%s * %s", at ? "\n" : "", w);
			at = 3 + strlen(w);
		} else {
			buf_printf(out, " %s", w);
			at += 1 + strlen(w);
		}
	}
	buf_printf(out, "\n");
	free(copy);
}

void explored_case(const struct explored *e, const char *name, const char *statements,
		   const char *clause, const char *kernel, const char *wanted, const char *seen,
		   struct buf *out)
{
	char *copy = xstrdup(statements), *save = NULL;
	char *text = xasprintf("Wanted: %s. Seen on %s: %s. Why is not known yet.", wanted, kernel,
			       seen);

	buf_printf(out, "// SPDX-License-Identifier: GPL-2.0-only\n/*\n");
	put_comment(out, text);
	free(text);
	buf_printf(out, " */\n#include \"case.h\"\n\nCASE(\"%s\", \"%s\");\n", e->steps, clause);
	buf_printf(out, "SEEN_TO_FAIL(\"%s\", \"%s\", \"%s-%s\");\n", kernel, clause, e->memory,
		   e->pin);
	buf_printf(out, "VARIANTS(\"%s\", \"%s\");\n\nTEST_F(scene, %s)\n{\n", e->memory, e->pin,
		   name);
	for (char *l = strtok_r(copy, "\n", &save); l; l = strtok_r(NULL, "\n", &save))
		buf_printf(out, "\t%s\n", l);
	buf_printf(out, "}\n");
	free(copy);
}
