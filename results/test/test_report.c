// SPDX-License-Identifier: GPL-2.0-only
/* What stands on the page of a run. What a browser makes of it asks host/test/test_page.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "expect.h"
#include "fake_run.h"
#include "report.h"

static const struct mend no_mends[] = { { 0 } };
static struct case_list no_cases;

static char *page(struct run **runs, size_t n)
{
	size_t len;
	char *text = report_html(&no_cases, runs, n, no_mends, &len);

	assert_int_equal(strlen(text), len);
	assert_true(len <= REPORT_MAX);
	return text;
}

static void history_and_words(void **state)
{
	struct run *run = fake_run("r1", "6.1 5.10 7.3");
	char *t;

	/* By version, whatever order they were run in. */
	fake_kernel(run, "6.1", "stock", "", "6.1.192");
	fake_kernel(run, "5.10", "stock", "", "5.10.262");
	fake_kernel(run, "7.3", "stock", "", "7.3.4");
	fake_row(run, "a/b/anon-rdma", "pass xfail pass");
	record_set(&run->rec[1].clause, "C1");
	record_set(&run->rec[1].fix, "6c287605fd56");
	record_set(&run->rec[1].wanted, "one & two");
	fake_row(run, "a/c/anon-rdma", "pass skip pass");
	record_set(&run->rec[4].reason, "no <wp> here");
	t = page(&run, 1);
	has(t, "<th scope=\"col\" data-k=\"5.10\">5.10</th><th scope=\"col\" data-k=\"6.1\">");
	has(t, "<a href=\"#a/b/anon-rdma@5.10\"><b>xfail</b> C1 <code>6c287605fd56</code></a>");
	has(t, "first bad 5.10, last good 7.3; fixed between 5.10 and 6.1: 6c287605fd56 says");
	has(t, "<dt>wanted</dt><dd>one &amp; two</dd>");
	has(t, "1 rows that do not differ");
	has(t, "no &lt;wp&gt; here: 5.10 1");
	has(t, "<code>make run CASE=a/b/anon-rdma KERNEL=6.1 SEED=0x1 ACCEL=tcg</code>, and with "
	       "KERNEL= 7.3</dd>");
	has(t, "All 6 results are as expected");
	free(t);
	run_free(run);
}

static void not_as_expected(void **state)
{
	struct run *run = fake_run("r1", "5.10 7.3");
	char *t;

	fake_row(run, "a/b/anon-rdma", "pass fail");
	fake_row(run, "a/c/anon-rdma", "pass error");
	fake_row(run, "a/d/anon-rdma", "pass inconclusive");
	t = page(&run, 1);
	has(t, "2 of 6 results are not as expected");
	has(t, "<a href=\"#a/b/anon-rdma@7.3\">FAIL a/b/anon-rdma on 7.3</a>");
	has(t, "<td class=\"b x\"><a href=\"#a/b/anon-rdma@7.3\"><b>FAIL</b>");
	has(t, "<section id=\"inconclusive\">");
	free(t);
	run_free(run);
}

static void nothing_and_damage(void **state)
{
	struct run *run = fake_run("r1", "5.10"), *none = fake_run("r2", "");
	char *t = page(&run, 1), *notes[] = { (char *)"results.jsonl:3 is damaged <here>" };

	has(t, "Nothing was run: this run has no results.");
	has(t, "No test has a result.");
	has_not(t, "as expected.");
	free(t);
	t = page(&none, 1);
	has(t, "Nothing was run");
	free(t);
	/* Planned and not there; and a line that could not be read. */
	fake_row(run, "a/b/anon-rdma", "pass");
	fake_plan(run, "a/b/thp-rdma");
	run->info.repeat = 1;
	run->info.kernels[0].ntests = -1;
	run->notes = notes;
	run->nnotes = 1;
	t = page(&run, 1);
	has(t, "results.jsonl:3 is damaged &lt;here&gt;");
	has(t, "1 tests of run r1 have no result");
	has(t, "<td class=\"n\">-</td>");
	run->notes = NULL;
	run->nnotes = 0;
	free(t);
	run_free(run);
	run_free(none);
}

static void several_runs(void **state)
{
	struct run *runs[] = { fake_run("r1", "5.10 6.1"), fake_run("r2", "5.10 7.3") };
	char *t;

	fake_row(runs[0], "a/b/anon-rdma", "fail pass");
	fake_row(runs[1], "a/b/anon-rdma", "pass pass");
	t = page(runs, 2);
	has(t, "All 3 results are as expected.");
	has(t, "Run r1 of ");
	has(t, "data-k=\"6.1\"");
	has(t, "data-k=\"7.3\"");
	free(t);
	for (int i = 0; i < 2; i++)
		run_free(runs[i]);
}

static void patched(void **state)
{
	struct run *run = fake_run("r1", "5.10 5.10-mapcount");
	char *t;

	fake_kernel(run, "5.10", "stock", "", "5.10.262");
	fake_kernel(run, "5.10-mapcount", "patched", "5.10", "5.10.262");
	fake_row(run, "a/b/anon-rdma", "xfail pass");
	fake_row(run, "a/c/anon-rdma", "pass pass");
	t = page(&run, 1);
	has(t, "<h3>Against 5.10</h3>");
	has(t, "data-k=\"5.10-mapcount\">mapcount</th>");
	free(t);
	run_free(run);
}

/* Eleven kernels and more than there is, each failure with a log of its own. */
static void size(void **state)
{
	struct run *run = fake_run("r1", "5.10 6.1 6.12 6.16 6.17 6.18 6.19 7.0 7.1 7.2 7.3");
	char dir[] = "/tmp/cowpen-test-XXXXXX", *path, *t;
	struct buf log = { 0 };

	assert_non_null(mkdtemp(dir));
	path = xasprintf("%s/log", dir);
	for (int i = 0; i < 400; i++)
		buf_printf(&log, "step %d <cpu_write> & parent\n", i);
	assert_int_equal(write_file(path, log.data, log.len), 0);
	record_set(&run->dir, dir);
	for (int c = 0; c < 120; c++) {
		for (int v = 0; v < 3; v++) {
			char *test = xasprintf("area%d/a_case_%d/mem%d-io_uring", c / 20, c, v);
			struct record *r;

			for (size_t k = 0; k < 11; k++) {
				char *seen = xasprintf("what nobody wants, %d %zu", v, k);
				bool bad = v && k < (size_t)c % 9;

				r = fake_add(run, run->info.kernels[k].name, test,
					     bad ? "xfail" : "pass");
				record_set(&r->seen, seen);
				free(seen);
				record_set(&r->clause, "C1");
				record_set(&r->log, "log");
			}
			free(test);
		}
	}
	t = page(&run, 1);
	has(t, "&lt;cpu_write&gt; &amp; parent");
	has(t, "Of logs of failures that are expected there is less here");
	free(t);
	buf_free(&log);
	free(path);
	remove_tree(dir);
	run_free(run);
}

static void gate_page(void **state)
{
	struct run *run = fake_run("r1", "old new");
	struct gate g;
	char *t;

	fake_row(run, "a/b/anon-rdma", "pass fail");
	record_set(&run->rec[1].seen, "</details><script>alert(1)</script>");
	fake_row(run, "a/c/anon-rdma", "xfail pass");
	assert_int_equal(gate_judge(run, "old", "new", "a/c", NULL, "head <er>", &g), 0);
	t = gate_html(&g);
	has(t, "<p id=\"verdict\" class=\"b\">broken: ");
	has(t, "<h2 class=\"b\">Broken: 1 test</h2>");
	has(t, "<details id=\"a/b/anon-rdma\">");
	has(t, "<dd>&lt;/details&gt;&lt;script&gt;alert(1)&lt;/script&gt;</dd>");
	has(t, "head &lt;er&gt;");
	has(t, "<h2 class=\"g\">Fixed: 1 test</h2>");
	has(t, "a/c: ");
	free(t);
	gate_free(&g);
	run_free(run);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(history_and_words),
		cmocka_unit_test(not_as_expected),
		cmocka_unit_test(nothing_and_damage),
		cmocka_unit_test(several_runs),
		cmocka_unit_test(patched),
		cmocka_unit_test(size),
		cmocka_unit_test(gate_page),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
