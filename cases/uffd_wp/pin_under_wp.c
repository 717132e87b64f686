// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pin memory while it is write-protected. A pin for writing is a write: either
 * it asks the monitor, once a page, before it exists, or it is refused with
 * EFAULT and no notification, which is what kernels did whose long-term pins
 * could not wait (up to 6.1; pin_user_pages(), i.e. gup, cannot to this day).
 * Afterwards C1 holds, or nothing is pinned.			(C3, C7)
 */
#include "case.h"

CASE("pin what is write-protected: one notification a page, or EFAULT and nothing pinned", "C1 C3 "
											   "C7");
SEEN_TO_FAIL("7.3-gup-ignores-wp", "C7", "anon-gup");
SEEN_TO_FAIL("7.3-gup-ignores-wp", "C3", "*-io_uring *-rdma *-gup_fast");
PATCHED("7.3-unwp-grants-write", "C1", "unprotecting makes writable whatever it is", "zero-*");
PATCHED("7.3-unwp-grants-write", "C2", "unprotecting makes writable whatever it is",
	"shmem_private-*");
PATCHED("7.3-gup-ignores-wp", "C7", "the kernel's own write faults ignore the mark", "anon-gup");
PATCHED("7.3-gup-ignores-wp", "C3", "the kernel's own write faults ignore the mark",
	"*-io_uring *-rdma *-gup_fast");
PATCHED("7.3-pin-skips-cow", "C1", "a pin for writing takes what is there",
	"shmem_private-* zero-*");
PATCHED("7.3-dma-by-page-table", "C3", "io_uring goes by the page table, not by the pin", "*");
OBSERVES("pin_under_wp", "how the registration ends, and how many notifications it makes");

VARIANTS_ALL(io_uring);
VARIANT(swapped, io_uring);
VARIANT(mthp, io_uring);
VARIANT(hugetlb_shared, io_uring);
VARIANTS_BRIEF(rdma);
VARIANT(shmem, rdma);
VARIANT(anon, gup);
VARIANT(anon, gup_fast);
VARIANT(hugetlb, gup_fast);

TEST_F(scene, pin_under_wp)
{
	wp(self);
	if (!pin_write_protected(self)) {
		unwp(self);
		cpu_write(self, PARENT);
		return;
	}
	cpu_write(self, PARENT);
	device_write(self);
	wp(self);
}
