// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <jansson.h>

#include "cmd.h"
#include "err.h"
#include "expect.h"
#include "fake_run.h"
#include "gate.h"

static char dir[] = "/tmp/cowpen-test-XXXXXX";

static int make_dir(void **state)
{
	return mkdtemp(dir) ? 0 : -1;
}

static int drop_dir(void **state)
{
	return remove_tree(dir);
}

static struct run *base_and_patched(void)
{
	struct run *run = fake_run("r1", "5.10-src 5.10-mapcount");

	fake_kernel(run, "5.10-src", "source", "", "5.10.262");
	fake_kernel(run, "5.10-mapcount", "patched", "5.10-src", "5.10.262");
	for (int i = 0; i < 2; i++)
		record_set(&run->info.kernels[i].package, "linux-source-5.10 5.10.262-1");
	return run;
}

static void judge_claims(const struct run *run, const char *claims, struct gate *g)
{
	if (gate_judge(run, run->info.kernels[0].name, run->info.kernels[1].name, claims, NULL,
		       NULL, g))
		fail_msg("%s", err_msg());
}

static void judge(const struct run *run, struct gate *g)
{
	judge_claims(run, NULL, g);
}

static char *print(const struct gate *g)
{
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	gate_print(f, g, (struct style){ .width = 72 });
	fclose(f);
	fits(text, 72);
	return text;
}

static const char *bottom_line(const char *text)
{
	const char *p = text + strlen(text) - 1;

	assert_int_equal(*p, '\n');
	while (p > text && p[-1] != '\n')
		p--;
	return p;
}

/* The last line, the exit code, and that they say the same. */
static void comes_to(const struct gate *g, int code, const char *words)
{
	static const char *const begin[] = { "nothing", "broken: ", "incomplete: " };
	char *t = print(g);

	if (strncmp(bottom_line(t), words, strlen(words)) || gate_exit_code(g) != code)
		fail_msg("exit %d, not %d with \"%s\":\n%s", gate_exit_code(g), code, words, t);
	assert_int_equal(strncmp(bottom_line(t), begin[code], strlen(begin[code])), 0);
	free(t);
}

/* --- changes and rates --------------------------------------------------------------- */

static void changes(void **state)
{
	static const enum gate_change want[6][6] = {
		/* from        to pass      fail           error      skip        crash          timeout */
		[ST_PASS] = { G_SAME, G_BROKEN, G_UNKNOWN, G_NEW_SKIP, G_BROKEN, G_BROKEN },
		[ST_FAIL] = { G_FIXED, G_STILL, G_UNKNOWN, G_NEW_SKIP, G_WORSE, G_WORSE },
		[ST_ERROR] = { G_UNKNOWN, G_UNKNOWN, G_UNKNOWN, G_UNKNOWN, G_UNKNOWN, G_UNKNOWN },
		[ST_SKIP] = { G_NEW_PASS, G_NEW_FAILURE, G_UNKNOWN, G_SAME, G_NEW_FAILURE,
			      G_NEW_FAILURE },
		[ST_CRASH] = { G_FIXED, G_STILL, G_UNKNOWN, G_NEW_SKIP, G_STILL, G_STILL },
		[ST_TIMEOUT] = { G_FIXED, G_STILL, G_UNKNOWN, G_NEW_SKIP, G_STILL, G_STILL },
	};
	struct cell none = { 0 };

	for (unsigned int n = 1; n <= 10; n++) {
		for (unsigned int i = 0; i < 6; i++) {
			struct cell a = { .n = n };

			a.s[i] = n;
			for (unsigned int k = 0; k < 6; k++) {
				struct cell b = { .n = n };

				b.s[k] = n;
				if (gate_change_of(&a, &b) != want[i][k])
					fail_msg("%s -> %s, %u times, is %s", status_name(i),
						 status_name(k), n,
						 gate_change_name(gate_change_of(&a, &b)));
			}
			assert_int_equal(gate_change_of(&a, &none), G_NOT_RUN);
			assert_int_equal(gate_change_of(&none, &a), G_NOT_RUN);
		}
	}
}

static void probabilities(void **state)
{
	static const struct {
		unsigned int ka, na, kb, nb;
		double p;
	} want[] = {
		{ 0, 3, 3, 3, 0.05 },
		{ 0, 4, 4, 4, 1 / 70. },
		{ 0, 4, 3, 4, 0.0714286 },
		{ 5, 10, 10, 10, 0.0162539 },
		{ 0, 10, 4, 10, 0.0433437 },
		{ 0, 10, 3, 10, 0.105263 },
		{ 2, 20, 10, 20, 0.00690707 },
		{ 10, 20, 2, 20, 0.999402 },
		{ 0, 1, 1, 1, 0.5 },
		{ 3, 100, 17, 90, 0.000312525 },
		{ 1, 5, 5, 6, 0.0670996 },
		{ 0, 5, 0, 5, 1 },
		{ 5, 5, 5, 5, 1 },
		/* Where factorials, and weights, have left what a double can hold. */
		{ 0, 100000, 100000, 100000, 0 },
		{ 100000, 100000, 0, 100000, 1 },
		{ 50000, 100000, 50000, 100000, 0.50178 },
		{ 40000, 100000, 60000, 100000, 0 },
		{ 60000, 100000, 40000, 100000, 1 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(want); i++) {
		double p = gate_p(want[i].ka, want[i].na, want[i].kb, want[i].nb);

		if (!(p > want[i].p * 0.999 - 1e-9 && p < want[i].p * 1.001 + 1e-9))
			fail_msg("%u/%u against %u/%u: p = %g, not %g", want[i].ka, want[i].na,
				 want[i].kb, want[i].nb, p, want[i].p);
	}
}

static void rates(void **state)
{
	static const struct {
		unsigned int ka, na, kb, nb;
		enum gate_change want;
	} want[] = {
		{ 0, 1, 1, 1, G_BROKEN }, /* once is as much as there is */
		{ 0, 2, 2, 2, G_BROKEN }, /* never and always, though p = 1/6 */
		{ 0, 3, 3, 3, G_BROKEN },
		{ 3, 3, 0, 3, G_FIXED },
		{ 0, 2, 1, 2, G_FLAKY },
		{ 1, 2, 0, 2, G_FLAKY },
		{ 2, 3, 3, 3, G_FLAKY },
		{ 0, 10, 4, 10, G_BROKEN },
		{ 0, 10, 3, 10, G_FLAKY },
		{ 4, 10, 0, 10, G_FIXED },
		{ 3, 10, 0, 10, G_FLAKY },
		{ 5, 10, 10, 10, G_WORSE },
		{ 2, 20, 10, 20, G_WORSE },
		{ 10, 10, 5, 10, G_STILL }, /* less often is not fixed */
		{ 3, 10, 4, 10, G_FLAKY },
		{ 4, 10, 3, 10, G_FLAKY },
		{ 10, 10, 10, 10, G_STILL },
		{ 0, 10, 0, 10, G_SAME },
	};

	for (size_t i = 0; i < ARRAY_SIZE(want); i++) {
		struct cell a = { .n = want[i].na }, b = { .n = want[i].nb };
		enum gate_change c;

		a.s[ST_FAIL] = want[i].ka;
		a.s[ST_PASS] = want[i].na - want[i].ka;
		b.s[ST_FAIL] = want[i].kb;
		b.s[ST_PASS] = want[i].nb - want[i].kb;
		c = gate_change_of(&a, &b);
		if (c != want[i].want)
			fail_msg("%u/%u -> %u/%u is %s", want[i].ka, want[i].na, want[i].kb,
				 want[i].nb, gate_change_name(c));
	}
}

static void mixed_rates(void **state)
{
	/* pass, fail, error, skip, crash, timeout: as in enum status */
	static const struct {
		unsigned int a[NR_STATUS], b[NR_STATUS];
		enum gate_change want;
	} want[] = {
		/* It fails no more often, but what was a failure is a crash now and then. */
		{ { 0, 10 }, { 0, 5, 0, 0, 5 }, G_WORSE },
		{ { 0, 10 }, { 0, 9, 0, 0, 1 }, G_STILL },
		{ { 0, 5, 0, 0, 5 }, { 0, 10 }, G_STILL },
		/* Half of what failed passes; but what fails now kills. */
		{ { 0, 10 }, { 5, 0, 0, 0, 5 }, G_WORSE },
		/* Some could not be judged; the others tell enough, or do not. */
		{ { 10 }, { 0, 8, 2 }, G_BROKEN },
		{ { 10 }, { 8, 0, 2 }, G_UNKNOWN },
		{ { 0, 10 }, { 9, 0, 1 }, G_UNKNOWN },
		{ { 8, 0, 2 }, { 10 }, G_SAME },
		{ { 8, 0, 2 }, { 0, 10 }, G_BROKEN },
		{ { 8, 0, 2 }, { 8, 0, 2 }, G_SAME },
		{ { 10 }, { 0, 0, 9, 1 }, G_UNKNOWN },
	};

	for (size_t i = 0; i < ARRAY_SIZE(want); i++) {
		struct cell a = { 0 }, b = { 0 };

		for (unsigned int s = 0; s < NR_STATUS; s++) {
			a.n += a.s[s] = want[i].a[s];
			b.n += b.s[s] = want[i].b[s];
		}
		if (gate_change_of(&a, &b) != want[i].want)
			fail_msg("%zu: %s", i, gate_change_name(gate_change_of(&a, &b)));
	}
}

/* --- what people read ---------------------------------------------------------------- */

/* Something of everything that a whole run can hold. */
static struct run *rich(void)
{
	struct run *run = base_and_patched();
	struct record *r;

	fake_row(run, "a/same/anon-rdma", "pass pass");
	fake_row(run, "a/same/thp-rdma", "skip skip");
	fake_row(run, "b/leak/anon-vmsplice", "pass fail");
	r = &run->rec[run->nrec - 1];
	record_set(&r->clause, "C2");
	record_set(&r->step, "7 cpu_write parent");
	record_set(&r->wanted, "page 0's first content");
	record_set(&r->seen, "parent's write of step 7 (view: child's vmsplice pin, page 0, CPU "
			     "cell)");
	record_set(&r->log, "logs/5.10-mapcount/b_leak_anon-vmsplice.txt");
	fake_row(run, "b/leak/thp_pte-vmsplice", "pass fail");
	record_set(&run->rec[run->nrec - 1].clause, "C2");
	fake_row(run, "b/leak/thp-vmsplice", "xfail xfail");
	for (int i = 1; i <= 2; i++) {
		record_set(&run->rec[run->nrec - i].clause, "C2");
		record_set(&run->rec[run->nrec - i].fix, "3bff7e3f1f16");
		record_set(&run->rec[run->nrec - i].reason, "a huge page is reused by mapcount "
							    "alone");
	}
	fake_row(run, "c/dies/anon-rdma", "fail crash");
	record_set(&run->rec[run->nrec - 1].reason, "BUG: unable to handle page fault");
	fake_row(run, "d/new/anon-rdma", "skip fail");
	fake_row(run, "e/fixed/anon-rdma", "xfail pass");
	record_set(&run->rec[run->nrec - 2].clause, "C1");
	record_set(&run->rec[run->nrec - 2].fix, "6c287605fd56");
	record_set(&run->rec[run->nrec - 2].reason, "do_wp_page() copies an exclusive page "
						    "whenever page_count() != 1 (09854ba94c6a)");
	fake_row(run, "e/fixed/anon-io_uring", "fail pass");
	fake_row(run, "f/lost/anon-rdma", "pass skip");
	record_set(&run->rec[run->nrec - 1].reason, "no userfaultfd write-protect");
	fake_row(run, "g/gained/anon-rdma", "skip pass");
	fake_row(run, "h/nothing/anon-rdma", "error error");
	record_set(&run->rec[run->nrec - 1].reason, "no huge page to be had");
	return run;
}

static void categories(void **state)
{
	static const char *const order[] = {
		"\nBroken: 2 tests\n"
		"  b/leak {anon,thp_pte}-vmsplice\n"
		"    pass -> fail; clause C2\n"
		"    step      7 cpu_write parent\n"
		"    wanted    page 0's first content\n"
		"    seen      parent's write of step 7 (view: child's vmsplice pin, page\n"
		"              0, CPU cell)\n"
		"    log       results/runs/r1/logs/5.10-mapcount/b_leak_anon-vmsplice.txt\n"
		"    replay    make run CASE=b/leak/anon-vmsplice KERNEL=5.10-mapcount SEED=0x1 "
		"ACCEL=tcg\n",
		"\nWorse: 1 test\n"
		"  c/dies anon-rdma\n"
		"    fail -> crash\n"
		"    reason    BUG: unable to handle page fault\n"
		"    replay    make run CASE=c/dies/anon-rdma KERNEL=5.10-mapcount",
		"\nNew failure: 1 test\n  d/new anon-rdma\n    skip -> fail\n    replay ",
		"\nNew skip: 1 test\n"
		"  f/lost anon-rdma\n"
		"    pass -> skip\n"
		"    reason    no userfaultfd write-protect\n",
		"\nUnknown: 1 test\n  h/nothing anon-rdma\n    error on both\n"
		"    reason    no huge page to be had\n",
		/* Why it is known, and a variant of which nothing is. */
		"\nFixed: 2 tests\n"
		"  e/fixed\n"
		"    fail -> pass; clause C1; fix 6c287605fd56\n",
		"\nStill failing: 1 test\n"
		"  b/leak thp-vmsplice\n"
		"    fail on both; clause C2; fix 3bff7e3f1f16: a huge page is reused by\n"
		"    mapcount alone\n",
		"\nNew pass: 1 test\n  g/gained anon-rdma\n    skip -> pass\n",
		"\n2 tests the same: 1 pass, 1 skip\n",
		"\n\nbroken: 5 tests of b/leak, c/dies, d/new, f/lost\n",
	};
	struct run *run = rich();
	const char *at, *before = "";
	struct gate g;
	char *t;

	judge(run, &g);
	t = print(&g);
	for (size_t i = 0; i < ARRAY_SIZE(order); i++) {
		has(t, order[i]);
		at = strstr(t, order[i]);
		assert_true(!i || at > before);
		before = at;
	}
	has_not(t, "a/same");
	has_not(t, "Incomplete");
	has_not(t, "Claims");
	assert_int_equal(gate_exit_code(&g), 1);
	free(t);
	gate_free(&g);
	run_free(run);
}

static void head(void **state)
{
	struct run *run = base_and_patched();
	struct gate g;
	char *t;

	record_set(&run->info.kernels[0].origin, "linux-source-5.10 5.10.262-1, base.config");
	record_set(&run->info.kernels[0].release, "5.10.262-src");
	record_set(&run->info.kernels[1].release, "5.10.262-own");
	record_set(&run->info.kernels[1].package, "linux-source-5.10 5.10.262-1 + 5.10-mapcount "
						  "7f7a4bd8046f");
	fake_row(run, "a/same/anon-rdma", "pass pass");
	if (gate_judge(run, "5.10-src", "5.10-mapcount", NULL, NULL,
		       "  config  CONFIG_DEBUG_VM is y on patched\n"
		       "series    3 patches, 2 files changed, by name of which this line is far "
		       "too long\n"
		       "\nwith \ttabs\n",
		       &g))
		fail_msg("%s", err_msg());
	t = print(&g);
	has(t, "run r1: tcg, QEMU 7.2.22, seed 0x2a\n"
	       "  base    5.10-src: 5.10.262-src, linux-source-5.10 5.10.262-1,\n"
	       "          base.config\n"
	       "  patched 5.10-mapcount: 5.10.262-own, 5.10-src, patches/5.10-mapcount\n"
	       "          (1 patch), 5.10-mapcount 7f7a4bd8046f\n"
	       "    config  CONFIG_DEBUG_VM is y on patched\n"
	       "  series 3 patches, 2 files changed, by name of which this line is far\n"
	       "    too long\n"
	       "  \n"
	       "  with  tabs\n"
	       "1 test, once on either kernel\n");
	has_not(t, "warning");
	free(t);
	gate_free(&g);
	run->info.repeat = 10;
	judge(run, &g);
	t = print(&g);
	has(t, "1 test, 10 times on either kernel\n");
	free(t);
	gate_free(&g);
	run_free(run);
}

static void unlike(void **state)
{
	struct run *run = base_and_patched();
	struct run_kernel *k = run->info.kernels;
	struct gate g;
	char *t;

	fake_row(run, "a/same/anon-rdma", "pass pass");
	record_set(&k[0].kernel_sha256, "aa");
	record_set(&k[1].kernel_sha256, "aa");
	record_set(&k[1].base, "5.10-other");
	record_set(&k[1].config_sha256, "bb");
	record_set(&k[1].package, "linux-source-5.10 5.10.263-1");
	record_set(&k[1].modules_sha256, "cc");
	record_set(&run->rec[1].accel, "kvm");
	record_set(&run->rec[1].kernel_sha256, "dd");
	record_set(&run->rec[1].exe_sha256, "ee");
	run->rec[1].seed = 7;
	judge(run, &g);
	t = print(&g);
	has(t, "warning: base and patched are the same kernel image:");
	has(t, "warning: 5.10-mapcount is made from 5.10-other, and not from 5.10-src\n");
	has(t, "warning: the configurations differ\n");
	has(t, "warning: the packages differ: linux-source-5.10 5.10.262-1 and\n"
	       "         linux-source-5.10 5.10.263-1\n");
	has(t, "warning: the modules differ\n");
	has(t, "warning: they did not run on the same machine: 5.10-src on tcg, QEMU\n"
	       "         7.2.22; 5.10-mapcount on kvm, QEMU 7.2.22\n");
	has(t, "warning: 1 results have another seed on base than on patched\n");
	has(t, "warning: 1 results are of tests that were built anew");
	has(t, "warning: 1 results of patched are of another kernel image");
	/* All this is to be known, and no reason to say that something broke. */
	assert_int_equal(gate_exit_code(&g), 0);
	free(t);
	gate_free(&g);
	record_set(&k[1].config_sha256, "");
	judge(run, &g);
	t = print(&g);
	has(t, "warning: the configurations are not both known: they may differ\n");
	free(t);
	gate_free(&g);
	run_free(run);
}

static void repeated(void **state)
{
	static const struct {
		const char *test;
		unsigned int base, patched; /* failures of ten */
	} rows[] = {
		{ "a/now/x-y", 0, 10 },	 { "a/often/x-y", 0, 4 }, { "b/rare/x-y", 1, 3 },
		{ "c/less/x-y", 10, 4 }, { "d/gone/x-y", 10, 0 }, { "e/same/x-y", 0, 0 },
		{ "e/same/z-y", 0, 0 },
	};
	struct run *run = base_and_patched();
	struct gate g;
	char *t;

	run->info.repeat = 10;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		for (unsigned int n = 0; n < 10; n++) {
			fake_add(run, "5.10-src", rows[i].test, n < rows[i].base ? "fail" : "pass");
			fake_add(run, "5.10-mapcount", rows[i].test,
				 n < rows[i].patched ? "fail" : "pass");
		}
	}
	judge(run, &g);
	t = print(&g);
	has(t, "7 tests, 10 times on either kernel\n");
	has(t, "Broken: 2 tests\n  a/now x-y\n    pass 10/10 -> fail 10/10\n");
	has(t, "  a/often x-y\n    pass 10/10 -> fail 4/10\n");
	has(t, "Fixed: 1 test\n  d/gone x-y\n    fail 10/10 -> pass 10/10\n");
	has(t, "Still failing: 1 test\n  c/less x-y\n    fail 10/10 -> fail 4/10\n");
	has(t, "Flaky: 1 test\n  b/rare x-y\n    fail 1/10 -> fail 3/10\n    replay ");
	has(t, "2 tests the same: 2 pass, 0 skip\n");
	free(t);
	comes_to(&g, 1, "broken: 2 tests of a/now, a/often\n");
	gate_free(&g);
	run_free(run);
}

/* --- what it comes to ---------------------------------------------------------------- */

/* A record that fails by @clause in @step. */
static void fails_by(struct run *run, const char *kernel, const char *test, const char *clause,
		     const char *step)
{
	struct record *r = fake_add(run, kernel, test, "fail");

	record_set(&r->clause, clause);
	record_set(&r->step, step);
}

/* That it fails on both does not make it the same failure. */
static void fails_otherwise_is_worse(void **state)
{
	struct run *run = fake_run("r", "old new");
	struct gate g;
	char *t, *k;

	fails_by(run, "old", "a/clause/x-y", "C1", "5 cpu_write parent");
	fails_by(run, "new", "a/clause/x-y", "C2", "3 fork");
	fails_by(run, "old", "a/clause/z-y", "C1", "5 cpu_write parent");
	fails_by(run, "new", "a/clause/z-y", "C1", "5 cpu_write parent");
	fails_by(run, "old", "a/earlier/x-y", "C1", "5 cpu_write parent");
	fails_by(run, "new", "a/earlier/x-y", "C1", "4 wp");
	fails_by(run, "old", "a/later/x-y", "C1", "5 cpu_write parent");
	fails_by(run, "new", "a/later/x-y", "C1", "6 cpu_write child");
	/* Its clauses are those of the case: none of them broke, or any. */
	fails_by(run, "old", "a/none/x-y", "C1", "5 cpu_write parent");
	fails_by(run, "new", "a/none/x-y", "C1 C3", "5 cpu_write parent");
	fake_row(run, "b/same/x-y", "pass pass");
	judge(run, &g);
	assert_int_equal(g.n[G_OTHERWISE], 3);
	assert_int_equal(g.n[G_STILL], 2);
	comes_to(&g, 1, "broken: 3 tests of a/clause, a/earlier, a/none\n");
	t = print(&g);
	has(t, "\nFails otherwise: 3 tests\n  a/clause x-y\n"
	       "    fails otherwise: base C1 at step 5, patched C2 at step 3\n");
	has(t, "base C1 at step 5, patched C1 at step 4");
	has(t, "base C1 at step 5, patched no clause at step 5");
	has(t, "\nStill failing: 2 tests\n  a/clause z-y\n");
	k = gate_ktap(&g);
	has(k, "# fails otherwise: fail -> fail, base C1 at step 5, patched C2 at step 3\n"
	       "not ok 1 a/clause/x-y\n");
	free(k);
	free(t);
	gate_free(&g);
	if (gate_judge(run, "old", "new", NULL, "a/*", NULL, &g))
		fail_msg("%s", err_msg());
	assert_int_equal(g.n[G_GIVEN_UP], 3);
	comes_to(&g, 0, "nothing worse: ");
	gate_free(&g);
	run_free(run);
}

/* Of what is repeated, one odd failure is no proof; and what was not met does not count. */
static void otherwise_now_and_then(void **state)
{
	static const char test[] = "a/b/x-y";

	for (unsigned int odd = 1; odd <= 10; odd += 9) {
		struct run *run = fake_run("r", "old new");
		struct gate g;

		run->info.repeat = 12;
		for (unsigned int i = 0; i < 10; i++) {
			fails_by(run, "old", test, "C1", "5 s");
			fails_by(run, "new", test, i < odd ? "C2" : "C1", "5 s");
		}
		for (unsigned int i = 0; i < 2; i++) {
			fake_add(run, "old", test, "inconclusive");
			fake_add(run, "new", test, "inconclusive");
		}
		judge(run, &g);
		assert_int_equal(g.n[odd == 1 ? G_STILL : G_OTHERWISE], 1);
		assert_string_equal(g.table.row[0].word[BASE], "fail 10/10, inconclusive 2/12");
		gate_free(&g);
		run_free(run);
	}
}

/* Not met, and so neither good nor bad: told, with its numbers. */
static void not_met(void **state)
{
	struct run *run = fake_run("r", "old new");
	struct record *r;
	struct gate g;
	char *t;

	fake_add(run, "old", "a/race/x-y", "fail");
	r = fake_add(run, "new", "a/race/x-y", "inconclusive");
	record_set(&r->reason, "the window was met 0 of 20 times");
	fake_row(run, "a/other/x-y", "fail pass");
	if (gate_judge(run, "old", "new", "a/race", NULL, NULL, &g))
		fail_msg("%s", err_msg());
	assert_int_equal(g.n[G_CANNOT_TELL], 1);
	comes_to(&g, 0, "nothing worse: ");
	assert_int_equal(g.claim[0].unclear, 1);
	t = print(&g);
	has(t, "\nCannot tell: 1 test\n  a/race x-y\n    fail -> inconclusive\n"
	       "    reason    the window was met 0 of 20 times\n");
	free(t);
	t = gate_ktap(&g);
	has(t, "ok 2 a/race/x-y # SKIP inconclusive: the window was met 0 of 20 times\n");
	free(t);
	gate_free(&g);
	run_free(run);
}

static void observe(struct run *run, const char *kernel, const char *test, const char *status,
		    const char *json)
{
	record_set(&fake_add(run, kernel, test, status)->observations, json);
}

static void observations(void **state)
{
	struct run *run = fake_run("r", "old new");
	struct gate g;
	char *t;

	observe(run, "old", "a/b/anon-x", "pass", "{\"pin\":\"taken\",\"n\":\"4 of 4\"}");
	observe(run, "new", "a/b/anon-x", "pass", "{\"pin\":\"EFAULT\",\"n\":\"4 of 4\"}");
	observe(run, "old", "a/b/thp-x", "pass", "{\"pin\":\"taken\"}");
	observe(run, "new", "a/b/thp-x", "pass", "{\"pin\":\"EFAULT\",\"more\":\"1\"}");
	/* It ended elsewhere. */
	observe(run, "old", "a/c/anon-x", "pass", "{\"pin\":\"taken\"}");
	observe(run, "new", "a/c/anon-x", "fail", "{\"pin\":\"EFAULT\"}");
	observe(run, "old", "a/d/anon-x", "fail", "{\"pin\":\"taken\",\"gone\":\"1\"}");
	observe(run, "new", "a/d/anon-x", "fail", "{\"pin\":\"refused\"}");
	judge(run, &g);
	assert_int_equal(g.seen.n, 4);
	t = print(&g);
	has(t, "\nObservations that changed\n"
	       "  a/b {anon,thp}-x: pin: taken -> EFAULT\n"
	       "  a/b thp-x: more: - -> 1\n"
	       "  a/d anon-x: pin: taken -> refused\n\n");
	free(t);
	t = gate_markdown(&g);
	has(t, "Observations that changed");
	free(t);
	gate_free(&g);
	run_free(run);
}

static void exit_codes(void **state)
{
	static const struct {
		const char *rows[4];
		int code;
		const char *words;
	} want[] = {
		{ { "pass pass", "fail fail", "skip skip" },
		  0,
		  "nothing changed: a fix, if it is one, is not demonstrated by these cases\n" },
		{ { "pass pass", "fail pass", "fail fail", "pass pass" },
		  0,
		  "nothing worse: 1 fixed, 0 broken, 1 still failing, 2 the same\n" },
		{ { "pass pass", "pass skip", "skip pass" }, 1, "broken: 1 test of t/1\n" },
		{ { "fail pass", "fail skip", "inconclusive skip", "skip pass" },
		  1,
		  "broken: 2 tests of t/1, t/2\n" },
		{ { "fail pass", "skip pass" },
		  0,
		  "nothing worse: 1 fixed, 0 broken, 1 new pass, 0 the same\n" },
		/* Neither worse nor fixed. */
		{ { "fail inconclusive", "inconclusive fail", "inconclusive pass", "pass pass" },
		  0,
		  "nothing worse: a fix, if it is one, is not demonstrated by these cases\n" },
		{ { "fail pass", "pass inconclusive", "inconclusive inconclusive" },
		  0,
		  "nothing worse: 1 fixed, 0 broken, 2 cannot tell, 0 the same\n" },
		{ { "pass fail", "pass pass", "fail pass" }, 1, "broken: 1 test of t/0\n" },
		{ { "pass timeout" }, 1, "broken: " },
		{ { "fail crash" }, 1, "broken: " },
		{ { "skip crash", "pass pass" }, 1, "broken: " },
		/* Broken is broken, whatever else is missing. */
		{ { "pass fail", "pass -", "pass error" },
		  1,
		  "broken: 1 test of t/0; and the gate is incomplete\n" },
		{ { "pass error", "pass pass" },
		  2,
		  "incomplete: 1 test could not be judged; t/0/x-y on new: \n" },
		{ { "error fail", "pass pass" }, 2, "incomplete: 1 test could not be judged" },
		/* Nothing can be worse than what was not known; but it is told. */
		{ { "error pass", "error skip", "error error", "fail pass" },
		  0,
		  "nothing worse: 1 fixed, 0 broken, 3 unknown, 0 the same\n" },
		{ { "skip error", "pass pass" }, 0, "nothing worse: " },
		{ { "pass -", "pass pass" }, 2, "incomplete: of 2 results 0 are missing on base" },
		{ { "- pass", "pass pass" }, 2, "incomplete: of 2 results 1 are missing on base" },
		{ { "- -" }, 2, "incomplete: of 1 results 1 are missing on base, 1 on patched" },
		{ { NULL }, 2, "incomplete: no test was run\n" },
		/* That all of it is skipped says nothing of the patched kernel. */
		{ { "skip skip" }, 2, "incomplete: every test is skipped on patched: " },
		{ { "pass skip" }, 1, "broken: 1 test of t/0; and the gate is incomplete\n" },
		{ { "skip pass" }, 0, "nothing worse: " },
		{ { "error error", "error error" },
		  2,
		  "incomplete: no test could be judged on base" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(want); i++) {
		struct run *run = fake_run("r", "old new");
		struct gate g;

		for (unsigned int k = 0; k < 4 && want[i].rows[k]; k++) {
			char *name = xasprintf("t/%u/x-y", k);

			fake_row(run, name, want[i].rows[k]);
			free(name);
		}
		judge(run, &g);
		comes_to(&g, want[i].code, want[i].words);
		gate_free(&g);
		run_free(run);
	}
}

static void did_not_boot(void **state)
{
	struct run *run = base_and_patched();
	struct gate g;
	char *t, name[32];

	for (int i = 0; i < 40; i++) {
		snprintf(name, sizeof(name), "t/%d/x-y", i);
		fake_row(run, name, i % 2 ? "pass error" : "skip error");
		record_set(&run->rec[run->nrec - 1].reason, "kernel did not boot: Kernel panic - "
							    "not syncing: VFS: Unable to mount "
							    "root fs on unknown-block(0,0)");
	}
	judge(run, &g);
	t = print(&g);
	has(t, "Incomplete\n"
	       "  patched did not boot: Kernel panic - not syncing: VFS: Unable to mount\n"
	       "      root fs on unknown-block(0,0)\n"
	       "\nincomplete: patched did not boot: Kernel panic - not syncing: VFS: Un...\n");
	/* Nor is each test listed that could not be run. */
	has_not(t, "Unknown");
	has_not(t, "t/3");
	assert_int_equal(gate_exit_code(&g), 2);
	free(t);
	gate_free(&g);
	run_free(run);
}

/* A gate that was killed: what there is is told, and that it is not all. */
static void cut_short(void **state)
{
	struct run *run = base_and_patched();
	struct gate g;
	char *t, name[32];

	fake_row(run, "a/fixed/x-y", "fail pass");
	for (int i = 0; i < 40; i++) {
		snprintf(name, sizeof(name), "t/%02d/x-y", i);
		fake_row(run, name, i < 5 ? "pass -" : "- -");
	}
	judge(run, &g);
	t = print(&g);
	has(t, "Fixed: 1 test\n");
	has(t, "Not run: 40 tests\n  t/00 x-y\n    pass -> not run\n");
	has(t, "  t/09 x-y\n    not run on both\n  and 30 more tests\n");
	has(t, "Incomplete\n  of 41 results 35 are missing on base, 40 on patched; the run was "
	       "cut\n"
	       "      short\n");
	assert_int_equal(gate_exit_code(&g), 2);
	free(t);
	gate_free(&g);

	/* Some of the repeats are there. */
	run_free(run);
	run = base_and_patched();
	run->info.repeat = 3;
	fake_row(run, "a/fixed/x-y", "fail pass");
	fake_row(run, "a/fixed/x-y", "fail pass");
	judge(run, &g);
	comes_to(&g, 2, "incomplete: of 3 results 1 are missing on base, 1 on patched; th");
	gate_free(&g);
	run_free(run);
}

/* What the series may break is told apart, also where it is only a part of a row. */
static void accepted(void **state)
{
	struct run *run = base_and_patched();
	struct gate g;
	char *t;

	fake_row(run, "a/leak/anon-rdma", "pass fail");
	fake_row(run, "a/leak/thp-rdma", "pass fail");
	fake_row(run, "a/leak/zero-rdma", "pass fail");
	fake_row(run, "b/fixed/thp-rdma", "fail pass");
	if (gate_judge(run, run->info.kernels[0].name, run->info.kernels[1].name, NULL,
		       "a/leak/thp-* a/leak/anon-rdma b/*", NULL, &g))
		fail_msg("%s", err_msg());
	assert_int_equal(g.n[G_BROKEN], 1);
	assert_int_equal(g.n[G_GIVEN_UP], 2);
	t = print(&g);
	has(t, "\nBroken: 1 test\n  a/leak zero-rdma\n");
	has(t, "\nGiven up: 2 tests\n  a/leak {anon,thp}-rdma\n");
	free(t);
	comes_to(&g, 1, "broken: 1 test of a/leak\n");
	gate_free(&g);
	if (gate_judge(run, run->info.kernels[0].name, run->info.kernels[1].name, NULL, "a", NULL,
		       &g))
		fail_msg("%s", err_msg());
	comes_to(&g, 0, "nothing worse: 1 fixed, 3 given up, 0 the same\n");
	t = gate_ktap(&g);
	has(t, "a/leak/anon-rdma # XFAIL given up by the series\n");
	free(t);
	gate_free(&g);
	run_free(run);
}

static void claims(void **state)
{
	struct run *run = base_and_patched();
	struct gate g;
	char *t;

	fake_row(run, "a/fixed/anon-rdma", "fail pass");
	fake_row(run, "a/fixed/thp-rdma", "pass pass");
	fake_row(run, "a/half/anon-rdma", "fail pass");
	fake_row(run, "a/half/thp-rdma", "fail fail");
	fake_row(run, "b/never/anon-rdma", "pass pass");
	fake_row(run, "b/never/thp-rdma", "skip skip");
	fake_row(run, "b/not/thp-rdma", "crash crash");
	judge_claims(run, "a/fixed a/half/ b/never,b/not/*-rdma  b", &g);
	t = print(&g);
	has(t, "\nClaims\n"
	       "  a/fixed: demonstrated; 1 fixed, 1 never failed on the base\n"
	       "  a/half: fixed in part; 1 fixed, 1 still failing, 0 never failed on the\n"
	       "      base\n"
	       "  b/never: not demonstrated; 2 never failed on the base\n"
	       "  b/not/*-rdma: not fixed; 1 still failing, 0 never failed on the base\n"
	       "  b: not fixed; 1 still failing, 2 never failed on the base\n");
	free(t);
	gate_free(&g);
	judge_claims(run, "a/fixed", &g);
	comes_to(&g, 0, "nothing worse: 2 fixed, 0 broken, 2 still failing, 3 the same\n");
	gate_free(&g);
	judge_claims(run, "a/fixed b/never", &g);
	comes_to(&g, 0, "nothing worse: the claimed fix is not demonstrated\n");
	gate_free(&g);
	judge_claims(run, "a/fixed b/not", &g);
	comes_to(&g, 0, "nothing worse: what is claimed to be fixed still fails\n");
	gate_free(&g);
	run_free(run);

	run = base_and_patched();
	fake_row(run, "b/never/anon-rdma", "pass pass");
	judge_claims(run, "b/never", &g);
	comes_to(&g, 0, "nothing changed: the claimed fix is not demonstrated\n");
	gate_free(&g);
	judge_claims(run, "b/nevr", &g);
	t = print(&g);
	has(t, "  b/nevr: not demonstrated; no test of this run is meant by it\n");
	free(t);
	gate_free(&g);
	run_free(run);
}

static void wrong_kernels(void **state)
{
	struct run *run = base_and_patched();
	struct gate g;

	assert_int_equal(gate_judge(run, "5.10", "5.10-mapcount", NULL, NULL, NULL, &g), -EINVAL);
	assert_string_equal(err_msg(), "run r1 has no kernel \"5.10\"; it has 5.10-src, "
				       "5.10-mapcount");
	assert_int_equal(gate_judge(run, "5.10-src", "6.1", NULL, NULL, NULL, &g), -EINVAL);
	assert_int_equal(gate_judge(run, "5.10-src", "5.10-src", NULL, NULL, NULL, &g), -EINVAL);
	has(err_msg(), "both 5.10-src");
	run_free(run);
}

/* A last line that would name all cases names some and counts the others. */
static void many_broken(void **state)
{
	struct run *run = base_and_patched();
	struct gate g;
	char name[40];

	for (int i = 0; i < 30; i++) {
		snprintf(name, sizeof(name), "area/some_case_%02d/x-y", i / 2);
		fake_row(run, name, i == 1 || i == 2 ? "pass crash" : "pass fail");
		snprintf(name, sizeof(name), "area/some_case_%02d/z-y", i / 2);
		fake_row(run, name, "pass pass");
	}
	judge(run, &g);
	comes_to(&g, 1, "broken: 15 tests of area/some_case_00 and 14 more cases\n");
	gate_free(&g);
	run_free(run);
}

/* --- what machines read -------------------------------------------------------------- */

static const char *text_of(const json_t *o, const char *key)
{
	const json_t *j = json_object_get(o, key);

	if (!json_is_string(j))
		fail_msg("%s is no string", key);
	return json_string_value(j);
}

static const json_t *row_of(const json_t *rows, const char *test)
{
	const json_t *j;
	size_t i;

	json_array_foreach(rows, i, j) {
		if (!strcmp(text_of(j, "test"), test))
			return j;
	}
	fail_msg("no row %s", test);
	return NULL;
}

static json_int_t num(const json_t *o, const char *key)
{
	const json_t *j = json_object_get(o, key);

	if (!json_is_integer(j))
		fail_msg("%s is no number", key);
	return json_integer_value(j);
}

static void json(void **state)
{
	struct run *run = rich();
	const json_t *rows, *r;
	struct gate g;
	json_t *o;
	char *t;

	record_set(&run->rec[3].reason, "not UTF-8: \xff");
	record_set(&run->rec[3].seen, "\"quoted\", and \x01");
	judge_claims(run, "e/fixed", &g);
	t = gate_json(&g);
	o = json_loads(t, 0, NULL);
	assert_non_null(o);
	assert_int_equal(num(o, "schema"), 2);
	assert_string_equal(text_of(o, "verdict"), "broken");
	assert_int_equal(num(o, "exit"), 1);
	assert_string_equal(text_of(o, "words"), g.words);
	assert_string_equal(text_of(json_object_get(o, "base"), "kernel"), "5.10-src");
	assert_string_equal(text_of(json_object_get(o, "patched"), "origin"), "5.10-src, "
									      "patches/"
									      "5.10-mapcount (1 "
									      "patch)");
	assert_int_equal(num(o, "tests"), 12);
	r = json_object_get(o, "counts");
	assert_int_equal(json_object_size(r), NR_GATE_CHANGE);
	assert_int_equal(num(r, "broken"), 2);
	assert_int_equal(num(r, "worse"), 1);
	assert_int_equal(num(r, "new_failure"), 1);
	assert_int_equal(num(r, "still_failing"), 1);
	assert_int_equal(num(r, "same"), 2);
	rows = json_object_get(o, "rows");
	assert_int_equal(json_array_size(rows), 10); /* what is the same is only counted */
	assert_string_equal(text_of(json_array_get(rows, 0), "change"), "broken");
	r = row_of(rows, "b/leak/anon-vmsplice");
	assert_int_equal(num(json_object_get(r, "base"), "pass"), 1);
	assert_int_equal(num(json_object_get(r, "patched"), "fail"), 1);
	assert_int_equal(json_object_size(json_object_get(r, "patched")), 1);
	assert_string_equal(text_of(r, "clause"), "C2");
	assert_string_equal(text_of(r, "step"), "7 cpu_write parent");
	assert_string_equal(text_of(r, "log"), "results/runs/r1/logs/5.10-mapcount/"
					       "b_leak_anon-vmsplice.txt");
	has(text_of(r, "replay"), "KERNEL=5.10-mapcount");
	/* Of what is fixed, the failure is what there is to see. */
	r = row_of(rows, "e/fixed/anon-rdma");
	assert_string_equal(text_of(r, "fix"), "6c287605fd56");
	has(text_of(r, "replay"), "KERNEL=5.10-src");
	r = json_array_get(json_object_get(o, "claims"), 0);
	assert_string_equal(text_of(r, "verdict"), "demonstrated");
	assert_int_equal(num(r, "fixed"), 2);
	json_decref(o);
	free(t);
	gate_free(&g);
	run_free(run);
}

/* KTAP's rules: the plan is right, numbers rise, what follows the name is a directive. */
static void ktap_holds(const char *t, unsigned int n)
{
	char *copy = xstrdup(t), *save = NULL, *plan = xasprintf("1..%u", n), *line;
	unsigned int seen = 0, number;
	int len;

	line = strtok_r(copy, "\n", &save);
	assert_string_equal(line, "KTAP version 1");
	line = strtok_r(NULL, "\n", &save);
	assert_string_equal(line, plan);
	while ((line = strtok_r(NULL, "\n", &save))) {
		if (!strncmp(line, "# ", 2))
			continue;
		len = 0;
		if (sscanf(line, "not ok %u %n", &number, &len) != 1 || !len)
			sscanf(line, "ok %u %n", &number, &len);
		assert_true(len > 0);
		assert_int_equal(number, ++seen);
		line = strchrnul(line + len, '#');
		if (*line && strncmp(line, "# SKIP ", 7) && strncmp(line, "# XFAIL ", 8) &&
		    strncmp(line, "# ERROR ", 8))
			fail_msg("no directive: %s", line);
	}
	assert_int_equal(seen, n);
	free(plan);
	free(copy);
}

static void ktap(void **state)
{
	struct run *run = rich();
	struct gate g;
	char *t;

	record_set(&run->rec[run->nrec - 1].reason, "a # in it,\nand a line");
	fake_row(run, "i/seen/anon-rdma", "error fail");
	fake_row(run, "i/unseen/anon-rdma", "pass -");
	fake_row(run, "i/un#seen/anon-rdma", "pass pass");
	judge(run, &g);
	t = gate_ktap(&g);
	ktap_holds(t, 15);
	has(t, "\nok 1 a/same/anon-rdma\n");
	has(t, "\nok 2 a/same/thp-rdma # SKIP ");
	has(t, "\n# broken: pass -> fail\nnot ok 3 b/leak/anon-vmsplice\n");
	has(t, "\n# still failing: fail -> fail\nok 4 b/leak/thp-vmsplice # XFAIL fails on base, "
	       "too\n");
	has(t, "\n# worse: fail -> crash\nnot ok 6 c/dies/anon-rdma\n");
	has(t, "\n# new failure: skip -> fail\nnot ok 7 d/new/anon-rdma\n");
	has(t, "\n# fixed: fail -> pass\nok 9 e/fixed/anon-rdma\n");
	has(t, "\n# new skip: pass -> skip, no userfaultfd write-protect\nnot ok 10 "
	       "f/lost/anon-rdma\n");
	has(t, "\nnot ok 12 h/nothing/anon-rdma # ERROR a \\# in it,\\x0aand a line\n");
	has(t, "\nnot ok 13 i/seen/anon-rdma # ERROR fails, and nothing is known of the base\n");
	has(t, "\nok 14 i/un_seen/anon-rdma\n");
	has(t, "\nnot ok 15 i/unseen/anon-rdma # ERROR not run\n");
	free(t);
	gate_free(&g);
	run_free(run);

	run = base_and_patched();
	/* Nothing at all is not a pass. */
	judge(run, &g);
	t = gate_ktap(&g);
	ktap_holds(t, 1);
	has(t, "\nnot ok 1 gate # ERROR incomplete: no test was run\n");
	free(t);
	gate_free(&g);
	run_free(run);
}

static void flaky_ktap(void **state)
{
	struct run *run = base_and_patched();
	struct gate g;
	char *t;

	run->info.repeat = 2;
	fake_row(run, "a/b/x-y", "pass fail");
	fake_row(run, "a/b/x-y", "pass pass");
	judge(run, &g);
	t = gate_ktap(&g);
	has(t, "\n# flaky: pass 2/2 -> fail 1/2\nok 1 a/b/x-y\n");
	ktap_holds(t, 1);
	free(t);
	comes_to(&g, 0, "nothing changed: ");
	gate_free(&g);
	run_free(run);
}

static void markdown(void **state)
{
	struct run *run = rich();
	struct gate g;
	char *t;

	record_set(&run->rec[5].seen, "a <b>|`c`");
	judge_claims(run, "b", &g);
	t = gate_markdown(&g);
	has(t, "## cowpen gate: broken\n\nbroken: 5 tests of b/leak, c/dies, d/new, f/lost\n\n");
	has(t, "- claim b: not fixed (0 fixed, 1 failing, 2 never failed on the base)\n");
	has(t, "| change | tests | base | patched | clause | fix |\n|---|---|---|---|---|---|\n"
	       "| **broken** | b/leak \\{anon,thp\\_pte\\}-vmsplice | pass | fail | C2 |  |\n");
	has(t, "| fixed | e/fixed | fail | pass | C1 | 6c287605fd56 |\n");
	has(t, "\n2 tests the same.\n");
	has(t, "<details><summary>What was seen</summary>\n\nb/leak/anon-vmsplice on "
	       "5.10-mapcount\n\n"
	       "- step: 7 cpu\\_write parent\n");
	has(t, "<details><summary>Kernels and machine</summary>\n\n- base: 5.10-src: ");
	has_not(t, "<b>");
	/* Each row of the table has its six cells. */
	for (const char *p = strstr(t, "\n|"); p; p = strstr(p + 1, "\n|")) {
		unsigned int bars = 0;

		for (const char *c = p + 1; *c != '\n'; c++)
			bars += *c == '|' && c[-1] != '\\';
		assert_int_equal(bars, 7);
	}
	free(t);
	gate_free(&g);
	run_free(run);
}

/* --- the command --------------------------------------------------------------------- */

/* A run on the disk, of the rows of @fake. */
static char *store(struct run *fake)
{
	char *runs = xasprintf("%s/runs", dir);
	struct run *run;

	if (run_create(runs, &fake->info, &run))
		fail_msg("%s", err_msg());
	for (size_t i = 0; i < fake->nrec; i++) {
		struct record r = fake->rec[i];

		record_init(&fake->rec[i]);
		if (run_append(run, &r))
			fail_msg("%s", err_msg());
	}
	run_free(run);
	run_free(fake);
	return runs;
}

static char *read_text(const char *path)
{
	struct buf b = { 0 };

	assert_int_equal(read_file(path, &b), 0);
	return b.data;
}

static void command(void **state)
{
	char *runs = store(rich()), *json = xasprintf("%s/v.json", dir);
	char *ktap = xasprintf("%s/v.ktap", dir), *md = xasprintf("%s/v.md", dir);
	char *head = xasprintf("%s/head", dir), *t, *file;
	int code;
	json_t *o;

	assert_int_equal(write_file(head, "series  one patch\n", 18), 0);
	t = output_of(gate_main, dir, &code,
		      (char *[]){ "gate", "last", "--base", "5.10-src", "--patched",
				  "5.10-mapcount", "--runs", runs, "--json", json, "--ktap", ktap,
				  "--markdown", md, "--header", head, "--claims", "e/fixed",
				  NULL });
	assert_int_equal(code, 1);
	has(t, "\n  series  one patch\n");
	has(t, "\n  e/fixed: demonstrated");
	assert_string_equal(bottom_line(t), "broken: 5 tests of b/leak, c/dies, d/new, f/lost\n");
	free(t);
	file = read_text(json);
	o = json_loads(file, 0, NULL);
	assert_int_equal(num(o, "exit"), 1);
	json_decref(o);
	free(file);
	file = read_text(ktap);
	ktap_holds(file, 12);
	free(file);
	file = read_text(md);
	has(file, "## cowpen gate: broken\n");
	free(file);
	free(head);
	free(md);
	free(ktap);
	free(json);
	free(runs);
}

static void to_standard_output(void **state)
{
	struct run *run = base_and_patched();
	char *runs, *t;
	int code;

	fake_row(run, "a/b/x-y", "fail pass");
	runs = store(run);
	t = output_of(gate_main, dir, &code,
		      (char *[]){ "gate", "--base", "5.10-src", "--patched", "5.10-mapcount",
				  "--runs", runs, "--ktap", "-", NULL });
	assert_int_equal(code, 0);
	/* First the one, on standard output, then the other, on standard error. */
	assert_int_equal(
		strncmp(t, "KTAP version 1\n1..1\n# fixed: fail -> pass\nok 1 a/b/x-y\n", 52), 0);
	assert_string_equal(bottom_line(t), "nothing worse: 1 fixed, 0 broken, 0 the same\n");
	free(t);
	free(runs);
}

static void cannot_write(void **state)
{
	struct run *run = base_and_patched();
	char *runs, *t;
	struct stat st;
	int code;

	fake_row(run, "a/b/x-y", "fail pass");
	runs = store(run);
	t = output_of(gate_main, dir, &code,
		      (char *[]){ "gate", "--base", "5.10-src", "--patched", "5.10-mapcount",
				  "--runs", runs, "--json", "/nowhere/v.json", NULL });
	assert_int_equal(code, 2);
	has(t, "cowpen: gate: cannot write /nowhere/v.json: No such file or directory\n");
	assert_string_equal(bottom_line(t), "incomplete: cannot write /nowhere/v.json: No such "
					    "file "
					    "or directory\n");
	free(t);
	t = output_of(gate_main, dir, &code,
		      (char *[]){ "gate", "--base", "5.10-src", "--patched", "5.10-mapcount",
				  "--runs", runs, "--markdown", "/dev/full", NULL });
	assert_int_equal(code, 2);
	has(t, "cannot write /dev/full: No space left on device\n");
	free(t);
	/* A device stays one. */
	t = output_of(gate_main, dir, &code,
		      (char *[]){ "gate", "--base", "5.10-src", "--patched", "5.10-mapcount",
				  "--runs", runs, "--markdown", "/dev/null", NULL });
	assert_int_equal(code, 0);
	assert_int_equal(stat("/dev/null", &st), 0);
	assert_true(S_ISCHR(st.st_mode));
	free(t);
	free(runs);
}

/* Where it did not come to a run, those who asked for files get them all the same. */
static void no_run(void **state)
{
	char *json = xasprintf("%s/v.json", dir), *ktap = xasprintf("%s/v.ktap", dir);
	char *md = xasprintf("%s/v.md", dir), *t, *file;
	const json_t *list;
	int code;
	json_t *o;

	t = output_of(gate_main, dir, &code,
		      (char *[]){ "gate", "--incomplete", "patch 2 does not apply: mm/memory.c",
				  "--json", json, "--ktap", ktap, "--markdown", md, NULL });
	assert_int_equal(code, 2);
	assert_string_equal(bottom_line(t), "incomplete: patch 2 does not apply: mm/memory.c\n");
	free(t);
	file = read_text(json);
	o = json_loads(file, 0, NULL);
	assert_int_equal(num(o, "exit"), 2);
	assert_string_equal(text_of(o, "verdict"), "incomplete");
	list = json_object_get(o, "incomplete");
	assert_int_equal(json_array_size(list), 1);
	assert_string_equal(json_string_value(json_array_get(list, 0)), "patch 2 does not apply: "
									"mm/memory.c");
	assert_int_equal(json_array_size(json_object_get(o, "rows")), 0);
	assert_int_equal(json_array_size(json_object_get(o, "warnings")), 0);
	json_decref(o);
	free(file);
	file = read_text(ktap);
	ktap_holds(file, 1);
	has(file, "\nnot ok 1 gate # ERROR incomplete: patch 2 does not apply: mm/memory.c\n");
	free(file);
	file = read_text(md);
	has(file, "## cowpen gate: incomplete\n\nincomplete: patch 2 does not apply: "
		  "mm/memory.c\n");
	has_not(file, "the same");
	free(file);
	free(md);
	free(ktap);
	free(json);
}

static void wrong_usage(void **state)
{
	char *runs = store(rich());
	const struct {
		char *argv[8];
		int code;
		const char *says;
	} want[] = {
		{ { "gate", "--runs", runs }, 3, "--base NAME --patched NAME" },
		{ { "gate", "--runs", runs, "--base", "5.10-src" }, 3, "--patched NAME" },
		{ { "gate", "--runs", runs, "--base=x", "--patched=5.10-src" },
		  3,
		  "no kernel \"x\"" },
		{ { "gate", "--runs", runs, "--base=5.10-src", "--patched=5.10-src" }, 3, "both" },
		{ { "gate", "--runs", runs, "--base=a", "--patched=b", "--json=-", "--ktap=-" },
		  3,
		  "only one" },
		{ { "gate", "--runs", runs, "--base=5.10-src", "--patched=5.10-mapcount",
		    "--header=/no/such" },
		  3,
		  "/no/such" },
		{ { "gate", "1999", "--runs", runs, "--base=a", "--patched=b" },
		  3,
		  "no run \"1999\"" },
		{ { "gate", "--runs", "/nowhere", "--base=a", "--patched=b" },
		  2,
		  "no run \"last\"" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(want); i++) {
		char *argv[9] = { NULL }, *t;
		int code;

		memcpy(argv, want[i].argv, sizeof(want[i].argv));
		t = output_of(gate_main, dir, &code, argv);
		if (code != want[i].code || !strstr(t, want[i].says) ||
		    strncmp(t, "cowpen: gate: ", 14) || strchr(t, '\n') != strrchr(t, '\n'))
			fail_msg("%zu: exit %d, %s", i, code, t);
		free(t);
	}
	free(runs);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(changes),
		cmocka_unit_test(probabilities),
		cmocka_unit_test(rates),
		cmocka_unit_test(mixed_rates),
		cmocka_unit_test(categories),
		cmocka_unit_test(head),
		cmocka_unit_test(unlike),
		cmocka_unit_test(repeated),
		cmocka_unit_test(exit_codes),
		cmocka_unit_test(fails_otherwise_is_worse),
		cmocka_unit_test(otherwise_now_and_then),
		cmocka_unit_test(not_met),
		cmocka_unit_test(observations),
		cmocka_unit_test(did_not_boot),
		cmocka_unit_test(cut_short),
		cmocka_unit_test(accepted),
		cmocka_unit_test(claims),
		cmocka_unit_test(wrong_kernels),
		cmocka_unit_test(many_broken),
		cmocka_unit_test(json),
		cmocka_unit_test(ktap),
		cmocka_unit_test(flaky_ktap),
		cmocka_unit_test(markdown),
		cmocka_unit_test(command),
		cmocka_unit_test(to_standard_output),
		cmocka_unit_test(cannot_write),
		cmocka_unit_test(no_run),
		cmocka_unit_test(wrong_usage),
	};

	return cmocka_run_group_tests_name("gate", tests, make_dir, drop_dir);
}
