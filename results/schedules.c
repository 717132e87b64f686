// SPDX-License-Identifier: GPL-2.0-only
/* Every schedule with one preemption: what races' records say of theirs. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "schedules.h"

/* "49 of 68, 34 functions, 9000 ms", and "49, 3 waited, 0 lost, 0 errors". */
static bool row_read(const struct record *r, struct schedules_row *row)
{
	json_t *o = *r->observations ? json_loads(r->observations, 0, NULL) : NULL;
	const char *all = json_string_value(json_object_get(o, "schedules"));
	const char *met = json_string_value(json_object_get(o, "schedules_met"));
	bool both = all && met &&
		    sscanf(all, "%u of %u, %u functions, %u ms", &row->ran, &row->calls,
			   &row->functions, &row->ms) == 4 &&
		    sscanf(met, "%u, %u waited, %u lost, %u errors", &row->met, &row->waited,
			   &row->lost, &row->errors) == 4;

	json_decref(o);
	return both;
}

/* The lines of the log that say where A stood. A log that is gone has none. */
static char *where_lost(const struct run *run, const struct record *r)
{
	static const char begin[] = "# lost ";
	char *path = xasprintf("%s/%s", run->dir, r->log), *line, *rest;
	struct buf text = { 0 }, where = { 0 };

	buf_add(&where, "", 0);
	if (*r->log && !read_file(path, &text)) {
		buf_add(&text, "", 0);
		for (line = strtok_r(text.data, "\n", &rest); line;
		     line = strtok_r(NULL, "\n", &rest))
			if (!strncmp(line, begin, sizeof(begin) - 1))
				buf_printf(&where, "  %s\n", line + sizeof(begin) - 1);
	}
	buf_free(&text);
	free(path);
	return where.data;
}

static void row_free(struct schedules_row *row)
{
	free(row->kernel);
	free(row->test);
	free(row->where);
}

static struct schedules_row *row_of(struct schedules *s, const struct record *r)
{
	for (size_t i = 0; i < s->nrow; i++)
		if (!strcmp(s->row[i].kernel, r->kernel) && !strcmp(s->row[i].test, r->test))
			return &s->row[i];
	s->row = xrealloc(s->row, (s->nrow + 1) * sizeof(*s->row));
	s->row[s->nrow] = (struct schedules_row){ 0 };
	return &s->row[s->nrow++];
}

void schedules_add(struct schedules *s, const struct run *run)
{
	for (size_t i = 0; i < run->nrec; i++) {
		const struct record *r = &run->rec[i];
		struct schedules_row row = { 0 }, *to;

		if (!row_read(r, &row)) {
			buf_printf(&s->why, "%s on %s: %s: %s%s\n", r->test, r->kernel,
				   status_name(r->status), r->reason, r->seen);
			continue;
		}
		row.kernel = xstrdup(r->kernel);
		row.test = xstrdup(r->test);
		row.where = where_lost(run, r);
		row.alone = !strcmp(r->isolation, "test");
		to = row_of(s, r);
		row_free(to);
		*to = row;
	}
}

static int by_kernel(const void *a, const void *b)
{
	const struct schedules_row *p = a, *q = b;
	int order = strverscmp(p->kernel, q->kernel);

	return order ? order : strcmp(p->test, q->test);
}

void schedules_sort(struct schedules *s)
{
	if (s->nrow)
		qsort(s->row, s->nrow, sizeof(*s->row), by_kernel);
}

unsigned int schedules_lost(const struct schedules *s)
{
	unsigned int n = 0;

	for (size_t i = 0; i < s->nrow; i++)
		n += s->row[i].lost;
	return n;
}

static unsigned int a_second(const struct schedules_row *r)
{
	return r->ms ? (r->ran * 1000ULL + r->ms / 2) / r->ms : 0;
}

static void print_rows(const struct schedules *s, struct buf *md)
{
	for (size_t i = 0; i < s->nrow; i++) {
		const struct schedules_row *r = &s->row[i];
		const char *bold = r->lost ? "**" : "";

		buf_printf(md, "| %s | `%s` | %u | %u | %u | %u | %u | %s%u%s | %u | %u |\n",
			   r->kernel, r->test, r->functions, r->calls, r->ran, r->met, r->waited,
			   bold, r->lost, bold, r->errors, a_second(r));
	}
}

/* They are sorted. */
static void print_sums(const struct schedules *s, struct buf *md)
{
	struct schedules_row sum = { 0 };
	size_t n = 0;

	for (size_t i = 0; i < s->nrow; i++) {
		const struct schedules_row *r = &s->row[i];

		n++;
		sum.calls += r->calls;
		sum.ran += r->ran;
		sum.met += r->met;
		sum.waited += r->waited;
		sum.lost += r->lost;
		sum.errors += r->errors;
		sum.ms += r->ms;
		if (i + 1 < s->nrow && !strcmp(r[1].kernel, r->kernel))
			continue;
		buf_printf(md, "| %s | all %zu | | %u | %u | %u | %u | %u | %u | %u |\n", r->kernel,
			   n, sum.calls, sum.ran, sum.met, sum.waited, sum.lost, sum.errors,
			   a_second(&sum));
		sum = (struct schedules_row){ 0 };
		n = 0;
	}
}

static void print_where(const struct schedules *s, struct buf *md)
{
	if (schedules_lost(s))
		buf_printf(md, "\nWhere A stood in those that are lost, its innermost three "
			       "functions:\n\n");
	for (size_t i = 0; i < s->nrow; i++) {
		const struct schedules_row *r = &s->row[i];

		if (!r->lost)
			continue;
		buf_printf(md, "    %s on %s:\n", r->test, r->kernel);
		for (const char *at = r->where; *at; at += strcspn(at, "\n"), at += *at == '\n')
			buf_printf(md, "    %.*s\n", (int)strcspn(at, "\n"), at);
	}
}

void schedules_table(const struct schedules *s, const char *seconds, struct buf *md)
{
	if (seconds)
		buf_printf(
			md,
			"# Schedules\n\n"
			"Every schedule with one preemption, as far as the time went: thread A of "
			"a race was held\n"
			"once at each call into `mm/`, and into what else works on a process' "
			"memory, that it makes\n"
			"on its way, and B did its thing there from beginning to end. Made by "
			"`make explore-race`.\n"
			"*Calls*: what A made alone, and of how many functions; where not all "
			"were *run* the time\n"
			"was up: the first and the last call of each function come first, then "
			"the next two from\n"
			"either end, then four, and so on. *Met*: A was in its system call or "
			"fault, and did not\n"
			"sleep. *B waited* for A in so many of them. *Lost*: what came of it is "
			"neither as if B had\n"
			"been first nor as if A had, and was again in a guest of its own.\n"
			"Each test had %s seconds; of those that are not in the table nothing is "
			"known.\n\n",
			seconds);
	buf_printf(md, "| kernel | test | functions | calls | run | met | B waited | lost | errors "
		       "| a second |\n"
		       "|---|---|---|---|---|---|---|---|---|---|\n");
	print_rows(s, md);
	print_sums(s, md);
	print_where(s, md);
}

void schedules_free(struct schedules *s)
{
	for (size_t i = 0; i < s->nrow; i++)
		row_free(&s->row[i]);
	free(s->row);
	buf_free(&s->why);
	*s = (struct schedules){ 0 };
}
