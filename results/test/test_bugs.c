// SPDX-License-Identifier: GPL-2.0-only
/* Which bug of the book a failure shows, and what is said of a kernel. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "bugs.h"
#include "fake_run.h"
#include "gate.h"

static struct variant variants[] = { { .name = (char *)"anon-none" },
				     { .name = (char *)"hugetlb-none" } };
static struct tcase a_case = { .id = (char *)"x/y", .v = variants, .nv = 2 };
static const struct mend none[] = { { 0 } };
static struct case_list cases = { .c = &a_case, .n = 1 };

/* anon shows copies-exclusive (5.9 to 5.19), by C1; hugetlb the one that has no fix. */
static int setup(void **state)
{
	json_t *k = json_loads("[{\"bug\":\"copies-exclusive\",\"from\":\"5.9\",\"to\":\"5.19\","
			       "\"clauses\":[\"C1\"],\"variants\":\"anon-*\"},"
			       "{\"bug\":\"hugetlb-no-soft-dirty\",\"from\":\"3.11\",\"to\":\"\","
			       "\"clauses\":[\"C9\"],\"variants\":\"hugetlb-*\"}]",
			       0, NULL);
	int ret = expectations_parse(k, NULL, &a_case.known);

	json_decref(k);
	return ret;
}

static int teardown(void **state)
{
	expectations_free(&a_case.known);
	return 0;
}

static void did(struct run *run, const char *test, const char *what, const char *clause)
{
	struct record *r = fake_add(run, "5.10", test, what);

	record_set(&r->clause, clause);
	record_set(&r->version, "5.10.262");
	record_set(&r->replay, "make run CASE=x");
}

static const struct bite *bite_of(const struct bite *bite, const char *name)
{
	return &bite[bug_find(name) - bugs];
}

static void shows_or_not(void **state)
{
	struct run *run = fake_run("r", "5.10");
	struct bite *bite;

	did(run, "x/y/anon-none", "fail", "C1");
	did(run, "x/y/hugetlb-none", "pass", "");
	bite = bugs_look(&cases, &run, 1, "5.10");
	assert_int_equal(bite_of(bite, "copies-exclusive")->what, BITES_YES);
	assert_string_equal(bite_of(bite, "copies-exclusive")->shown->test, "x/y/anon-none");
	assert_int_equal(bite_of(bite, "hugetlb-no-soft-dirty")->what, BITES_NO);
	assert_int_equal(bite_of(bite, "ksm-lazyfree")->what, BITES_UNTESTED);
	free(bite);
	bite = bugs_look(&cases, &run, 1, "6.1");
	assert_int_equal(bite_of(bite, "copies-exclusive")->what, BITES_UNTESTED);
	free(bite);
	run_free(run);
}

/* Another clause is not this bug; nor is a skip, nor an error, that there is none. */
static void cannot_say(void **state)
{
	static const char *const what[] = { "fail", "skip", "error" };

	for (size_t i = 0; i < 3; i++) {
		struct run *run = fake_run("r", "5.10");
		struct bite *bite;

		did(run, "x/y/anon-none", what[i], i ? "" : "C2");
		bite = bugs_look(&cases, &run, 1, "5.10");
		assert_int_equal(bite_of(bite, "copies-exclusive")->what, BITES_UNASKED);
		free(bite);
		run_free(run);
	}
}

/* Of two that one test may show it shows the first. */
static void one_in_the_way(void **state)
{
	struct run *run = fake_run("r", "5.10");
	struct expectation other = a_case.known.e[1];
	struct bite *bite;

	other.variants = a_case.known.e[0].variants;
	other.clauses = (char *)"C2";
	a_case.known.e = xrealloc(a_case.known.e, 3 * sizeof(other));
	a_case.known.e[2] = other;
	a_case.known.n = 3;
	did(run, "x/y/anon-none", "fail", "C1");
	bite = bugs_look(&cases, &run, 1, "5.10");
	assert_int_equal(bite_of(bite, "copies-exclusive")->what, BITES_YES);
	assert_int_equal(bite_of(bite, "hugetlb-no-soft-dirty")->what, BITES_UNASKED);
	a_case.known.n = 2;
	free(bite);
	run_free(run);
}

/* A kernel that should not have it by its version, and has. */
static void not_by_version(void **state)
{
	struct run *run = fake_run("r", "5.10");
	struct bite *bite;

	did(run, "x/y/anon-none", "fail", "C1");
	record_set(&run->rec[0].version, "6.1.1");
	bite = bugs_look(&cases, &run, 1, "5.10");
	assert_int_equal(bite_of(bite, "copies-exclusive")->what, BITES_YES);
	free(bite);
	run_free(run);
}

static void is_told(void **state)
{
	struct run *run = fake_run("r", "5.10");
	struct buf out = { 0 };
	size_t show, other;
	const char *unrun;
	json_t *o;

	did(run, "x/y/anon-none", "fail", "C1");
	did(run, "x/y/hugetlb-none", "fail", "C2");
	bugs_missing(&cases, run, "5.10", none, MISSING_TEXT, &out, &show, &other);
	assert_int_equal(show, 1);
	assert_int_equal(other, 1);
	assert_non_null(strstr(out.data, "take    6c287605fd56 (v5.19)"));
	assert_non_null(strstr(out.data, "make run CASE=x"));
	assert_non_null(strstr(out.data, "make export CASE=x/y/anon-none\n"));
	assert_non_null(strstr(out.data, "x/y/hugetlb-none: C2"));
	assert_non_null(strstr(out.data, "make export CASE=x/y/hugetlb-none\n"));
	unrun = strstr(out.data, "not run:\n      ");
	assert_non_null(unrun);
	assert_non_null(strstr(unrun, "hugetlb-child-unmapped,"));
	assert_non_null(strstr(unrun, "ksm-lazyfree"));
	buf_free(&out);
	bugs_missing(&cases, run, "5.10", none, MISSING_JSON, &out, &show, &other);
	o = json_loads(out.data, 0, NULL);
	assert_int_equal(json_array_size(json_object_get(o, "show")), 1);
	assert_int_equal(json_array_size(json_object_get(o, "unexplained")), 1);
	assert_int_equal(json_array_size(json_object_get(o, "unasked")), nbugs - 1);
	json_decref(o);
	buf_free(&out);
	run_free(run);
}

/* Where no release has the fix, ours is named; where one has, both are. */
static void our_mend_is_told(void **state)
{
	static const struct mend mends[] = { { "hugetlb-no-soft-dirty", "7.3/mend-it" }, { 0 } };
	struct run *run = fake_run("r", "5.10");
	struct buf out = { 0 };
	size_t show, other;

	did(run, "x/y/anon-none", "fail", "C1");
	did(run, "x/y/hugetlb-none", "fail", "C9");
	bugs_missing(&cases, run, "5.10", mends, MISSING_TEXT, &out, &show, &other);
	assert_int_equal(show, 2);
	assert_non_null(strstr(out.data, "take    6c287605fd56 (v5.19)\n"));
	assert_non_null(strstr(out.data,
			       "take    no fix is known; kernel-config/patches/7.3/mend-it "
			       "mends it\n"));
	buf_free(&out);
	bugs_missing(&cases, run, "5.10", none, MISSING_TEXT, &out, &show, &other);
	assert_non_null(strstr(out.data, "take    no fix is known\n"));
	buf_free(&out);
	bugs_missing(&cases, run, "5.10", mends, MISSING_JSON, &out, &show, &other);
	assert_non_null(strstr(out.data, "\"mend\": \"7.3/mend-it\""));
	buf_free(&out);
	bugs_table(&cases, &run, 1, mends, &out);
	assert_non_null(strstr(out.data, "| not yet; [`mend-it`](../../kernel-config/patches/7.3/"
					 "mend-it) |"));
	buf_free(&out);
	run_free(run);
}

/* A kernel that is wrong on purpose has no column, one that mends something has. */
static void mended_kernels_have_a_column(void **state)
{
	struct run *run = fake_run("r", "5.10");
	struct run_kernel *k = &run->info.kernels[0];
	struct buf out = { 0 };

	record_set(&k->source, "patched");
	bugs_table(&cases, &run, 1, none, &out);
	assert_null(strstr(out.data, "| 5.10 |"));
	buf_free(&out);
	record_set(&k->mends, "ksm-lazyfree");
	bugs_table(&cases, &run, 1, none, &out);
	assert_non_null(strstr(out.data, "| 5.10 |"));
	buf_free(&out);
	run_free(run);
}

static void says_nothing(void **state)
{
	struct run *run = fake_run("r", "5.10");
	const struct record *why;

	assert_false(bugs_answers(run, "5.10", &why));
	assert_null(why);
	did(run, "x/y/anon-none", "error", "");
	assert_false(bugs_answers(run, "5.10", &why));
	assert_ptr_equal(why, &run->rec[0]);
	did(run, "x/y/hugetlb-none", "skip", "");
	assert_true(bugs_answers(run, "5.10", &why));
	run_free(run);
}

static void what_to_run(void **state)
{
	char *tests = bugs_tests(&cases);

	assert_string_equal(tests, "x/y/anon-none x/y/hugetlb-none");
	free(tests);
}

static void a_book_with_gaps(void **state)
{
	char version[] = "6.1.192-2";
	struct measured_kernel k = { .version = version };
	struct measured m = { .k = &k, .n = 1 };
	struct buf lines = { 0 };

	assert_true(bugs_check(&cases, &m, &lines) > 0);
	assert_non_null(strstr(lines.data, "no case names the bug ksm-lazyfree\n"));
	assert_null(strstr(lines.data, "no case names the bug copies-exclusive\n"));
	assert_non_null(
		strstr(lines.data, "no kernel that was measured has the bug copies-exclusive\n"));
	assert_null(strstr(lines.data, "has the bug hugetlb-no-soft-dirty\n"));
	/* Its branch took the fix. */
	assert_non_null(strstr(lines.data, "has the bug close-leaves-wp\n"));
	buf_free(&lines);
}

/* A series against its base: what no test shows any more is mended, what none showed is brought. */
static void mended_and_brought(void **state)
{
	struct run *run = fake_run("r", "5.10 patched");
	struct gate g;
	char *words, *text;

	did(run, "x/y/anon-none", "fail", "C1");
	did(run, "x/y/hugetlb-none", "pass", "");
	fake_add(run, "patched", "x/y/anon-none", "pass");
	record_set(&fake_add(run, "patched", "x/y/hugetlb-none", "fail")->clause, "C9");
	assert_int_equal(gate_judge(run, "5.10", "patched", NULL, NULL, NULL, &g), 0);
	gate_look_for_bugs(&g, &cases);
	assert_int_equal(g.nbugs, 2);
	assert_true(g.bug[0].brought);
	assert_string_equal(g.bug[0].bug->name, "hugetlb-no-soft-dirty");
	assert_false(g.bug[1].brought);
	words = gate_bug_words(&g.bug[1]);
	assert_int_equal(strncmp(words, "mends copies-exclusive: ", 24), 0);
	assert_non_null(strstr(words, " (6c287605fd56); 1 test, x/y/anon-none"));
	free(words);
	text = gate_json(&g);
	assert_non_null(strstr(text, "\"change\": \"brought\""));
	free(text);
	text = gate_markdown(&g);
	assert_non_null(strstr(text, "\n- mends copies-exclusive: "));
	free(text);
	gate_partly(&g, "2 of 9 tests that reach it");
	assert_non_null(strstr(g.words, "; QUICK: 2 of 9 tests that reach it were run"));
	gate_free(&g);
	/* A test that was skipped mends nothing. */
	run->rec[2].status = ST_SKIP;
	assert_int_equal(gate_judge(run, "5.10", "patched", NULL, NULL, NULL, &g), 0);
	gate_look_for_bugs(&g, &cases);
	assert_int_equal(g.nbugs, 1);
	gate_free(&g);
	run_free(run);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(mended_and_brought),
		cmocka_unit_test(shows_or_not),
		cmocka_unit_test(cannot_say),
		cmocka_unit_test(not_by_version),
		cmocka_unit_test(is_told),
		cmocka_unit_test(our_mend_is_told),
		cmocka_unit_test(mended_kernels_have_a_column),
		cmocka_unit_test(one_in_the_way),
		cmocka_unit_test(what_to_run),
		cmocka_unit_test(says_nothing),
		cmocka_unit_test(a_book_with_gaps),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
