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
	soak_table(&s, "abc", NULL, &md);
	assert_non_null(strstr(md.data, "| `abc` | 7.3 | 2 | 6 | 3 | 2 | 1 | 1 |\n"));
	assert_non_null(strstr(md.data, "| all | | 2 | 6 | | 2 | 1 | 1 |\n"));
	/* Another clause is another way; of a pass it is only what was asked. */
	assert_non_null(strstr(md.data, "| `abc` | `a/b/x` | 7.3 | 1 fail C1, 1 fail C2 |\n"));
	assert_null(strstr(md.data, "`a/a/x`"));
	assert_null(strstr(md.data, "`a/c/x`"));
	buf_free(&md);
	soak_free(&s);
}

static size_t times(const char *text, const char *what)
{
	size_t n = 0;

	while ((text = strstr(text, what))) {
		text += strlen(what);
		n++;
	}
	return n;
}

/* What was counted of a tree is written anew, that of others stays. */
static void trees_add_up(void **state)
{
	struct soak s = { 0 };
	struct buf first = { 0 }, second = { 0 }, third = { 0 };

	result("a/a/x", ST_PASS, "C1", "p");
	result("a/b/x", ST_FAIL, "C1", "p");
	next_run(&s);
	result("a/a/x", ST_ERROR, "C1", "p");
	next_run(&s);
	soak_count(&s);
	soak_table(&s, "abc", NULL, &first);
	soak_table(&s, "def", first.data, &second);
	soak_table(&s, "abc", second.data, &third);
	assert_int_equal(times(second.data, "| `abc` | 7.3 | 2 | 3 | 2 | 1 | 0 | 1 |\n"), 1);
	assert_int_equal(times(second.data, "| `def` | 7.3 | 2 | 3 | 2 | 1 | 0 | 1 |\n"), 1);
	assert_int_equal(times(second.data, "| all | | 4 | 6 | | 2 | 0 | 2 |\n"), 1);
	assert_int_equal(times(second.data, "| `abc` | `a/a/x` | 7.3 | 1 error, 1 pass |\n"), 1);
	assert_int_equal(times(second.data, "| `def` | `a/a/x` | 7.3 | 1 error, 1 pass |\n"), 1);
	assert_int_equal(third.len, second.len);
	assert_int_equal(times(third.data, "| `abc` |"), 2);
	assert_int_equal(times(third.data, "| all | | 4 | 6 | | 2 | 0 | 2 |\n"), 1);
	buf_free(&first);
	buf_free(&second);
	buf_free(&third);
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
		cmocka_unit_test(trees_add_up),
		cmocka_unit_test(another_build_is_another_test),
		cmocka_unit_test(of_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
