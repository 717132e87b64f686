// SPDX-License-Identifier: GPL-2.0-only
/* cowpen table: what is asked of table.h. */
#include <argp.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "corpus_opts.h"
#include "err.h"
#include "table.h"
#include "util.h"

enum { O_KERNELS = O_OWN };

struct table_opts {
	struct corpus_opts common;
	bool kernels;
};

static const struct argp_option options[] = {
	{ "tests", O_TESTS, NULL, 0, "Only the names of the tests that it is made of", 1 },
	{ "kernels", O_KERNELS, NULL, 0, "Only the names of its kernels", 1 },
	OPT_RUNS,
	{ 0 }
};

static error_t parse(int key, char *arg, struct argp_state *st)
{
	struct table_opts *o = st->input;

	if (key != O_KERNELS)
		return corpus_parse(key, arg, st);
	o->kernels = true;
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

static int make_and_print(const struct table_def *def, const struct corpus_opts *o)
{
	struct run *run;
	char *text;
	int ret = corpus_run(o, o->nruns > 1 ? o->run[1] : NULL, &run);

	if (ret)
		return ret;
	ret = table_make(def, run, &text);
	run_free(run);
	if (ret)
		return corpus_fail(o, EXIT_INCOMPLETE);
	fputs(text, stdout);
	free(text);
	return 0;
}

int table_main(int argc, char **argv)
{
	struct table_opts o = { .common = { .command = "table", .max_runs = 2 } };
	struct table_def def;
	int ret = corpus_args(argc, argv, &argp, &o.common);

	if (ret)
		return ret;
	if (!o.common.nruns) {
		err_set(-EINVAL, "which table? Say results/tables/NAME.table");
		return corpus_fail(&o.common, EXIT_USAGE);
	}
	if (table_def_read(o.common.run[0], &def))
		return corpus_fail(&o.common, EXIT_USAGE);
	if (o.common.tests || o.kernels)
		print_names(&def, o.kernels);
	else
		ret = make_and_print(&def, &o.common);
	table_def_free(&def);
	return ret ? ret : corpus_print(&o.common, "");
}
