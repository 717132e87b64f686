// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "err.h"
#include "expect.h"
#include "fake_run.h"
#include "matrix.h"
#include "measured.h"
#include "news.h"

static char path[] = "/tmp/cowpen-measured-XXXXXX";

/* As dpkg --compare-versions has it. */
static void versions(void **state)
{
	static const char *const order[] = {
		"",	     "1.0~~",	  "1.0~~a",	"1.0~",		 "1.0",
		"1.0a",	     "1.0+",	  "5.10.262-1", "5.10.262-1+b1", "5.10.262-2",
		"6.1.192-2", "6.12.99-1", "6.12.117-1", "6.12.118-1",	 "7.3.4-1~bpo13+1",
		"7.3.4-1",   "7.3.4+1-1", "1:0.1-1",
	};

	for (size_t i = 0; i < ARRAY_SIZE(order); i++) {
		for (size_t k = 0; k < ARRAY_SIZE(order); k++) {
			int c = package_version_cmp(order[i], order[k]);

			if ((i < k && c >= 0) || (i == k && c) || (i > k && c <= 0))
				fail_msg("%s and %s: %d", order[i], order[k], c);
		}
	}
	assert_int_equal(package_version_cmp("6.012-1", "6.12-1"), 0);
	assert_int_equal(package_version_cmp("0:6.12-1", "6.12-1"), 0);
}

static void write_text(const char *text)
{
	if (write_file(path, text, strlen(text)))
		fail_msg("%s", err_msg());
}

#define MEASURED(schema, version)                                                             \
	"{\"schema\":" schema ",\"kernels\":{\"6.12\":{\"package\":\"linux-image-6.12.117\"," \
	"\"version\":" version ",\"release\":\"6.12.117\",\"date\":\"2026-11-24\"}}}"

static void damaged(void **state)
{
	static const char *const bad[] = {
		"",
		"{",
		"[]",
		"{}",
		"{\"schema\":1}",
		"{\"schema\":\"1\",\"kernels\":{}}",
		"{\"schema\":1,\"kernels\":[]}",
		"{\"schema\":1,\"kernels\":{\"6.12\":{}}}",
		MEASURED("1", "6"),
		MEASURED("1", "\"none\""),
		MEASURED("2", "\"6.12.117-1\""),
	};
	struct measured m;

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		write_text(bad[i]);
		assert_int_equal(measured_read(path, &m), -EBADMSG);
		has(err_msg(), path);
		assert_int_equal(m.n, 0);
	}
	has(err_msg(), "of another version of cowpen: schema 2");
	unlink(path);
	assert_int_equal(measured_read(path, &m), -ENOENT);
}

static void ages(void **state)
{
	static const struct {
		const char *name, *source, *package;
		enum age age;
	} want[] = {
		{ "6.12", "stock", "linux-image-6.12.118+deb13-amd64 6.12.118-1", AGE_NEWER },
		{ "6.12", "stock", "linux-image-6.12.117+deb13-amd64 6.12.117-1", AGE_SAME },
		{ "6.12", "stock", "linux-image-6.12.116+deb13-amd64 6.12.116-1", AGE_OLDER },
		{ "6.12", "stock", "linux-image-6.12.117+deb13-amd64", AGE_UNKNOWN },
		{ "6.12", "path", "linux-source-6.12 6.12.118-1 + x", AGE_UNKNOWN },
		{ "6.13", "stock", "linux-image-6.13 6.13.1-1", AGE_UNKNOWN },
	};
	const struct measured_kernel *than;
	struct measured m;

	write_text(MEASURED("1", "\"6.12.117-1\""));
	assert_int_equal(measured_read(path, &m), 0);
	for (size_t i = 0; i < ARRAY_SIZE(want); i++)
		assert_int_equal(
			measured_age(&m, want[i].name, want[i].source, want[i].package, &than),
			want[i].age);
	measured_free(&m);
}

static struct run *run_of(const char *package)
{
	struct run *run = fake_run("r", "6.12");

	fake_kernel(run, "6.12", "stock", "", "6.12.118");
	record_set(&run->info.kernels[0].package, package);
	record_set(&run->info.start, "2026-11-28T02:00:00Z");
	return run;
}

/* Only a whole run that is as expected says what is expected. */
static void taking(void **state)
{
	struct run *run = run_of("linux-image-6.12.118+deb13-amd64 6.12.118-1");
	struct measured m;

	write_text(MEASURED("1", "\"6.12.117-1\""));
	assert_int_equal(measured_read(path, &m), 0);
	fake_row(run, "a/b/x-y", "pass");
	fake_row(run, "a/c/x-y", "xfail");
	fake_row(run, "a/d/x-y", "inconclusive");
	fake_row(run, "a/e/x-y", "xpass");
	assert_int_equal(measured_take(&m, run), -EINVAL);
	has(err_msg(), "not as expected on 6.12 (1 xpass)");
	run->rec[3].verdict = V_FIXED;
	assert_int_equal(measured_take(&m, run), -EINVAL);
	has(err_msg(), "(1 fixed)");
	run->rec[3].verdict = V_PASS;
	record_set(&run->info.case_globs, "a/*");
	assert_int_equal(measured_take(&m, run), -EINVAL);
	has(err_msg(), "not of the whole corpus");
	record_set(&run->info.case_globs, "");
	fake_plan(run, "a/f/x-y");
	assert_int_equal(measured_take(&m, run), -EINVAL);
	has(err_msg(), "is not complete");
	assert_string_equal(m.k[0].version, "6.12.117-1");
	fake_row(run, "a/f/x-y", "skip");
	assert_int_equal(measured_take(&m, run), 0);
	assert_int_equal(m.n, 1);
	assert_string_equal(m.k[0].version, "6.12.118-1");
	assert_string_equal(m.k[0].package, "linux-image-6.12.118+deb13-amd64");
	assert_string_equal(m.k[0].date, "2026-11-28");
	assert_int_equal(measured_write(path, &m), 0);
	measured_free(&m);
	assert_int_equal(measured_read(path, &m), 0);
	assert_string_equal(m.k[0].version, "6.12.118-1");
	measured_free(&m);
	run_free(run);
}

static char *news(const struct run *run, const struct measured *m)
{
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	news_print(f, run, m, (struct style){ .width = 72 });
	fclose(f);
	return text;
}

static struct record *since(struct run *run, const char *test, const char *status, enum verdict v)
{
	struct record *r = fake_add(run, "6.12", test, status);

	r->verdict = v;
	record_set(&r->measured, "6.12.117-1");
	record_set(&r->package, run->info.kernels[0].package);
	return r;
}

static void telling(void **state)
{
	struct run *run = run_of("linux-image-6.12.118+deb13-amd64 6.12.118-1");
	struct measured m;
	struct record *r;
	char *t;

	write_text(MEASURED("1", "\"6.12.117-1\""));
	assert_int_equal(measured_read(path, &m), 0);
	fake_row(run, "a/b/other-y", "pass");
	t = news(run, &m);
	assert_string_equal(t, "6.12 is newer than what was measured (6.12.118-1, not 6.12.117-1), "
			       "and\n"
			       "  does the same\n");
	free(t);
	for (int i = 0; i < 2; i++) {
		r = since(run, i ? "a/b/thp-y" : "a/b/anon-y", "pass", V_FIXED);
		record_set(&r->reason, "the bit is dropped");
		record_set(&r->fix, "6c287605fd56");
	}
	assert_int_equal(run_exit_code(run, false), 0);
	t = news(run, &m);
	assert_string_equal(t, "\nNews since this was measured\n"
			       "  fixed since: the bit is dropped, fix 6c287605fd56\n"
			       "    6.12: 6.12.117-1 -> 6.12.118-1\n"
			       "      a/b {anon,thp}-y\n"
			       "  0 broken, 2 fixed; when the book of bugs says so: make "
			       "measured\n");
	free(t);
	r = since(run, "a/c/x-y", "fail", V_BROKEN);
	record_set(&r->clause, "C2");
	record_set(&r->check, "child-sees-write");
	record_set(&r->step, "4 cpu_write parent");
	record_set(&r->known, "C1");
	assert_int_equal(run_exit_code(run, false), 1);
	t = news(run, &m);
	has(t, "\nNews since this was measured\n"
	       "  broken since: C2 in cpu_write parent (child-sees-write), known was C1\n"
	       "    6.12: 6.12.117-1 -> 6.12.118-1\n      a/c x-y\n  fixed since: ");
	has(t, "  1 broken, 2 fixed; ");
	free(t);
	run_free(run);
	run = run_of("linux-image-6.12.116+deb13-amd64 6.12.116-1");
	fake_row(run, "a/b/x-y", "xpass");
	assert_int_equal(run_exit_code(run, false), 1);
	t = news(run, &m);
	has(t, "6.12 is older than what was measured: 6.12.116-1, not 6.12.117-1;");
	free(t);
	measured_free(&m);
	run_free(run);
}

static int make_file(void **state)
{
	int fd = mkstemp(path);

	return fd < 0 ? -1 : close(fd);
}

static int drop_file(void **state)
{
	unlink(path);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(versions), cmocka_unit_test(damaged), cmocka_unit_test(ages),
		cmocka_unit_test(taking),   cmocka_unit_test(telling),
	};

	return cmocka_run_group_tests_name("measured", tests, make_file, drop_file);
}
