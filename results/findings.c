// SPDX-License-Identifier: GPL-2.0-only
/* What was found in kernels of today: the list. */
#include <stdlib.h>
#include <string.h>

#include "findings.h"
#include "text.h"

static const char intro[] =
	"# Findings\n\n"
	"What kernels of today do that they must not, the worst first: `make findings` writes\n"
	"this list from the book of bugs, the cases and the patches that mend them. What is\n"
	"lost is in the book's words; *kernels* are those of Debian that were measured and have\n"
	"it, by the book. `make export CASE=...` writes the one-file program, `make mail\n"
	"FINDING=...` the mail, and all mends together are the kernel `7.3-mended`.\n\n"
	"| | finding | what is lost | kernels | case | mend | upstream |\n"
	"|---|---|---|---|---|---|---|\n";

bool bug_in_version(const struct bug *b, const char *version)
{
	return version_cmp(version, b->from) >= 0 &&
	       (!*b->fixed || version_cmp(version, b->fixed) < 0) &&
	       !branch_took(b->stable, version);
}

bool bug_in_package(const struct bug *b, const char *version)
{
	return !*b->config && bug_in_version(b, version);
}

const char *finding_config(const char *finding)
{
	for (size_t i = 0; i < nbugs; i++)
		if (!strcmp(bugs[i].finding, finding) && *bugs[i].config)
			return bugs[i].config;
	return NULL;
}

/* "5.10, 6.1": of the stock ones, whose names are versions. */
static void add_kernels(struct buf *md, const struct measured *m, const char *finding)
{
	const char *sep = "", *config = finding_config(finding);

	for (size_t k = 0; k < m->n; k++) {
		bool any = false;

		for (size_t i = 0; i < nbugs && !strchr(m->k[k].name, '-'); i++)
			any |= !strcmp(bugs[i].finding, finding) &&
			       bug_in_package(&bugs[i], m->k[k].version);
		if (any)
			buf_printf(md, "%s%s", sep, m->k[k].name);
		if (any)
			sep = ", ";
	}
	if (config)
		buf_printf(md, "%sbuilt with `CONFIG_%s`", sep, config);
}

static bool shows(const struct tcase *c, const char *finding, const char *variant)
{
	for (size_t e = 0; e < c->known.n; e++) {
		const struct bug *b = bug_find(c->known.e[e].bug);

		if (b && !strcmp(b->finding, finding) &&
		    glob_list_match(c->known.e[e].variants, variant))
			return true;
	}
	return false;
}

/* The first test that shows it, and how many more cases do. */
static void add_case(struct buf *md, const struct case_list *cases, const char *finding)
{
	size_t n = 0;

	for (size_t i = 0; i < cases->n; i++)
		for (size_t v = 0; v < cases->c[i].nv; v++) {
			if (!shows(&cases->c[i], finding, cases->c[i].v[v].name))
				continue;
			if (!n++)
				buf_printf(md, "`%s/%s`", cases->c[i].id, cases->c[i].v[v].name);
			break;
		}
	if (n > 1)
		buf_printf(md, " and %zu more", n - 1);
}

static void add_mends(struct buf *md, const struct mend *mends, const char *finding)
{
	const char *sep = "", *last = "";

	for (const struct mend *m = mends; m->bug; m++) {
		const struct bug *b = bug_find(m->bug);

		if (!b || strcmp(b->finding, finding) || !strcmp(m->patches, last))
			continue;
		/* Several bugs of a finding may have one mend. */
		last = m->patches;
		buf_printf(md, "%s`%s`", sep, m->patches);
		sep = ", ";
	}
	if (!*sep)
		buf_printf(md, "none, see there");
}

/* Of its bugs: in which version, by what, in which stable releases. */
static void add_upstream(struct buf *md, const char *finding)
{
	bool mended = false;

	for (size_t i = 0; i < nbugs; i++) {
		const struct bug *b = &bugs[i];

		if (strcmp(b->finding, finding) || (!*b->fixed && !*b->stable && !*b->title))
			continue;
		buf_printf(md, "%s", mended ? "; " : "");
		if (*b->fixed)
			buf_printf(md, "v%s%s%s%s", b->fixed, *b->fix ? " (`" : "", b->fix,
				   *b->fix ? "`)" : "");
		else if (*b->title) {
			buf_printf(md, "\"");
			md_text(md, b->title);
			buf_printf(md, "\"");
		}
		if (*b->stable)
			buf_printf(md, "%s%s", *b->fixed || *b->title ? ", " : "", b->stable);
		mended = true;
	}
	if (!mended)
		buf_printf(md, "not mended");
}

static size_t find_name(char *const *names, size_t n, const char *name)
{
	size_t i = 0;

	while (i < n && strcmp(names[i], name))
		i++;
	return i;
}

void findings_list(const struct case_list *cases, const struct measured *m,
		   const struct mend *mends, char *const *names, char *const *titles, size_t n,
		   struct buf *md)
{
	size_t *order = bugs_worst_first();
	bool *done = xcalloc(n + 1, sizeof(*done));

	buf_printf(md, "%s", intro);
	for (size_t i = 0; i < nbugs; i++) {
		const struct bug *b = &bugs[order[i]];
		size_t f = find_name(names, n, b->finding);

		if (f == n || done[f])
			continue;
		done[f] = true;
		buf_printf(md, "| %s | [", b->clause);
		md_text(md, titles[f]);
		buf_printf(md, "](%s.md) | ", names[f]);
		md_text(md, b->loses);
		buf_printf(md, " | ");
		add_kernels(md, m, names[f]);
		buf_printf(md, " | ");
		add_case(md, cases, names[f]);
		buf_printf(md, " | ");
		add_mends(md, mends, names[f]);
		buf_printf(md, " | ");
		add_upstream(md, names[f]);
		buf_printf(md, " |\n");
	}
	for (size_t f = 0; f < n; f++) {
		if (done[f])
			continue;
		buf_printf(md, "| | [");
		md_text(md, titles[f]);
		buf_printf(
			md,
			"](%s.md) | no rule of the contract is broken | | | none, see there | |\n",
			names[f]);
	}
	free(order);
	free(done);
}
