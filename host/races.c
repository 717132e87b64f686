// SPDX-License-Identifier: GPL-2.0-only
/* cowpen races: which windows a run met, and what came of them. */
#include "cmd.h"
#include "corpus_opts.h"
#include "err.h"

static const struct argp_option races_options[] = { OPT_RUNS, { 0 } };
static const struct argp races_argp = {
	.options = races_options,
	.parser = corpus_parse,
	.args_doc = "[RUN]",
	.doc = "The races that a run (default: the last one) held open, as Markdown.\vExit status: "
	       "0, or 2 if a result is missing, 3 usage.",
};

int races_main(int argc, char **argv)
{
	struct corpus_opts o = { .command = "races", .max_runs = 1 };
	struct buf md = { 0 };
	struct run *run;
	int ret = corpus_args(argc, argv, &races_argp, &o);

	if (!ret)
		ret = corpus_run(&o, o.nruns ? o.run[0] : "last", &run);
	if (ret)
		return ret;
	ret = races_table(run, &md);
	ret = ret ? corpus_fail(&o, EXIT_INCOMPLETE) : corpus_print(&o, md.data);
	buf_free(&md);
	run_free(run);
	return ret;
}
