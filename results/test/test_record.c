// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "err.h"
#include "record.h"
#include "util.h"

static char dir[] = "/tmp/cowpen-test-XXXXXX";

static int make_dir(void **state)
{
	return mkdtemp(dir) ? 0 : -1;
}

static int drop_dir(void **state)
{
	return remove_tree(dir);
}

static void fill(struct record *r, const char *kernel, const char *test, enum status s)
{
	record_init(r);
	record_set(&r->kernel, kernel);
	record_set(&r->test, test);
	r->status = s;
	r->verdict = s == ST_PASS ? V_PASS : V_FAIL;
}

static struct run *new_run(void)
{
	struct run_info info;
	struct run *run;

	run_info_init(&info);
	record_set(&info.command, "cowpen run");
	record_set(&info.accel, "tcg");
	record_set(&run_info_add_kernel(&info, "5.10")->package, "linux-image-x 5.10.262-1");
	run_info_add_kernel(&info, "7.3");
	run_info_add_test(&info, "a/b/c-d");
	info.seed = 0xfedcba9876543210ULL;
	if (run_create(dir, &info, &run))
		fail_msg("%s", err_msg());
	run_info_free(&info);
	return run;
}

static void append(struct run *run, const char *kernel, const char *test, enum status s)
{
	struct record r;

	fill(&r, kernel, test, s);
	if (run_append(run, &r))
		fail_msg("%s", err_msg());
}

static void round_trip(void **state)
{
	struct record a, b;
	char *json, *again;

	fill(&a, "5.10", "uffd_wp/roundtrip/anon-io_uring", ST_FAIL);
	a.expected = ST_FAIL;
	a.verdict = V_XFAIL;
	a.seed = 0xffffffffffffffffULL;
	a.attempts = 20;
	a.hits = 3;
	a.repeat = 7;
	a.duration_ms = 210;
	record_set(&a.seen, "line\nwith \"quotes\", \t tab and \x01");
	record_set(&a.wanted, "\xc3\xa4 is fine, \xff and \xc3 are not, \xed\xa0\x80 neither");
	record_set(&a.observations, "{\"dma_notices\": [1, 2]}");
	json = record_to_json(&a);
	assert_null(strchr(json, '\n'));
	assert_int_equal(record_from_json(json, strlen(json), &b), 0);
	again = record_to_json(&b);
	assert_string_equal(json, again);
	assert_true(b.seed == a.seed);
	assert_string_equal(b.seen, a.seen);
	assert_string_equal(b.wanted, "\xc3\xa4 is fine, \\xff and \\xc3 are not, \\xed\\xa0\\x80 "
				      "neither");
	assert_string_equal(b.observations, "{\"dma_notices\":[1,2]}");
	assert_int_equal(b.verdict, V_XFAIL);
	assert_int_equal(b.repeat, 7);
	free(json);
	free(again);
	record_free(&a);
	record_free(&b);
}

static void bad_lines(void **state)
{
	static const char *const bad[] = {
		"",
		"{",
		"[]",
		"null",
		"{}",
		"{\"schema\":2}",
		"{\"schema\":1,\"kernel\":\"a\"}",
		"{\"kernel\":\"a\",\"test\":\"b\",\"status\":\"fine\",\"verdict\":\"pass\"}",
		"{\"kernel\":\"a\",\"test\":\"b\",\"status\":\"pass\",\"verdict\":\"good\"}",
		"{\"kernel\":\"a\",\"test\":\"b\",\"status\":\"pass\"}",
		"{\"kernel\":1,\"test\":\"b\",\"status\":\"pass\",\"verdict\":\"pass\"}",
	};
	const char *odd = "{\"kernel\":\"a\",\"test\":\"b\",\"status\":\"pass\",\"verdict\":"
			  "\"pass\","
			  "\"hits\":-1,\"attempts\":\"x\",\"later\":{\"key\":1},\"step\":null}";
	struct record r;

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_int_equal(record_from_json(bad[i], strlen(bad[i]), &r), -EINVAL);
	assert_int_equal(record_from_json(odd, strlen(odd), &r), 0);
	assert_int_equal(r.hits, 0);
	assert_int_equal(r.attempts, 1);
	assert_string_equal(r.step, "");
	record_free(&r);
}

static void names(void **state)
{
	enum status s;
	enum verdict v;

	for (unsigned int i = 0; i < NR_STATUS; i++) {
		assert_int_equal(status_parse(status_name(i), &s), 0);
		assert_int_equal(s, i);
	}
	for (unsigned int i = 0; i < NR_VERDICT; i++) {
		assert_int_equal(verdict_parse(verdict_name(i), &v), 0);
		assert_int_equal(v, i);
	}
	assert_int_equal(status_parse("passed", &s), -EINVAL);
	assert_int_equal(verdict_parse("", &v), -EINVAL);
}

static void run_is_read_back(void **state)
{
	struct run *w = new_run(), *r;
	char *prefix, *path;

	append(w, "5.10", "a/b/c-d", ST_PASS);
	append(w, "7.3", "a/b/c-d", ST_FAIL);
	append(w, "5.10", "a/b/c-d", ST_FAIL); /* stands for the first one */
	assert_int_equal(w->nrec, 2);

	assert_int_equal(run_load(dir, "last", &r), 0);
	assert_string_equal(r->id, w->id);
	assert_int_equal(r->nrec, 2);
	assert_int_equal(r->nnotes, 0);
	assert_int_equal(run_find(r, "5.10", "a/b/c-d", 1)->status, ST_FAIL);
	assert_string_equal(run_find(r, "5.10", "a/b/c-d", 0)->run, w->id);
	assert_null(run_find(r, "5.10", "a/b/c-d", 2));
	assert_null(run_find(r, "6.1", "a/b/c-d", 0));
	assert_true(r->info.seed == 0xfedcba9876543210ULL);
	assert_int_equal(r->info.nkernels, 2);
	assert_string_equal(r->info.kernels[0].package, "linux-image-x 5.10.262-1");
	assert_int_equal(r->info.ntests, 1);
	run_free(r);

	assert_int_equal(run_load(dir, w->id, &r), 0);
	run_free(r);
	assert_int_equal(run_load("/nowhere", w->dir, &r), 0);
	run_free(r);
	prefix = xstrdup(w->id);
	prefix[strlen(prefix) - 1] = '\0';
	assert_int_equal(run_load(dir, prefix, &r), 0);
	run_free(r);
	free(prefix);
	assert_int_equal(run_load(dir, "1999", &r), -ENOENT);
	assert_non_null(strstr(err_msg(), w->id));
	assert_int_equal(run_load(dir, "", &r), -ENOENT);
	assert_int_equal(run_load("/nowhere", "last", &r), -ENOENT);
	assert_non_null(strstr(err_msg(), "make run-all"));
	/* Two at once would mix their lines. */
	assert_int_equal(run_resume(dir, w->id, &r), -EBUSY);
	path = xasprintf("%s/logs", w->dir);
	assert_int_equal(access(path, W_OK), 0);
	free(path);
	run_free(w);
}

static void kernels_are_read_back(void **state)
{
	struct run_kernel *k;
	struct run_info info;
	struct run *w, *r;
	char *path;

	run_info_init(&info);
	k = run_info_add_kernel(&info, "5.10-mapcount");
	record_set(&k->source, "patched");
	record_set(&k->base, "5.10-src");
	record_set(&k->origin, "linux-source-5.10 5.10.262-1, \"base\", 1 patch");
	record_set(&k->mends, "ksm-lazyfree ksm-forgets-wp");
	run_info_add_kernel(&info, "7.3");
	assert_int_equal(run_create(dir, &info, &w), 0);
	run_info_free(&info);
	/* What run_create() keeps, and what run_load() reads. */
	assert_int_equal(run_load(dir, w->id, &r), 0);
	for (struct run *run = w; run; run = run == w ? r : NULL) {
		k = run->info.kernels;
		assert_int_equal(run->info.nkernels, 2);
		assert_string_equal(k[0].name, "5.10-mapcount");
		assert_string_equal(k[0].source, "patched");
		assert_string_equal(k[0].base, "5.10-src");
		assert_string_equal(k[0].origin, "linux-source-5.10 5.10.262-1, \"base\", 1 patch");
		assert_string_equal(k[0].mends, "ksm-lazyfree ksm-forgets-wp");
		assert_string_equal(k[1].source, "");
		assert_string_equal(k[1].base, "");
		assert_string_equal(k[1].origin, "");
		assert_string_equal(k[1].mends, "");
	}
	run_free(r);

	/* A run from before there were such fields. */
	path = xasprintf("%s/run.json", w->dir);
	assert_int_equal(write_file(path, "{\"kernels\":[{\"name\":\"6.1\",\"base\":3}]}", 37), 0);
	assert_int_equal(run_load(dir, w->id, &r), 0);
	assert_string_equal(r->info.kernels[0].name, "6.1");
	assert_string_equal(r->info.kernels[0].source, "");
	assert_string_equal(r->info.kernels[0].base, "");
	run_free(r);
	run_free(w);
	free(path);
}

static void last_moves(void **state)
{
	struct run *a = new_run(), *b = new_run(), *r;
	char *id = xstrdup(a->id);

	assert_string_not_equal(a->id, b->id);
	assert_int_equal(run_load(dir, "last", &r), 0);
	assert_string_equal(r->id, b->id);
	run_free(r);
	run_free(a);
	assert_int_equal(run_resume(dir, id, &a), 0);
	assert_int_equal(run_load(dir, "last", &r), 0);
	assert_string_equal(r->id, id);
	run_free(r);
	run_free(a);
	run_free(b);
	free(id);
}

static void add_raw(const struct run *run, const char *data, size_t len)
{
	char *path = xasprintf("%s/results.jsonl", run->dir);
	FILE *f = fopen(path, "a");

	assert_non_null(f);
	fwrite(data, 1, len, f);
	fclose(f);
	free(path);
}

/* A kill in the middle of a line costs that line, and is said. */
static void torn_line(void **state)
{
	static const char rubbish[] = "\n\n\0\xff\xfe rubbish\n{}\n";
	struct run *w = new_run(), *r;
	char *id = xstrdup(w->id);

	append(w, "5.10", "a/b/c-d", ST_PASS);
	add_raw(w, "{\"schema\":1,\"kern", 17);
	run_free(w);
	assert_int_equal(run_load(dir, id, &r), 0);
	assert_int_equal(r->nrec, 1);
	assert_int_equal(r->nnotes, 1);
	assert_non_null(strstr(r->notes[0], "torn"));
	run_free(r);

	/* Going on does not glue the next record to it. */
	assert_int_equal(run_resume(dir, id, &r), 0);
	append(r, "7.3", "a/b/c-d", ST_FAIL);
	run_free(r);
	assert_int_equal(run_load(dir, id, &r), 0);
	assert_int_equal(r->nrec, 2);
	assert_int_equal(r->nnotes, 1);
	assert_non_null(strstr(r->notes[0], "results.jsonl:2: not a record"));
	add_raw(r, rubbish, sizeof(rubbish) - 1);
	run_free(r);
	assert_int_equal(run_load(dir, id, &r), 0);
	assert_int_equal(r->nrec, 2);
	assert_int_equal(r->nnotes, 3);
	run_free(r);
	free(id);
}

static void full_disk(void **state)
{
	struct run *w = new_run(), *r;
	char *path = xasprintf("%s/results.jsonl", w->dir), *id = xstrdup(w->id);
	struct rlimit old, lim;
	struct record rec;
	struct stat st;
	int full;

	append(w, "5.10", "a/b/c-d", ST_PASS);
	assert_int_equal(stat(path, &st), 0);

	/* A file that may not grow far cuts a write short, as a full disk does. */
	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &old);
	lim = old;
	lim.rlim_cur = st.st_size + 100;
	setrlimit(RLIMIT_FSIZE, &lim);
	fill(&rec, "7.3", "a/b/c-d", ST_FAIL);
	assert_true(run_append(w, &rec) < 0);
	setrlimit(RLIMIT_FSIZE, &old);
	assert_non_null(strstr(err_msg(), "the 1 results before are kept"));
	assert_int_equal(w->nrec, 1);

	/* And the real thing: nothing can be written at all. */
	full = open("/dev/full", O_WRONLY);
	if (full >= 0) {
		int keep = w->fd;

		w->fd = full;
		assert_int_equal(run_append(w, &rec), -ENOSPC);
		assert_non_null(strstr(err_msg(), "No space left"));
		w->fd = keep;
		close(full);
	}
	assert_int_equal(run_load(dir, id, &r), 0);
	assert_int_equal(r->nrec, 1);
	assert_int_equal(r->nnotes, 0);
	run_free(r);

	/* With room again it goes on. */
	assert_int_equal(run_append(w, &rec), 0);
	run_free(w);
	assert_int_equal(run_load(dir, id, &r), 0);
	assert_int_equal(r->nrec, 2);
	run_free(r);
	free(path);
	free(id);
}

static void broken_run_json(void **state)
{
	struct run *w = new_run(), *r;
	char *path = xasprintf("%s/run.json", w->dir), *id = xstrdup(w->id);

	run_free(w);
	assert_int_equal(write_file(path, "{\"kernels\": [", 13), 0);
	assert_int_equal(run_load(dir, id, &r), -EINVAL);
	assert_non_null(strstr(err_msg(), "run.json"));
	assert_int_equal(write_file(path, "[1]", 3), 0);
	assert_int_equal(run_load(dir, id, &r), -EINVAL);
	unlink(path);
	assert_true(run_load(dir, id, &r) < 0);
	free(path);
	free(id);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(round_trip),
		cmocka_unit_test(bad_lines),
		cmocka_unit_test(names),
		cmocka_unit_test(run_is_read_back),
		cmocka_unit_test(last_moves),
		cmocka_unit_test(torn_line),
		cmocka_unit_test(full_disk),
		cmocka_unit_test(broken_run_json),
		cmocka_unit_test(kernels_are_read_back),
	};

	return cmocka_run_group_tests_name("record", tests, make_dir, drop_dir);
}
