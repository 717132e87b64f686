// SPDX-License-Identifier: GPL-2.0-only
/*
 * MADV_DONTNEED is one of the few operations that may separate a pin from its page, and
 * it has to. The process gets a new page. The pin keeps the old one with its content, for
 * the device alone, and nobody else may get that page while it is pinned. The other pages
 * still agree with the pin. Shared memory is only unmapped, so there pin and page table
 * still agree.
 */
#include "case.h"

CASE("MADV_DONTNEED of a pinned page: the pin keeps it, the process gets a new one", "C1 C8");
SEEN_TO_FAIL("7.3-dontneed-spares-pinned", "C1", "*-[!k]*");
SEEN_TO_FAIL("7.3-devices-zaps-untold", "C1", "*-kvm");
VARIANTS("ALL swapped mthp hugetlb_shared file_private", "io_uring");
VARIANTS("BRIEF", "rdma odirect");
VARIANTS("anon thp", "io_uring_clone");
VARIANTS("anon hugetlb", "rdma_ro");
VARIANTS("anon", "kvm");

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
