// SPDX-License-Identifier: GPL-2.0-only
/* cowpen soak: does a test always end in the same way? */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cmd.h"
#include "corpus_opts.h"
#include "err.h"
#include "soak.h"

struct soak_opts {
	struct corpus_opts o; /* first: corpus_parse() takes it */
	const char *tree;
};

enum { O_TREE = O_OWN };

static const struct argp_option soak_options[] = {
	{ "markdown", O_MARKDOWN, "FILE", 0,
	  "Write the table there; what it has of other trees stays. Only a line is printed", 1 },
	{ "tree", O_TREE, "NAME", 0, "The tree that was run, for the table (default: this)", 1 },
	OPT_RUNS,
	{ 0 }
};

static error_t soak_parse(int key, char *arg, struct argp_state *st)
{
	struct soak_opts *o = st->input;

	if (key != O_TREE)
		return corpus_parse(key, arg, st);
	if (!*arg || strpbrk(arg, "`|\n"))
		argp_error(st, "\"%s\" is no name of a tree", arg);
	o->tree = arg;
	return 0;
}

static const struct argp soak_argp = {
	.options = soak_options,
	.parser = soak_parse,
	.args_doc = "RUN...",
	.doc = "Of runs of the same tests, which ended in more than one way.\v"
	       "Exit status: 0 none did, 1 some did, 2 there are no results, 3 usage.",
};

int soak_main(int argc, char **argv)
{
	struct soak_opts opts = { .o = { .command = "soak", .max_runs = 100000 }, .tree = "this" };
	struct corpus_opts *o = &opts.o;
	struct soak s = { 0 };
	struct buf text = { 0 }, before = { 0 };
	int ret = corpus_args(argc, argv, &soak_argp, o);

	if (ret)
		return ret;
	if (!o->nruns) {
		err_set(-EINVAL, "say which runs: make soak N=...");
		return corpus_fail(o, EXIT_USAGE);
	}
	/* One at a time: there may be many. */
	for (size_t i = 0; i < o->nruns; i++) {
		struct run *run;

		if (run_load(o->runs, o->run[i], &run)) {
			soak_free(&s);
			return corpus_fail(o, EXIT_USAGE);
		}
		soak_add(&s, run);
		run_free(run);
	}
	soak_count(&s);
	ret = !s.ncells ? EXIT_INCOMPLETE : s.two_ways ? EXIT_WRONG : EXIT_HOLDS;
	soak_line(&s, &text);
	fputs(text.data, stdout);
	buf_free(&text);
	if (o->markdown && !access(o->markdown, F_OK) && read_file(o->markdown, &before)) {
		soak_free(&s);
		return corpus_fail(o, EXIT_INCOMPLETE);
	}
	soak_table(&s, opts.tree, before.data, &text);
	if (o->markdown && write_file(o->markdown, text.data, text.len))
		ret = corpus_fail(o, EXIT_INCOMPLETE);
	else if (!o->markdown && s.two_ways)
		fputs(text.data, stdout);
	buf_free(&before);
	buf_free(&text);
	soak_free(&s);
	return ret;
}
