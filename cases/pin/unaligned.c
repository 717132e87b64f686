// SPDX-License-Identifier: GPL-2.0-only
/*
 * A pin that begins and ends in the middle of pages, inside a huge page and across
 * into the next one. io_uring keeps one entry for a run of pages of a folio, by an
 * offset from where the folio begins, and got that wrong for buffers like these, as
 * well as the number of pins to give back (CVE-2025-38256).	(C1, C2, C8)
 */
#include "case.h"

CASE("a pin from the middle of a page to the middle of another", "C1 C2 C8");
SEEN_TO_FAIL("7.3-coalesce-from-start", "C1",
	     "thp_two-io_uring* hugetlb-io_uring* hugetlb_shared-io_uring");
SEEN_TO_FAIL("5.10", "C1", "hugetlb-rdma hugetlb-rdma_ro");
KNOWN_BROKEN("2.6.12", "5.13", "C1", "4eae4efa2c29",
	     "hugetlb pages are not copied early at fork() for a pin", "hugetlb-*");

VARIANT(hugetlb, io_uring);
VARIANT(thp_two, io_uring);
VARIANT(hugetlb_shared, io_uring);
VARIANT(thp_two, io_uring_clone);
VARIANT(hugetlb, io_uring_clone);
VARIANT(thp_two, io_uring_slot);
VARIANT(hugetlb, rdma);
VARIANT(hugetlb, rdma_ro);

TEST_F(scene, unaligned)
{
	pin_range(self, 1, ALL_LEFT, 3973, 1000);
	cpu_write(self, PARENT);
	device_write(self);
	fork_child(self);
	cpu_write(self, PARENT);
	device_write(self);
	cpu_write(self, CHILD);
	unpin(self);
	cpu_write(self, PARENT);
}
