// SPDX-License-Identifier: GPL-2.0-only
/* Small faults of a kernel: read, reached, chosen, remembered, counted. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "err.h"
#include "mutants.h"

#define HASH  "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define OTHER "f123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static char dir[] = "/tmp/cowpen-mutants-XXXXXX";
static const char points[] = "1\tmm/a.c\t10\tf\tbit-lost\tpte_mkdirty(e)\te\n"
			     "2\tmm/a.c\t11\tf\tbit-lost\tpte_mkyoung(e)\te\n"
			     "3\tmm/a.c\t12\tf\tbit-lost\tpte_mkuffd(e)\te\n"
			     "4\tmm/b.c\t20\tg\tbit-lost\tpte_mkdirty(e)\te\n"
			     "5\tmm/b.c\t21\tg\tmarker\tzap_drop_markers(d)\tfalse\n"
			     "6\tmm/b.c\t22\tg\tmarker\tzap_drop_markers(d)\ttrue\n";

static int setup(void **state)
{
	return !mkdtemp(dir);
}

static int teardown(void **state)
{
	return remove_tree(dir);
}

static char *put(const char *name, const char *text)
{
	char *path = xasprintf("%s/%s", dir, name);

	assert_int_equal(write_file(path, text, strlen(text)), 0);
	return path;
}

static void read_text(struct mutants *all, const char *text)
{
	char *path = put("points", text);

	assert_int_equal(mutants_read(path, all), 0);
	free(path);
}

static void reached_by_all(struct mutants *all)
{
	for (size_t i = 0; i < all->n; i++) {
		all->m[i].test = xcalloc(1, sizeof(size_t));
		all->m[i].ntests = 1;
	}
}

static void a_list_without_a_line_is_refused(void **state)
{
	struct mutants all;
	char *path = put("points", "1\tmm/a.c\t10\tf\tbit-lost\tx\ty\n3\tmm/a.c\t1\tf\to\tx\ty\n");

	assert_int_equal(mutants_read(path, &all), -22);
	assert_non_null(strstr(err_msg(), "line 2"));
	free(path);
	path = put("points", "");
	assert_int_equal(mutants_read(path, &all), -22);
	free(path);
}

static void the_agent_has_the_last_word(void **state)
{
	char *log =
		put("log", "# mutants reached: 1 2\nok 1 x\n\n# mutants reached: 3 5 \n\n---\n");
	struct mutants_base base = { .status = ST_ERROR };
	struct record r;
	struct mutants all;

	read_text(&all, points);
	record_init(&r);
	record_set(&r.test, "fork/a/anon-none");
	record_set(&r.check, "view-bytes");
	r.status = ST_FAIL;
	assert_int_equal(mutants_take(dir, HASH, &r, log), 0);
	assert_true(mutants_are_fresh(dir, "fork/a/anon-none", HASH));
	assert_false(mutants_are_fresh(dir, "fork/a/anon-none", OTHER));
	assert_false(mutants_are_fresh(dir, "fork/b/anon-none", HASH));
	assert_true(mutants_reached(&all, dir, "fork/a/anon-none", 7, &base));
	assert_int_equal(base.status, ST_FAIL);
	assert_string_equal(base.check, "view-bytes");
	assert_int_equal(all.m[0].ntests, 0);
	assert_int_equal(all.m[2].ntests, 1);
	assert_int_equal(all.m[2].test[0], 7);
	assert_int_equal(all.m[4].ntests, 1);
	assert_false(mutants_reached(&all, dir, "fork/b/anon-none", 8, &base));
	free(log);
	log = put("log", "ok 1 x\n");
	record_set(&r.test, "fork/b/anon-none");
	assert_int_equal(mutants_take(dir, HASH, &r, log), -2);
	free(log);
	free(base.check);
	record_free(&r);
	mutants_free(&all);
}

static size_t chosen(const struct mutants *all)
{
	size_t n = 0;

	for (size_t i = 0; i < all->n; i++)
		n += all->m[i].chosen;
	return n;
}

static void a_choice_is_spread(void **state)
{
	struct mutants all;

	read_text(&all, points);
	assert_int_equal(mutants_choose(&all, NULL, 4, 1), 0);
	assert_int_equal(chosen(&all), 0); /* nothing is reached */
	reached_by_all(&all);
	for (uint64_t seed = 0; seed < 20; seed++) {
		/* two of each operator; of the two files of one of them both */
		assert_int_equal(mutants_choose(&all, NULL, 4, seed), 0);
		assert_int_equal(chosen(&all), 4);
		assert_true(all.m[3].chosen && all.m[4].chosen && all.m[5].chosen);
	}
	assert_int_equal(mutants_choose(&all, "mm/a.c", 100, 1), 0);
	assert_int_equal(chosen(&all), 3);
	assert_int_equal(mutants_choose(&all, "mm/c.c", 100, 1), -22);
	assert_non_null(strstr(err_msg(), "mm/a.c"));
	mutants_free(&all);
}

static void more_have_what_fewer_have(void **state)
{
	struct mutants all;
	bool before[6] = { false };

	read_text(&all, points);
	reached_by_all(&all);
	for (size_t n = 1; n <= 6; n++) {
		assert_int_equal(mutants_choose(&all, NULL, n, 4711), 0);
		assert_int_equal(chosen(&all), n);
		for (size_t i = 0; i < 6; i++) {
			assert_true(all.m[i].chosen || !before[i]);
			before[i] = all.m[i].chosen;
		}
	}
	mutants_free(&all);
}

static void an_equivalent_one_must_be_there(void **state)
{
	struct mutants all;
	char *path =
		put("equivalent", "# words\nmm/b.c:21\tmarker\tzap_drop_markers(d)\tfalse\tso\n");

	read_text(&all, points);
	assert_int_equal(mutants_equivalent(&all, path), 0);
	assert_string_equal(all.m[4].equivalent, "so");
	assert_null(all.m[5].equivalent);
	free(path);
	path = put("equivalent", "mm/b.c:29\tmarker\tzap_drop_markers(d)\tfalse\tso\n");
	assert_int_equal(mutants_equivalent(&all, path), -22);
	free(path);
	path = put("equivalent", "mm/b.c:21\tmarker\tzap_drop_markers(d)\tfalse\n");
	assert_int_equal(mutants_equivalent(&all, path), -22);
	assert_non_null(strstr(err_msg(), "no reason"));
	free(path);
	mutants_free(&all);
}

static void what_survivors_taught_is_no_reason(void **state)
{
	char *path = put("taught", "mm/b.c:21\tmarker\tzap_drop_markers(d)\tfalse\tlife/x: so\n");
	struct buf md = { 0 };
	struct mutants all;

	read_text(&all, points);
	assert_int_equal(mutants_taught(&all, path), 0);
	assert_null(all.m[4].equivalent);
	assert_string_equal(all.m[4].taught, "life/x: so");
	all.m[4].chosen = true;
	all.m[4].fate = MUTANT_ALIVE;
	mutants_table(&all, "7.3-src", 1, 120, &md);
	assert_null(strstr(md.data, "taught"));
	buf_free(&md);
	all.m[4].fate = MUTANT_KILLED;
	mutants_table(&all, "7.3-src", 1, 120, &md);
	assert_non_null(strstr(md.data, "`false`: life/x: so\n"));
	buf_free(&md);
	free(path);
	mutants_free(&all);
}

static void what_is_known_rests_on_something(void **state)
{
	struct mutants all;
	char *line;

	read_text(&all, points);
	all.m[1].fate = MUTANT_KILLED;
	record_set(&all.m[1].killer, "fork/a/anon-none");
	record_set(&all.m[1].how, "fail");
	record_set(&all.m[1].what, "a\tb\nc");
	line = mutant_line(&all.m[1], "basis");
	all.m[1].fate = MUTANT_UNKNOWN;
	record_set(&all.m[1].killer, "");
	assert_false(mutant_known(&all.m[0], line, "basis", "basis"));
	assert_false(mutant_known(&all.m[1], line, "another", "basis"));
	assert_true(mutant_known(&all.m[1], line, "basis", "another"));
	assert_int_equal(all.m[1].fate, MUTANT_KILLED);
	assert_string_equal(all.m[1].killer, "fork/a/anon-none");
	assert_string_equal(all.m[1].what, "a b c");
	free(line);
	mutants_free(&all);
}

static void broken_and_equivalent_ones_are_counted_apart(void **state)
{
	static const enum mutant_fate fate[] = { MUTANT_KILLED,	 MUTANT_ALIVE,	MUTANT_BROKEN,
						 MUTANT_UNKNOWN, MUTANT_KILLED, MUTANT_ALIVE };
	struct mutants all;
	struct buf md = { 0 };
	size_t of;

	read_text(&all, points);
	reached_by_all(&all);
	assert_int_equal(mutants_choose(&all, NULL, 6, 1), 0);
	for (size_t i = 0; i < 6; i++)
		all.m[i].fate = fate[i];
	record_set(&all.m[0].how, "crash");
	record_set(&all.m[4].how, "fail");
	all.m[5].equivalent = xstrdup("so");
	assert_int_equal(mutants_score(&all, &of), 2);
	assert_int_equal(of, 3);
	mutants_table(&all, "7.3-src", 1, 120, &md);
	assert_non_null(strstr(md.data, "2 of 3 killed (67 %): 1 by a fail, 1 by a crash."));
	assert_non_null(strstr(md.data, "| bit-lost | 4 | 0 | 1 | 1 | 50 % | - |"));
	assert_non_null(strstr(md.data, "| marker | 2 | 1 | 1 | 0 | 100 % | - |"));
	assert_non_null(strstr(md.data, "mm/a.c:11, `f`, bit-lost: `pte_mkyoung(e)` becomes `e`"));
	assert_null(strstr(md.data, "mm/a.c:12"));
	buf_free(&md);
	mutants_free(&all);
}

static void what_ends_as_before_notices_nothing(void **state)
{
	struct mutants_base base = { .status = ST_PASS, .check = "" };
	struct record r;

	record_init(&r);
	r.status = ST_PASS;
	assert_null(mutant_noticed(&base, &r));
	r.status = ST_INCONCLUSIVE;
	assert_null(mutant_noticed(&base, &r));
	r.status = ST_FAIL;
	assert_string_equal(mutant_noticed(&base, &r), "fail");
	base = (struct mutants_base){ .status = ST_FAIL, .check = "view-bytes" };
	record_set(&r.check, "view-bytes");
	assert_null(mutant_noticed(&base, &r));
	record_set(&r.check, "mark-gone");
	assert_string_equal(mutant_noticed(&base, &r), "fail");
	r.status = ST_PASS;
	assert_string_equal(mutant_noticed(&base, &r), "pass");
	record_free(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_list_without_a_line_is_refused),
		cmocka_unit_test(the_agent_has_the_last_word),
		cmocka_unit_test(what_ends_as_before_notices_nothing),
		cmocka_unit_test(a_choice_is_spread),
		cmocka_unit_test(more_have_what_fewer_have),
		cmocka_unit_test(an_equivalent_one_must_be_there),
		cmocka_unit_test(what_survivors_taught_is_no_reason),
		cmocka_unit_test(what_is_known_rests_on_something),
		cmocka_unit_test(broken_and_equivalent_ones_are_counted_apart),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
