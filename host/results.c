// SPDX-License-Identifier: GPL-2.0-only
/* cowpen results: a run once more, as it ended or in a format that machines take. */
#include <argp.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "corpus_opts.h"
#include "err.h"
#include "formats.h"
#include "matrix.h"
#include "util.h"

enum { O_FORMAT = O_OWN, O_LENIENT };

struct results_opts {
	struct corpus_opts common;
	enum format format;
	bool given, lenient;
};

static const struct argp_option options[] = {
	{ "format", O_FORMAT, "WORD", 0,
	  "ktap, junit, kcidb, markdown or csv (default: the matrix, as run prints it)", 1 },
	{ "out", O_OUT, "FILE", 0, "Write it there (default: standard output)", 1 },
	{ "lenient-xpass", O_LENIENT, NULL, 0,
	  "A pass where a failure is expected is as good as expected", 1 },
	OPT_RUNS,
	{ 0 }
};

static error_t parse(int key, char *arg, struct argp_state *st)
{
	struct results_opts *o = st->input;

	switch (key) {
	case O_FORMAT:
		if (format_parse(arg, &o->format)) {
			argp_failure(st, EXIT_USAGE, 0, "%s", err_msg());
			return EINVAL;
		}
		o->given = true;
		return 0;
	case O_LENIENT:
		o->lenient = true;
		return 0;
	default:
		return corpus_parse(key, arg, st);
	}
}

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.args_doc = "[RUN]",
	.doc = "What came of a run (default: the last one), from its records alone.\v"
	       "Exit status, as that of run: 0 all as expected, 1 a result that was not expected, "
	       "2 something is missing or was not run, 3 usage.",
};

/* The file is complete, or it is the one that was there before. */
static int print(const struct results_opts *o, const struct run *run)
{
	char *text;
	int ret = 0;

	if (!o->given && !o->common.out) {
		matrix_print(stdout, run, style_for(stdout));
		return corpus_print(&o->common, "");
	}
	if (!o->given) {
		err_set(-EINVAL,
			"a file has a format: --format ktap, junit, kcidb, markdown or csv");
		return corpus_fail(&o->common, EXIT_USAGE);
	}
	text = format_run(run, o->format);
	if (!o->common.out)
		ret = corpus_print(&o->common, text);
	else if (write_file(o->common.out, text, strlen(text)))
		ret = corpus_fail(&o->common, EXIT_INCOMPLETE);
	free(text);
	return ret;
}

int results_main(int argc, char **argv)
{
	struct results_opts o = { .common = { .command = "results", .max_runs = 1 } };
	int ret = corpus_args(argc, argv, &argp, &o.common);
	struct run *run;

	if (!ret)
		ret = corpus_run(&o.common, o.common.nruns ? o.common.run[0] : NULL, &run);
	if (ret)
		return ret;
	/* The matrix has them, too, but a file may be read by nobody but a machine. */
	for (size_t i = 0; o.given && i < run->nnotes; i++)
		fprintf(stderr, "cowpen: %s\n", run->notes[i]);
	ret = print(&o, run);
	if (!ret)
		ret = run_exit_code(run, o.lenient);
	run_free(run);
	return ret;
}
