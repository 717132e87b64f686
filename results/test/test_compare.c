// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "compare.h"
#include "err.h"
#include "expect.h"
#include "fake_run.h"

static char *compare(const struct run *a, const struct run *b, int *ret)
{
	struct style st = { .width = 72 };
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	*ret = b ? compare_runs(f, a, b, st) : compare_kernels(f, a, st);
	fclose(f);
	fits(text, 72);
	return text;
}

static void changes(void **state)
{
	static const enum change want[6][6] = {
		/* from        to pass      fail       error       skip         crash      timeout */
		[ST_PASS] = { CH_SAME, CH_BROKEN, CH_UNKNOWN, CH_NEW_SKIP, CH_BROKEN, CH_BROKEN },
		[ST_FAIL] = { CH_FIXED, CH_SAME, CH_UNKNOWN, CH_NEW_SKIP, CH_WORSE, CH_WORSE },
		[ST_ERROR] = { CH_NEW, CH_NEW, CH_SAME, CH_OTHER, CH_NEW, CH_NEW },
		[ST_SKIP] = { CH_NEW, CH_NEW, CH_OTHER, CH_SAME, CH_NEW, CH_NEW },
		[ST_CRASH] = { CH_FIXED, CH_OTHER, CH_UNKNOWN, CH_NEW_SKIP, CH_SAME, CH_OTHER },
		[ST_TIMEOUT] = { CH_FIXED, CH_OTHER, CH_UNKNOWN, CH_NEW_SKIP, CH_OTHER, CH_SAME },
	};
	struct cell none = { 0 };

	for (unsigned int i = 0; i < 6; i++) {
		struct cell a = { .n = 1 };

		a.s[i] = 1;
		for (unsigned int k = 0; k < 6; k++) {
			struct cell b = { .n = 3 };

			b.s[k] = 3; /* repeated more often, but the same */
			if (change_of(&a, &b) != want[i][k])
				fail_msg("%s -> %s is %s", status_name(i), status_name(k),
					 change_name(change_of(&a, &b)));
		}
		assert_int_equal(change_of(&a, &none), CH_GONE);
	}
	assert_int_equal(change_of(&none, &none), CH_SAME);
}

/* By another clause, or earlier: worse, though it fails in both. What was taken down, too. */
static void otherwise(void **state)
{
	struct run *a = fake_run("a", "5.10"), *b = fake_run("b", "5.10");
	struct record *r;
	char *t;
	int ret;

	for (int i = 0; i < 2; i++) {
		struct run *run = i ? b : a;

		r = fake_add(run, "5.10", "a/clause/x-y", "fail");
		record_set(&r->clause, i ? "C2" : "C1");
		record_set(&r->step, "5 fork");
		r = fake_add(run, "5.10", "a/earlier/x-y", "fail");
		record_set(&r->clause, "C1");
		record_set(&r->step, i ? "4 wp" : "5 fork");
		r = fake_add(run, "5.10", "a/same/x-y", "fail");
		record_set(&r->clause, "C1");
		record_set(&r->step, i ? "7 fork" : "5 fork");
		r = fake_add(run, "5.10", "a/seen/x-y", "pass");
		record_set(&r->observations, i ? "{\"pin\":\"EINVAL\"}" : "{\"pin\":\"taken\"}");
		fake_add(run, "5.10", "a/race/x-y", i ? "inconclusive" : "pass");
	}
	t = compare(a, b, &ret);
	assert_int_equal(ret, 2);
	has(t, "worse    a/clause x-y\n           fail -> fail; fails otherwise: A C1 at step 5, B "
	       "C2 at step 5\n");
	has(t, "A C1 at step 5, B C1 at step 4");
	has(t, "unclear  a/race x-y\n           pass -> inconclusive\n");
	has(t, "\nObservations that changed\n  a/seen x-y: pin: taken -> EINVAL\n");
	has(t, "\n2 worse, 1 unclear; 2 tests the same\n");
	free(t);
	run_free(a);
	run_free(b);
}

static void rates(void **state)
{
	struct cell a = { .n = 20 }, b = { .n = 10 };

	a.s[ST_FAIL] = 2;
	a.s[ST_PASS] = 18;
	b.s[ST_FAIL] = 1;
	b.s[ST_PASS] = 9;
	assert_int_equal(change_of(&a, &b), CH_SAME);
	b.s[ST_FAIL] = 5;
	b.s[ST_PASS] = 5;
	assert_int_equal(change_of(&a, &b), CH_WORSE);
	assert_int_equal(change_of(&b, &a), CH_OTHER);
}

static void two_runs(void **state)
{
	struct run *a = fake_run("r1", "6.12 7.3"), *b = fake_run("r2", "6.12 7.3 7.4");
	const char *broken, *fixed, *skip;
	char *t;
	int ret;

	fake_row(a, "a/same/anon-rdma", "pass pass");
	fake_row(b, "a/same/anon-rdma", "pass pass pass");
	fake_row(a, "a/fixed/anon-rdma", "xfail pass");
	fake_row(b, "a/fixed/anon-rdma", "pass pass pass");
	record_set(&a->rec[2].fix, "6c287605fd56");
	fake_row(a, "z/broken/anon-io_uring", "pass pass");
	fake_row(b, "z/broken/anon-io_uring", "crash pass pass");
	fake_row(a, "z/broken/anon-rdma", "pass pass");
	fake_row(b, "z/broken/anon-rdma", "crash pass pass");
	fake_row(a, "b/skip/anon-rdma", "pass pass");
	fake_row(b, "b/skip/anon-rdma", "skip pass pass");
	fake_row(a, "b/gone/anon-rdma", "pass pass");

	t = compare(a, b, &ret);
	has(t, "A  run r1: tcg, QEMU 7.2.22\nB  run r2: tcg, QEMU 7.2.22\n");
	has_not(t, "warning");
	broken = strstr(t, "broken   z/broken\n           pass -> crash\n");
	skip = strstr(t, "newskip  b/skip anon-rdma\n           pass -> skip\n");
	fixed = strstr(t, "fixed    a/fixed anon-rdma\n           fail -> pass; fix "
			  "6c287605fd56\n");
	has(t, "gone     b/gone anon-rdma\n           pass -> -\n");
	assert_non_null(broken);
	assert_non_null(fixed);
	assert_non_null(skip);
	assert_true(broken < fixed && fixed < skip);
	has_not(t, "a/same");
	has(t, "7.4: only in B\n");
	has(t, "2 broken, 2 gone, 1 fixed, 1 newskip; 6 tests the same\n");
	assert_int_equal(ret, 4);
	free(t);

	/* The same run with itself. */
	t = compare(a, a, &ret);
	has(t, "no difference; 12 tests the same\n");
	assert_int_equal(ret, 0);
	free(t);
	run_free(a);
	run_free(b);
}

static void unlike_machines(void **state)
{
	struct run *a = fake_run("r1", "6.12"), *b = fake_run("r2", "6.12");
	char *t;
	int ret;

	fake_row(a, "a/b/c-d", "pass");
	fake_row(b, "a/b/c-d", "pass");
	record_set(&b->info.accel, "kvm");
	record_set(&b->info.qemu, "10.0.1");
	record_set(&b->info.kernels[0].package, "linux-image-6.12-amd64 6.12.2-1");
	t = compare(a, b, &ret);
	has(t, "warning: the accelerators differ");
	has(t, "warning: the QEMUs differ");
	has(t, "A      linux-image-6.12-amd64 6.12.1-1");
	has(t, "B      linux-image-6.12-amd64 6.12.2-1");
	free(t);
	run_free(a);
	run_free(b);
}

static void base_and_patched(void **state)
{
	struct run *a = fake_run("r1", "base"), *b = fake_run("r2", "patched"),
		   *c = fake_run("r3", "x y");
	char *t;
	int ret;

	fake_row(a, "a/b/c-d", "fail");
	fake_row(b, "a/b/c-d", "pass");
	t = compare(a, b, &ret);
	has(t, "fixed    a/b c-d\n           fail -> pass\n");
	free(t);
	t = compare(a, c, &ret);
	assert_int_equal(ret, -ENOENT);
	assert_non_null(strstr(err_msg(), "no kernel in common"));
	free(t);
	run_free(a);
	run_free(b);
	run_free(c);
}

static void kernels_of_one_run(void **state)
{
	struct run *a = fake_run("r1", "5.10 6.1 6.12 7.3"), *one = fake_run("r2", "7.3");
	char *t;
	int ret;

	fake_row(a, "a/same/anon-rdma", "pass pass pass pass");
	fake_row(a, "b/fixed/anon-rdma", "xfail pass pass pass");
	fake_row(a, "c/again/anon-rdma", "xfail pass pass fail");
	fake_row(a, "d/lacks/anon-rdma", "skip pass pass pass");
	fake_row(a, "e/hidden/anon-rdma", "pass skip error fail");
	for (size_t i = 0; i < a->nrec; i++) {
		if (a->rec[i].verdict == V_XFAIL)
			record_set(&a->rec[i].fix, "6c287605fd56");
	}
	t = compare(a, NULL, &ret);
	has(t, "run r1: tcg, QEMU 7.2.22\n");
	has(t, "  5.10    linux-image-5.10-amd64 5.10.1-1\n");
	has(t, "\nbroken   c/again anon-rdma\n"
	       "           fixed between 5.10 and 6.1: 6c287605fd56 says the case;\n"
	       "           broken between 6.12 and 7.3\n"
	       "           fail on 5.10, 7.3; pass on 6.1, 6.12\n");
	/* Where one step says it all, nothing more is said. */
	has(t, "\nfixed    b/fixed anon-rdma\n"
	       "           fixed between 5.10 and 6.1: 6c287605fd56 says the case\n1 tests");
	has(t, "\nbroken   e/hidden anon-rdma\n           broken between 5.10 and 7.3\n"
	       "           pass on 5.10; skip on 6.1; error on 6.12; fail on 7.3\n");
	has_not(t, "d/lacks");
	has(t, "\n1 tests differ only in that a kernel lacks what they need (skip)\n");
	has(t, "2 broken, 1 fixed, 1 new; 1 tests the same\n");
	has_not(t, "a/same");
	assert_int_equal(ret, 2);
	free(t);
	t = compare(one, NULL, &ret);
	assert_int_equal(ret, -ENOENT);
	free(t);
	run_free(a);
	run_free(one);
}

/* Steps are told along versions, in whatever order the kernels were named. */
static void axis_by_version(void **state)
{
	struct run *a = fake_run("r1", "7.3 5.10 6.1");
	char *t;
	int ret;

	fake_kernel(a, "7.3", "stock", "", "7.3.4");
	fake_kernel(a, "5.10", "stock", "", "5.10.262");
	fake_kernel(a, "6.1", "stock", "", "6.1.192");
	fake_row(a, "a/broken/anon-rdma", "fail pass pass");
	fake_row(a, "a/worse/anon-rdma", "fail fail crash");
	t = compare(a, NULL, &ret);
	has(t, "broken   a/broken anon-rdma\n           broken between 6.1 and 7.3\nworse");
	/* It never was good: nothing to say about a step, only what happened. */
	has(t, "worse    a/worse anon-rdma\n           fail on 5.10, 7.3; crash on 6.1\n");
	assert_int_equal(ret, 2);
	free(t);

	/* Of one of them nobody knows the version: as they were named. */
	record_set(&a->info.kernels[1].version, "");
	t = compare(a, NULL, &ret);
	has(t, "a/broken anon-rdma\n           fixed between 7.3 and 5.10\n");
	free(t);
	run_free(a);
}

static struct run *with_patched(void)
{
	struct run *a = fake_run("r1", "5.10 7.3 5.10-src 5.10-mapcount");

	fake_kernel(a, "5.10", "stock", "", "5.10.262");
	fake_kernel(a, "7.3", "stock", "", "7.3.4");
	fake_kernel(a, "5.10-src", "source", "", "5.10.262");
	fake_kernel(a, "5.10-mapcount", "patched", "5.10-src", "5.10.262");
	fake_row(a, "a/fixed/anon-rdma", "xfail pass xfail pass");
	fake_row(a, "a/leak/anon-vmsplice", "pass pass pass fail");
	fake_row(a, "a/same/anon-rdma", "pass pass pass pass");
	fake_row(a, "a/config/anon-gup", "skip skip pass pass");
	return a;
}

static void patched_kernels(void **state)
{
	struct run *a = with_patched();
	const char *axis, *src, *patched;
	char *t;
	int ret;

	t = compare(a, NULL, &ret);
	has(t, "  5.10          linux-image-5.10-amd64 5.10.1-1\n");
	has(t, "  5.10-mapcount 5.10-src, patches/5.10-mapcount (1 patch)\n");
	axis = strstr(t, "fixed between 5.10 and 7.3\n");
	src = strstr(t, "\n5.10-src against 5.10, of the same version: the configurations differ\n"
			"new      a/config anon-gup\n           skip -> pass\n");
	patched = strstr(t, "\n5.10-mapcount against 5.10-src, its base\n"
			    "broken   a/leak anon-vmsplice\n           pass -> fail\n"
			    "fixed    a/fixed anon-rdma\n           fail -> pass\n"
			    "\n1 broken, 1 fixed; 2 tests the same\n");
	if (!axis || !src || !patched)
		fail_msg("%s", t);
	assert_true(axis < src && src < patched);
	assert_int_equal(ret, 1);
	free(t);
	run_free(a);
}

static void base_is_not_there(void **state)
{
	struct run *a = fake_run("r1", "5.10 5.10-mapcount 7.3-own");
	char *t;
	int ret;

	fake_kernel(a, "5.10", "stock", "", "5.10.262");
	fake_kernel(a, "5.10-mapcount", "patched", "5.10-src", "5.10.262");
	fake_kernel(a, "7.3-own", "patched", "7.3-src", "7.3.4");
	fake_row(a, "a/fixed/anon-rdma", "xfail pass pass");
	t = compare(a, NULL, &ret);
	has(t, "\n5.10-mapcount against 5.10 (its base 5.10-src is not in this run; the\n"
	       "  configurations differ)\nfixed    a/fixed anon-rdma\n");
	has(t, "\n7.3-own: this run has nothing to compare it with\n");
	has_not(t, "between");
	free(t);
	run_free(a);
}

static void unlike_machines_in_one_run(void **state)
{
	struct run *a = with_patched();
	char *t;
	int ret;

	record_set(&a->rec[1].accel, "kvm");
	record_set(&a->rec[5].accel, "kvm");
	record_set(&a->rec[9].accel, "kvm");
	record_set(&a->rec[13].accel, "kvm");
	record_set(&a->rec[0].qemu, "7.2.2");
	t = compare(a, NULL, &ret);
	has(t, "warning: not all of it ran on the same machine: 5.10 on tcg, QEMU 7.2.2\n"
	       "         and tcg, QEMU 7.2.22; 7.3 on kvm, QEMU 7.2.22; 5.10-src on tcg,\n"
	       "         QEMU 7.2.22;");
	free(t);
	run_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(changes),
		cmocka_unit_test(rates),
		cmocka_unit_test(otherwise),
		cmocka_unit_test(two_runs),
		cmocka_unit_test(unlike_machines),
		cmocka_unit_test(base_and_patched),
		cmocka_unit_test(kernels_of_one_run),
		cmocka_unit_test(axis_by_version),
		cmocka_unit_test(patched_kernels),
		cmocka_unit_test(base_is_not_there),
		cmocka_unit_test(unlike_machines_in_one_run),
	};

	return cmocka_run_group_tests_name("compare", tests, NULL, NULL);
}
