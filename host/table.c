// SPDX-License-Identifier: GPL-2.0-only
/* cowpen table: what is asked of table.h. */
#include <argp.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "err.h"
#include "table.h"
#include "util.h"

enum { EXIT_INCOMPLETE = 2, EXIT_USAGE = 3 };
enum { O_RUNS = 256, O_TESTS, O_KERNELS };

struct table_opts {
	const char *runs, *arg[2];
	unsigned int nargs;
	bool tests, kernels;
};

static const struct argp_option options[] = {
	{ "tests", O_TESTS, NULL, 0, "Only the names of the tests that it is made of", 1 },
	{ "kernels", O_KERNELS, NULL, 0, "Only the names of its kernels", 1 },
	{ "runs", O_RUNS, "DIR", 0, "Folder of the runs (default: results/runs)", 9 },
	{ 0 }
};

static error_t parse(int key, char *arg, struct argp_state *st)
{
	struct table_opts *o = st->input;

	switch (key) {
	case O_TESTS:
		o->tests = true;
		break;
	case O_KERNELS:
		o->kernels = true;
		break;
	case O_RUNS:
		o->runs = arg;
		break;
	case ARGP_KEY_ARG:
		if (o->nargs >= ARRAY_SIZE(o->arg)) {
			argp_failure(st, EXIT_USAGE, 0,
				     "\"%s\" is one argument too many; see --help", arg);
			return EINVAL;
		}
		o->arg[o->nargs++] = arg;
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.args_doc = "FILE.table [RUN]",
	.doc = "A table of questions and of what kernels answered in a run (default: the last "
	       "one), as "
	       "Markdown.\vExit status: 0, or 2 if a result is missing or is an error, 3 usage.",
};

static void print_list(char *const *s, size_t n, const char **before)
{
	for (size_t i = 0; i < n; i++) {
		printf("%s%s", *before, s[i]);
		*before = " ";
	}
}

/* For a command line; a test that is part of several rows is run once all the same. */
static void print_names(const struct table_def *def, bool kernels)
{
	const char *before = "";

	if (kernels)
		print_list(def->kernel, def->nkernels, &before);
	for (size_t i = 0; !kernels && i < def->nrows; i++)
		print_list(def->row[i].test, def->row[i].ntests, &before);
	putchar('\n');
}

static int fail(int code)
{
	fprintf(stderr, "cowpen: table: %s\n", err_msg());
	return code;
}

static int make_and_print(const struct table_def *def, const struct table_opts *o)
{
	const char *which = o->nargs > 1 ? o->arg[1] : "last";
	struct run *run;
	char *text;
	int ret;

	ret = run_load(o->runs, which, &run);
	if (ret)
		return fail(o->nargs > 1 && (ret == -EINVAL || ret == -ENOENT) ? EXIT_USAGE :
										 EXIT_INCOMPLETE);
	ret = table_make(def, run, &text);
	run_free(run);
	if (ret)
		return fail(EXIT_INCOMPLETE);
	fputs(text, stdout);
	free(text);
	return 0;
}

int table_main(int argc, char **argv)
{
	struct table_opts o = { .runs = "results/runs" };
	struct table_def def;
	int ret = 0;

	argv[0] = "cowpen table";
	if (argp_parse(&argp, argc, argv, 0, NULL, &o))
		return EXIT_USAGE;
	if (!o.nargs) {
		err_set(-EINVAL, "which table? Say results/tables/NAME.table");
		return fail(EXIT_USAGE);
	}
	if (table_def_read(o.arg[0], &def))
		return fail(EXIT_USAGE);
	if (o.tests || o.kernels)
		print_names(&def, o.kernels);
	else
		ret = make_and_print(&def, &o);
	table_def_free(&def);
	if (!ret && (fflush(stdout) || ferror(stdout))) {
		err_set(-errno, "cannot write: %s", strerror(errno));
		ret = fail(EXIT_INCOMPLETE);
	}
	return ret;
}
