// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "cmd.h"
#include "err.h"
#include "expect.h"
#include "fake_run.h"
#include "table.h"

static char dir[] = "/tmp/cowpen-test-XXXXXX";
static char *path;

static int make_dir(void **state)
{
	if (!mkdtemp(dir))
		return -1;
	path = xasprintf("%s/some.table", dir);
	return 0;
}

static int drop_dir(void **state)
{
	free(path);
	return remove_tree(dir);
}

static int read_def(const char *text, struct table_def *def)
{
	assert_int_equal(write_file(path, text, strlen(text)), 0);
	return table_def_read(path, def);
}

static const char good[] = "# what it is about\n"
			   "title   A | B?\n"
			   "\n"
			   "text    One\n"
			   "        and the same.\n"
			   "# in between\n"
			   "\tto the end\n"
			   "text    Two.\n"
			   "columns 5.10 5.10-mapcount\n"
			   "row     Does it hold? | C1 C3\n"
			   "        | a/b/x-y a/b/z-y\n"
			   "row  And this?|C2 |a/c/x-y\n"
			   "note    Three.";

static void definition(void **state)
{
	struct table_def def;

	if (read_def(good, &def))
		fail_msg("%s", err_msg());
	assert_string_equal(def.title, "A | B?");
	assert_int_equal(def.ntexts, 2);
	assert_string_equal(def.text[0], "One and the same. to the end");
	assert_string_equal(def.text[1], "Two.");
	assert_int_equal(def.nkernels, 2);
	assert_string_equal(def.kernel[1], "5.10-mapcount");
	assert_int_equal(def.nrows, 2);
	assert_string_equal(def.row[0].text, "Does it hold?");
	assert_string_equal(def.row[0].clauses, "C1 C3");
	assert_int_equal(def.row[0].ntests, 2);
	assert_string_equal(def.row[0].test[1], "a/b/z-y");
	assert_string_equal(def.row[1].text, "And this?");
	assert_string_equal(def.row[1].clauses, "C2");
	assert_int_equal(def.nnotes, 1);
	table_def_free(&def);
}

static void wrong_definitions(void **state)
{
	static const struct {
		const char *text, *says;
	} want[] = {
		{ "", "it has no title" },
		{ "title x\nrow q | C1 | a/b/c\n", "it has no columns" },
		{ "title x\ncolumns 5.10\n", "it has no row" },
		{ "title x\n\ncolums 5.10\n", ":3: \"colums\" is not title, text" },
		{ "title x\ntitle y\n", ":2: a second \"title\"" },
		{ "columns 1\ncolumns 2\n", ":2: a second \"columns\"" },
		{ "columns 1 2 1\n", ":1: kernel 1 is there twice" },
		{ "title\n", ":1: \"title\" says nothing" },
		{ "# x\nrow q | C1\n  a/b/c\nnote x\n", ":2: a row is: question | clauses | "
							"tests" },
		{ "row q | C1 | a/b/c | d\n", ":1: a row is" },
		{ "row q | | a/b/c\n", ":1: a row is" },
		{ "value q | key\n", ":1: a value is: question | key | tests" },
		{ "section x\nsection y\n", ":2: a section without a row" },
		{ "row q | C1 |\n", ":1: there is no test" },
		{ "row q | C1 | a a\n", ":1: test a is there twice" },
		{ "  goes on with nothing\n", ":1: \"goes\" is not title" },
	};
	struct table_def def;

	for (size_t i = 0; i < ARRAY_SIZE(want); i++) {
		assert_int_equal(read_def(want[i].text, &def), -EINVAL);
		has(err_msg(), path);
		has(err_msg(), want[i].says);
	}
	assert_int_equal(table_def_read("/no/such.table", &def), -ENOENT);
	has(err_msg(), "/no/such.table");
}

static struct run *some_run(const char *first, const char *second, const char *third)
{
	struct run *run = fake_run("r1", "5.10 5.10-mapcount 7.3");

	fake_kernel(run, "5.10", "stock", "", "5.10.262");
	fake_kernel(run, "5.10-mapcount", "patched", "5.10-src", "5.10.262");
	fake_row(run, "a/b/x-y", first);
	fake_row(run, "a/b/z-y", second);
	fake_row(run, "a/c/x-y", third);
	for (size_t i = 0; i < run->nrec; i++) {
		if (run->rec[i].status == ST_SKIP)
			record_set(&run->rec[i].reason, "no |userfaultfd|");
		else if (run->rec[i].status != ST_PASS)
			record_set(&run->rec[i].clause, i < 3 ? "C1" : "C2");
	}
	return run;
}

/* The table of @run, which is taken over. */
static char *make(struct run *run)
{
	struct table_def def;
	char *text;

	assert_int_equal(read_def(good, &def), 0);
	if (table_make(&def, run, &text))
		fail_msg("%s", err_msg());
	table_def_free(&def);
	run_free(run);
	return text;
}

static void answers(void **state)
{
	char *t = make(some_run("xfail pass pass", "pass pass pass", "crash skip pass"));

	assert_string_equal(t, "# A | B?\n\n"
			       "One and the same. to the end\n\n"
			       "Two.\n\n"
			       "| | | clause | 5.10 | 5.10-mapcount |\n"
			       "|---|---|---|---|---|\n"
			       "| 1 | Does it hold? | C1 C3 | **FAIL** C1 (1 of 2) | pass |\n"
			       "| 2 | And this? | C2 | **CRASH** C2 | skip |\n"
			       "\n"
			       "- skip in row 2 on 5.10-mapcount: no \\|userfaultfd\\|\n\n"
			       "Three.\n\n"
			       "## Kernels\n\n"
			       "- 5.10: 5.10, linux-image-5.10-amd64 5.10.1-1\n"
			       "- 5.10-mapcount: 5.10-mapcount, 5.10-src, patches/5.10-mapcount (1 "
			       "patch)\n"
			       "\nMeasured with tcg, QEMU 7.2.22, seed 0x2a; every test in a guest "
			       "of its own.\n"
			       "\n## Tests\n\nOne of them again: `make run CASE=TEST "
			       "KERNEL=NAME`.\n\n"
			       "1. `a/b/x-y` `a/b/z-y`\n"
			       "2. `a/c/x-y`\n");
	free(t);
	t = make(some_run("fail timeout pass", "fail pass pass", "pass pass pass"));
	has(t, "| **FAIL** C1, C2 | **TIMEOUT** C1 (1 of 2) |\n");
	free(t);
	t = make(some_run("pass skip pass", "skip fail pass", "skip skip pass"));
	has(t, "| pass (1 skipped) | **FAIL** C2 (1 skipped) |\n");
	has(t, "| C2 | skip | skip |\n");
	has(t, "- skip in row 1 on 5.10: no ");
	free(t);
}

static void sections_and_values(void **state)
{
	struct run *run = some_run("pass fail pass", "pass pass pass", "skip pass pass");
	struct table_def def;
	char *t;

	for (size_t i = 0; i < 2; i++)
		record_set(&run->rec[i].observations,
			   i ? "{ \"how\": \"EFAULT\" }" :
			       "{ \"how\": \"it waits\", \"x\": \"y\" }");
	assert_int_equal(read_def("title t\ncolumns 5.10 5.10-mapcount\nsection First\n"
				  "row Does it hold? | C1 | a/b/x-y\nvalue How? | how | a/b/x-y\n"
				  "section Second\nvalue And this? | how | a/c/x-y\n",
				  &def),
			 0);
	if (table_make(&def, run, &t))
		fail_msg("%s", err_msg());
	has(t, "# t\n\n## First\n\n| | | clause | 5.10 | 5.10-mapcount |\n|---|---|---|---|---|\n"
	       "| 1 | Does it hold? | C1 | pass | **FAIL** C1 |\n"
	       "| 2 | How? |  | it waits | EFAULT |\n"
	       "\n## Second\n\n| | | clause | 5.10 | 5.10-mapcount |\n|---|---|---|---|---|\n"
	       "| 3 | And this? |  | skip | pass |\n");
	free(t);
	table_def_free(&def);
	run_free(run);
}

static void repeated(void **state)
{
	struct run *run = some_run("fail pass pass", "pass pass pass", "pass pass pass");
	char *t;

	run->info.repeat = 2;
	fake_row(run, "a/b/x-y", "fail pass pass");
	fake_row(run, "a/b/z-y", "fail fail pass");
	fake_row(run, "a/c/x-y", "pass pass pass");
	record_set(&run->rec[9].accel, "kvm");
	t = make(run);
	has(t, "| **FAIL** C1 (3 of 4) | **FAIL** (1 of 4) |\n");
	has(t, "every test 2 times, each time in a guest of its own.\n"
	       "Not all of it was measured on the same machine: 5.10 on tcg, QEMU 7.2.22 and ");
	free(t);
}

/* What was not measured is never made up. */
static void no_answer(void **state)
{
	static const struct {
		const char *row[3];
		int ret;
		const char *says;
	} want[] = {
		{ { "pass pass pass", "pass - pass", "pass pass pass" },
		  -ENOENT,
		  "run r1 has no result of a/b/z-y on 5.10-mapcount" },
		{ { "pass pass pass", "pass pass pass", "error pass pass" },
		  -EINVAL,
		  "a/c/x-y on 5.10 is an error and no answer" },
	};
	struct table_def def;
	struct run *run;
	char *text;

	assert_int_equal(read_def(good, &def), 0);
	for (size_t i = 0; i < ARRAY_SIZE(want); i++) {
		run = some_run(want[i].row[0], want[i].row[1], want[i].row[2]);
		assert_int_equal(table_make(&def, run, &text), want[i].ret);
		assert_null(text);
		has(err_msg(), want[i].says);
		run_free(run);
	}
	/* One repeat of two is missing. */
	run = some_run("pass pass pass", "pass pass pass", "pass pass pass");
	run->info.repeat = 2;
	assert_int_equal(table_make(&def, run, &text), -ENOENT);
	has(err_msg(), "no result of a/b/x-y on 5.10");
	run_free(run);
	run = fake_run("r2", "5.10");
	assert_int_equal(table_make(&def, run, &text), -ENOENT);
	has(err_msg(), "run r2 has no kernel 5.10-mapcount");
	run_free(run);
	table_def_free(&def);
}

static void command(void **state)
{
	char *runs = xasprintf("%s/runs", dir), *t;
	struct run *fake = some_run("fail pass pass", "fail pass pass", "pass pass pass"), *run;
	int code;

	assert_int_equal(write_file(path, good, strlen(good)), 0);
	t = output_of(table_main, dir, &code, (char *[]){ "table", "--tests", path, NULL });
	assert_int_equal(code, 0);
	assert_string_equal(t, "a/b/x-y a/b/z-y a/c/x-y\n");
	free(t);
	t = output_of(table_main, dir, &code, (char *[]){ "table", "--kernels", path, NULL });
	assert_int_equal(code, 0);
	assert_string_equal(t, "5.10 5.10-mapcount\n");
	free(t);

	t = output_of(table_main, dir, &code, (char *[]){ "table", path, "--runs", runs, NULL });
	assert_int_equal(code, 2);
	has(t, "cowpen: table: no run \"last\"");
	free(t);
	assert_int_equal(run_create(runs, &fake->info, &run), 0);
	for (size_t i = 0; i < fake->nrec; i++) {
		struct record r = fake->rec[i];

		record_init(&fake->rec[i]);
		assert_int_equal(run_append(run, &r), 0);
		if (!i) {
			t = output_of(table_main, dir, &code,
				      (char *[]){ "table", path, "--runs", runs, NULL });
			assert_int_equal(code, 2);
			has(t, "has no result of a/b/z-y on 5.10\n");
			free(t);
		}
	}
	t = output_of(table_main, dir, &code,
		      (char *[]){ "table", path, run->id, "--runs", runs, NULL });
	assert_int_equal(code, 0);
	has(t, "| 1 | Does it hold? | C1 C3 | **FAIL** C1, C2 | pass |\n");
	free(t);
	run_free(run);
	run_free(fake);

	t = output_of(table_main, dir, &code, (char *[]){ "table", NULL });
	assert_int_equal(code, 3);
	has(t, "cowpen: table: which table?");
	free(t);
	t = output_of(table_main, dir, &code, (char *[]){ "table", "/no/such.table", NULL });
	assert_int_equal(code, 3);
	free(t);
	t = output_of(table_main, dir, &code,
		      (char *[]){ "table", path, "1999", "--runs", runs, NULL });
	assert_int_equal(code, 3);
	free(t);
	free(runs);
}

/* The tables that come with it can be read, and their cases are there (`make test` runs here). */
static void shipped(void **state)
{
	glob_t g;

	assert_int_equal(glob("results/tables/*.table", 0, NULL, &g), 0);
	for (size_t i = 0; i < g.gl_pathc; i++) {
		struct table_def def;

		if (table_def_read(g.gl_pathv[i], &def))
			fail_msg("%s", err_msg());
		for (size_t r = 0; r < def.nrows; r++) {
			for (size_t k = 0; k < def.row[r].ntests; k++) {
				const char *test = def.row[r].test[k];
				char *file = xasprintf("cases/%.*s.c",
						       (int)(variant_of(test) - 1 - test), test);

				if (access(file, R_OK))
					fail_msg("%s: there is no %s", g.gl_pathv[i], file);
				free(file);
			}
		}
		table_def_free(&def);
	}
	globfree(&g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(definition), cmocka_unit_test(wrong_definitions),
		cmocka_unit_test(answers),    cmocka_unit_test(sections_and_values),
		cmocka_unit_test(repeated),   cmocka_unit_test(no_answer),
		cmocka_unit_test(command),    cmocka_unit_test(shipped),
	};

	return cmocka_run_group_tests_name("table", tests, make_dir, drop_dir);
}
