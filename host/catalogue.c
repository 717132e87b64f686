// SPDX-License-Identifier: GPL-2.0-only
/* cowpen catalogue: all cases, for cases/README.md. */
#include <stddef.h>

#include "cmd.h"
#include "corpus_opts.h"

static const struct argp_option catalogue_options[] = { OPT_BUILD, { 0 } };
static const struct argp catalogue_argp = {
	.options = catalogue_options,
	.parser = corpus_parse,
	.doc = "All cases, as Markdown: cases/README.md.",
};

static int print_catalogue(const struct corpus_opts *o, const struct case_list *cases,
			   const struct test_list *tests)
{
	struct buf md = { 0 };
	int ret;

	catalogue(cases, &md);
	ret = corpus_print(o, md.data);
	buf_free(&md);
	return ret;
}

int catalogue_main(int argc, char **argv)
{
	struct corpus_opts o = { .command = "catalogue" };

	return corpus_command(argc, argv, &catalogue_argp, &o, print_catalogue);
}
