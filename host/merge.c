// SPDX-License-Identifier: GPL-2.0-only
/* cowpen merge and cowpen durations: what becomes of shards, and what divides them. */
#include <argp.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "corpus_opts.h"
#include "err.h"
#include "matrix.h"
#include "merge.h"
#include "shard.h"
#include "util.h"

static const struct argp_option options[] = {
	{ "out", O_OUT, "FILE", 0, "Write the name of the run that it makes there", 1 },
	OPT_RUNS,
	{ 0 }
};
static const struct argp merge_argp = {
	.options = options,
	.parser = corpus_parse,
	.args_doc = "RUN...",
	.doc = "One run of the shards that run --shard made, which may come from other machines; a "
	       "RUN is a name or a path.\v"
	       "Exit status, as that of run: 0 all as expected, 1 a result that was not expected, "
	       "2 something is missing or was not run, 3 they do not fit together, or usage.",
};

static int merge(const struct corpus_opts *o, struct run **runs)
{
	struct buf why = { 0 };
	struct run *all = NULL;
	size_t bad = merge_check(runs, o->nruns, &why);
	int ret;

	if (bad) {
		fputs(why.data, stderr);
		buf_free(&why);
		err_set(-EINVAL, "these runs are not one: nothing was merged");
		return corpus_fail(o, EXIT_USAGE);
	}
	for (size_t i = 0; i < o->nruns; i++)
		for (size_t k = 0; k < runs[i]->nnotes; k++)
			fprintf(stderr, "cowpen: %s\n", runs[i]->notes[k]);
	ret = merge_runs(o->runs, runs, o->nruns, &all);
	if (!ret && o->out)
		ret = write_file(o->out, all->id, strlen(all->id));
	if (ret) {
		run_free(all);
		return corpus_fail(o, EXIT_INCOMPLETE);
	}
	matrix_print(stdout, all, style_for(stdout));
	printf("\n%zu shards, %zu results in %s\n", o->nruns, all->nrec, all->dir);
	ret = corpus_print(o, "") ?: run_exit_code(all, false);
	run_free(all);
	return ret;
}

/* All of them, or none and the exit code. */
static int load(int argc, char **argv, const struct argp *argp, struct corpus_opts *o,
		struct run ***runs)
{
	int ret = corpus_args(argc, argv, argp, o);

	if (!ret && !o->nruns) {
		err_set(-EINVAL, "which runs?");
		ret = corpus_fail(o, EXIT_USAGE);
	}
	if (ret)
		return ret;
	*runs = runs_load(o);
	return *runs ? 0 : corpus_fail(o, EXIT_USAGE);
}

int merge_main(int argc, char **argv)
{
	struct corpus_opts o = { .command = "merge", .max_runs = SIZE_MAX };
	struct run **runs;
	int ret = load(argc, argv, &merge_argp, &o, &runs);

	if (ret)
		return ret;
	ret = merge(&o, runs);
	runs_free(runs, o.nruns);
	return ret;
}

static const struct argp_option durations_options[] = { OPT_RUNS, { 0 } };
static const struct argp durations_argp = {
	.options = durations_options,
	.parser = corpus_parse,
	.args_doc = "RUN...",
	.doc = "How long tests took in those runs, for " DURATIONS_FILE
	       ".\vExit status: 0, 2 something could not be read, 3 usage.",
};

int durations_main(int argc, char **argv)
{
	struct corpus_opts o = { .command = "durations", .max_runs = SIZE_MAX };
	struct buf text = { 0 };
	struct run **runs;
	int ret = load(argc, argv, &durations_argp, &o, &runs);

	if (ret)
		return ret;
	durations_make(runs, o.nruns, &text);
	ret = corpus_print(&o, text.data);
	buf_free(&text);
	runs_free(runs, o.nruns);
	return ret;
}
