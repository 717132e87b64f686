// SPDX-License-Identifier: GPL-2.0-only
/* What formats make of a run in memory. What others make of them asks ci/test-formats. */
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
#include "formats.h"

static void text_is_inert(void **state)
{
	static const struct {
		const char *from, *to;
		bool lines;
	} t[] = {
		{ "plain", "plain", false },
		{ "a\tb\nc", "a\\x09b\\x0ac", false },
		{ "a\tb\nc", "a\tb\nc", true },
		{ "\x1b[31m\x7f\r", "\\x1b[31m\\x7f\\x0d", true },
		{ "\xc3\xbc \xe2\x82\xac", "\xc3\xbc \xe2\x82\xac", false },
		{ "\xc2\x85\xe2\x80\xae\xe2\x81\xa6\xef\xbf\xbf",
		  "\\xc2\\x85\\xe2\\x80\\xae\\xe2\\x81\\xa6\\xef\\xbf\\xbf", false },
		{ "cut \xe2\x80", "cut \\xe2\\x80", false },
		{ "", "", false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(t); i++) {
		char *s = inert(t[i].from, t[i].lines);

		assert_string_equal(s, t[i].to);
		free(s);
	}
}

/* "k/t: word; " for each outcome. */
static char *told(const struct run *run)
{
	struct outcomes all;
	struct buf b = { 0 };

	buf_add(&b, "", 0);
	outcomes_of(run, &all);
	for (size_t i = 0; i < all.n; i++) {
		char *name = outcome_name(run, &all.o[i]);

		buf_printf(&b, "%s/%s: %s; ", all.o[i].kernel, name,
			   all.o[i].r ? verdict_name(all.o[i].r->verdict) : "none");
		free(name);
	}
	outcomes_free(&all);
	return b.data;
}

static void nothing_is_lost(void **state)
{
	struct run *run = fake_run("r", "5.10 7.3 p");
	char *s;

	fake_row(run, "a/b/c", "pass fail -");
	fake_row(run, "a/b/d", "- xfail pass");
	/* One that takes two of the tests, by what is known here. */
	run->info.kernels[2].ntests = 2;
	/* Of a kernel and a test that run.json does not have. */
	fake_add(run, "gone", "a/b/c", "pass");
	record_set(&fake_add(run, "7.3", "x/y/z", "pass")->test, "a/b/unplanned");
	free(run->info.tests[--run->info.ntests]);
	s = told(run);
	assert_string_equal(s, "5.10/a/b/c: pass; 5.10/a/b/d: none; "
			       "7.3/a/b/c: fail; 7.3/a/b/d: xfail; 7.3/a/b/unplanned: pass; "
			       "p/a/b/d: pass; p/1 more tests: none; gone/a/b/c: pass; ");
	free(s);
	run_free(run);
}

static void each_time(void **state)
{
	struct run *run = fake_run("r", "7.3");
	char *s;

	run->info.repeat = 3;
	fake_add(run, "7.3", "a/b/c", "pass");
	fake_add(run, "7.3", "a/b/c", "fail");
	s = told(run);
	assert_string_equal(s, "7.3/a/b/c (1 of 3): pass; 7.3/a/b/c (2 of 3): fail; "
			       "7.3/a/b/c (3 of 3): none; ");
	free(s);
	run_free(run);
}

static void all_formats(void **state)
{
	static const char *const words[] = { "pass",  "fail",  "error",	       "skip",
					     "crash", "xfail", "inconclusive", "xpass" };
	struct run *run = fake_run("r", "7.3"), *empty = fake_run("e", "");
	char name[16], *s, *evil = xcalloc(1, 40001);

	memset(evil, '\x02', 20000);
	for (size_t i = 20000; i < 40000; i++)
		evil[i] = "\xe2\x82\xac"[i % 3];
	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		struct record *r;

		snprintf(name, sizeof(name), "a/b/%zu", i);
		r = fake_add(run, "7.3", name, words[i]);
		record_set(&r->kmsg, evil);
		record_set(&r->reason, "]]> # SKIP");
		record_set(&r->bug, "copies-exclusive");
	}
	for (unsigned int f = 0; f < NR_FORMAT; f++) {
		s = format_run(run, f);
		has_not(s, "\x02");
		has(s, f == FORMAT_MARKDOWN ? "xfail" :
		       f == FORMAT_KCIDB    ? "DONE" :
					      "inconclusive");
		free(s);
		s = format_run(empty, f);
		assert_true(*s);
		free(s);
	}
	/* Of nothing, nothing is well. */
	s = format_run(empty, FORMAT_JUNIT);
	has(s, "errors=\"1\"");
	free(s);
	s = format_run(empty, FORMAT_KTAP);
	has(s, "\nnot ok 1 ");
	free(s);
	free(evil);
	run_free(run);
	run_free(empty);
}

static void names(void **state)
{
	enum format f;

	assert_int_equal(format_parse("kcidb", &f), 0);
	assert_int_equal(f, FORMAT_KCIDB);
	assert_int_equal(format_parse("html", &f), -EINVAL);
	has(err_msg(), "ktap, junit, kcidb, markdown, csv");
}

int main(void)
{
	const struct CMUnitTest t[] = {
		cmocka_unit_test(text_is_inert), cmocka_unit_test(nothing_is_lost),
		cmocka_unit_test(each_time),	 cmocka_unit_test(all_formats),
		cmocka_unit_test(names),
	};

	return cmocka_run_group_tests(t, NULL, NULL);
}
