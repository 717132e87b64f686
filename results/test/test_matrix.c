// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "expect.h"
#include "fake_run.h"
#include "matrix.h"

static char *print(const struct run *run, bool color, unsigned int width)
{
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	matrix_print(f, run, (struct style){ .color = color, .width = width });
	fclose(f);
	return text;
}

static struct run *usual(void)
{
	struct run *run = fake_run("r1", "5.10 6.1 6.12 7.3");

	fake_row(run, "cow/vmsplice/anon-vmsplice", "pass pass pass pass");
	fake_row(run, "uffd_wp/roundtrip/anon-io_uring", "xfail pass pass pass");
	fake_row(run, "uffd_wp/roundtrip/anon-rdma", "xfail pass pass pass");
	fake_row(run, "uffd_wp/roundtrip/thp_pte-io_uring", "xfail pass pass pass");
	fake_row(run, "uffd_wp/roundtrip/thp_pte-rdma", "xfail pass pass pass");
	fake_row(run, "uffd_wp/roundtrip/shmem-io_uring", "skip pass pass pass");
	fake_row(run, "uffd_wp/roundtrip/shmem-rdma", "skip pass pass pass");
	fake_row(run, "fork/pin/anon-io_uring", "pass pass pass pass");
	fake_row(run, "fork/pin/anon-rdma", "pass pass pass pass");
	for (size_t i = 0; i < run->nrec; i++) {
		if (run->rec[i].verdict == V_XFAIL)
			record_set(&run->rec[i].fix, "6c287605fd56");
	}
	return run;
}

static void as_expected(void **state)
{
	struct run *run = usual();
	char *t = print(run, false, 72);

	fits(t, 72);
	has(t, "run r1: tcg, QEMU 7.2.22, seed 0x2a\n");
	has(t, "  5.10    5.10 linux-image-5.10-amd64 5.10.1-1\n");
	has(t, "\ncow/vmsplice anon-vmsplice ");
	has(t, "\nfork/pin  ");
	has(t, "\nuffd_wp/roundtrip\n");
	has(t, "\n  {anon,thp_pte}-*                           xfail pass  pass  pass\n");
	has(t, "\n  shmem-*                                    skip  pass  pass  pass\n");
	has(t, "  uffd_wp/roundtrip {anon,thp_pte}-*\n"
	       "      fail on 5.10; pass on 6.1, 6.12, 7.3; fix 6c287605fd56\n");
	has(t, "  2 more tests differ only in that a kernel lacks what they need\n");
	has(t, "xfail                                        4     .     .     .\n");
	has_not(t, "Not as expected");
	has_not(t, "\033");
	has(t, "all as expected; next: make compare\n");
	assert_int_equal(run_exit_code(run, false), 0);
	free(t);
	run_free(run);
}

static void colors(void **state)
{
	struct run *run = usual();
	char *t = print(run, true, 72);

	has(t, " \033[33mxfail\033[0m \033[32mpass\033[0m ");
	free(t);
	run_free(run);
}

static void unexpected(void **state)
{
	struct run *run = usual();
	struct record *r = fake_add(run, "7.3", "pin/late/anon-rdma", "fail");
	char *t;

	record_set(&r->step, "4 cpu_write parent");
	record_set(&r->clause, "C1");
	record_set(&r->wanted, "a");
	record_set(&r->seen, "b");
	record_set(&r->log, "logs/7.3/x.txt");
	r = fake_add(run, "5.10", "pin/late/anon-rdma", "crash");
	record_set(&r->reason, "BUG: unable to handle page fault");
	fake_add(run, "6.1", "pin/late/anon-rdma", "xpass");
	r = fake_add(run, "6.12", "pin/late/anon-rdma", "error");
	record_set(&r->reason, "kernel did not boot");
	t = print(run, false, 72);
	fits(t, 72);
	has(t, "pin/late anon-rdma                           FAIL  XPASS ERROR FAIL\n");
	has(t, "Not as expected\n");
	has(t, " FAIL  pin/late/anon-rdma on 7.3\n");
	has(t, " FAIL  pin/late/anon-rdma on 5.10 (crash)\n");
	has(t, "    step      4 cpu_write parent\n    clause    C1\n    wanted    a\n    seen      "
	       "b\n");
	has(t, "    log       results/runs/r1/logs/7.3/x.txt\n");
	has(t, "    reason    BUG: unable to handle page fault\n");
	has(t, "    replay    make run CASE=pin/late/anon-rdma KERNEL=7.3 SEED=0x1 ACCEL=tcg\n");
	has(t, "    export    make export CASE=pin/late/anon-rdma\n");
	has(t, "\nnext: make run CASE=pin/late/anon-rdma KERNEL=7.3 SEED=0x1 ACCEL=tcg\n");
	assert_int_equal(run_exit_code(run, false), 1);
	free(t);
	run_free(run);
}

static void exit_codes(void **state)
{
	static const struct {
		const char *words;
		int code, lenient;
	} want[] = {
		{ "pass pass", 0, 0 },	{ "pass xfail", 0, 0 }, { "skip skip", 0, 0 },
		{ "pass fail", 1, 1 },	{ "pass crash", 1, 1 }, { "pass timeout", 1, 1 },
		{ "xpass pass", 1, 0 }, { "error pass", 2, 2 }, { "error fail", 1, 1 },
		{ "pass -", 2, 2 },	{ "fail -", 2, 2 },	{ "- -", 2, 2 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(want); i++) {
		struct run *run = fake_run("r", "5.10 7.3");

		fake_row(run, "a/b/c-d", want[i].words);
		assert_int_equal(run_exit_code(run, false), want[i].code);
		assert_int_equal(run_exit_code(run, true), want[i].lenient);
		run_free(run);
	}
}

/* Words that the columns have room for; a race that was not met is listed, and no failure. */
static void not_met_and_news(void **state)
{
	struct run *run = fake_run("r1", "5.10 7.3");
	struct record *r;
	char *t;

	fake_row(run, "a/race/anon-x", "pass inconclusive");
	record_set(&run->rec[1].reason, "the window was met 0 of 20 times");
	fake_row(run, "a/mended/anon-x", "xpass pass");
	run->rec[2].verdict = V_FIXED;
	assert_int_equal(run_exit_code(run, false), 0);
	t = print(run, false, 72);
	has(t, "a/race anon-x                                pass  inc.\n");
	has(t, "a/mended anon-x                              fixed pass\n");
	has(t, "\ninconclusive                                 .     1\n");
	has(t, "\nInconclusive\n  a/race/anon-x on 7.3: the window was met 0 of 20 times\n");
	has_not(t, "Not as expected");
	free(t);
	r = fake_add(run, "7.3", "a/broken/anon-x", "fail");
	r->verdict = V_BROKEN;
	record_set(&r->measured, "7.3.4-1");
	fake_add(run, "5.10", "a/broken/anon-x", "pass");
	assert_int_equal(run_exit_code(run, false), 1);
	t = print(run, false, 72);
	has(t, "a/broken anon-x                              pass  BROKEN\n");
	has(t, "\nNot as expected\n");
	has(t, "verdict   broken: on 7.3.4-1 it did not\n");
	free(t);
	run_free(run);
}

/* Of a repeated race only what was met counts. */
static void rates_of_what_was_met(void **state)
{
	struct run *run = fake_run("r1", "5.10");
	char *t;

	run->info.repeat = 4;
	for (int i = 0; i < 4; i++)
		fake_add(run, "5.10", "a/race/anon-x", i < 2 ? "pass" : "inconclusive");
	t = print(run, false, 72);
	has_not(t, "FLAKY");
	has(t, "a/race anon-x                                pass\n");
	free(t);
	run_free(run);
}

static void gaps_are_seen(void **state)
{
	struct run *run = fake_run("r", "5.10 7.3");
	char *t;

	fake_row(run, "a/b/c-d", "pass -");
	fake_row(run, "a/c/c-d", "- -");
	run->notes = xcalloc(1, sizeof(*run->notes));
	run->notes[run->nnotes++] = xstrdup("the last line is torn");
	t = print(run, false, 72);
	has(t, "a/c c-d                                      -     -\n");
	has(t, "note: the last line is torn\n");
	has(t, "3 tests have no result; go on with: make run-all RESUME=1\n");
	has_not(t, "all as expected");
	free(t);
	run_free(run);

	run = fake_run("r", "5.10");
	t = print(run, false, 72);
	has(t, "nothing was run");
	assert_int_equal(run_exit_code(run, false), 2);
	free(t);
	run_free(run);
}

static void flaky(void **state)
{
	struct run *run = fake_run("r", "7.3");
	char *t;

	run->info.repeat = 4;
	fake_add(run, "7.3", "a/b/c-d", "pass");
	fake_add(run, "7.3", "a/b/c-d", "fail");
	fake_add(run, "7.3", "a/b/c-d", "pass");
	fake_add(run, "7.3", "a/b/c-d", "pass");
	for (int i = 0; i < 4; i++)
		fake_add(run, "7.3", "a/b/e-f", "pass");
	t = print(run, false, 72);
	has(t, "  c-d                                        FLAKY\n");
	has(t, "  a/b/c-d on 7.3: pass 3/4, fail 1/4  FLAKY\n");
	has(t, "  a/b/e-f on 7.3: pass 4/4\n");
	assert_int_equal(run_exit_code(run, false), 1);
	free(t);
	run_free(run);
}

/* All eleven stock kernels still fit a hundred columns. */
static void many_kernels(void **state)
{
	struct run *run = fake_run("r", "5.10 6.1 6.12 6.16 6.17 6.18 6.19 7.0 7.1 7.2 7.3");
	static const char *const memory[] = {
		"anon", "thp", "thp_pte", "hugetlb", "shmem", "shmem_private", "zero",
	};
	char *t, *name;

	for (size_t i = 0; i < ARRAY_SIZE(memory); i++) {
		name = xasprintf("uffd_wp/shared_still_copied/%s-io_uring", memory[i]);
		fake_row(run, name, "xfail xfail skip pass pass pass pass pass pass pass pass");
		free(name);
		name = xasprintf("uffd_wp/shared_still_copied/%s-%s", memory[i],
				 i % 3 ? "odirect" : "rdma");
		fake_row(run, name,
			 i % 2 ? "xfail xfail skip pass pass pass skip skip skip pass pass" :
				 "xfail xpass skip fail error crash pass pass pass pass pass");
		free(name);
	}
	t = print(run, false, 72);
	fits(t, 100);
	free(t);
	run_free(run);
}

/* The default set: stock kernels are a matrix, of patched ones one sees what they change. */
static struct run *with_patched(const char *kernels)
{
	struct run *run = fake_run("r", kernels);

	for (size_t k = 0; k < run->info.nkernels; k++) {
		const char *name = run->info.kernels[k].name, *dash = strchr(name, '-');
		char *base = xasprintf("%.*s-src", (int)strcspn(name, "-"), name);
		char *version = xasprintf("%.*s.99", (int)strcspn(name, "-"), name);
		bool src = dash && !strcmp(dash, "-src");

		fake_kernel(run, name,
			    !dash ? "stock" :
			    src	  ? "source" :
				    "patched",
			    dash && !src ? base : "", version);
		free(base);
		free(version);
	}
	return run;
}

static void patched_kernels(void **state)
{
	struct run *run = with_patched("5.10 6.1 6.12 7.3 5.10-mapcount 5.10-pte-only "
				       "5.10-always-copy 7.3-no-early-copy 7.3-unwp-grants-write");
	char *t;

	fake_row(run, "uffd_wp/roundtrip/anon-rdma",
		 "xfail pass pass pass pass pass xfail pass pass");
	fake_row(run, "uffd_wp/roundtrip/thp-rdma", "pass pass pass pass pass pass pass pass pass");
	fake_row(run, "uffd_wp/shared_still_copied/anon-none",
		 "pass pass pass pass pass pass pass pass xfail");
	fake_row(run, "pin/lacks/anon-gup", "skip skip skip skip pass pass pass pass pass");
	t = print(run, false, 72);
	fits(t, 72);
	has(t, "\n                                             5.10  6.1   6.12  7.3\n");
	has(t, "\n  anon-rdma                                  xfail pass  pass  pass\n");
	has(t, "\nWhat patches change, against 5.10\n"
	       "(made from 5.10-src, which is not in this run; the configurations\n"
	       "differ)\n");
	has(t, "\n                                     5.10  mapcount pte-only always-copy\n"
	       "uffd_wp/roundtrip\n"
	       "  anon-rdma                          xfail pass     pass     xfail\n"
	       "2 tests the same\n"
	       "1 tests differ only in that a kernel lacks what they need\n");
	has(t, "\n                                            7.3   no-early- unwp-grants-\n"
	       "                                                  copy      write\n"
	       "uffd_wp/shared_still_copied anon-none       pass  pass      xfail\n");
	/* Patched kernels are no part of what differs between kernels. */
	has(t, "      fail on 5.10; pass on 6.1, 6.12, 7.3\n");
	has_not(t, "Not as expected");
	free(t);
	run_free(run);
}

static void base_is_there(void **state)
{
	struct run *run = with_patched("5.10-src 5.10-mapcount");
	char *t;

	fake_row(run, "a/b/anon-rdma", "xfail pass");
	t = print(run, false, 72);
	fits(t, 72);
	has(t, "\na/b anon-rdma                                xfail\n");
	has(t, "\nWhat patches change, against 5.10-src\n");
	has_not(t, "not in this run");
	has(t, "\na/b anon-rdma                                xfail    pass\n0 tests the same\n");
	free(t);
	run_free(run);

	/* Alone, or with a kernel that is not its like, it is a kernel as any other. */
	run = with_patched("6.1 5.10-mapcount");
	fake_row(run, "a/b/anon-rdma", "xfail pass");
	t = print(run, false, 72);
	has(t, "\n                                             6.1   5.10-\n"
	       "                                                   mapcount\n"
	       "a/b anon-rdma                                xfail pass\n");
	has_not(t, "What patches change");
	free(t);
	run_free(run);
}

static void labels(void **state)
{
	static const struct {
		const char *rows[8]; /* variant=word */
		const char *label;   /* of the first row */
	} want[] = {
		{ { "a-x=pass", "b-x=pass" }, "all" },
		{ { "a-x=pass", "b-x=skip" }, "a-x" },
		{ { "a-x=pass", "a-y=pass", "b-x=skip" }, "a-*" },
		{ { "a-x=pass", "b-x=pass", "a-y=skip" }, "*-x" },
		{ { "a-x=pass", "a-y=pass", "a-z=skip", "b-x=pass", "b-y=pass", "b-z=skip" },
		  "*-{x,y}" },
		{ { "a-x=pass", "b-y=pass", "a-y=skip", "b-x=skip" }, "a-x b-y" },
		{ { "a=pass", "b=skip" }, "a" },
		{ { "a-none=pass" }, "a-none" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(want); i++) {
		struct run *run = fake_run("r", "7.3");
		struct table_col col = { run, "7.3", NULL };
		struct table t;

		for (size_t k = 0; k < 8 && want[i].rows[k]; k++) {
			const char *eq = strchr(want[i].rows[k], '=');
			char *name = xasprintf("area/case/%.*s", (int)(eq - want[i].rows[k]),
					       want[i].rows[k]);

			fake_row(run, name, eq + 1);
			free(name);
		}
		table_build(&t, &col, 1, BY_VERDICT);
		assert_string_equal(t.row[0].label, want[i].label);
		table_free(&t);
		run_free(run);
	}
}

static void no_color(void **state)
{
	FILE *f = fopen("/dev/null", "w");

	assert_false(style_for(f).color);
	assert_int_equal(style_for(f).width, 72);
	fclose(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(as_expected),	    cmocka_unit_test(colors),
		cmocka_unit_test(unexpected),	    cmocka_unit_test(exit_codes),
		cmocka_unit_test(not_met_and_news), cmocka_unit_test(rates_of_what_was_met),
		cmocka_unit_test(gaps_are_seen),    cmocka_unit_test(flaky),
		cmocka_unit_test(many_kernels),	    cmocka_unit_test(labels),
		cmocka_unit_test(no_color),	    cmocka_unit_test(patched_kernels),
		cmocka_unit_test(base_is_there),
	};

	return cmocka_run_group_tests_name("matrix", tests, NULL, NULL);
}
