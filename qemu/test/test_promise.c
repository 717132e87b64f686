// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "err.h"
#include "promise.h"
#include "util.h"

/* What was fetched with a kernel comes, or nothing is said of the kernel at all. */
static void promises(void **state)
{
	static char zram[] = "/c/zram.ko", rxe[] = "/c/rdma_rxe.ko", ext4[] = "/c/ext4.ko";
	static char *modules[] = { zram, rxe, ext4 };
	static const struct {
		const char *facts, *says; /* NULL: all is well */
	} want[] = {
		{ "modules=3\nmodules_failed=\nrdma=ok\nswap=zram\nfiles=ext4\n", NULL },
		{ "modules=2\nmodules_failed=zram.ko:ENOEXEC\nrdma=ok\nswap=no zram\nfiles=ext4\n",
		  "kernel 6.12: modules do not load: zram.ko:ENOEXEC" },
		{ "modules=2\nmodules_failed=\nrdma=ok\nswap=zram\nfiles=ext4\n", "kernel 6.12: of "
										  "3 modules 2 "
										  "came" },
		{ "modules=3\nmodules_failed=\nrdma=no device\nswap=zram\nfiles=ext4\n", "kernel "
											 "6.12 has "
											 "rdma_rxe."
											 "ko, and "
											 "yet: no "
											 "device" },
		{ "modules=3\nmodules_failed=\nrdma=ok\nfiles=ext4\n", "kernel 6.12 has zram.ko, "
								       "and yet: nothing came of "
								       "it" },
		{ "modules=3\nmodules_failed=\nrdma=ok\nswap=zram\nfiles=no RAM disk\n", "kernel "
											 "6.12 has "
											 "ext4.ko, "
											 "and yet: "
											 "no RAM "
											 "disk" },
	};
	static char name[] = "6.12";
	struct kernel k = { .name = name, .modules = modules, .nmodules = ARRAY_SIZE(modules) };
	struct guest_spec g;

	guest_default(&g);
	for (size_t i = 0; i < ARRAY_SIZE(want); i++) {
		assert_int_equal(promise_check(&k, &g, want[i].facts), want[i].says ? -EIO : 0);
		if (want[i].says)
			assert_string_equal(err_msg(), want[i].says);
	}
	/* What the user took away was not promised. */
	g.swap = SWAP_OFF;
	assert_int_equal(promise_check(&k, &g, "modules=3\nrdma=ok\nswap=no\nfiles=ext4\n"), 0);
	/* Nor what a kernel has built in: there a table says what must be there. */
	k.nmodules = 0;
	assert_int_equal(promise_check(&k, &g, "modules=0\nrdma=no\nfiles=no\n"), 0);
	/* What was asked for in words is. */
	g.zswap = true;
	assert_int_equal(promise_check(&k, &g, "modules=0\nzswap=Y\n"), 0);
	assert_int_equal(promise_check(&k, &g, "modules=0\nzswap=N\n"), -EIO);
	assert_string_equal(err_msg(), "kernel 6.12 has no zswap: leave zswap=on out of GUEST=");
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(promises) };

	return cmocka_run_group_tests_name("promise", tests, NULL, NULL);
}
