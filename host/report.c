// SPDX-License-Identifier: GPL-2.0-only
/* cowpen report: runs as one page of HTML. */
#include <argp.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "corpus_opts.h"
#include "err.h"
#include "kernels.h"
#include "mends.h"
#include "report.h"

static const struct argp_option options[] = { { "out", O_OUT, "FILE", 0,
						"The page (default: report.html)", 1 },
					      OPT_BUILD,
					      OPT_CONF,
					      OPT_RUNS,
					      { 0 } };

static const struct argp argp = {
	.options = options,
	.parser = corpus_parse,
	.args_doc = "[RUN...]",
	.doc = "Runs (default: the last one) as one page of HTML that needs no other file: bugs and "
	       "kernels, cases and kernels, and what is behind each cell. Of a test that several runs "
	       "have on one kernel the last one that is named counts.\vExit status: 0, 2 it could "
	       "not be written, 3 usage.",
};

static int write_page(const struct corpus_opts *o, const struct case_list *cases,
		      struct run *const *runs)
{
	struct kernel_list kernels;
	struct mend *mends = find_mends(o, &kernels);
	char *text;
	size_t len;
	int ret;

	if (!mends)
		return corpus_fail(o, EXIT_INCOMPLETE);
	text = report_html(cases, runs, o->nruns, mends, &len);
	ret = write_file(o->out, text, len);
	if (ret)
		ret = corpus_fail(o, EXIT_INCOMPLETE);
	else
		printf("written: %s, %zu KiB, of %zu run%s\n", o->out, (len + 1023) / 1024,
		       o->nruns, o->nruns == 1 ? "" : "s");
	free(text);
	free(mends);
	kernels_free(&kernels);
	return ret;
}

int report_main(int argc, char **argv)
{
	static char last[] = "last", *const last_run[] = { last, NULL };
	struct corpus_opts o = { .command = "report", .out = "report.html", .max_runs = SIZE_MAX };
	bool named;
	struct case_list cases;
	struct run **runs;
	int ret = corpus_args(argc, argv, &argp, &o);

	if (ret)
		return ret;
	named = o.nruns;
	if (!named) {
		o.run = last_run;
		o.nruns = 1;
	}
	runs = runs_load(&o);
	if (!runs)
		return corpus_fail(&o, named ? EXIT_USAGE : EXIT_INCOMPLETE);
	/* Without the cases only what they say of themselves is not known. */
	if (cases_discover(o.build, &cases)) {
		fprintf(stderr, "cowpen: report: %s; what cases say of themselves is left out\n",
			err_msg());
		memset(&cases, 0, sizeof(cases));
	}
	ret = write_page(&o, &cases, runs);
	cases_free(&cases);
	runs_free(runs, o.nruns);
	return ret;
}
