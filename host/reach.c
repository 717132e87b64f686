// SPDX-License-Identifier: GPL-2.0-only
/* cowpen reach: which functions of a kernel do tests execute, and which tests a function? */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "corpus_opts.h"
#include "err.h"
#include "reach_lines.h"
#include "reach_map.h"
#include "telling.h"

static const struct argp_option reach_options[] = {
	OPT_CASES,
	{ "map", O_MAP, "DIR", 0, "Folder of the map", 1 },
	{ "files", O_FILES, "FILE", 0, "Lines \"file function\" of the kernel", 1 },
	{ "lines", O_LINES, "FILE", 0, "Lines \"file line function offset\" of the kernel's code",
	  1 },
	{ "source", O_SOURCE, "DIR", 0, "The kernel's source tree", 1 },
	{ "plan", O_PLAN, NULL, 0, "Only the tests that are not in the map, or changed", 2 },
	{ "take", O_TAKE, "KERNEL", 0, "Take into the map what RUN wrote of that kernel", 2 },
	{ "func", O_FUNC, "NAMES", 0, "The tests that execute these functions", 2 },
	{ "changed", O_CHANGED, "FILE", 0,
	  "How the functions in FILE, lines \"file function\", are reached", 2 },
	{ "tests", O_TESTS_TO, "FILE", 0,
	  "With --changed: write the tests there, one a line: the most telling first, as many as "
	  "--budget has room for, and behind an empty line the others. RUN says how long they take",
	  2 },
	{ "none-of", O_NONE_OF, "FILE", 0,
	  "With --changed: write the tests there that execute none of these functions, not even "
	  "while they set up",
	  2 },
	{ "budget", O_BUDGET, "SECONDS", 0, "For --tests; default: all", 2 },
	{ "corner", O_CORNER, NULL, 0, "Only the kernel's files of this corner", 2 },
	{ "kernel", O_KERNEL, "NAME", 0, "What to call the kernel in the table", 2 },
	OPT_BUILD,
	OPT_RUNS,
	{ 0 }
};
static const struct argp reach_argp = {
	.options = reach_options,
	.parser = corpus_parse,
	.args_doc = "[RUN]",
	.doc = "Of a map which functions of a kernel are executed by which tests: with --func the "
	       "tests, with --cases the functions, with neither a table.\v"
	       "Exit status: 0, 1 no test reaches a function, 2 there is no map, 3 usage.",
};

static int print_plan(const struct corpus_opts *o, const struct test_list *tests)
{
	for (size_t i = 0; i < tests->n; i++)
		if (!reach_is_fresh(o->map, tests->t[i].name, tests->t[i].c->exe_sha256))
			printf("%s\n", tests->t[i].name);
	return EXIT_HOLDS;
}

/* What @o->lines names. */
static int read_lines(const struct corpus_opts *o, struct reach_lines *l)
{
	struct buf text = { 0 };
	int ret = read_file(o->lines, &text);

	if (!ret)
		ret = reach_lines_parse(text.data ? text.data : "", l);
	buf_free(&text);
	return ret;
}

/* Did it go its way to the end? Of one that did not more may be reached than what was seen. */
static bool went_its_way(const struct corpus_opts *o, const struct run *run, const char *test)
{
	const struct record *r = run_find(run, o->take, test, 0);

	return r && r->status != ST_ERROR && r->status != ST_INCONCLUSIVE;
}

/* What was run has a file in the run's folder, beside its log. */
static int take(const struct corpus_opts *o, const struct test_list *tests)
{
	struct run **runs = runs_load(o);
	struct reach_lines lines = { 0 };
	struct buf functions = { 0 };
	struct reach_map keep;
	size_t taken = 0;

	if (!runs)
		return corpus_fail(o, EXIT_INCOMPLETE);
	if (o->lines && read_lines(o, &lines)) {
		runs_free(runs, o->nruns);
		return corpus_fail(o, EXIT_INCOMPLETE);
	}
	reach_lines_functions(&lines, &functions);
	reach_files(functions.data, &keep);
	for (size_t i = 0; i < tests->n; i++) {
		char *name, *path;

		if (!went_its_way(o, runs[0], tests->t[i].name))
			continue;
		name = xstrdup(tests->t[i].name);
		for (char *s = name; *s; s++)
			if (*s == '/')
				*s = '_';
		path = xasprintf("%s/reach/%s/%s.txt", runs[0]->dir, o->take, name);
		if (!reach_take(o->map, tests->t[i].name, tests->t[i].c->exe_sha256, path, &keep))
			taken++;
		free(path);
		free(name);
	}
	printf("%zu tests taken into the map\n", taken);
	reach_map_free(&keep);
	reach_lines_free(&lines);
	buf_free(&functions);
	runs_free(runs, o->nruns);
	return EXIT_HOLDS;
}

static bool many(uint64_t steps)
{
	return steps & (steps - 1);
}

static void print_steps(uint64_t steps)
{
	const char *sep = "";

	for (unsigned int s = 1; s < 64; s++)
		if (steps >> s & 1) {
			printf("%s%u", sep, s);
			sep = ", ";
		}
}

static int print_functions(const struct corpus_opts *o, const struct reach_map *map)
{
	char *copy = xstrdup(o->func), *save = NULL;
	int ret = EXIT_HOLDS;

	for (char *name = strtok_r(copy, " ", &save); name; name = strtok_r(NULL, " ", &save)) {
		const struct reach_function *f = reach_find(map, name);
		size_t n = 0;

		if (!f) {
			ret = corpus_fail(o, EXIT_WRONG);
			continue;
		}
		for (size_t i = 0; i < f->nby; i++)
			n += reached_in_step(&f->by[i]);
		printf("%s%s%s: reached by %zu of %zu tests\n", f->name, *f->file ? " in " : "",
		       f->file, n, map->ntests);
		for (size_t i = 0; i < f->nby; i++) {
			if (!reached_in_step(&f->by[i]))
				continue;
			printf("  %-48s step%s ", map->test[f->by[i].test],
			       many(f->by[i].steps >> 1) ? "s" : "");
			print_steps(f->by[i].steps);
			putchar('\n');
		}
		if (!n)
			ret = EXIT_WRONG;
	}
	free(copy);
	return ret;
}

static int print_case(const struct reach_map *map, const struct test_list *tests)
{
	for (size_t i = 0; i < map->nf; i++) {
		const struct reach_function *f = &map->f[i];
		size_t n = 0;

		for (size_t k = 0; k < f->nby; k++)
			for (size_t t = 0; reached_in_step(&f->by[k]) && t < tests->n; t++)
				n += !strcmp(tests->t[t].name, map->test[f->by[k].test]);
		if (n)
			printf("%-40s %s%s%zu of %zu tests\n", f->name, f->file,
			       *f->file ? "  " : "", n, tests->n);
	}
	return EXIT_HOLDS;
}

/* What was skipped last time says nothing: there is room for it when there is for all. */
#define SKIPPED_MS (60 * 60 * 1000)

/* How long the map's tests took, on whichever kernel; the caller frees. */
static unsigned int *durations(const struct corpus_opts *o, const struct reach_map *map)
{
	unsigned int *ms = xcalloc(map->ntests + 1, sizeof(*ms));
	struct run *run = NULL;

	if (o->nruns && run_load(o->runs, o->run[0], &run))
		run = NULL;
	for (size_t t = 0; t < map->ntests; t++) {
		ms[t] = ~0U;
		for (size_t i = 0; run && i < run->nrec && ms[t] == ~0U; i++)
			if (!strcmp(run->rec[i].test, map->test[t]))
				ms[t] = run->rec[i].status == ST_SKIP ? SKIPPED_MS :
									run->rec[i].duration_ms;
	}
	run_free(run);
	return ms;
}

static int write_tests(const struct corpus_opts *o, const struct reach_map *map,
		       const char *changed, const bool *fresh)
{
	unsigned int *ms = durations(o, map);
	struct telling w = {
		.map = map, .changed = changed, .fresh = fresh, .ms = ms, .budget_ms = o->budget_ms
	};
	struct buf names = { 0 };
	int ret;

	telling_choose(&w, &names);
	ret = write_file(o->tests_to, names.data, names.len);
	buf_free(&names);
	free(ms);
	return ret;
}

static int write_none_of(const struct corpus_opts *o, const struct reach_map *map,
			 const char *changed, const bool *fresh)
{
	struct buf names = { 0 };
	int ret;

	reach_nothing_of(map, changed, fresh, &names);
	ret = write_file(o->none_of, names.data, names.len);
	buf_free(&names);
	return ret;
}

/* EXIT_WRONG if none of them is reached. */
static int print_changed(const struct corpus_opts *o, const struct reach_map *map,
			 const struct test_list *tests)
{
	bool *fresh = xcalloc(map->ntests + 1, sizeof(*fresh));
	struct buf changed = { 0 }, out = { 0 };
	const char *text;
	int ret = 0;
	size_t n, reached, stale = 0;

	if (read_file(o->changed, &changed)) {
		free(fresh);
		return corpus_fail(o, EXIT_INCOMPLETE);
	}
	for (size_t i = 0; i < tests->n; i++) {
		bool is = reach_is_fresh(o->map, tests->t[i].name, tests->t[i].c->exe_sha256);

		stale += !is;
		for (size_t t = 0; is && t < map->ntests; t++)
			if (!strcmp(map->test[t], tests->t[i].name))
				fresh[t] = true;
	}
	text = changed.data ? changed.data : "";
	reached = reach_changed(map, text, fresh, &out, &n);
	fputs(out.data, stdout);
	if (o->tests_to)
		ret = write_tests(o, map, text, fresh);
	if (!ret && o->none_of)
		ret = write_none_of(o, map, text, fresh);
	if (stale)
		printf("%zu of %zu tests are not in the map: of these nothing is known\n", stale,
		       tests->n);
	buf_free(&changed);
	buf_free(&out);
	free(fresh);
	/* Of what is not in the map nothing can be said. */
	if (!ret && stale && !reached) {
		err_set(-ENOENT, "%zu of %zu tests are not in the map, or were built anew since",
			stale, tests->n);
		ret = -ENOENT;
	}
	if (ret)
		return corpus_fail(o, EXIT_INCOMPLETE);
	return n && !reached ? EXIT_WRONG : EXIT_HOLDS;
}

static int reach(const struct corpus_opts *o, const struct case_list *cases,
		 const struct test_list *tests)
{
	struct buf files = { 0 }, md = { 0 };
	struct reach_map map;
	int ret;

	(void)cases;
	for (size_t i = 0; o->corner && reach_corner[i]; i++)
		printf("%s\n", reach_corner[i]);
	if (o->corner)
		return EXIT_HOLDS;
	if (!o->map) {
		err_set(-EINVAL, "say which map: --map");
		return corpus_fail(o, EXIT_USAGE);
	}
	if (o->plan)
		return print_plan(o, tests);
	if (o->take)
		return take(o, tests);
	if (o->files && read_file(o->files, &files))
		return corpus_fail(o, EXIT_INCOMPLETE);
	ret = reach_map_read(o->map, files.data, &map);
	buf_free(&files);
	if (ret)
		return corpus_fail(o, EXIT_INCOMPLETE);
	if (o->changed) {
		ret = print_changed(o, &map, tests);
	} else if (o->func) {
		ret = print_functions(o, &map);
	} else if (o->cases) {
		ret = print_case(&map, tests);
	} else {
		struct reach_lines lines = { 0 };

		reach_table(&map, o->kernel ? o->kernel : "", &md);
		if (o->lines && (read_lines(o, &lines) || reach_lines_read(&lines, o->map))) {
			ret = corpus_fail(o, EXIT_INCOMPLETE);
		} else {
			if (o->lines)
				reach_lines_table(&lines, &md);
			if (o->lines && o->source)
				reach_branches_table(&lines, o->source, &md);
			ret = corpus_print(o, md.data);
		}
		reach_lines_free(&lines);
		buf_free(&md);
	}
	reach_map_free(&map);
	return ret;
}

int reach_main(int argc, char **argv)
{
	struct corpus_opts o = { .command = "reach", .max_runs = 1 };

	return corpus_command(argc, argv, &reach_argp, &o, reach);
}
