// SPDX-License-Identifier: GPL-2.0-only
/* cowpen schedules: what came of races whose every schedule was tried. */
#include <errno.h>
#include <stdio.h>

#include "cmd.h"
#include "corpus_opts.h"
#include "err.h"
#include "schedules.h"

struct schedules_opts {
	struct corpus_opts corpus;
	const char *seconds;
};

enum { O_SECONDS = O_OWN };

static const struct argp_option schedules_options[] = {
	{ "table", O_TABLE, "FILE", 0, "Write the table there, with what stands above it", 1 },
	{ "seconds", O_SECONDS, "N", 0, "What each test had (default: 60), for the table", 1 },
	{ "tests", O_TESTS, NULL, 0,
	  "Only say which tests are to be run again alone: they lost in company. \"KERNEL TEST\", "
	  "a line each",
	  1 },
	OPT_RUNS,
	{ 0 }
};

static error_t schedules_parse(int key, char *arg, struct argp_state *st)
{
	struct schedules_opts *o = st->input;

	if (key != O_SECONDS)
		return corpus_parse(key, arg, st);
	o->seconds = arg;
	return 0;
}

static const struct argp schedules_argp = {
	.options = schedules_options,
	.parser = schedules_parse,
	.args_doc = "RUN...",
	.doc = "What came of races whose every schedule was tried (make explore-race). Of a test that "
	       "several of the runs have the last one counts.\v"
	       "Exit status: 0 none is lost, 1 some are, 2 there is none, 3 usage.",
};

static void again(const struct schedules *s)
{
	for (size_t i = 0; i < s->nrow; i++)
		if (s->row[i].lost && !s->row[i].alone)
			printf("%s %s\n", s->row[i].kernel, s->row[i].test);
}

static int tell(const struct schedules_opts *o, const struct schedules *s)
{
	const char *file = o->corpus.table;
	struct buf md = { 0 };
	int ret = schedules_lost(s) ? EXIT_WRONG : EXIT_HOLDS;

	schedules_table(s, file ? o->seconds : NULL, &md);
	if (!file)
		ret = corpus_print(&o->corpus, md.data) ?: ret;
	else if (write_file(file, md.data, md.len))
		ret = corpus_fail(&o->corpus, EXIT_INCOMPLETE);
	else
		printf("written to %s\n", file);
	buf_free(&md);
	return ret;
}

int schedules_main(int argc, char **argv)
{
	struct schedules_opts o = { .corpus = { .command = "schedules", .max_runs = 100000 },
				    .seconds = "60" };
	struct schedules s = { 0 };
	int ret = corpus_args(argc, argv, &schedules_argp, &o.corpus);

	if (ret)
		return ret;
	if (!o.corpus.nruns) {
		err_set(-EINVAL, "say which runs");
		return corpus_fail(&o.corpus, EXIT_USAGE);
	}
	for (size_t i = 0; i < o.corpus.nruns; i++) {
		struct run *run;

		if (run_load(o.corpus.runs, o.corpus.run[i], &run)) {
			schedules_free(&s);
			return corpus_fail(&o.corpus, EXIT_USAGE);
		}
		schedules_add(&s, run);
		run_free(run);
	}
	schedules_sort(&s);
	if (o.corpus.tests) {
		again(&s);
	} else {
		if (s.why.len)
			fwrite(s.why.data, 1, s.why.len, stderr);
		ret = s.nrow ? tell(&o, &s) : EXIT_INCOMPLETE;
	}
	schedules_free(&s);
	return ret;
}
