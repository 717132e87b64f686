// SPDX-License-Identifier: GPL-2.0-only
/* See corpus_opts.h. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "corpus_opts.h"
#include "err.h"

error_t corpus_parse(int key, char *arg, struct argp_state *st)
{
	struct corpus_opts *o = st->input;

	switch (key) {
	case O_PLAN:
		o->plan = true;
		break;
	case O_TESTS:
		o->tests = true;
		break;
	case O_TESTS_TO:
		o->tests_to = arg;
		break;
	case O_NONE_OF:
		o->none_of = arg;
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
	case O_CHECK:
		o->check = true;
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
	case O_OUT:
		o->out = arg;
		break;
	case O_MAP:
		o->map = arg;
		break;
	case O_CORNER:
		o->corner = true;
		break;
	case O_LINES:
		o->lines = arg;
		break;
	case O_SOURCE:
		o->source = arg;
		break;
	case O_FILES:
		o->files = arg;
		break;
	case O_TAKE:
		o->take = arg;
		break;
	case O_FUNC:
		o->func = arg;
		break;
	case O_CHANGED:
		o->changed = arg;
		break;
	case O_BUDGET:
		o->budget_ms = strtoul(arg, NULL, 10) * 1000;
		break;
	case O_KERNEL:
		o->kernel = arg;
		break;
	case O_SHARD:
		o->shard = arg;
		break;
	case O_PROGRAM:
		o->program = arg;
		break;
	case O_FORCE:
		o->force = true;
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

int corpus_fail(const struct corpus_opts *o, int code)
{
	fprintf(stderr, "cowpen: %s: %s\n", o->command, err_msg());
	return code;
}

/* A wrong name is the user's, everything else the world's. */
static int fail_choice(const struct corpus_opts *o, int ret)
{
	return corpus_fail(o, ret == -EINVAL ? EXIT_USAGE : EXIT_INCOMPLETE);
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

int corpus_print(const struct corpus_opts *o, const char *text)
{
	fputs(text, stdout);
	if (!fflush(stdout) && !ferror(stdout))
		return EXIT_HOLDS;
	err_set(-errno, "cannot write: %s", strerror(errno));
	return corpus_fail(o, EXIT_INCOMPLETE);
}

int corpus_args(int argc, char **argv, const struct argp *argp, struct corpus_opts *o)
{
	char *name = xasprintf("cowpen %s", o->command);
	int ret;

	o->build = "build";
	o->runs = "results/runs";
	o->conf = "kernel-config/kernels.conf";
	argv[0] = name;
	ret = argp_parse(argp, argc, argv, 0, NULL, o) ? EXIT_USAGE : 0;
	free(name);
	return ret;
}

int corpus_command(int argc, char **argv, const struct argp *argp, struct corpus_opts *o,
		   int (*work)(const struct corpus_opts *o, const struct case_list *cases,
			       const struct test_list *tests))
{
	struct case_list cases;
	struct test_list tests;
	int ret = corpus_args(argc, argv, argp, o);

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
	return ret;
}

int corpus_run(const struct corpus_opts *o, const char *which, struct run **run)
{
	int ret = run_load(o->runs, which ?: "last", run);

	if (!ret)
		return 0;
	return corpus_fail(o, which && (ret == -EINVAL || ret == -ENOENT) ? EXIT_USAGE :
									    EXIT_INCOMPLETE);
}

void runs_free(struct run **runs, size_t n)
{
	while (n--)
		run_free(runs[n]);
	free(runs);
}

struct run **runs_load(const struct corpus_opts *o)
{
	struct run **runs = xcalloc(o->nruns + 1, sizeof(*runs));

	for (size_t n = 0; n < o->nruns; n++) {
		if (run_load(o->runs, o->run[n], &runs[n])) {
			runs_free(runs, n);
			return NULL;
		}
	}
	return runs;
}
