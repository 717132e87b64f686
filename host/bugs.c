// SPDX-License-Identifier: GPL-2.0-only
/* cowpen bugs, cowpen missing: the book of bugs, and what a kernel shows of it. */
#include <argp.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bugs.h"
#include "cmd.h"
#include "err.h"
#include "rows.h"

enum { EXIT_NONE, EXIT_SHOWS, EXIT_INCOMPLETE, EXIT_USAGE };
enum { O_CHECK = 256, O_TESTS, O_BUILD, O_RUNS, O_MEASURED, O_JSON, O_MARKDOWN };

struct bugs_opts {
	const char *command, *build, *runs, *measured, *json, *markdown;
	bool check, tests;
	char *const *run;
	size_t nruns;
};

/* clang-format off */
#define OPT_BUILD { "build", O_BUILD, "DIR", 0, "Where the cases were built (default: build)", 9 }
#define OPT_RUNS  { "runs", O_RUNS, "DIR", 0, "Folder of the runs (default: results/runs)", 9 }
/* clang-format on */

static error_t parse(int key, char *arg, struct argp_state *st)
{
	struct bugs_opts *o = st->input;

	switch (key) {
	case O_CHECK:
		o->check = true;
		break;
	case O_TESTS:
		o->tests = true;
		break;
	case O_BUILD:
		o->build = arg;
		break;
	case O_RUNS:
		o->runs = arg;
		break;
	case O_MEASURED:
		o->measured = arg;
		break;
	case O_JSON:
		o->json = arg;
		break;
	case O_MARKDOWN:
		o->markdown = arg;
		break;
	case ARGP_KEY_ARGS:
		o->run = st->argv + st->next;
		o->nruns = st->argc - st->next;
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

static int fail(const struct bugs_opts *o, int code)
{
	fprintf(stderr, "cowpen: %s: %s\n", o->command, err_msg());
	return code;
}

/* Standard output may be a file on a disk that is full. */
static int print(const struct bugs_opts *o, const struct buf *text)
{
	fputs(text->data ? text->data : "", stdout);
	if (!fflush(stdout) && !ferror(stdout))
		return 0;
	err_set(-errno, "cannot write: %s", strerror(errno));
	return fail(o, EXIT_INCOMPLETE);
}

static void free_runs(struct run **runs, size_t n)
{
	while (n--)
		run_free(runs[n]);
	free(runs);
}

/* Those that were named, else the last one; NULL with a line. */
static struct run **load_runs(const struct bugs_opts *o, size_t *n)
{
	static char last[] = "last";
	char *const one[] = { last };
	char *const *which = o->nruns ? o->run : one;
	struct run **runs;

	*n = o->nruns ? o->nruns : 1;
	runs = xcalloc(*n, sizeof(*runs));
	for (size_t i = 0; i < *n; i++) {
		if (run_load(o->runs, which[i], &runs[i])) {
			free_runs(runs, i);
			return NULL;
		}
	}
	return runs;
}

static int command(int argc, char **argv, const struct argp *argp, struct bugs_opts *o,
		   int (*work)(const struct bugs_opts *o, const struct case_list *cases))
{
	char *name = xasprintf("cowpen %s", o->command);
	struct case_list cases;
	int ret;

	o->build = "build";
	o->runs = "results/runs";
	o->measured = MEASURED_FILE;
	argv[0] = name;
	ret = argp_parse(argp, argc, argv, 0, NULL, o) ? EXIT_USAGE : 0;
	if (!ret) {
		if (cases_discover(o->build, &cases)) {
			ret = fail(o, EXIT_INCOMPLETE);
		} else {
			ret = work(o, &cases);
			cases_free(&cases);
		}
	}
	free(name);
	return ret;
}

/* --- bugs ------------------------------------------------------------------------------ */

static const struct argp_option bugs_options[] = {
	{ "check", O_CHECK, NULL, 0, "Has each bug a case, and a kernel that was measured?", 1 },
	{ "measured", O_MEASURED, "FILE", 0, "The kernels that were measured", 9 },
	OPT_BUILD,
	OPT_RUNS,
	{ 0 }
};
static const struct argp bugs_argp = {
	.options = bugs_options,
	.parser = parse,
	.args_doc = "[RUN...]",
	.doc = "Which bugs of the book show on which kernels of these runs (default: the last one), "
	       "as Markdown.\vExit status: 0, 1 the book is not whole (--check), 2 incomplete, 3 "
	       "usage.",
};

static int check(const struct bugs_opts *o, const struct case_list *cases)
{
	struct measured m;
	struct buf lines = { 0 };
	size_t wrong;
	int ret;

	if (measured_read(o->measured, &m))
		return fail(o, EXIT_INCOMPLETE);
	wrong = bugs_check(cases, &m, &lines);
	ret = print(o, &lines);
	buf_free(&lines);
	measured_free(&m);
	return ret ? ret : wrong ? EXIT_SHOWS : EXIT_NONE;
}

static int bugs_work(const struct bugs_opts *o, const struct case_list *cases)
{
	struct buf md = { 0 };
	struct run **runs;
	size_t n;
	int ret;

	if (o->check)
		return check(o, cases);
	runs = load_runs(o, &n);
	if (!runs)
		return fail(o, EXIT_INCOMPLETE);
	bugs_table(cases, runs, n, &md);
	ret = print(o, &md);
	buf_free(&md);
	free_runs(runs, n);
	return ret;
}

int bugs_main(int argc, char **argv)
{
	struct bugs_opts o = { .command = "bugs" };

	return command(argc, argv, &bugs_argp, &o, bugs_work);
}

/* --- missing ----------------------------------------------------------------------------- */

static const struct argp_option missing_options[] = {
	{ "tests", O_TESTS, NULL, 0, "Only the tests that must be run to know", 1 },
	{ "json", O_JSON, "FILE", 0, "The same for machines", 1 },
	{ "markdown", O_MARKDOWN, "FILE", 0, "The same as Markdown", 1 },
	OPT_BUILD,
	OPT_RUNS,
	{ 0 }
};
static const struct argp missing_argp = {
	.options = missing_options,
	.parser = parse,
	.args_doc = "[RUN]",
	.doc = "What the kernels of a run lack: the bugs of the book that show, with the commit to "
	       "take.\vExit status: 0 none shows, 1 some do, 2 something could not be run, 3 "
	       "usage.",
};

static int write_as(const struct bugs_opts *o, const struct case_list *cases, struct run *run,
		    enum missing_format format, const char *file)
{
	struct buf out = { 0 };
	size_t show, other;
	int ret = 0;

	if (!file)
		return 0;
	for (size_t k = 0; k < run->info.nkernels; k++)
		bugs_missing(cases, run, run->info.kernels[k].name, format, &out, &show, &other);
	if (write_file(file, out.data, out.len))
		ret = fail(o, EXIT_INCOMPLETE);
	buf_free(&out);
	return ret;
}

static int tell(const struct bugs_opts *o, const struct case_list *cases, struct run *run)
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
		bugs_missing(cases, run, name, MISSING_TEXT, &out, &show, &other);
		all += show + other;
	}
	ret = print(o, &out);
	buf_free(&out);
	if (!ret)
		ret = write_as(o, cases, run, MISSING_JSON, o->json);
	if (!ret)
		ret = write_as(o, cases, run, MISSING_MARKDOWN, o->markdown);
	return ret ? ret : gap ? EXIT_INCOMPLETE : all ? EXIT_SHOWS : EXIT_NONE;
}

static int missing_work(const struct bugs_opts *o, const struct case_list *cases)
{
	struct buf tests = { 0 };
	struct run **runs;
	size_t n;
	int ret;

	if (o->tests) {
		tests.data = bugs_tests(cases);
		ret = print(o, &tests);
		putchar('\n');
		free(tests.data);
		return ret;
	}
	runs = load_runs(o, &n);
	if (!runs)
		return fail(o, EXIT_INCOMPLETE);
	ret = tell(o, cases, runs[0]);
	free_runs(runs, n);
	return ret;
}

int missing_main(int argc, char **argv)
{
	struct bugs_opts o = { .command = "missing" };

	return command(argc, argv, &missing_argp, &o, missing_work);
}
