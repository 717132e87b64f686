// SPDX-License-Identifier: GPL-2.0-only
/* cases/README.md: what there is, by what the cases say of themselves. */
#include <stdlib.h>
#include <string.h>

#include "corpus.h"
#include "text.h"

static const char intro[] =
	"# The cases\n\n"
	"One scenario is one file; `make catalogue` makes this page from what the cases say\n"
	"of themselves.\n\n"
	"- *what must hold* is what the case does and asks. An *observation* is disputed or\n"
	"  not promised, and never counts as a failure (`results/tables/observations.md`);\n"
	"  a *control* is there so that the oracle itself can be judged.\n"
	"- *clauses* are those of the contract, in the main README.\n"
	"- *variants* are memory and pin (`none`: no pin); a test is a case in one of them,\n"
	"  `<area>/<case>/<memory>-<pin>`.\n"
	"- *seen to fail*: on which kernel, by which clause, and how many of the tests.\n"
	"  Which ones is in `results/tables/proven.md`.\n\n"
	"One of them: `make run CASE=uffd_wp/roundtrip/anon-io_uring KERNEL=5.10`. A new one:\n"
	"`make new CASE=area/name` writes one that runs at once, see `CONTRIBUTING.md`.\n";

static bool is_first(const struct claims *s, size_t n, bool with_clause)
{
	for (size_t i = 0; i < n; i++) {
		if (!strcmp(s->seen[i].kernel, s->seen[n].kernel) &&
		    (!with_clause || !strcmp(s->seen[i].clause, s->seen[n].clause)))
			return false;
	}
	return true;
}

/* "5.10 C1 C4, 6.1 C4 (19 of 21)" */
static void print_seen(struct buf *md, const struct tcase *c)
{
	const struct claims *s = &c->claims;
	size_t n = 0;

	for (size_t i = 0; i < s->nseen; i++) {
		if (!is_first(s, i, false))
			continue;
		buf_printf(md, "%s%s", i ? ", " : "", s->seen[i].kernel);
		for (size_t k = i; k < s->nseen; k++) {
			if (!strcmp(s->seen[k].kernel, s->seen[i].kernel) && is_first(s, k, true))
				buf_printf(md, " %s", s->seen[k].clause);
		}
	}
	for (size_t v = 0; v < c->nv; v++)
		n += claims_cover(s, c->v[v].name);
	if (n)
		buf_printf(md, " (%zu of %zu)", n, c->nv);
	for (size_t i = 0; i < s->nnot_seen && !n; i++) {
		buf_printf(md, "%s", i ? "; " : "no: ");
		md_text(md, s->not_seen[i].reason);
	}
}

static void print_case(struct buf *md, const struct tcase *c)
{
	buf_printf(md, "| [%s](%s.c) | ", c->name, c->id);
	md_text(md, c->purpose);
	if (strcmp(c->class, "contract"))
		buf_printf(md, " *(%s)*", c->class);
	buf_printf(md, " | %s | ", c->clauses);
	md_variants(md, c, NULL);
	buf_printf(md, " | ");
	print_seen(md, c);
	buf_printf(md, " |\n");
}

void catalogue(const struct case_list *cases, struct buf *md)
{
	size_t tests = 0;

	for (size_t i = 0; i < cases->n; i++)
		tests += cases->c[i].nv;
	buf_printf(md, "%s\n%zu cases, %zu tests.\n", intro, cases->n, tests);
	for (size_t i = 0; i < cases->n; i++) {
		const struct tcase *c = &cases->c[i];

		if (!i || strcmp(c->area, cases->c[i - 1].area))
			buf_printf(md,
				   "\n## %s\n\n| case | what must hold | clauses | variants | "
				   "seen to fail |\n|---|---|---|---|---|\n",
				   c->area);
		print_case(md, c);
	}
}
