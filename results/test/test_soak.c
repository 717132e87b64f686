// SPDX-License-Identifier: GPL-2.0-only
/* Do tests always end in the same way? */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "soak.h"

static struct record rec[8];
static struct run run = { .rec = rec };

static void result(const char *test, enum status status, const char *clause, const char *exe)
{
	struct record *r = &rec[run.nrec++];

	record_init(r);
	record_set(&r->kernel, "7.3");
	record_set(&r->test, test);
	record_set(&r->clause, clause);
	record_set(&r->exe_sha256, exe);
	r->status = status;
}

static void next_run(struct soak *s)
{
	soak_add(s, &run);
	for (size_t i = 0; i < run.nrec; i++)
		record_free(&rec[i]);
	run.nrec = 0;
}

static void two_ways(void **state)
{
	struct soak s = { 0 };
	struct buf md = { 0 };

	result("a/a/x", ST_PASS, "C1", "p");
	result("a/b/x", ST_FAIL, "C1", "p");
	result("a/c/x", ST_PASS, "C1", "p");
	next_run(&s);
	result("a/c/x", ST_INCONCLUSIVE, "C1", "p");
	result("a/b/x", ST_FAIL, "C2", "p");
	result("a/a/x", ST_PASS, "C9", "p");
	next_run(&s);
	soak_count(&s);
	soak_table(&s, &md);
	assert_non_null(strstr(md.data, "2 runs, 6 results of 3 cells, at least 2 each, "
					"1 inconclusive; 1 went two ways\n"));
	/* Another clause is another way; of a pass it is only what was asked. */
	assert_non_null(strstr(md.data, "| `a/b/x` | 7.3 | 1 fail C1, 1 fail C2 |\n"));
	assert_null(strstr(md.data, "`a/a/x`"));
	assert_null(strstr(md.data, "`a/c/x`"));
	buf_free(&md);
	soak_free(&s);
}

static void another_build_is_another_test(void **state)
{
	struct soak s = { 0 };
	struct buf line = { 0 };

	result("a/a/x", ST_FAIL, "C1", "old");
	next_run(&s);
	result("a/a/x", ST_PASS, "C1", "new");
	next_run(&s);
	result("a/a/x", ST_PASS, "C1", "new");
	next_run(&s);
	soak_count(&s);
	soak_line(&s, &line);
	assert_string_equal(line.data, "3 runs, 2 results of 1 cells, at least 2 each; 1 of other "
				       "builds are left out; none went two ways\n");
	buf_free(&line);
	soak_free(&s);
}

static void of_nothing(void **state)
{
	struct soak s = { 0 };
	struct buf line = { 0 };

	soak_count(&s);
	soak_line(&s, &line);
	assert_int_equal(s.ncells, 0);
	buf_free(&line);
	soak_free(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_ways),
		cmocka_unit_test(another_build_is_another_test),
		cmocka_unit_test(of_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
