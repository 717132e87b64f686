// SPDX-License-Identifier: GPL-2.0-only
/* What is told of races whose every schedule was tried? */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "schedules.h"

static struct record rec[4];
static struct run run = { .rec = rec, .dir = "." };

static void result(const char *kernel, const char *test, const char *isolation, const char *saw)
{
	struct record *r = &rec[run.nrec++];

	record_init(r);
	record_set(&r->kernel, kernel);
	record_set(&r->test, test);
	record_set(&r->isolation, isolation);
	record_set(&r->observations, saw);
}

static void next_run(struct schedules *s)
{
	schedules_add(s, &run);
	for (size_t i = 0; i < run.nrec; i++)
		record_free(&rec[i]);
	run.nrec = 0;
}

#define SAW(all, met) "{\"schedules\":\"" all "\",\"schedules_met\":\"" met "\"}"

static void of_several(void **state)
{
	struct schedules s = { 0 };
	struct buf md = { 0 };

	result("7.3", "race/b/x", "area",
	       SAW("40 of 90, 7 functions, 2000 ms", "30, 3 waited, 2 lost, 1 errors"));
	result("7.3", "race/a/x", "area",
	       SAW("9 of 9, 4 functions, 500 ms", "8, 0 waited, 0 lost, 0 errors"));
	result("6.12", "race/a/x", "area",
	       SAW("5 of 6, 3 functions, 0 ms", "5, 5 waited, 0 lost, 0 errors"));
	next_run(&s);
	schedules_sort(&s);
	schedules_table(&s, NULL, &md);
	assert_null(strstr(md.data, "# Schedules"));
	assert_non_null(strstr(md.data,
			       "| 6.12 | `race/a/x` | 3 | 6 | 5 | 5 | 5 | 0 | 0 | 0 |\n"
			       "| 7.3 | `race/a/x` | 4 | 9 | 9 | 8 | 0 | 0 | 0 | 18 |\n"
			       "| 7.3 | `race/b/x` | 7 | 90 | 40 | 30 | 3 | **2** | 1 | 20 |\n"
			       "| 6.12 | all 1 | | 6 | 5 | 5 | 5 | 0 | 0 | 0 |\n"
			       "| 7.3 | all 2 | | 99 | 49 | 38 | 3 | 2 | 1 | 20 |\n"));
	assert_non_null(strstr(md.data, "    race/b/x on 7.3:\n"));
	assert_int_equal(schedules_lost(&s), 2);
	buf_free(&md);
	schedules_free(&s);
}

static void alone_counts(void **state)
{
	struct schedules s = { 0 };

	result("7.3", "race/b/x", "area",
	       SAW("40 of 90, 7 functions, 2000 ms", "30, 3 waited, 2 lost, 1 errors"));
	next_run(&s);
	assert_false(s.row[0].alone);
	result("7.3", "race/b/x", "test",
	       SAW("45 of 90, 7 functions, 2000 ms", "31, 3 waited, 0 lost, 0 errors"));
	next_run(&s);
	assert_int_equal(s.nrow, 1);
	assert_true(s.row[0].alone);
	assert_int_equal(s.row[0].ran, 45);
	assert_int_equal(schedules_lost(&s), 0);
	schedules_free(&s);
}

static void no_row(void **state)
{
	struct schedules s = { 0 };

	result("7.3", "race/a/x", "area", "");
	rec[0].status = ST_SKIP;
	record_set(&rec[0].reason, "no probes");
	result("7.3", "race/b/x", "area", SAW("many", "30, 3 waited, 2 lost, 1 errors"));
	result("7.3", "race/c/x", "area", "{\"schedules\":7}");
	result("7.3", "race/d/x", "area", "no JSON");
	next_run(&s);
	assert_int_equal(s.nrow, 0);
	assert_non_null(strstr(s.why.data, "race/a/x on 7.3: skip: no probes\n"));
	assert_non_null(strstr(s.why.data, "race/d/x on 7.3: pass: \n"));
	schedules_free(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(of_several),
		cmocka_unit_test(alone_counts),
		cmocka_unit_test(no_row),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
