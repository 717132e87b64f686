/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COWPEN_CORPUS_OPTS_H
#define COWPEN_CORPUS_OPTS_H

/*
 * What those sub-commands share that run nothing: prove, expectations, observations, catalogue,
 * bugs and missing, which read cases and runs; gate, table and measured, which read runs.
 */

#include <argp.h>
#include <stdbool.h>
#include <stddef.h>

#include "corpus.h"

enum { EXIT_HOLDS, EXIT_WRONG, EXIT_INCOMPLETE, EXIT_USAGE };
enum {
	O_PLAN = 256,
	O_TESTS,
	O_TESTS_TO,
	O_NONE_OF,
	O_CASES,
	O_TABLE,
	O_BUILD,
	O_RUNS,
	O_CONF,
	O_CHECK,
	O_MEASURED,
	O_JSON,
	O_MARKDOWN,
	O_OUT,
	O_FORCE,
	O_PROGRAM,
	O_MAP,
	O_FILES,
	O_LINES,
	O_CORNER,
	O_SOURCE,
	O_TAKE,
	O_FUNC,
	O_KERNEL,
	O_CHANGED,
	O_BUDGET,
	O_SHARD,
	O_OWN, /* a sub-command's own begin here */
};

struct corpus_opts {
	const char *command;
	const char *cases, *table, *build, *runs, *conf, *measured, *json, *markdown, *out,
		*program, *map, *files, *lines, *source, *take, *func, *kernel, *changed, *tests_to,
		*none_of, *shard;
	unsigned int budget_ms;
	bool plan, tests, check, force, corner;
	char *const *run;
	size_t nruns, max_runs;
};

/* clang-format off */
#define OPT_BUILD { "build", O_BUILD, "DIR", 0, "Where the cases were built (default: build)", 9 }
#define OPT_RUNS  { "runs", O_RUNS, "DIR", 0, "Folder of the runs (default: results/runs)", 9 }
#define OPT_CONF  { "conf", O_CONF, "FILE", 0, \
		    "List of kernels (default: kernel-config/kernels.conf)", 9 }
#define OPT_CASES { "cases", O_CASES, "GLOBS", 0, \
		    "Only these, as for cowpen run (default: all cases)", 1 }
/* clang-format on */

/* An argp_parser; its input is a struct corpus_opts, or begins with one. */
error_t corpus_parse(int key, char *arg, struct argp_state *st);
/* Parse, and no more: 0 or EXIT_USAGE. */
int corpus_args(int argc, char **argv, const struct argp *argp, struct corpus_opts *o);
/* Parse, find the cases, and let @work do the rest. */
int corpus_command(int argc, char **argv, const struct argp *argp, struct corpus_opts *o,
		   int (*work)(const struct corpus_opts *o, const struct case_list *cases,
			       const struct test_list *tests));
/* Say the error's line; @code. */
int corpus_fail(const struct corpus_opts *o, int code);
/* Standard output may be a file on a disk that is full. */
int corpus_print(const struct corpus_opts *o, const char *text);
/* That run, NULL is the last one. 0, or the exit code after the error's line. */
int corpus_run(const struct corpus_opts *o, const char *which, struct run **run);
/* Those that were named, in their order; NULL with a line if one cannot be read. */
struct run **runs_load(const struct corpus_opts *o);
void runs_free(struct run **runs, size_t n);

#endif
