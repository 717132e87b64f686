// SPDX-License-Identifier: GPL-2.0-only
/*
 * The control to dma_under_wp: a device that faults is noticed as a CPU is, once,
 * before its write is seen by anybody, and waits for the monitor. Its reads are
 * not noticed.							(C3, C4, C6)
 */
#include "case.h"

CONTROL("a device that faults, under write-protect: one notification a write", "C3 C4 C6");
SEEN_TO_FAIL("6.16", "C6", "*-rdma_odp");
KNOWN_BROKEN("6.16", "7.2.8", "C6", "769001ce838d",
	     "soft-RoCE writes to a page that is mapped for reading, once it has read it: past the "
	     "mark, without a notification",
	     "*-rdma_odp");
KNOWN_BROKEN("7.2.8", "7.3", "C6", "",
	     "hmm_range_fault() cannot wait for a monitor: the device's write fails, without a "
	     "notification",
	     "*-rdma_odp");
PATCHED("7.3-gup-ignores-wp", "C6", "the kernel's own write faults ignore the mark", "*");
PATCHED("7.3-dma-by-page-table", "C6", "io_uring goes by the page table, not by the pin", "*");

VARIANT(anon, rdma_odp);
VARIANT(thp, rdma_odp);
VARIANT(hugetlb, rdma_odp);
VARIANT(shmem, rdma_odp);

TEST_F(scene, odp_under_wp)
{
	pin(self);
	wp(self);
	device_write_under_wp(self, 1);
	write_under_wp(self, 0, UNPROTECT);
	marks_stay(self);
	unwp(self);
	device_write(self);
}
