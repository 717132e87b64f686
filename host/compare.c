// SPDX-License-Identifier: GPL-2.0-only
/* cowpen compare: two runs, or the kernels of one. */
#include <errno.h>
#include <stdio.h>

#include "cmd.h"
#include "compare.h"
#include "opts.h"

static const struct argp_option compare_options[] = { OPT_RUNS, { 0 } };
static const struct argp compare_argp = {
	.options = compare_options,
	.parser = opts_parser,
	.args_doc = "[A] [B]",
	.doc = "Compare two runs, or the kernels of one (default: the last one): what differs, "
	       "worst "
	       "first.\vA run is an id, its beginning, \"last\", or a path. Exit status: 0 nothing "
	       "got "
	       "worse, 1 something did (between two runs), 2 nothing to compare, 3 usage.",
};

int compare_main(int argc, char **argv)
{
	struct run *a = NULL, *b = NULL;
	struct style st;
	struct opts o;
	int ret;

	opts_init(&o, 2);
	ret = opts_parse(&o, &compare_argp, argc, argv);
	if (ret)
		return ret;
	st = style_for(stdout);
	st.width = 72;
	ret = run_load(o.runs, o.nargs ? o.arg[0] : "last", &a);
	if (!ret && o.nargs > 1)
		ret = run_load(o.runs, o.arg[1], &b);
	if (ret) {
		fail("");
		run_free(a);
		return ret == -EINVAL || (ret == -ENOENT && o.nargs) ? EXIT_USAGE : EXIT_NOT_RUN;
	}
	ret = b ? compare_runs(stdout, a, b, st) : compare_kernels(stdout, a, st);
	if (ret < 0)
		fail("");
	/* Older kernels that fail are no news; a second run that does is. */
	ret = ret < 0 ? EXIT_NOT_RUN : ret && b ? EXIT_UNEXPECTED : EXIT_EXPECTED;
	run_free(a);
	run_free(b);
	return ret;
}
