// SPDX-License-Identifier: GPL-2.0-only
/* cowpen bugs, cowpen missing: the book of bugs, and what a kernel shows of it. */
#include <argp.h>
#include <errno.h>
#include <stdio.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "bugs.h"
#include "cmd.h"
#include "corpus_opts.h"
#include "err.h"
#include "kernels.h"
#include "mends.h"
#include "rows.h"

/* The last run if none was named. */
static void last_by_default(struct corpus_opts *o)
{
	static char last[] = "last";
	static char *const one[] = { last };

	if (!o->nruns) {
		o->run = one;
		o->nruns = 1;
	}
}

static bool has_mend(const struct mend *mends, size_t n, const char *bug)
{
	for (size_t i = 0; i < n; i++)
		if (!strcmp(mends[i].bug, bug))
			return true;
	return false;
}

/*
 * Which folder of patches mends which bug: of the lines of kernels.conf that have one folder
 * the first, since others may need that mend and have it, too. Ends with a NULL; strings are
 * those of the book and of @list. NULL with a line. Free it.
 */
struct mend *find_mends(const struct corpus_opts *o, struct kernel_list *list)
{
	struct mend *mends = NULL;
	size_t n = 0;

	if (kernels_read(o->conf, list))
		return NULL;
	for (size_t i = 0; i < list->n; i++) {
		const struct kernel *k = &list->k[i];

		for (size_t b = 0; b < nbugs && !strpbrk(k->patches, "*?["); b++) {
			if (!glob_list_match(k->mends, bugs[b].name) ||
			    has_mend(mends, n, bugs[b].name))
				continue;
			mends = xrealloc(mends, (n + 1) * sizeof(*mends));
			mends[n++] = (struct mend){ bugs[b].name, k->patches };
		}
	}
	mends = xrealloc(mends, (n + 1) * sizeof(*mends));
	mends[n] = (struct mend){ 0 };
	return mends;
}

/* --- bugs ------------------------------------------------------------------------------ */

static const struct argp_option bugs_options[] = {
	{ "check", O_CHECK, NULL, 0, "Has each bug a case, and a kernel that was measured?", 1 },
	{ "measured", O_MEASURED, "FILE", 0, "The kernels that were measured", 9 },
	OPT_BUILD,
	OPT_CONF,
	OPT_RUNS,
	{ 0 }
};
static const struct argp bugs_argp = {
	.options = bugs_options,
	.parser = corpus_parse,
	.args_doc = "[RUN...]",
	.doc = "Which bugs of the book show on which kernels of these runs (default: the last one), "
	       "as Markdown.\vExit status: 0, 1 the book is not whole (--check), 2 incomplete, 3 "
	       "usage.",
};

static int check(const struct corpus_opts *o, const struct case_list *cases)
{
	struct measured m;
	struct buf lines = { 0 };
	size_t wrong;
	int ret;

	if (measured_read(o->measured, &m))
		return corpus_fail(o, EXIT_INCOMPLETE);
	wrong = bugs_check(cases, &m, &lines);
	ret = corpus_print(o, lines.data ? lines.data : "");
	buf_free(&lines);
	measured_free(&m);
	return ret ? ret : wrong ? EXIT_WRONG : EXIT_HOLDS;
}

static int bugs_work(const struct corpus_opts *named, const struct case_list *cases,
		     const struct test_list *tests)
{
	struct corpus_opts with_run = *named, *o = &with_run;
	struct kernel_list kernels;
	struct buf md = { 0 };
	struct mend *mends;
	struct run **runs;
	int ret;

	if (o->check)
		return check(o, cases);
	last_by_default(o);
	mends = find_mends(o, &kernels);
	if (!mends)
		return corpus_fail(o, EXIT_INCOMPLETE);
	runs = runs_load(o);
	if (runs) {
		bugs_table(cases, runs, o->nruns, mends, &md);
		ret = corpus_print(o, md.data);
		buf_free(&md);
		runs_free(runs, o->nruns);
	} else {
		ret = corpus_fail(o, EXIT_INCOMPLETE);
	}
	free(mends);
	kernels_free(&kernels);
	return ret;
}

int bugs_main(int argc, char **argv)
{
	struct corpus_opts o = { .command = "bugs",
				 .measured = MEASURED_FILE,
				 .max_runs = SIZE_MAX };

	return corpus_command(argc, argv, &bugs_argp, &o, bugs_work);
}

/* --- missing ----------------------------------------------------------------------------- */

static const struct argp_option missing_options[] = {
	{ "tests", O_TESTS, NULL, 0, "Only the tests that must be run to know", 1 },
	{ "json", O_JSON, "FILE", 0, "The same for machines", 1 },
	{ "markdown", O_MARKDOWN, "FILE", 0, "The same as Markdown", 1 },
	OPT_BUILD,
	OPT_CONF,
	OPT_RUNS,
	{ 0 }
};
static const struct argp missing_argp = {
	.options = missing_options,
	.parser = corpus_parse,
	.args_doc = "[RUN]",
	.doc = "What the kernels of a run lack: the bugs of the book that show, with the commit to "
	       "take.\vExit status: 0 none shows, 1 some do, 2 something could not be run, 3 "
	       "usage.",
};

static int write_as(const struct corpus_opts *o, const struct case_list *cases, struct run *run,
		    const struct mend *mends, enum missing_format format, const char *file)
{
	struct buf out = { 0 };
	size_t show, other;
	int ret = 0;

	if (!file)
		return 0;
	for (size_t k = 0; k < run->info.nkernels; k++)
		bugs_missing(cases, run, run->info.kernels[k].name, mends, format, &out, &show,
			     &other);
	if (write_file(file, out.data, out.len))
		ret = corpus_fail(o, EXIT_INCOMPLETE);
	buf_free(&out);
	return ret;
}

static int tell(const struct corpus_opts *o, const struct case_list *cases, struct run *run,
		const struct mend *mends)
{
	struct buf out = { 0 };
	const struct record *why;
	size_t show, other, all = 0;
	bool gap = false;
	int ret;

	for (size_t k = 0; k < run->info.nkernels; k++) {
		const char *name = run->info.kernels[k].name;

		gap |= missing_results(run, name);
		if (!bugs_answers(run, name, &why)) {
			fprintf(stderr, "cowpen: missing: nothing could be asked of %s: %s\n", name,
				why ? why->reason : "no test was run");
			gap = true;
			continue;
		}
		bugs_missing(cases, run, name, mends, MISSING_TEXT, &out, &show, &other);
		all += show + other;
	}
	ret = corpus_print(o, out.data ? out.data : "");
	buf_free(&out);
	if (!ret)
		ret = write_as(o, cases, run, mends, MISSING_JSON, o->json);
	if (!ret)
		ret = write_as(o, cases, run, mends, MISSING_MARKDOWN, o->markdown);
	return ret ? ret : gap ? EXIT_INCOMPLETE : all ? EXIT_WRONG : EXIT_HOLDS;
}

static int missing_work(const struct corpus_opts *named, const struct case_list *cases,
			const struct test_list *all)
{
	struct corpus_opts with_run = *named, *o = &with_run;
	struct kernel_list kernels;
	struct mend *mends;
	struct run **runs;
	char *tests;
	int ret;

	if (o->tests) {
		tests = bugs_tests(cases);
		ret = corpus_print(o, tests);
		putchar('\n');
		free(tests);
		return ret;
	}
	last_by_default(o);
	mends = find_mends(o, &kernels);
	if (!mends)
		return corpus_fail(o, EXIT_INCOMPLETE);
	runs = runs_load(o);
	if (runs) {
		ret = tell(o, cases, runs[0], mends);
		runs_free(runs, o->nruns);
	} else {
		ret = corpus_fail(o, EXIT_INCOMPLETE);
	}
	free(mends);
	kernels_free(&kernels);
	return ret;
}

int missing_main(int argc, char **argv)
{
	struct corpus_opts o = { .command = "missing", .max_runs = 1 };

	return corpus_command(argc, argv, &missing_argp, &o, missing_work);
}
