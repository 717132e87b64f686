// SPDX-License-Identifier: GPL-2.0-only
/* Which functions tests execute: the map, and what is asked of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "err.h"
#include "reach_map.h"
#include "telling.h"

#define HASH  "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define OTHER "f123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static char dir[] = "/tmp/cowpen-reach-XXXXXX";

static void put(const char *test, const char *text)
{
	char *from = xasprintf("%s/from", dir);

	assert_int_equal(write_file(from, text, strlen(text)), 0);
	assert_int_equal(reach_take(dir, test, HASH, from, NULL), 0);
	unlink(from);
	free(from);
}

static int setup(void **state)
{
	return !mkdtemp(dir);
}

static int teardown(void **state)
{
	return remove_tree(dir);
}

static void only_the_same_program_is_fresh(void **state)
{
	put("fork/a/anon-none", "do_wp_page 0 2\n");
	assert_true(reach_is_fresh(dir, "fork/a/anon-none", HASH));
	assert_false(reach_is_fresh(dir, "fork/a/anon-none", OTHER));
	assert_false(reach_is_fresh(dir, "fork/b/anon-none", HASH));
}

static void setup_is_no_step(void **state)
{
	const struct reach_function *f;
	struct reach_map map;

	put("fork/a/anon-none", "do_wp_page 0 2\ncopy_page_range 2 3\nmmap_region 0\n");
	put("fork/b/anon-none", "do_wp_page 1\n");
	assert_int_equal(reach_map_read(dir, NULL, &map), 0);
	assert_int_equal(map.ntests, 2);
	f = reach_find(&map, "do_wp_page");
	assert_non_null(f);
	assert_int_equal(f->nby, 2);
	assert_true(reached_in_step(&f->by[0]));
	f = reach_find(&map, "mmap_region");
	assert_int_equal(f->nby, 1);
	assert_false(reached_in_step(&f->by[0]));
	assert_null(reach_find(&map, "do_wp_pge"));
	assert_non_null(strstr(err_msg(), "do_wp_page"));
	reach_map_free(&map);
}

/* The compiler's name for it is none of the source; two parts of one function are one. */
static void parts_are_of_their_function(void **state)
{
	const struct reach_function *f;
	struct reach_map map;

	remove_tree(dir);
	assert_int_equal(mkdir_p(dir), 0);
	put("fork/a/anon-none", "swap_dup.isra.0 2\nswap_dup.cold 3\n");
	assert_int_equal(reach_map_read(dir, "mm/swapfile.c swap_dup.isra.0\n", &map), 0);
	f = reach_find(&map, "swap_dup");
	assert_non_null(f);
	assert_string_equal(f->file, "mm/swapfile.c");
	assert_int_equal(f->nby, 1);
	assert_int_equal(f->by[0].steps, 12);
	reach_map_free(&map);
}

/* Set-up is part of a test, too; and of what is stale nothing is known. */
static void who_runs_none_of_it(void **state)
{
	static const bool fresh[] = { true, true, true, false };
	struct reach_map map;
	struct buf out = { 0 };

	remove_tree(dir);
	assert_int_equal(mkdir_p(dir), 0);
	put("cow/a/anon-none", "do_wp_page 2\n");
	put("cow/b/anon-none", "do_wp_page 0\n");
	put("cow/c/anon-none", "elsewhere 1\n");
	put("cow/d/anon-none", "elsewhere 1\n");
	assert_int_equal(reach_map_read(dir, NULL, &map), 0);
	assert_int_equal(reach_nothing_of(&map, "mm/memory.c do_wp_page\nmm/memory.c no_such\n",
					  fresh, &out),
			 1);
	assert_string_equal(out.data, "cow/c/anon-none\n");
	buf_free(&out);
	reach_map_free(&map);
}

static void table_tells_what_nobody_reaches(void **state)
{
	struct reach_map map;
	struct buf md = { 0 };

	put("fork/a/anon-none", "do_wp_page 2\nclear_gigantic_page 0\n");
	put("fork/b/anon-none", "do_wp_page 1\n");
	assert_int_equal(reach_map_read(dir,
					"mm/memory.c do_wp_page\nmm/memory.c clear_gigantic_page\n"
					"mm/memory.c never_called\nmm/ksm.c do_wp_page\n",
					&map),
			 0);
	reach_table(&map, "7.3-src", &md);
	assert_non_null(strstr(md.data, "| `mm/memory.c` | 3 | 1 (33 %) | `clear_gigantic_page`, "
					"`never_called` |"));
	/* One name, one file. */
	assert_null(strstr(md.data, "mm/ksm.c"));
	buf_free(&md);
	reach_map_free(&map);
}

/* What adds most comes first; what does not reach it in a step, and what is stale, never. */
static void most_telling_first(void **state)
{
	static const bool fresh[] = { true, true, true, true, false, true };
	static const unsigned int ms[] = { 100, ~0U, 2100, 100, 100, 100 };
	struct telling w = { .changed = "mm/memory.c do_wp_page\nmm/memory.c no_such\n",
			     .fresh = fresh,
			     .ms = ms };
	struct buf tests = { 0 };
	struct reach_map map;

	remove_tree(dir);
	assert_int_equal(mkdir_p(dir), 0);
	put("cow/a/anon-none",
	    "do_wp_page 2\nwp_page_copy 2\nelsewhere 3\nhere 3\nthere 3\nexit_mmap 4\n");
	put("cow/b/anon-none",
	    "do_wp_page 2\nwp_page_copy 2\npage_move_anon_rmap 2\nexit_mmap 4\n");
	put("cow/b/thp-none", "do_wp_page 2\nwp_page_copy 2\nexit_mmap 4\n");
	put("cow/c/anon-none", "do_wp_page 0\nwp_page_copy 2\nexit_mmap 4\n");
	put("cow/d/anon-none", "do_wp_page 1\n");
	put("cow/e/anon-none", "unrelated 1\n");
	assert_int_equal(reach_map_read(dir, NULL, &map), 0);
	w.map = &map;
	telling_choose(&w, &tests);
	assert_string_equal(tests.data, "cow/b/anon-none\ncow/a/anon-none\ncow/b/thp-none\n\n");
	buf_free(&tests);
	/* A guest takes 400 ms, a test 100. */
	w.budget_ms = 610;
	telling_choose(&w, &tests);
	assert_string_equal(tests.data, "cow/b/anon-none\ncow/a/anon-none\n\ncow/b/thp-none\n");
	buf_free(&tests);
	/* For the most telling one there is always room. */
	w.budget_ms = 90;
	telling_choose(&w, &tests);
	assert_string_equal(tests.data, "cow/b/anon-none\n\ncow/a/anon-none\ncow/b/thp-none\n");
	buf_free(&tests);
	reach_map_free(&map);
}

/* Nobody looks at what is done while everything is put away: more of it, but told of later. */
static void the_last_step_tells_least(void **state)
{
	static const bool fresh[] = { true, true, true };
	struct telling w = { .changed = "mm/memory.c zap_pte\n", .fresh = fresh };
	struct buf tests = { 0 };
	struct reach_map map;

	remove_tree(dir);
	assert_int_equal(mkdir_p(dir), 0);
	put("cow/a/anon-none", "zap_pte 3\nzap_pmd 3\nfree_page 3\nhere 1 2\n");
	put("cow/b/anon-none", "zap_pte 2 3\nhere 1 2 3\n");
	put("cow/c/anon-none", "zap_pte 0\nhere 1\n");
	assert_int_equal(reach_map_read(dir, NULL, &map), 0);
	w.map = &map;
	telling_choose(&w, &tests);
	assert_string_equal(tests.data, "cow/b/anon-none\ncow/a/anon-none\n\n");
	buf_free(&tests);
	reach_map_free(&map);
}

static void no_map_is_said(void **state)
{
	struct reach_map map;

	assert_int_equal(reach_map_read("/nonexistent", NULL, &map), -2);
	assert_non_null(strstr(err_msg(), "make reach"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_the_same_program_is_fresh),
		cmocka_unit_test(setup_is_no_step),
		cmocka_unit_test(parts_are_of_their_function),
		cmocka_unit_test(who_runs_none_of_it),
		cmocka_unit_test(table_tells_what_nobody_reaches),
		cmocka_unit_test(most_telling_first),
		cmocka_unit_test(the_last_step_tells_least),
		cmocka_unit_test(no_map_is_said),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
