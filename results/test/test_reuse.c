// SPDX-License-Identifier: GPL-2.0-only
/* What of an earlier run is worth the same in this one. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "fake_run.h"
#include "reuse.h"

static struct tcase a_case = { .exe_sha256 = (char *)"e1" };
static struct test tests[] = { { .c = &a_case, .name = (char *)"a/b/anon-none" },
			       { .c = &a_case, .name = (char *)"a/c/anon-none" } };
static const struct test_list list = { tests, 2 };
static struct run *before, *now;

static struct record *measured(const char *test, const char *status)
{
	struct record *r = fake_add(before, "base", test, status);

	record_set(&r->kernel_sha256, "k1");
	record_set(&r->exe_sha256, "e1");
	record_set(&r->accel, "tcg");
	record_set(&r->qemu, "7.2.22");
	record_set(&r->isolation, "area");
	record_set(&r->log, "logs/base/x.txt");
	r->repeat = 1;
	return r;
}

static int setup(void **state)
{
	before = fake_run("before", "base");
	now = fake_run("now", "base patched");
	record_set(&now->info.kernels[0].kernel_sha256, "k1");
	record_set(&now->info.kernels[1].kernel_sha256, "k2");
	now->fd = open("/dev/null", O_WRONLY);
	return 0;
}

static int teardown(void **state)
{
	run_free(before);
	run_free(now);
	return 0;
}

static void same_kernel_and_program(void **state)
{
	const struct record *r;

	measured("a/b/anon-none", "pass");
	assert_int_equal(run_reuse(now, before, &now->info.kernels[0], &list), 1);
	r = run_find(now, "base", "a/b/anon-none", 1);
	assert_non_null(r);
	assert_string_equal(r->reused, "before");
	assert_string_equal(r->log, "../before/logs/base/x.txt");
	/* It is there now; and the other kernel is another one. */
	assert_int_equal(run_reuse(now, before, &now->info.kernels[0], &list), 0);
	assert_int_equal(run_reuse(now, before, &now->info.kernels[1], &list), 0);
}

static void nothing_else_fits(void **state)
{
	record_set(&measured("a/b/anon-none", "pass")->exe_sha256, "e2");
	record_set(&measured("a/c/anon-none", "pass")->qemu, "8.0.0");
	assert_int_equal(run_reuse(now, before, &now->info.kernels[0], &list), 0);
	record_set(&measured("a/b/anon-none", "pass")->isolation, "none");
	measured("a/c/anon-none", "error");
	assert_int_equal(run_reuse(now, before, &now->info.kernels[0], &list), 0);
	record_set(&measured("a/b/anon-none", "pass")->config_sha256, "c2");
	assert_int_equal(run_reuse(now, before, &now->info.kernels[0], &list), 0);
	measured("a/b/anon-none", "pass");
	record_set(&before->info.machine, "another one");
	assert_int_equal(run_reuse(now, before, &now->info.kernels[0], &list), 0);
	record_set(&before->info.machine, now->info.machine);
	assert_int_equal(run_reuse(now, before, &now->info.kernels[0], &list), 1);
}

int main(void)
{
	const struct CMUnitTest t[] = {
		cmocka_unit_test_setup_teardown(same_kernel_and_program, setup, teardown),
		cmocka_unit_test_setup_teardown(nothing_else_fits, setup, teardown),
	};

	return cmocka_run_group_tests(t, NULL, NULL);
}
