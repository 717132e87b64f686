// SPDX-License-Identifier: GPL-2.0-only
/*
 * futex(2) writes to a word of the process by an atomic operation of its own, here
 * FUTEX_WAKE_OP. In write-protected memory that must make one notification, and wait for
 * the monitor, as a store to the same word does. Without a uffd-wp bit it goes through,
 * into the pin's page. fault_in_user_writeable() takes the fault in a way that cannot
 * wait, so that the operation fails with EFAULT and nobody is told. See
 * results/findings/futex-under-wp.md. (C1, C3)
 */
#include "case.h"

CASE("futex(2) on write-protected memory: one notification, and it goes through", "C1 C3");
SEEN_TO_FAIL("6.1 7.3", "C3", "*");
SEEN_TO_FAIL("7.3-nowait-past-wp", "C3", "*");
BROKEN_BY("futex-cannot-wait", "*");

VARIANTS("ALL hugetlb_shared", "io_uring");
VARIANTS("BRIEF shmem_private shmem zero", "none");
VARIANTS("anon", "rdma");

TEST_F(scene, futex_under_wp)
{
	pin(self);
	cpu_write_by(self, FUTEX, PARENT, ALL_PAGES);
	wp(self);
	write_under_wp_by(self, 0, FUTEX);
	device_write(self);
	unwp(self);
	cpu_write_by(self, FUTEX, PARENT, ALL_PAGES);
	device_write(self);
}
