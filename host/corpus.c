// SPDX-License-Identifier: GPL-2.0-only
/* cowpen prove, observations, catalogue: see corpus.h. */
#include <argp.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "corpus.h"
#include "err.h"
#include "kernels.h"

enum { EXIT_HOLDS, EXIT_WRONG, EXIT_INCOMPLETE, EXIT_USAGE };
enum { O_PLAN = 256, O_TESTS, O_CASES, O_TABLE, O_BUILD, O_RUNS, O_CONF };

struct corpus_opts {
	const char *command;
	const char *cases, *table, *build, *runs, *conf;
	bool plan, tests;
	char *const *run;
	size_t nruns, max_runs;
};

/* clang-format off */
#define OPT_BUILD { "build", O_BUILD, "DIR", 0, "Where the cases were built (default: build)", 9 }
#define OPT_RUNS  { "runs", O_RUNS, "DIR", 0, "Folder of the runs (default: results/runs)", 9 }
#define OPT_CASES { "cases", O_CASES, "GLOBS", 0, \
		    "Only these, as for cowpen run (default: all cases)", 1 }
/* clang-format on */

static error_t parse(int key, char *arg, struct argp_state *st)
{
	struct corpus_opts *o = st->input;

	switch (key) {
	case O_PLAN:
		o->plan = true;
		break;
	case O_TESTS:
		o->tests = true;
		break;
	case O_CASES:
		o->cases = arg;
		break;
	case O_TABLE:
		o->table = arg;
		break;
	case O_BUILD:
		o->build = arg;
		break;
	case O_RUNS:
		o->runs = arg;
		break;
	case O_CONF:
		o->conf = arg;
		break;
	case ARGP_KEY_ARGS:
		o->run = st->argv + st->next;
		o->nruns = st->argc - st->next;
		if (o->nruns > o->max_runs) {
			argp_failure(st, EXIT_USAGE, 0,
				     "\"%s\" is one argument too many; see --help",
				     o->run[o->max_runs]);
			return EINVAL;
		}
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

static int fail(const struct corpus_opts *o, int code)
{
	fprintf(stderr, "cowpen: %s: %s\n", o->command, err_msg());
	return code;
}

/* A wrong name is the user's, everything else the world's. */
static int fail_choice(const struct corpus_opts *o, int ret)
{
	return fail(o, ret == -EINVAL ? EXIT_USAGE : EXIT_INCOMPLETE);
}

/* The cases, and the tests of those that were asked for: all of them must describe themselves. */
static int choose(const struct corpus_opts *o, struct case_list *cases, struct test_list *tests)
{
	int ret = cases_discover(o->build, cases);

	memset(tests, 0, sizeof(*tests));
	if (ret)
		return ret;
	ret = cases_select(cases, o->cases, tests);
	if (ret)
		cases_free(cases);
	return ret;
}

/* Standard output may be a file on a disk that is full. */
static int print(const struct corpus_opts *o, const char *text)
{
	fputs(text, stdout);
	if (!fflush(stdout) && !ferror(stdout))
		return EXIT_HOLDS;
	err_set(-errno, "cannot write: %s", strerror(errno));
	return fail(o, EXIT_INCOMPLETE);
}

/* Parse, find the cases, and let @work do the rest. */
static int command(int argc, char **argv, const struct argp *argp, struct corpus_opts *o,
		   int (*work)(const struct corpus_opts *o, const struct case_list *cases,
			       const struct test_list *tests))
{
	char *name = xasprintf("cowpen %s", o->command);
	struct case_list cases;
	struct test_list tests;
	int ret;

	o->build = "build";
	o->runs = "results/runs";
	o->conf = "kernel-config/kernels.conf";
	argv[0] = name;
	ret = argp_parse(argp, argc, argv, 0, NULL, o) ? EXIT_USAGE : 0;
	if (!ret) {
		ret = choose(o, &cases, &tests);
		if (ret) {
			ret = fail_choice(o, ret);
		} else {
			ret = work(o, &cases, &tests);
			tests_free(&tests);
			cases_free(&cases);
		}
	}
	free(name);
	return ret;
}

/* --- prove --------------------------------------------------------------------------- */

static const struct argp_option prove_options[] = {
	{ "plan", O_PLAN, NULL, 0, "Only what must be run: a line a kernel, with its tests", 1 },
	OPT_CASES,
	{ "table", O_TABLE, "FILE", 0,
	  "Write the table of proofs there, if all cases are asked for and every proof came out",
	  1 },
	OPT_BUILD,
	OPT_RUNS,
	{ "conf", O_CONF, "FILE", 0, "List of kernels (default: kernel-config/kernels.conf)", 9 },
	{ 0 }
};
static const struct argp prove_argp = {
	.options = prove_options,
	.parser = parse,
	.args_doc = "[RUN...]",
	.doc = "Did the tests fail in these runs where their cases say that they were seen to "
	       "fail?\v"
	       "Exit status: 0 all of them, 1 one did not, 2 one was not run, 3 usage.",
};

static int unknown_kernel(const struct corpus_opts *o, const struct kernel_list *conf,
			  const char *name)
{
	const char **names = xcalloc(conf->n + 1, sizeof(*names));
	char *near;

	for (size_t i = 0; i < conf->n; i++)
		names[i] = conf->k[i].name;
	near = nearest_names(name, names);
	err_set(-EINVAL, "a case was seen to fail on %s, and %s has no such kernel; nearest: %s",
		name, o->conf, near);
	free(near);
	free(names);
	return fail(o, EXIT_USAGE);
}

/* In the order of the list of kernels: stock ones first, then what must be built. */
static int print_plan(const struct corpus_opts *o, const struct kernel_list *conf,
		      const char *const *kernel, size_t n, const struct test_list *tests)
{
	struct buf plan = { 0 };
	size_t known = 0;
	int ret;

	for (size_t i = 0; i < conf->n; i++) {
		for (size_t k = 0; k < n; k++) {
			char *names;

			if (strcmp(conf->k[i].name, kernel[k]))
				continue;
			names = prove_tests(tests, kernel[k]);
			buf_printf(&plan, "%s %s\n", kernel[k], names);
			free(names);
			known++;
		}
	}
	for (size_t k = 0; k < n && known < n; k++) {
		size_t i = 0;

		while (i < conf->n && strcmp(conf->k[i].name, kernel[k]))
			i++;
		if (i == conf->n) {
			buf_free(&plan);
			return unknown_kernel(o, conf, kernel[k]);
		}
	}
	ret = print(o, plan.data);
	buf_free(&plan);
	return ret;
}

static int make_plan(const struct corpus_opts *o, const struct test_list *tests)
{
	struct kernel_list conf;
	const char **kernel;
	size_t n;
	int ret;

	if (kernels_read(o->conf, &conf))
		return fail(o, EXIT_INCOMPLETE);
	kernel = prove_kernels(tests, &n);
	if (n) {
		ret = print_plan(o, &conf, kernel, n, tests);
	} else {
		err_set(-EINVAL, "none of these tests was ever seen to fail, as no SEEN_TO_FAIL "
				 "names it");
		ret = fail(o, EXIT_USAGE);
	}
	free(kernel);
	kernels_free(&conf);
	return ret;
}

static int write_table(const struct corpus_opts *o, const struct case_list *cases,
		       struct run *const *runs, bool all_hold)
{
	struct buf md = { 0 };
	int ret;

	if ((o->cases && *o->cases) || !all_hold) {
		fprintf(stderr, "%s is left as it is: %s\n", o->table,
			all_hold ? "these are not all cases" : "not everything was proven");
		return 0;
	}
	prove_table(cases, runs, o->nruns, &md);
	ret = write_file(o->table, md.data, md.len);
	buf_free(&md);
	if (ret)
		return fail(o, EXIT_INCOMPLETE);
	fprintf(stderr, "written to %s\n", o->table);
	return 0;
}

static int judge(const struct corpus_opts *o, const struct case_list *cases,
		 const struct test_list *tests, struct run *const *runs)
{
	struct buf lines = { 0 };
	struct proofs p = prove_check(tests, runs, o->nruns, &lines);
	size_t all = p.proven + p.wrong + p.missing;
	int ret;

	buf_printf(&lines, "%zu of %zu proofs came out\n", p.proven, all);
	ret = print(o, lines.data);
	buf_free(&lines);
	if (!ret && o->table)
		ret = write_table(o, cases, runs, !p.wrong && !p.missing);
	return ret ? ret : p.wrong ? EXIT_WRONG : p.missing ? EXIT_INCOMPLETE : EXIT_HOLDS;
}

static void free_runs(struct run **runs, size_t n)
{
	while (n--)
		run_free(runs[n]);
	free(runs);
}

/* Those that were named, in their order; NULL with a line if one cannot be read. */
static struct run **load_runs(const struct corpus_opts *o)
{
	struct run **runs = xcalloc(o->nruns + 1, sizeof(*runs));

	for (size_t n = 0; n < o->nruns; n++) {
		if (run_load(o->runs, o->run[n], &runs[n])) {
			free_runs(runs, n);
			return NULL;
		}
	}
	return runs;
}

static int prove(const struct corpus_opts *o, const struct case_list *cases,
		 const struct test_list *tests)
{
	struct run **runs;
	int ret;

	if (o->plan)
		return make_plan(o, tests);
	runs = load_runs(o);
	if (!runs)
		return fail(o, EXIT_USAGE);
	ret = judge(o, cases, tests, runs);
	free_runs(runs, o->nruns);
	return ret;
}

int prove_main(int argc, char **argv)
{
	struct corpus_opts o = { .command = "prove", .max_runs = SIZE_MAX };

	return command(argc, argv, &prove_argp, &o, prove);
}

/* --- expectations ---------------------------------------------------------------------- */

static const struct argp_option expectations_options[] = { OPT_CASES, OPT_BUILD, OPT_RUNS, { 0 } };
static const struct argp expectations_argp = {
	.options = expectations_options,
	.parser = parse,
	.args_doc = "[RUN...]",
	.doc = "Where did tests in these runs (default: the last "
	       "one) do what their cases, as they are now, "
	       "do not expect of the kernel?\vExit status: 0 "
	       "nowhere, 1 somewhere, 2 cannot tell, 3 usage.",
};

static int expectations(const struct corpus_opts *o, const struct case_list *cases,
			const struct test_list *tests)
{
	static char last[] = "last", *const last_run[] = { last, NULL };
	struct corpus_opts of = *o;
	struct buf lines = { 0 };
	struct run **runs;
	size_t n;
	int ret;

	if (!of.nruns) {
		of.run = last_run;
		of.nruns = 1;
	}
	runs = load_runs(&of);
	if (!runs)
		return fail(o, o->nruns ? EXIT_USAGE : EXIT_INCOMPLETE);
	n = expectations_check(tests, runs, of.nruns, &lines);
	buf_printf(&lines, "%zu result%s otherwise than expected\n", n, n == 1 ? "" : "s");
	ret = print(o, lines.data);
	buf_free(&lines);
	free_runs(runs, of.nruns);
	return ret ? ret : n ? EXIT_WRONG : EXIT_HOLDS;
}

int expectations_main(int argc, char **argv)
{
	struct corpus_opts o = { .command = "expectations", .max_runs = SIZE_MAX };

	return command(argc, argv, &expectations_argp, &o, expectations);
}

/* --- observations ---------------------------------------------------------------------- */

static const struct argp_option observations_options[] = {
	{ "tests", O_TESTS, NULL, 0, "Only the names of the tests that are to be run for it", 1 },
	OPT_CASES,
	OPT_BUILD,
	OPT_RUNS,
	{ 0 }
};
static const struct argp observations_argp = {
	.options = observations_options,
	.parser = parse,
	.args_doc = "[RUN]",
	.doc = "What the kernels of a run (default: the last one) did where nothing is promised, "
	       "as "
	       "Markdown.\vExit status: 0, or 2 if a result is missing or is an error, 3 usage.",
};

static int print_observed_tests(const struct corpus_opts *o, const struct test_list *tests)
{
	struct buf b = { 0 };
	int ret;

	for (size_t i = 0; i < tests->n; i++) {
		if (observes(tests->t[i].c))
			buf_printf(&b, "%s%s", b.len ? " " : "", tests->t[i].name);
	}
	if (!b.len) {
		err_set(-EINVAL, "none of these cases is an observation or a control, or has "
				 "an OBSERVES()");
		return fail(o, EXIT_USAGE);
	}
	buf_printf(&b, "\n");
	ret = print(o, b.data);
	buf_free(&b);
	return ret;
}

static int observations(const struct corpus_opts *o, const struct case_list *cases,
			const struct test_list *tests)
{
	struct buf md = { 0 };
	struct run *run;
	int ret;

	if (o->tests)
		return print_observed_tests(o, tests);
	ret = run_load(o->runs, o->nruns ? o->run[0] : "last", &run);
	if (ret)
		return fail(o, o->nruns ? EXIT_USAGE : EXIT_INCOMPLETE);
	ret = observations_table(cases, run, &md);
	ret = ret ? fail(o, EXIT_INCOMPLETE) : print(o, md.data);
	buf_free(&md);
	run_free(run);
	return ret;
}

int observations_main(int argc, char **argv)
{
	struct corpus_opts o = { .command = "observations", .max_runs = 1 };

	return command(argc, argv, &observations_argp, &o, observations);
}

/* --- the catalogue ------------------------------------------------------------------------ */

static const struct argp_option catalogue_options[] = { OPT_BUILD, { 0 } };
static const struct argp catalogue_argp = {
	.options = catalogue_options,
	.parser = parse,
	.doc = "All cases, as Markdown: cases/README.md.",
};

static int print_catalogue(const struct corpus_opts *o, const struct case_list *cases,
			   const struct test_list *tests)
{
	struct buf md = { 0 };
	int ret;

	catalogue(cases, &md);
	ret = print(o, md.data);
	buf_free(&md);
	return ret;
}

int catalogue_main(int argc, char **argv)
{
	struct corpus_opts o = { .command = "catalogue" };

	return command(argc, argv, &catalogue_argp, &o, print_catalogue);
}
