// SPDX-License-Identifier: GPL-2.0-only
/* The gate's verdict for machines: JSON, KTAP, and Markdown for a step summary. */
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "formats.h"
#include "gate.h"
#include "util.h"

#define GATE_SCHEMA 2 /* 1: a new skip was not worse, and how a test fails did not matter */

static const char *const verdict_keys[] = { "ok", "broken", "incomplete" };

/* --- JSON -------------------------------------------------------------------------- */

static void put(json_t *o, const char *key, const char *s)
{
	json_object_set_new(o, key, json_text(s));
}

static json_t *json_lines(char *const *s, size_t n)
{
	json_t *list = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(list, json_text(s[i]));
	return list;
}

static json_t *json_kernel(const struct gate *g, enum gate_side side)
{
	const struct run_kernel *k = g->kernel[side];
	json_t *o = json_object();

	put(o, "kernel", k->name);
	put(o, "source", k->source);
	put(o, "base", k->base);
	put(o, "origin", k->origin);
	put(o, "release", run_kernel_release(g->run, k));
	put(o, "version", run_kernel_version(g->run, k));
	put(o, "package", k->package);
	put(o, "kernel_sha256", k->kernel_sha256);
	put(o, "modules_sha256", k->modules_sha256);
	put(o, "config_sha256", k->config_sha256);
	return o;
}

/* How often each status was seen; what was not seen is left out. */
static json_t *json_cell(const struct table_row *row, enum gate_side side)
{
	struct cell c = row_cell(row, side);
	json_t *o = json_object();

	for (unsigned int s = 0; s < NR_STATUS; s++) {
		if (c.s[s])
			json_object_set_new(o, status_name(s), json_integer(c.s[s]));
	}
	return o;
}

static json_t *json_row(const struct gate *g, size_t i, const char *test)
{
	const struct table_row *row = &g->table.row[i];
	const struct record *w = gate_witness(g, i, test);
	json_t *o = json_object();
	char *log;

	put(o, "test", test);
	put(o, "change", gate_change_key(g->change[i]));
	json_object_set_new(o, "base", json_cell(row, BASE));
	json_object_set_new(o, "patched", json_cell(row, PATCHED));
	put(o, "fix", row_fix(&g->table, row));
	put(o, "how", row->note);
	if (!w)
		return o;
	log = *w->log ? xasprintf("%s/%s", g->run->dir, w->log) : xstrdup("");
	put(o, "clause", w->clause);
	put(o, "check", w->check);
	put(o, "step", w->step);
	put(o, "wanted", w->wanted);
	put(o, "seen", w->seen);
	put(o, "reason", w->reason);
	put(o, "log", log);
	put(o, "replay", w->replay);
	free(log);
	return o;
}

static json_t *json_rows(const struct gate *g)
{
	json_t *rows = json_array();

	for (enum gate_change c = 0; c < G_SAME; c++) {
		for (size_t i = 0; i < g->table.nrow; i++) {
			const struct table_row *row = &g->table.row[i];

			for (size_t k = 0; g->change[i] == c && k < row->ntests; k++)
				json_array_append_new(rows, json_row(g, i, row->tests[k]));
		}
	}
	return rows;
}

static json_t *json_claims(const struct gate *g)
{
	json_t *list = json_array();

	for (size_t i = 0; i < g->nclaims; i++) {
		const struct gate_claim *c = &g->claim[i];
		json_t *o = json_object();

		put(o, "claim", c->glob);
		put(o, "verdict", c->verdict);
		json_object_set_new(o, "fixed", json_integer(c->fixed));
		json_object_set_new(o, "failing", json_integer(c->failing));
		json_object_set_new(o, "never_failed", json_integer(c->never));
		json_object_set_new(o, "cannot_tell", json_integer(c->unclear));
		json_array_append_new(list, o);
	}
	return list;
}

static json_t *json_bugs(const struct gate *g)
{
	json_t *list = json_array();

	for (size_t i = 0; i < g->nbugs; i++) {
		const struct gate_bug *b = &g->bug[i];
		json_t *o = json_object();

		put(o, "bug", b->bug->name);
		put(o, "change", b->brought ? "brought" : "mended");
		put(o, "clause", b->bug->clause);
		put(o, "loses", b->bug->loses);
		put(o, "fix", b->bug->fix);
		put(o, "test", b->test);
		json_object_set_new(o, "tests", json_integer(b->ntests));
		json_array_append_new(list, o);
	}
	return list;
}

static json_t *json_observations(const struct gate *g)
{
	json_t *list = json_array();

	for (size_t i = 0; i < g->seen.n; i++) {
		const struct seen_change *c = &g->seen.c[i];
		json_t *o = json_object();

		put(o, "test", c->test);
		put(o, "key", c->key);
		put(o, "base", c->from);
		put(o, "patched", c->to);
		json_array_append_new(list, o);
	}
	return list;
}

char *gate_json(const struct gate *g)
{
	const struct run_info *in = &g->run->info;
	json_t *o = json_object(), *counts = json_object();
	char seed[24], *text;

	json_object_set_new(o, "schema", json_integer(GATE_SCHEMA));
	put(o, "verdict", verdict_keys[g->verdict]);
	json_object_set_new(o, "exit", json_integer(gate_exit_code(g)));
	put(o, "words", g->words);
	put(o, "quick", g->part ? g->part : "");
	put(o, "left_out", g->untouched ? g->untouched : "");
	put(o, "run", g->run->id);
	put(o, "accel", in->accel);
	put(o, "qemu", in->qemu);
	snprintf(seed, sizeof(seed), "0x%llx", (unsigned long long)in->seed);
	put(o, "seed", seed);
	json_object_set_new(o, "repeat", json_integer(in->repeat));
	json_object_set_new(o, "base", json_kernel(g, BASE));
	json_object_set_new(o, "patched", json_kernel(g, PATCHED));
	json_object_set_new(o, "header", json_lines(g->header.s, g->header.n));
	json_object_set_new(o, "warnings", json_lines(g->warnings.s, g->warnings.n));
	json_object_set_new(o, "notes", json_lines(g->run->notes, g->run->nnotes));
	json_object_set_new(o, "incomplete", json_lines(g->missing.s, g->missing.n));
	json_object_set_new(o, "claims", json_claims(g));
	json_object_set_new(o, "bugs", json_bugs(g));
	json_object_set_new(o, "tests", json_integer(g->ntests));
	for (enum gate_change c = 0; c < NR_GATE_CHANGE; c++)
		json_object_set_new(counts, gate_change_key(c), json_integer(g->n[c]));
	json_object_set_new(o, "counts", counts);
	json_object_set_new(o, "rows", json_rows(g));
	json_object_set_new(o, "observations_changed", json_observations(g));
	text = json_dumps(o, JSON_INDENT(1));
	json_decref(o);
	if (!text)
		abort();
	return text;
}

/* --- KTAP -------------------------------------------------------------------------- */

struct ktap_test {
	const char *name;
	size_t row;
};

static int by_test(const void *a, const void *b)
{
	const struct ktap_test *x = a, *y = b;

	return strcmp(x->name, y->name);
}

static void ktap_line(struct buf *b, size_t n, bool ok, const char *name, const char *directive,
		      const char *text)
{
	buf_printf(b, "%s %zu ", ok ? "ok" : "not ok", n);
	ktap_text(b, name, true);
	if (*directive) {
		buf_printf(b, " # %s ", directive);
		ktap_text(b, text, false);
	}
	buf_printf(b, "\n");
}

/* "# broken: pass -> fail"; a diagnosis comes before the result that it is about. */
static void ktap_diagnosis(struct buf *b, enum gate_change change, const struct table_row *row,
			   const char *why)
{
	buf_printf(b, "# %s: %s -> %s%s", gate_change_name(change), row->word[BASE],
		   row->word[PATCHED], *why ? ", " : "");
	ktap_text(b, why, false);
	buf_printf(b, "\n");
}

/* As the patched kernel has it: "not ok" is what got worse, or could not be judged. */
static void ktap_test(struct buf *b, const struct gate *g, size_t n, const struct ktap_test *t)
{
	const struct table_row *row = &g->table.row[t->row];
	const struct record *w = gate_witness(g, t->row, t->name);
	const struct cell *c = &row->cell[PATCHED];
	char *unmet;
	enum gate_change change = g->change[t->row];
	bool compared = change != G_UNKNOWN && change != G_NOT_RUN;

	if (compared && change != G_SAME)
		ktap_diagnosis(b, change, row, change == G_NEW_SKIP ? w->reason : row->note);
	if (!c->n)
		ktap_line(b, n, false, t->name, "ERROR", "not run");
	else if (!compared && c->s[ST_ERROR])
		ktap_line(b, n, false, t->name, "ERROR", w->reason);
	else if (!compared && cell_bad(c))
		ktap_line(b, n, false, t->name, "ERROR", "fails, and nothing is known of the base");
	else if (change == G_NEW_SKIP)
		ktap_line(b, n, false, t->name, "", "");
	else if (change == G_GIVEN_UP && !cell_judged(c))
		ktap_line(b, n, true, t->name, "SKIP", w->reason);
	else if (!cell_judged(c) && c->s[ST_INCONCLUSIVE]) {
		unmet = xasprintf("inconclusive: %s", w->reason);
		ktap_line(b, n, true, t->name, "SKIP", unmet);
		free(unmet);
	} else if (!cell_judged(c))
		ktap_line(b, n, true, t->name, "SKIP", w->reason);
	else if (change == G_STILL)
		ktap_line(b, n, true, t->name, "XFAIL", "fails on base, too");
	else if (change == G_GIVEN_UP)
		ktap_line(b, n, true, t->name, "XFAIL", "given up by the series");
	else
		ktap_line(b, n, !gate_is_worse(change), t->name, "", "");
}

char *gate_ktap(const struct gate *g)
{
	struct ktap_test *t = xcalloc(g->ntests + 1, sizeof(*t));
	struct buf b = { 0 };
	size_t n = 0;

	for (size_t i = 0; i < g->table.nrow; i++) {
		for (size_t k = 0; k < g->table.row[i].ntests; k++)
			t[n++] = (struct ktap_test){ g->table.row[i].tests[k], i };
	}
	if (n)
		qsort(t, n, sizeof(*t), by_test);
	buf_printf(&b, "KTAP version 1\n1..%zu\n", n ? n : 1);
	/* A plan of nothing would be a pass to some. */
	if (!n)
		ktap_line(&b, 1, false, "gate", "ERROR", g->words);
	for (size_t i = 0; i < n; i++)
		ktap_test(&b, g, i + 1, &t[i]);
	buf_printf(&b, "# ");
	ktap_text(&b, g->words, false);
	buf_printf(&b, "\n");
	free(t);
	return b.data;
}

/* --- Markdown ---------------------------------------------------------------------- */

static void md_cell(struct buf *b, const char *s)
{
	buf_printf(b, " ");
	md_text(b, s);
	buf_printf(b, " |");
}

static void md_item(struct buf *b, const char *label, const char *s)
{
	if (!*s)
		return;
	buf_printf(b, "- %s%s", label, *label ? ": " : "");
	md_text(b, s);
	buf_printf(b, "\n");
}

/* What got otherwise without getting worse. */
static void md_observations(struct buf *b, const struct gate *g)
{
	char *line;

	if (g->seen.n)
		buf_printf(b, "<details><summary>Observations that changed</summary>\n\n");
	for (size_t i = 0; (line = seen_changes_line(&g->seen, i)); i++) {
		md_item(b, "", line);
		free(line);
	}
	if (g->seen.n)
		buf_printf(b, "\n</details>\n\n");
}

static void md_row(struct buf *b, const struct gate *g, size_t i)
{
	const struct table_row *row = &g->table.row[i];
	char *name = row_name(row), *clauses = gate_clauses(g, i), *loud;

	loud = xasprintf("%s%s%s", gate_is_worse(g->change[i]) ? "**" : "",
			 gate_change_name(g->change[i]), gate_is_worse(g->change[i]) ? "**" : "");
	buf_printf(b, "| %s |", loud);
	md_cell(b, name);
	md_cell(b, row->word[BASE]);
	md_cell(b, row->word[PATCHED]);
	md_cell(b, clauses);
	md_cell(b, row_fix(&g->table, row));
	buf_printf(b, "\n");
	free(loud);
	free(clauses);
	free(name);
}

static void md_table(struct buf *b, const struct gate *g)
{
	bool any = false;

	for (enum gate_change c = 0; c < G_SAME; c++) {
		/* Of a kernel that did not boot there is but one thing to say. */
		if (c == G_UNKNOWN && (g->dead[BASE] || g->dead[PATCHED]))
			continue;
		for (size_t i = 0; i < g->table.nrow; i++) {
			if (g->change[i] != c)
				continue;
			if (!any)
				buf_printf(b, "| change | tests | base | patched | clause | fix |\n"
					      "|---|---|---|---|---|---|\n");
			any = true;
			md_row(b, g, i);
		}
	}
	buf_printf(b, "%s%zu tests the same.\n\n", any ? "\n" : "", g->n[G_SAME]);
}

static void md_details_of(struct buf *b, const struct gate *g, size_t i)
{
	const struct record *w = gate_witness(g, i, g->table.row[i].tests[0]);
	char *log;

	if (!w)
		return;
	log = *w->log ? xasprintf("%s/%s", g->run->dir, w->log) : xstrdup("");
	buf_printf(b, "\n");
	md_text(b, w->test);
	buf_printf(b, " on ");
	md_text(b, w->kernel);
	buf_printf(b, "\n\n");
	md_item(b, "step", w->step);
	md_item(b, "clause", w->clause);
	md_item(b, "how", g->table.row[i].note);
	md_item(b, "wanted", w->wanted);
	md_item(b, "seen", w->seen);
	md_item(b, "reason", w->reason);
	md_item(b, "log", log);
	md_item(b, "replay", w->replay);
	free(log);
}

static bool wants_details(enum gate_change c)
{
	return gate_is_loss(c) || c == G_UNKNOWN || c == G_CANNOT_TELL || c == G_FIXED;
}

static void md_details(struct buf *b, const struct gate *g)
{
	bool any = false;

	for (enum gate_change c = 0; c < G_SAME; c++) {
		if (c == G_UNKNOWN && (g->dead[BASE] || g->dead[PATCHED]))
			continue;
		for (size_t i = 0; i < g->table.nrow; i++) {
			if (g->change[i] != c || !wants_details(c))
				continue;
			if (!any)
				buf_printf(b, "<details><summary>What was seen</summary>\n");
			any = true;
			md_details_of(b, g, i);
		}
	}
	if (any)
		buf_printf(b, "\n</details>\n\n");
}

static void md_claims(struct buf *b, const struct gate *g)
{
	for (size_t i = 0; i < g->nclaims; i++) {
		buf_printf(b, "- claim ");
		md_text(b, g->claim[i].glob);
		buf_printf(b, ": %s (%u fixed, %u failing, %u never failed on the base)\n",
			   g->claim[i].verdict, g->claim[i].fixed, g->claim[i].failing,
			   g->claim[i].never);
	}
	if (g->nclaims)
		buf_printf(b, "\n");
}

static void md_bugs(struct buf *b, const struct gate *g)
{
	for (size_t i = 0; i < g->nbugs; i++) {
		char *words = gate_bug_words(&g->bug[i]);

		md_item(b, "", words);
		free(words);
	}
	if (g->nbugs)
		buf_printf(b, "\n");
}

/* What was compared with what, and how. */
static void md_kernels(struct buf *b, const struct gate *g)
{
	const struct run_info *in = &g->run->info;
	char *base = gate_kernel_words(g, BASE), *patched = gate_kernel_words(g, PATCHED);
	char *size = gate_size_words(g);
	char *machine = xasprintf("%s, QEMU %s, seed 0x%llx, run %s", in->accel, in->qemu,
				  (unsigned long long)in->seed, g->run->id);

	buf_printf(b, "<details><summary>Kernels and machine</summary>\n\n");
	md_item(b, "base", base);
	md_item(b, "patched", patched);
	for (size_t i = 0; i < g->header.n; i++)
		md_item(b, "", g->header.s[i]);
	md_item(b, "", size);
	md_item(b, "", machine);
	buf_printf(b, "\n</details>\n");
	free(machine);
	free(size);
	free(patched);
	free(base);
}

char *gate_markdown(const struct gate *g)
{
	static const char *const titles[] = { "nothing worse", "broken", "incomplete" };
	struct buf b = { 0 };

	buf_printf(&b, "## cowpen gate: %s\n\n", titles[g->verdict]);
	md_text(&b, g->words);
	buf_printf(&b, "\n\n");
	for (size_t i = 0; i < g->missing.n; i++)
		md_item(&b, "incomplete", g->missing.s[i]);
	for (size_t i = 0; i < g->warnings.n; i++)
		md_item(&b, "warning", g->warnings.s[i]);
	for (size_t i = 0; i < g->run->nnotes; i++)
		md_item(&b, "note", g->run->notes[i]);
	if (g->missing.n || g->warnings.n || g->run->nnotes)
		buf_printf(&b, "\n");
	if (*g->run->id) {
		md_claims(&b, g);
		md_bugs(&b, g);
		md_table(&b, g);
		md_details(&b, g);
		md_observations(&b, g);
		md_kernels(&b, g);
	}
	return b.data;
}
