// SPDX-License-Identifier: GPL-2.0-only
/* cowpen fetch: what is missing of kernels. */
#include <stdio.h>
#include <stdlib.h>

#include "cmd.h"
#include "err.h"
#include "opts.h"

static const struct argp_option fetch_options[] = { OPT_KERNELS, OPT_CONF, { 0 } };
static const struct argp fetch_argp = {
	.options = fetch_options,
	.parser = opts_parser,
	.args_doc = "[KERNELS]",
	.doc = "Fetch what is missing of the kernels (default: the default set).",
};

int fetch_main(int argc, char **argv)
{
	struct kernel_list all = { 0 };
	struct kernel **k;
	struct opts o;
	int ret, code = EXIT_EXPECTED;
	size_t n;

	opts_init(&o, 1);
	ret = opts_parse(&o, &fetch_argp, argc, argv);
	if (ret)
		return ret;
	ret = choose_kernels(&o, o.nargs ? o.arg[0] : o.kernels, &all, &k, &n);
	if (ret) {
		code = fail_choice(ret);
		kernels_free(&all);
		return code;
	}
	for (size_t i = 0; i < n; i++) {
		if (kernel_fetch(k[i])) {
			fprintf(stderr, "cowpen: kernel %s: %s\n", k[i]->name, err_msg());
			code = EXIT_NOT_RUN;
			continue;
		}
		printf("%-8s %s\n", k[i]->name, *k[i]->package ? k[i]->package : k[i]->image);
	}
	free(k);
	kernels_free(&all);
	return code;
}
