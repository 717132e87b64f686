// SPDX-License-Identifier: GPL-2.0-only
/* cowpen soak: does a test always end in the same way? */
#include <errno.h>
#include <stdio.h>

#include "cmd.h"
#include "corpus_opts.h"
#include "err.h"
#include "soak.h"

static const struct argp_option soak_options[] = {
	{ "markdown", O_MARKDOWN, "FILE", 0, "Write the table there; only a line is printed", 1 },
	OPT_RUNS,
	{ 0 }
};
static const struct argp soak_argp = {
	.options = soak_options,
	.parser = corpus_parse,
	.args_doc = "RUN...",
	.doc = "Of runs of the same tests, which ended in more than one way.\v"
	       "Exit status: 0 none did, 1 some did, 2 there are no results, 3 usage.",
};

int soak_main(int argc, char **argv)
{
	struct corpus_opts o = { .command = "soak", .max_runs = 100000 };
	struct soak s = { 0 };
	struct buf text = { 0 };
	int ret = corpus_args(argc, argv, &soak_argp, &o);

	if (ret)
		return ret;
	if (!o.nruns) {
		err_set(-EINVAL, "say which runs: make soak N=...");
		return corpus_fail(&o, EXIT_USAGE);
	}
	/* One at a time: there may be many. */
	for (size_t i = 0; i < o.nruns; i++) {
		struct run *run;

		if (run_load(o.runs, o.run[i], &run)) {
			soak_free(&s);
			return corpus_fail(&o, EXIT_USAGE);
		}
		soak_add(&s, run);
		run_free(run);
	}
	soak_count(&s);
	ret = !s.ncells ? EXIT_INCOMPLETE : s.two_ways ? EXIT_WRONG : EXIT_HOLDS;
	soak_line(&s, &text);
	fputs(text.data, stdout);
	buf_free(&text);
	soak_table(&s, &text);
	if (o.markdown && write_file(o.markdown, text.data, text.len))
		ret = corpus_fail(&o, EXIT_INCOMPLETE);
	else if (!o.markdown && s.two_ways)
		fputs(text.data, stdout);
	buf_free(&text);
	soak_free(&s);
	return ret;
}
