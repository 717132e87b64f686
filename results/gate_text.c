// SPDX-License-Identifier: GPL-2.0-only
/* The gate's verdict for people: plain text that ends up in mails. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "gate.h"
#include "util.h"

/* Of tests that were not run nobody reads more rows than this. */
#define NOT_RUN_MAX 10

/* A line of somebody else's: as it is if it fits, else wrapped to its own indentation. */
static void print_verbatim(FILE *out, const char *s, struct style st)
{
	unsigned int indent = 2 + strspn(s, " ");

	if (strlen(s) + 2 <= st.width) {
		fprintf(out, "  %s\n", s);
		return;
	}
	fprintf(out, "%*s", (int)indent, "");
	print_wrapped(out, s, indent, indent + 2, st.width);
}

static void print_head(FILE *out, const struct gate *g, struct style st)
{
	const struct run_info *in = &g->run->info;
	char *s;

	fprintf(out, "run %s: %s, QEMU %s, seed 0x%llx\n", g->run->id, in->accel, in->qemu,
		(unsigned long long)in->seed);
	for (enum gate_side i = BASE; i <= PATCHED; i++) {
		s = gate_kernel_words(g, i);
		print_labelled(out, i == BASE ? "base" : "patched", 7, s, st.width);
		free(s);
	}
	for (size_t i = 0; i < g->header.n; i++)
		print_verbatim(out, g->header.s[i], st);
	s = gate_size_words(g);
	fprintf(out, "%s\n", s);
	free(s);
	for (size_t i = 0; i < g->warnings.n; i++)
		print_warning(out, g->warnings.s[i], st);
	for (size_t i = 0; i < g->run->nnotes; i++)
		fprintf(out, "note: %s\n", g->run->notes[i]);
}

static const char *told(const char *word)
{
	return strcmp(word, "-") ? word : "not run";
}

char *gate_row_words(const struct gate *g, size_t i)
{
	const struct table_row *row = &g->table.row[i];
	const struct record *w = gate_witness(g, i, row->tests[0]);
	enum gate_change c = g->change[i];
	char *clauses = gate_clauses(g, i);
	const char *fix = row_fix(&g->table, row);
	bool known = c == G_FIXED || c == G_STILL || c == G_FLAKY;
	struct buf b = { 0 };

	if (strcmp(row->word[BASE], row->word[PATCHED]))
		buf_printf(&b, "%s -> %s", told(row->word[BASE]), told(row->word[PATCHED]));
	else if (!*row->note)
		buf_printf(&b, "%s on both", told(row->word[BASE]));
	if (*row->note)
		buf_printf(&b, "%sfails otherwise: %s", b.len ? "; " : "", row->note);
	else if (*clauses)
		buf_printf(&b, "; clause %s", clauses);
	if (*fix)
		buf_printf(&b, "; fix %s", fix);
	if (known && w && *w->reason)
		buf_printf(&b, "%s %s", *fix ? ":" : ";", w->reason);
	free(clauses);
	return b.data;
}

/* What one needs to look into it. */
static void print_details(FILE *out, const struct gate *g, size_t i, struct style st)
{
	const struct record *w = gate_witness(g, i, g->table.row[i].tests[0]);
	enum gate_change c = g->change[i];

	if (!w)
		return;
	if (c == G_UNKNOWN || c == G_CANNOT_TELL || gate_is_loss(c)) {
		print_field(out, "step", st, "%s", w->step);
		if (gate_is_loss(c)) {
			print_field(out, "check", st, "%s", w->check);
			print_field(out, "wanted", st, "%s", w->wanted);
			print_field(out, "seen", st, "%s", w->seen);
		}
		print_field(out, "reason", st, "%s", w->reason);
	}
	if (*w->log && (c == G_UNKNOWN || gate_is_loss(c)))
		print_field(out, "log", st, "%s/%s", g->run->dir, w->log);
	if (c == G_UNKNOWN || c == G_FLAKY || gate_is_loss(c))
		print_field(out, "replay", st, "%s", w->replay);
}

static void print_row(FILE *out, const struct gate *g, size_t i, struct style st)
{
	char *name = row_name(&g->table.row[i]), *words = gate_row_words(g, i);

	fputs("  ", out);
	print_wrapped(out, name, 2, 6, st.width);
	fputs("    ", out);
	print_wrapped(out, words, 4, 4, st.width);
	print_details(out, g, i, st);
	free(words);
	free(name);
}

static void print_section(FILE *out, const struct gate *g, enum gate_change c, struct style st)
{
	size_t rows = 0, more = 0;
	char *title;

	if (!g->n[c] || (c == G_UNKNOWN && (g->dead[BASE] || g->dead[PATCHED])))
		return;
	title = xasprintf("%s: %zu test%s", gate_change_name(c), g->n[c], g->n[c] == 1 ? "" : "s");
	*title = toupper((unsigned char)*title);
	print_heading(out, title, st);
	free(title);
	for (size_t i = 0; i < g->table.nrow; i++) {
		if (g->change[i] != c)
			continue;
		if (c == G_NOT_RUN && rows++ >= NOT_RUN_MAX)
			more += g->table.row[i].ntests;
		else
			print_row(out, g, i, st);
	}
	if (more)
		fprintf(out, "  and %zu more tests\n", more);
}

/* Tests that are the same, as a count of what they did. */
static void print_same(FILE *out, const struct gate *g)
{
	size_t pass = 0, skip = 0; /* what is the same fails on neither */

	for (size_t i = 0; i < g->table.nrow; i++) {
		if (g->change[i] != G_SAME)
			continue;
		if (cell_judged(&g->table.row[i].cell[PATCHED]))
			pass += g->table.row[i].ntests;
		else
			skip += g->table.row[i].ntests;
	}
	fprintf(out, "\n%zu test%s the same", g->n[G_SAME], g->n[G_SAME] == 1 ? "" : "s");
	if (g->n[G_SAME])
		fprintf(out, ": %zu pass, %zu skip", pass, skip);
	fputc('\n', out);
}

char *gate_claim_words(const struct gate_claim *c)
{
	struct buf b = { 0 };

	buf_printf(&b, "%s: %s; ", c->glob, c->verdict);
	if (c->fixed)
		buf_printf(&b, "%u fixed, ", c->fixed);
	if (c->failing)
		buf_printf(&b, "%u still failing, ", c->failing);
	if (c->unclear)
		buf_printf(&b, "%u cannot be told, ", c->unclear);
	if (c->fixed + c->failing + c->never + c->unclear)
		buf_printf(&b, "%u never failed on the base", c->never);
	else
		buf_printf(&b, "no test of this run is meant by it");
	return b.data;
}

static void print_claims(FILE *out, const struct gate *g, struct style st)
{
	if (g->nclaims)
		print_heading(out, "Claims", st);
	for (size_t i = 0; i < g->nclaims; i++) {
		char *words = gate_claim_words(&g->claim[i]);

		fputs("  ", out);
		print_wrapped(out, words, 2, 6, st.width);
		free(words);
	}
}

static void print_bugs(FILE *out, const struct gate *g, struct style st)
{
	if (g->nbugs)
		print_heading(out, "Bugs of the book", st);
	for (size_t i = 0; i < g->nbugs; i++) {
		char *words = gate_bug_words(&g->bug[i]);

		fputs("  ", out);
		print_wrapped(out, words, 2, 6, st.width);
		free(words);
	}
}

static void print_missing(FILE *out, const struct gate *g, struct style st)
{
	if (g->missing.n)
		print_heading(out, "Incomplete", st);
	for (size_t i = 0; i < g->missing.n; i++) {
		fputs("  ", out);
		print_wrapped(out, g->missing.s[i], 2, 6, st.width);
	}
}

void gate_print(FILE *out, const struct gate *g, struct style st)
{
	if (*g->run->id) {
		print_head(out, g, st);
		for (enum gate_change c = 0; c < G_SAME; c++)
			print_section(out, g, c, st);
		print_same(out, g);
		seen_changes_print(out, &g->seen, st);
		print_claims(out, g, st);
		print_bugs(out, g, st);
	}
	print_missing(out, g, st);
	/* Why it is incomplete has just been told in full. */
	if (g->verdict == GATE_INCOMPLETE && strlen(g->words) > st.width)
		fprintf(out, "\n%.*s...\n", (int)st.width - 3, g->words);
	else
		fprintf(out, "\n%s\n", g->words);
}
