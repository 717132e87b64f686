// SPDX-License-Identifier: GPL-2.0-only
/* cowpen measured: see measured.h. */
#include <stdint.h>
#include <stdio.h>

#include "cmd.h"
#include "corpus_opts.h"
#include "err.h"
#include "measured.h"

static const struct argp_option options[] = {
	{ "file", O_MEASURED, "FILE", 0, "Where it is kept (default: " MEASURED_FILE ")", 1 },
	OPT_RUNS,
	{ 0 }
};

static const struct argp argp = {
	.options = options,
	.parser = corpus_parse,
	.args_doc = "[RUN...]",
	.doc = "Take down which packages the kernels of these runs (default: "
	       "the last one) are, so that "
	       "what a newer one does otherwise is told as news of the kernel. "
	       "The runs must be of the whole "
	       "corpus, complete and as expected; kernels that are not in them "
	       "are kept as they are."
	       "\vExit status: 0, 1 a run is not as expected or not whole, 2 "
	       "something else went wrong, 3 usage.",
};

static int take(const struct corpus_opts *o, const char *which, struct measured *m)
{
	struct run *run;
	int ret = corpus_run(o, which, &run);

	if (ret)
		return ret;
	if (measured_take(m, run))
		ret = corpus_fail(o, EXIT_WRONG);
	run_free(run);
	return ret;
}

int measured_main(int argc, char **argv)
{
	struct corpus_opts o = {
		.command = "measured",
		.measured = MEASURED_FILE,
		.max_runs = SIZE_MAX,
	};
	struct measured m;
	int ret = corpus_args(argc, argv, &argp, &o);

	if (ret)
		return ret;
	/* What cannot be read is written anew: it is of no use to anybody. */
	if (measured_read(o.measured, &m) == -EBADMSG)
		fprintf(stderr, "cowpen: measured: %s; written anew\n", err_msg());
	ret = o.nruns ? EXIT_HOLDS : take(&o, "last", &m);
	for (size_t i = 0; i < o.nruns && !ret; i++)
		ret = take(&o, o.run[i], &m);
	if (!ret && measured_write(o.measured, &m))
		ret = corpus_fail(&o, EXIT_INCOMPLETE);
	for (size_t i = 0; i < m.n && !ret; i++)
		printf("%s: %s %s, %s\n", m.k[i].name, m.k[i].package, m.k[i].version, m.k[i].date);
	measured_free(&m);
	return ret;
}
