// SPDX-License-Identifier: GPL-2.0-only
/* cowpen measured: see measured.h. */
#include <argp.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "cmd.h"
#include "err.h"
#include "measured.h"

enum { EXIT_TAKEN, EXIT_REFUSED, EXIT_NOT_DONE, EXIT_USAGE };
enum { O_FILE = 256, O_RUNS };

struct measured_opts {
	const char *file, *runs;
	char *const *run;
	size_t nruns;
};

static const struct argp_option options[] = {
	{ "file", O_FILE, "FILE", 0, "Where it is kept (default: " MEASURED_FILE ")", 1 },
	{ "runs", O_RUNS, "DIR", 0, "Folder of the runs (default: results/runs)", 9 },
	{ 0 }
};

static error_t parse(int key, char *arg, struct argp_state *st)
{
	struct measured_opts *o = st->input;

	switch (key) {
	case O_FILE:
		o->file = arg;
		break;
	case O_RUNS:
		o->runs = arg;
		break;
	case ARGP_KEY_ARGS:
		o->run = st->argv + st->next;
		o->nruns = st->argc - st->next;
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

static const struct argp argp = {
	.options = options,
	.parser = parse,
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

static int fail(int code)
{
	fprintf(stderr, "cowpen: measured: %s\n", err_msg());
	return code;
}

static int take(const struct measured_opts *o, const char *which, struct measured *m)
{
	struct run *run;
	int ret = run_load(o->runs, which, &run);

	if (ret)
		return fail(ret == -EINVAL || ret == -ENOENT ? EXIT_USAGE : EXIT_NOT_DONE);
	ret = measured_take(m, run) ? fail(EXIT_REFUSED) : EXIT_TAKEN;
	run_free(run);
	return ret;
}

int measured_main(int argc, char **argv)
{
	struct measured_opts o = { .file = MEASURED_FILE, .runs = "results/runs" };
	struct measured m;
	int ret;

	argv[0] = "cowpen measured";
	if (argp_parse(&argp, argc, argv, 0, NULL, &o))
		return EXIT_USAGE;
	/* What cannot be read is written anew: it is of no use to anybody. */
	if (measured_read(o.file, &m) == -EBADMSG)
		fprintf(stderr, "cowpen: measured: %s; written anew\n", err_msg());
	ret = o.nruns ? EXIT_TAKEN : take(&o, "last", &m);
	for (size_t i = 0; i < o.nruns && !ret; i++)
		ret = take(&o, o.run[i], &m);
	if (!ret && measured_write(o.file, &m))
		ret = fail(EXIT_NOT_DONE);
	for (size_t i = 0; i < m.n && !ret; i++)
		printf("%s: %s %s, %s\n", m.k[i].name, m.k[i].package, m.k[i].version, m.k[i].date);
	measured_free(&m);
	return ret;
}
