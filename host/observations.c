// SPDX-License-Identifier: GPL-2.0-only
/* cowpen observations: what kernels do where nothing is promised. */
#include <errno.h>

#include "cmd.h"
#include "corpus_opts.h"
#include "err.h"

static const struct argp_option observations_options[] = {
	{ "tests", O_TESTS, NULL, 0, "Only the names of the tests that are to be run for it", 1 },
	OPT_CASES,
	OPT_BUILD,
	OPT_RUNS,
	{ 0 }
};
static const struct argp observations_argp = {
	.options = observations_options,
	.parser = corpus_parse,
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
		return corpus_fail(o, EXIT_USAGE);
	}
	buf_printf(&b, "\n");
	ret = corpus_print(o, b.data);
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
		return corpus_fail(o, o->nruns ? EXIT_USAGE : EXIT_INCOMPLETE);
	ret = observations_table(cases, run, &md);
	ret = ret ? corpus_fail(o, EXIT_INCOMPLETE) : corpus_print(o, md.data);
	buf_free(&md);
	run_free(run);
	return ret;
}

int observations_main(int argc, char **argv)
{
	struct corpus_opts o = { .command = "observations", .max_runs = 1 };

	return corpus_command(argc, argv, &observations_argp, &o, observations);
}
