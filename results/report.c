// SPDX-License-Identifier: GPL-2.0-only
/*
 * Results as a page. A cell is a link to an article behind the tables, which is not seen
 * before it is the target of the address; the script adds filters, keys and the comparison of
 * two columns to what is there without it.
 */
#include <stdlib.h>
#include <string.h>

#include "compare.h"
#include "html.h"
#include "matrix.h"
#include "report.h"
#include "report_page.h"
#include "report_parts.h"
#include "util.h"
#include "verdict.h"

/* --- what is said of the runs --------------------------------------------------------------- */

static void put_kernels(struct page *p)
{
	struct run_info *in = &p->all.info;
	size_t sum[NR_VERDICT] = { 0 };
	struct html *h = p->h;

	for (size_t i = 0; i < p->all.nrec; i++)
		sum[p->all.rec[i].verdict]++;
	begin_section(h, "kernels", "Kernels");
	begin_table(h, "kernels", "Kernels, and how many results of which verdict");
	html_open(h, "thead", NULL);
	html_open(h, "tr", NULL);
	html_in(h, "th", NULL, "kernel");
	html_in(h, "th", NULL, "release");
	html_in(h, "th", NULL, "from");
	for (unsigned int v = 0; v < NR_VERDICT; v++)
		if (sum[v])
			html_in(h, "th", "num", verdict_name(v));
	html_close(h);
	html_close(h);
	html_open(h, "tbody", NULL);
	for (size_t k = 0; k < in->nkernels; k++) {
		const struct run *part = &p->part[k];
		size_t n[NR_VERDICT] = { 0 };

		for (size_t i = 0; i < part->nrec; i++)
			n[part->rec[i].verdict]++;
		html_open(h, "tr", NULL);
		html_open(h, "th", "scope", "row", NULL);
		html_text(h, in->kernels[k].name);
		html_close(h);
		html_in(h, "td", NULL, run_kernel_release(part, &in->kernels[k]));
		html_in(h, "td", NULL, run_kernel_origin(part, &in->kernels[k]));
		for (unsigned int v = 0; v < NR_VERDICT; v++) {
			if (!sum[v])
				continue;
			html_open(h, "td", "class", "num", NULL);
			html_printf(h, "%zu", n[v]);
			html_close(h);
		}
		html_close(h);
	}
	html_close(h);
	end_table(h);
	html_close(h);
}

#define LIST_MAX 200

static void put_list(struct page *p, const char *id, const char *title,
		     bool (*want)(enum verdict v))
{
	struct html *h = p->h;
	size_t n = 0;

	for (size_t i = 0; i < p->all.nrec; i++) {
		const struct record *r = &p->all.rec[i];
		const char *article;
		char *name;

		if (!want(r->verdict) || n++ >= LIST_MAX)
			continue;
		if (n == 1) {
			begin_section(h, id, title);
			html_open(h, "ul", NULL);
		}
		article = page_article(p, r);
		name = xasprintf("%s %s on %s", loud(verdict_name(r->verdict)), r->test, r->kernel);
		html_open(h, "li", NULL);
		if (article)
			html_link(h, article, name);
		else
			html_text(h, name);
		html_printf(h, " %s %s", r->clause, r->reason);
		html_close(h);
		free(name);
	}
	if (!n)
		return;
	html_close(h);
	if (n > LIST_MAX) {
		html_open(h, "p", NULL);
		html_printf(h, "and %zu more", n - LIST_MAX);
		html_close(h);
	}
	html_close(h);
}

static bool is_inconclusive(enum verdict v)
{
	return v == V_INCONCLUSIVE;
}

/* Why, and how many tests on which kernels. */
static void put_skipped(struct page *p)
{
	const char **why = xcalloc(p->all.nrec + 1, sizeof(*why));
	struct html *h = p->h;
	size_t n = 0;

	for (size_t i = 0; i < p->all.nrec; i++) {
		const struct record *r = &p->all.rec[i];
		size_t k = 0;

		while (k < n && strcmp(why[k], r->reason))
			k++;
		if (r->status == ST_SKIP && k == n)
			why[n++] = r->reason;
	}
	if (n) {
		begin_section(h, "skipped", "Why tests were skipped");
		html_open(h, "ul", NULL);
	}
	for (size_t k = 0; k < n; k++) {
		const char *comma = ": ";

		html_open(h, "li", NULL);
		html_text(h, *why[k] ? why[k] : "the records do not say");
		for (size_t j = 0; j < p->all.info.nkernels; j++) {
			const struct run *part = &p->part[j];
			size_t tests = 0;

			for (size_t i = 0; i < part->nrec; i++)
				tests += part->rec[i].status == ST_SKIP &&
					 !strcmp(part->rec[i].reason, why[k]);
			if (tests) {
				html_printf(h, "%s%s %zu", comma, p->all.info.kernels[j].name,
					    tests);
				comma = ", ";
			}
		}
		html_close(h);
	}
	if (n) {
		html_close(h);
		html_close(h);
	}
	free(why);
}

static void put_head(struct page *p)
{
	struct html *h = p->h;
	size_t odd = 0;

	html_open(h, "header", NULL);
	html_in(h, "h1", NULL, "cowpen: what kernels do with pinned pages");
	for (size_t i = 0; i < p->nruns; i++) {
		const struct run *run = p->runs[i];
		size_t missing = missing_results(run, NULL);

		html_open(h, "p", NULL);
		html_printf(h, "Run %s of %s: %s, QEMU %s, seed 0x%llx, %zu results.", run->id,
			    run->info.start, run->info.accel, run->info.qemu,
			    (unsigned long long)run->info.seed, run->nrec);
		html_close(h);
		for (size_t k = 0; k < run->nnotes; k++)
			put_warning(h, run->notes[k]);
		if (missing) {
			char *s = xasprintf("%zu tests of run %s have no result; go on with: make "
					    "run-all RESUME=1",
					    missing, run->id);

			put_warning(h, s);
			free(s);
		}
		if (!run->nrec)
			put_warning(h, "Nothing was run: this run has no results.");
	}
	for (size_t i = 0; i < p->all.nrec; i++)
		odd += verdict_is_unexpected(p->all.rec[i].verdict);
	if (p->all.nrec) {
		html_open(h, "p", "class", odd ? "odd" : "fine", NULL);
		html_printf(h,
			    odd ? "%zu of %zu results are not as expected." :
				  "All %zu results are as expected.",
			    odd ? odd : p->all.nrec, p->all.nrec);
		html_close(h);
	}
	html_open(h, "nav", NULL);
	html_link(h, "bugs", "Bugs");
	html_text(h, " ");
	html_link(h, "cases", "Cases");
	html_text(h, " ");
	html_link(h, "kernels", "Kernels");
	html_close(h);
	if (p->log_bytes < LOG_BYTES)
		html_in(h, "p", NULL,
			"Of logs of failures that are expected there is less here, so that the page "
			"is no larger than 2 MiB; each says where the whole of it is.");
	html_close(h);
}

static char *render(struct page *p, const size_t *order, size_t *len)
{
	p->h = html_new("cowpen: results");
	put_head(p);
	html_open(p->h, "main", NULL);
	put_list(p, "unexpected", "Not as expected", verdict_is_unexpected);
	put_bugs(p, order);
	put_cases(p);
	put_patched(p);
	put_list(p, "inconclusive", "Inconclusive", is_inconclusive);
	put_skipped(p);
	put_kernels(p);
	html_close(p->h);
	put_articles(p, order);
	return html_end(p->h, len);
}

char *report_html(const struct case_list *cases, struct run *const *runs, size_t nruns,
		  const struct mend *mends, size_t *len)
{
	static const size_t logs[] = { LOG_BYTES, 1200, 900, 700, 500, 300, 0 };
	struct page p = { .cases = cases, .runs = runs, .nruns = nruns, .mends = mends };
	size_t *order = bugs_worst_first();
	char *text = NULL;

	p.all.id = p.all.dir = (char *)"";
	p.all.fd = -1;
	page_unite(&p);
	page_make_grids(&p);
	page_find_bugs(&p);
	for (size_t i = 0; i < ARRAY_SIZE(logs); i++) {
		free(text);
		p.log_bytes = logs[i];
		text = render(&p, order, len);
		if (*len <= REPORT_MAX)
			break;
	}
	for (size_t k = 0; k < p.nbug_col; k++)
		free(p.bite[k]);
	free(p.bite);
	free(p.bug_col);
	for (size_t i = 0; i < p.all.info.nkernels; i++)
		grid_free(&p.patched[i]);
	free(p.patched);
	grid_free(&p.main);
	free(p.part);
	free(p.dir);
	free(p.all.rec);
	free(p.all.info.tests);
	free(p.all.info.kernels);
	free(order);
	return text;
}
