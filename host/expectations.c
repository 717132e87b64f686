// SPDX-License-Identifier: GPL-2.0-only
/* cowpen expectations: where what cases expect is not what runs measured. */
#include <stdint.h>

#include "cmd.h"
#include "corpus_opts.h"

static const struct argp_option expectations_options[] = { OPT_CASES, OPT_BUILD, OPT_RUNS, { 0 } };
static const struct argp expectations_argp = {
	.options = expectations_options,
	.parser = corpus_parse,
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
	runs = runs_load(&of);
	if (!runs)
		return corpus_fail(o, o->nruns ? EXIT_USAGE : EXIT_INCOMPLETE);
	n = expectations_check(tests, runs, of.nruns, &lines);
	buf_printf(&lines, "%zu result%s otherwise than expected\n", n, n == 1 ? "" : "s");
	ret = corpus_print(o, lines.data);
	buf_free(&lines);
	runs_free(runs, of.nruns);
	return ret ? ret : n ? EXIT_WRONG : EXIT_HOLDS;
}

int expectations_main(int argc, char **argv)
{
	struct corpus_opts o = { .command = "expectations", .max_runs = SIZE_MAX };

	return corpus_command(argc, argv, &expectations_argp, &o, expectations);
}
