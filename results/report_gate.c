// SPDX-License-Identifier: GPL-2.0-only
/* The gate's verdict as a page. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "html.h"
#include "report.h"
#include "report_parts.h"
#include "util.h"

static void put_lines(struct html *h, const char *title, char *const *s, size_t n)
{
	if (!n)
		return;
	html_in(h, "h2", NULL, title);
	html_open(h, "ul", NULL);
	for (size_t i = 0; i < n; i++)
		html_in(h, "li", NULL, s[i]);
	html_close(h);
}

static void put_row(struct html *h, const struct gate *g, size_t i, enum gate_change c)
{
	const struct table_row *row = &g->table.row[i];
	const struct record *r = gate_witness(g, i, row->tests[0]);
	char *name = row_name(row), *words = gate_row_words(g, i), *id = html_id(row->tests[0]),
	     *path;

	html_open(h, "details", "id", id, NULL);
	html_open(h, "summary", NULL);
	html_in(h, "b", NULL, name);
	html_printf(h, " %s", words ? words : "");
	html_close(h);
	html_open(h, "dl", NULL);
	if (r) {
		put_field(h, "told by", r->test);
		put_field(h, "on", r->kernel);
		put_record(h, r);
		put_field(h, "replay", r->replay);
	}
	if (row->ntests > 1) {
		html_in(h, "dt", NULL, "tests");
		html_open(h, "dd", NULL);
		for (size_t k = 0; k < row->ntests; k++)
			html_printf(h, "%s%s", k ? " " : "", row->tests[k]);
		html_close(h);
	}
	html_close(h);
	if (r && *r->log) {
		path = xasprintf("%s/%s", g->run->dir, r->log);
		put_log(h, path, gate_is_loss(c) || c == G_UNKNOWN ? LOG_BYTES : 400);
		free(path);
	}
	html_close(h);
	free(id);
	free(words);
	free(name);
}

static void put_changes(struct html *h, const struct gate *g)
{
	for (enum gate_change c = 0; c < G_SAME; c++) {
		const char *class = gate_is_loss(c) ? "b" : c == G_FIXED ? "g" : "u";
		char *title, *id;

		if (!g->n[c])
			continue;
		title = xasprintf("%s: %zu test%s", gate_change_name(c), g->n[c],
				  g->n[c] == 1 ? "" : "s");
		*title = toupper((unsigned char)*title);
		id = html_id(gate_change_key(c));
		html_open(h, "section", "id", id, "class", "changes", NULL);
		html_in(h, "h2", class, title);
		for (size_t i = 0; i < g->table.nrow; i++)
			if (g->change[i] == c)
				put_row(h, g, i, c);
		html_close(h);
		free(id);
		free(title);
	}
}

static void put_run(struct html *h, const struct gate *g)
{
	char *words;

	html_open(h, "dl", NULL);
	put_field(h, "run", g->run->id);
	for (enum gate_side i = BASE; i <= PATCHED; i++) {
		words = gate_kernel_words(g, i);
		put_field(h, i == BASE ? "base" : "patched", words);
		free(words);
	}
	words = gate_size_words(g);
	put_field(h, "tests", words);
	free(words);
	html_close(h);
	if (g->header.n) {
		html_open(h, "pre", NULL);
		for (size_t i = 0; i < g->header.n; i++)
			html_printf(h, "%s\n", g->header.s[i]);
		html_close(h);
	}
}

char *gate_html(const struct gate *g)
{
	static const char *const classes[] = { "g", "b", "u" };
	struct html *h = html_new("cowpen gate");
	char *line;
	size_t len;

	html_open(h, "header", NULL);
	html_in(h, "h1", NULL, "cowpen gate: what a series fixes and breaks");
	html_open(h, "p", "id", "verdict", "class", classes[g->verdict], NULL);
	html_text(h, g->words);
	html_close(h);
	for (size_t i = 0; i < g->warnings.n; i++)
		put_warning(h, g->warnings.s[i]);
	for (size_t i = 0; i < g->run->nnotes; i++)
		put_warning(h, g->run->notes[i]);
	html_close(h);
	html_open(h, "main", NULL);
	put_lines(h, "Incomplete", g->missing.s, g->missing.n);
	if (*g->run->id) {
		put_run(h, g);
		put_changes(h, g);
		html_open(h, "p", NULL);
		html_printf(h, "%zu tests the same", g->n[G_SAME]);
		html_close(h);
		if (g->seen.n) {
			html_in(h, "h2", NULL, "Observed otherwise");
			html_open(h, "ul", NULL);
			for (size_t i = 0; (line = seen_changes_line(&g->seen, i)); i++) {
				html_in(h, "li", NULL, line);
				free(line);
			}
			html_close(h);
		}
		if (g->nclaims)
			html_in(h, "h2", NULL, "Claims");
		for (size_t i = 0; i < g->nclaims; i++) {
			line = gate_claim_words(&g->claim[i]);
			html_in(h, "p", NULL, line);
			free(line);
		}
		if (g->nbugs)
			html_in(h, "h2", NULL, "Bugs of the book");
		for (size_t i = 0; i < g->nbugs; i++) {
			line = gate_bug_words(&g->bug[i]);
			html_in(h, "p", NULL, line);
			free(line);
		}
	}
	html_close(h);
	return html_end(h, &len);
}
