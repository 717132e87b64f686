// SPDX-License-Identifier: GPL-2.0-only
/* How a run is divided, and that its parts become one again, or that it is said why not. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "expect.h"
#include "fake_run.h"
#include "merge.h"
#include "shard.h"

static char dir[] = "/tmp/cowpen-test-XXXXXX";

static int make_dir(void **state)
{
	return mkdtemp(dir) ? 0 : -1;
}

static int drop_dir(void **state)
{
	return remove_tree(dir);
}

static void words(void **state)
{
	static const char *const bad[] = { "",	   "1",	   "0/2",  "3/2",    "1/0",
					   "-1/2", "1/2x", "1/ 2", "1/1001", "4294967297/2" };
	struct shard s;

	assert_int_equal(shard_parse("2/4", &s), 0);
	assert_int_equal(s.i, 2);
	assert_int_equal(s.n, 4);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_int_equal(shard_parse(bad[i], &s), -EINVAL);
}

#define NTESTS 500

/* Three areas, and some tests that take a hundred times as long. */
static void some_tests(struct test_list *l, struct durations *d)
{
	memset(d, 0, sizeof(*d));
	d->d = xcalloc(NTESTS, sizeof(*d->d));
	l->t = xcalloc(NTESTS, sizeof(*l->t));
	for (l->n = 0; l->n < NTESTS; l->n++) {
		char *name = xasprintf("%c/case%03zu/anon-none", "abc"[l->n / 200], l -> n);

		l->t[l->n].name = name;
		d->d[d->n++] = (struct duration){ xstrdup(name), l->n % 50 ? 50 + l->n : 5000 };
	}
}

static unsigned long cost_of(const struct test_list *l, const struct durations *d)
{
	unsigned long sum = 0;

	for (size_t i = 0; i < l->n; i++)
		sum += duration_of(d, l->t[i].name);
	return sum;
}

static void each_test_once(void **state)
{
	static const unsigned int ways[] = { 1, 2, 3, 4, 7, 16, 600 };

	for (size_t w = 0; w < ARRAY_SIZE(ways); w++) {
		unsigned int seen[NTESTS] = { 0 }, n;
		unsigned long all = 0, most = 0, cost;
		struct durations d;

		for (unsigned int i = 1; i <= ways[w]; i++) {
			struct test_list l;
			struct shard s = { i, ways[w] };

			some_tests(&l, &d);
			shard_tests(&l, &s, &d);
			for (size_t t = 0; t < l.n; t++) {
				assert_int_equal(sscanf(l.t[t].name + 2, "case%u", &n), 1);
				seen[n]++;
				/* In the order of the whole. */
				assert_true(!t || strcmp(l.t[t - 1].name, l.t[t].name) < 0);
			}
			cost = cost_of(&l, &d);
			all += cost;
			most = cost > most ? cost : most;
			tests_free(&l);
			durations_free(&d);
		}
		for (size_t t = 0; t < NTESTS; t++)
			assert_int_equal(seen[t], 1);
		/* The dearest has at most a tenth more than its share, as long as there is enough. */
		if (ways[w] <= 7)
			assert_true(most * ways[w] * 10 <= all * 11);
	}
}

static void dearest_first(void **state)
{
	const uint64_t cost[] = { 1, 9, 2, 8, 3, 7 };
	unsigned int of[6];

	shard_assign(cost, 6, 2, of);
	assert_int_equal(of[1], 0);
	assert_int_equal(of[3], 1);
	assert_int_equal(of[5], 1);
	assert_int_equal(of[4], 0);
	assert_int_equal(of[2], 0);
	assert_int_equal(of[0], 0);
}

static void durations(void **state)
{
	struct run *run = fake_run("r", "7.3");
	char *path = xasprintf("%s/d", dir);
	struct buf text = { 0 };
	struct durations d;

	for (unsigned int i = 0; i < 10; i++) {
		char *name = xasprintf("a/b/v%u", i);

		fake_add(run, "7.3", name, "pass")->duration_ms = i ? 100 : 5000;
		free(name);
	}
	fake_add(run, "6.1", "a/b/v1", "skip")->duration_ms = 1;
	fake_add(run, "7.3", "a/c/x", "error")->duration_ms = 77;
	durations_make(&run, 1, &text);
	has(text.data, "\n590 a/b\n5000 a/b/v0\n");
	has_not(text.data, "a/c");
	assert_int_equal(write_file(path, text.data, text.len), 0);
	assert_int_equal(durations_read(path, &d), 0);
	assert_int_equal(duration_of(&d, "a/b/v0"), 5000);
	assert_int_equal(duration_of(&d, "a/b/v1"), 590);
	assert_int_equal(duration_of(&d, "x/y/z"), (590 + 5000) / 2);
	durations_free(&d);
	assert_int_equal(write_file(path, "12\n", 3), 0);
	assert_int_equal(durations_read(path, &d), -EINVAL);
	has(err_msg(), "d:1: not a line");
	assert_int_equal(duration_of(&d, "x/y/z"), 1000);
	free(path);
	buf_free(&text);
	run_free(run);
}

/* --- merge ------------------------------------------------------------------------------- */

static const char *const whole[] = { "a/b/1", "a/b/2", "a/b/3" };

/* Shard @i of 3: one test, which it has, on one kernel. */
static struct run *part(unsigned int i)
{
	char id[16], log[32], *path;
	struct run *run;
	struct record *r;

	snprintf(id, sizeof(id), "part%u", i);
	run = fake_run(id, "7.3");
	free(run->dir);
	run->dir = xasprintf("%s/%s", dir, id);
	free(run->info.shard);
	run->info.shard = xasprintf("%u/3", i);
	run_info_set_whole(&run->info, (char *const *)whole, 3);
	record_set(&run->info.kernels[0].kernel_sha256, "abc");
	r = fake_add(run, "7.3", whole[i - 1], i == 2 ? "xfail" : "pass");
	record_set(&r->exe_sha256, "e1");
	snprintf(log, sizeof(log), "logs/7.3/%u.txt", i);
	record_set(&r->log, log);
	path = xasprintf("%s/logs/7.3", run->dir);
	assert_int_equal(mkdir_p(path), 0);
	free(path);
	path = xasprintf("%s/%s", run->dir, log);
	assert_int_equal(write_file(path, id, strlen(id)), 0);
	free(path);
	return run;
}

struct parts {
	struct run *run[4];
	size_t n;
};

static int parts(void **state)
{
	struct parts *p = xcalloc(1, sizeof(*p));

	for (p->n = 0; p->n < 3; p->n++)
		p->run[p->n] = part(p->n + 1);
	*state = p;
	return 0;
}

static int parts_gone(void **state)
{
	struct parts *p = *state;

	for (size_t i = 0; i < p->n; i++)
		run_free(p->run[i]);
	free(p);
	return 0;
}

static void refused(struct parts *p, const char *words)
{
	struct buf why = { 0 };

	assert_true(merge_check(p->run, p->n, &why) > 0);
	has(why.data, words);
	buf_free(&why);
}

static void one_again(void **state)
{
	struct parts *p = *state;
	struct buf why = { 0 }, log = { 0 };
	struct run *all, *again;
	char *path;

	/* In any order. */
	all = p->run[0];
	p->run[0] = p->run[2];
	p->run[2] = all;
	assert_int_equal(merge_check(p->run, p->n, &why), 0);
	assert_int_equal(merge_runs(dir, p->run, p->n, &all), 0);
	run_free(all);
	assert_int_equal(run_load(dir, "last", &again), 0);
	assert_int_equal(again->nrec, 3);
	assert_int_equal(again->info.ntests, 3);
	assert_string_equal(again->info.shard, "");
	assert_string_equal(again->info.merged, "part3 part2 part1");
	assert_int_equal(run_find(again, "7.3", "a/b/2", 1)->verdict, V_XFAIL);
	path = xasprintf("%s/%s", again->dir, run_find(again, "7.3", "a/b/3", 1)->log);
	assert_int_equal(read_file(path, &log), 0);
	assert_string_equal(log.data, "part3");
	free(path);
	buf_free(&log);
	run_free(again);
}

static void missing(void **state)
{
	struct parts *p = *state;

	run_free(p->run[--p->n]);
	refused(p, "shard 3/3 is missing");
}

static void twice(void **state)
{
	struct parts *p = *state;

	p->run[p->n++] = part(2);
	refused(p, "shard 2/3 is there twice: part2 and part2");
}

static void no_shard(void **state)
{
	struct parts *p = *state;

	record_set(&p->run[1]->info.shard, "");
	refused(p, "run part2 is no shard");
}

static void other_division(void **state)
{
	struct parts *p = *state;

	record_set(&p->run[1]->info.shard, "2/4");
	refused(p, "run part1 is shard 1/3, run part2 is shard 2/4: not of one division");
}

static void other_kernel(void **state)
{
	struct parts *p = *state;

	record_set(&p->run[2]->info.kernels[0].kernel_sha256, "def");
	refused(p, "kernel 7.3, build (SHA-256): part1 (shard 1/3) has \"abc\", part3 (shard 3/3) "
		   "has \"def\"");
	/* It was not to be had there: nothing is known of it. */
	record_set(&p->run[2]->info.kernels[0].kernel_sha256, "");
	assert_int_equal(merge_check(p->run, p->n, &(struct buf){ 0 }), 0);
	record_set(&p->run[2]->info.kernels[0].name, "6.1");
	refused(p, "kernel 6.1: run part3 has it, run part1 has not");
}

static void other_corpus(void **state)
{
	static const char *const other[] = { "a/b/1", "a/b/2", "a/b/4" };
	struct parts *p = *state;

	run_info_set_whole(&p->run[1]->info, (char *const *)other, 3);
	refused(p, "corpus: only part1 has a/b/3\ncorpus: only part2 has a/b/4");
}

static void other_program(void **state)
{
	struct parts *p = *state;

	record_set(&p->run[2]->rec[0].exe_sha256, "e2");
	refused(p, "corpus: the program of a/b is not the same in part");
}

static void other_schema(void **state)
{
	struct parts *p = *state;

	p->run[2]->info.schema = 1;
	refused(p,
		"schema of the records: part1 (shard 1/3) has \"2\", part3 (shard 3/3) has \"1\"");
}

static void other_seed(void **state)
{
	struct parts *p = *state;

	p->run[2]->info.seed = 7;
	refused(p, "seed: part1 (shard 1/3) has \"0x2a\", part3 (shard 3/3) has \"0x7\"");
}

static void other_durations(void **state)
{
	struct parts *p = *state;

	run_info_set_tests(&p->run[2]->info, (char *const *)whole, 1);
	refused(p, "a/b/1 is in two shards");
	refused(p, "only the whole has a/b/3");
}

int main(void)
{
#define MERGE(f) cmocka_unit_test_setup_teardown(f, parts, parts_gone)
	const struct CMUnitTest t[] = {
		cmocka_unit_test(words),
		cmocka_unit_test(each_test_once),
		cmocka_unit_test(dearest_first),
		cmocka_unit_test(durations),
		MERGE(one_again),
		MERGE(missing),
		MERGE(twice),
		MERGE(no_shard),
		MERGE(other_division),
		MERGE(other_kernel),
		MERGE(other_corpus),
		MERGE(other_program),
		MERGE(other_schema),
		MERGE(other_seed),
		MERGE(other_durations),
	};

	return cmocka_run_group_tests(t, make_dir, drop_dir);
}
