// SPDX-License-Identifier: GPL-2.0-only
/* cowpen prove: do tests fail where they were seen to fail? */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "corpus_opts.h"
#include "err.h"
#include "kernels.h"
#include "shard.h"
#include "util.h"

static const struct argp_option prove_options[] = {
	{ "plan", O_PLAN, NULL, 0, "Only what must be run: a line a kernel, with its tests", 1 },
	{ "shard", O_SHARD, "I/N", 0, "With --plan, only the kernels that are for the I-th of N",
	  1 },
	OPT_CASES,
	{ "table", O_TABLE, "FILE", 0,
	  "Write the table of proofs there, if all cases are asked for and every proof came out",
	  1 },
	OPT_BUILD,
	OPT_RUNS,
	OPT_CONF,
	{ 0 }
};
static const struct argp prove_argp = {
	.options = prove_options,
	.parser = corpus_parse,
	.args_doc = "[RUN...]",
	.doc = "Did the tests fail in these runs where their cases say that they were seen to "
	       "fail?\v"
	       "Exit status: 0 all of them, 1 one did not, 2 one was not run, 3 usage.",
};

static int unknown_kernel(const struct corpus_opts *o, const struct kernel_list *conf,
			  const char *name)
{
	const char **names = xcalloc(conf->n + 1, sizeof(*names));
	char *near;

	for (size_t i = 0; i < conf->n; i++)
		names[i] = conf->k[i].name;
	near = nearest_names(name, names);
	err_set(-EINVAL, "a case was seen to fail on %s, and %s has no such kernel; nearest: %s",
		name, o->conf, near);
	free(near);
	free(names);
	return corpus_fail(o, EXIT_USAGE);
}

/* So long a kernel that is not there takes to be built, and one that is to be booted and saved. */
#define BUILD_MS 30000
#define BOOT_MS	 3000

/* A kernel is for one shard: to build it is dearer than what is run on it. */
static int keep_shard(const struct corpus_opts *o, const struct kernel_list *conf,
		      const struct test_list *tests, const char **kernel, size_t *n)
{
	uint64_t *cost = xcalloc(*n + 1, sizeof(*cost));
	unsigned int *of = xcalloc(*n + 1, sizeof(*of));
	struct durations d = { 0 };
	struct shard s;
	size_t w = 0;
	int ret = shard_parse(o->shard, &s);

	if (!ret)
		ret = durations_read(DURATIONS_FILE, &d);
	for (size_t k = 0; k < *n && !ret; k++) {
		char *names = prove_tests(tests, kernel[k]), *save = NULL;

		cost[k] = BOOT_MS;
		for (size_t i = 0; i < conf->n; i++)
			if (!strcmp(conf->k[i].name, kernel[k]) && kernel_is_built(&conf->k[i]))
				cost[k] += BUILD_MS;
		for (char *t = strtok_r(names, " ", &save); t; t = strtok_r(NULL, " ", &save))
			cost[k] += duration_of(&d, t);
		free(names);
	}
	if (!ret)
		shard_assign(cost, *n, s.n, of);
	for (size_t k = 0; k < *n && !ret; k++)
		if (of[k] == s.i - 1)
			kernel[w++] = kernel[k];
	if (!ret)
		*n = w;
	durations_free(&d);
	free(cost);
	free(of);
	return ret;
}

/* In the order of the list of kernels: stock ones first, then what must be built. */
static int print_plan(const struct corpus_opts *o, const struct kernel_list *conf,
		      const char *const *kernel, size_t n, const struct test_list *tests)
{
	struct buf plan = { 0 };
	size_t known = 0;
	int ret;

	for (size_t i = 0; i < conf->n; i++) {
		for (size_t k = 0; k < n; k++) {
			char *names;

			if (strcmp(conf->k[i].name, kernel[k]))
				continue;
			names = prove_tests(tests, kernel[k]);
			buf_printf(&plan, "%s %s\n", kernel[k], names);
			free(names);
			known++;
		}
	}
	for (size_t k = 0; k < n && known < n; k++) {
		size_t i = 0;

		while (i < conf->n && strcmp(conf->k[i].name, kernel[k]))
			i++;
		if (i == conf->n) {
			buf_free(&plan);
			return unknown_kernel(o, conf, kernel[k]);
		}
	}
	ret = corpus_print(o, plan.data ? plan.data : "");
	buf_free(&plan);
	return ret;
}

static int make_plan(const struct corpus_opts *o, const struct test_list *tests)
{
	struct kernel_list conf;
	const char **kernel;
	size_t n;
	bool any; /* of all shards */
	int ret;

	if (kernels_read(o->conf, &conf))
		return corpus_fail(o, EXIT_INCOMPLETE);
	kernel = prove_kernels(tests, &n);
	any = n;
	if (n && o->shard && keep_shard(o, &conf, tests, kernel, &n)) {
		ret = corpus_fail(o, EXIT_USAGE);
	} else if (n || any) {
		ret = print_plan(o, &conf, kernel, n, tests);
	} else {
		err_set(-EINVAL, "none of these tests was ever seen to fail, as no SEEN_TO_FAIL "
				 "names it");
		ret = corpus_fail(o, EXIT_USAGE);
	}
	free(kernel);
	kernels_free(&conf);
	return ret;
}

static int write_table(const struct corpus_opts *o, const struct case_list *cases,
		       struct run *const *runs, bool all_hold)
{
	struct buf md = { 0 };
	int ret;

	if ((o->cases && *o->cases) || !all_hold) {
		fprintf(stderr, "%s is left as it is: %s\n", o->table,
			all_hold ? "these are not all cases" : "not everything was proven");
		return 0;
	}
	prove_table(cases, runs, o->nruns, &md);
	ret = write_file(o->table, md.data, md.len);
	buf_free(&md);
	if (ret)
		return corpus_fail(o, EXIT_INCOMPLETE);
	fprintf(stderr, "written to %s\n", o->table);
	return 0;
}

static int judge(const struct corpus_opts *o, const struct case_list *cases,
		 const struct test_list *tests, struct run *const *runs)
{
	struct buf lines = { 0 };
	struct proofs p = prove_check(tests, runs, o->nruns, &lines);
	size_t all = p.proven + p.wrong + p.missing;
	int ret;

	buf_printf(&lines, "%zu of %zu proofs came out\n", p.proven, all);
	ret = corpus_print(o, lines.data);
	buf_free(&lines);
	if (!ret && o->table)
		ret = write_table(o, cases, runs, !p.wrong && !p.missing);
	return ret ? ret : p.wrong ? EXIT_WRONG : p.missing ? EXIT_INCOMPLETE : EXIT_HOLDS;
}

static int prove(const struct corpus_opts *o, const struct case_list *cases,
		 const struct test_list *tests)
{
	struct run **runs;
	int ret;

	if (o->plan)
		return make_plan(o, tests);
	runs = runs_load(o);
	if (!runs)
		return corpus_fail(o, EXIT_USAGE);
	ret = judge(o, cases, tests, runs);
	runs_free(runs, o->nruns);
	return ret;
}

int prove_main(int argc, char **argv)
{
	struct corpus_opts o = { .command = "prove", .max_runs = SIZE_MAX };

	return corpus_command(argc, argv, &prove_argp, &o, prove);
}
