// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "version.h"

static void parts_are_numbers(void **state)
{
	(void)state;
	kernel_is("6.12.118+deb13-amd64", "#1 SMP PREEMPT_DYNAMIC Debian 6.12.118-1 (2026-11-20)");
	assert_true(kernel_version_at_least("6.8"));
	assert_true(kernel_version_at_least("6.12"));
	assert_true(kernel_version_at_least("6.12.118"));
	assert_true(kernel_version_at_least("5.19"));
	assert_false(kernel_version_at_least("6.12.119"));
	assert_false(kernel_version_at_least("6.13"));
	assert_false(kernel_version_at_least("7.0"));
	assert_string_equal(kernel_version(), "6.12.118");
}

/* Its own name has the ABI's number and not the stable release. */
static void debian_tells_the_stable_release(void **state)
{
	(void)state;
	kernel_is("5.10.0-46-amd64", "#1 SMP Debian 5.10.262-1 (2026-10-01)");
	assert_true(kernel_version_at_least("5.10.9"));
	assert_true(kernel_version_at_least("5.10.262"));
	assert_false(kernel_version_at_least("5.10.263"));
	assert_false(kernel_version_at_least("5.11"));
}

static void built_by_oneself(void **state)
{
	(void)state;
	kernel_is("7.3.0-rc2-00012-gabcdef", "#1 SMP Debian GNU/Linux");
	assert_true(kernel_version_at_least("7.3"));
	assert_false(kernel_version_at_least("7.3.1"));
	kernel_is("7.3", "#1");
	assert_true(kernel_version_at_least("7.3"));
	assert_false(kernel_version_at_least("7.3.1"));
}

static void stable_branches(void **state)
{
	static const char since[] = "6.8 6.6.14 6.1.75";

	(void)state;
	kernel_is("6.8.0", "");
	assert_true(kernel_since(since));
	kernel_is("7.0.1", "");
	assert_true(kernel_since(since));
	kernel_is("6.7.12", "");
	assert_false(kernel_since(since));
	kernel_is("6.6.13", "");
	assert_false(kernel_since(since));
	kernel_is("6.6.14", "");
	assert_true(kernel_since(since));
	/* Newer than what a branch was given, but not of it. */
	kernel_is("6.5.99", "");
	assert_false(kernel_since(since));
	kernel_is("6.1.192", "");
	assert_true(kernel_since(since));
	kernel_is("5.10.262", "");
	assert_false(kernel_since(since));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parts_are_numbers),
		cmocka_unit_test(debian_tells_the_stable_release),
		cmocka_unit_test(built_by_oneself),
		cmocka_unit_test(stable_branches),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
