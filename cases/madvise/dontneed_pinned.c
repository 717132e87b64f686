// SPDX-License-Identifier: GPL-2.0-only
/*
 * The user gives a pinned page up: MADV_DONTNEED. This is one of the few things
 * that may part a pin from its page, and it has to: the process gets a new page
 * and the pin keeps the old one, with what it held, for the device alone. The
 * other pages are still one with the pin. Nobody else gets the old page as long
 * as it is pinned. Shared memory is only unmapped, and nothing parts.	(C1)
 */
#include "case.h"

CASE("MADV_DONTNEED of a pinned page: the pin keeps it, the process gets a new one", "C1 C8");
SEEN_TO_FAIL("7.3-dontneed-spares-pinned", "C1", "*");

VARIANTS("ALL swapped mthp hugetlb_shared file_private", "io_uring");
VARIANTS("BRIEF", "rdma odirect");
VARIANTS("anon thp", "io_uring_clone");
VARIANTS("anon hugetlb", "rdma_ro");

TEST_F(scene, dontneed_pinned)
{
	pin(self);
	dontneed(self, PARENT, PAGE(0));
	cpu_write(self, PARENT);
	device_write(self);
	cpu_write(self, PARENT);
	unpin(self);
	cpu_write(self, PARENT);
}
