// SPDX-License-Identifier: GPL-2.0-only
/*
 * A pin begins and ends in the middle of pages, inside a huge page and across into the
 * next one. io_uring keeps one entry for a run of pages of a folio, with an offset from
 * the start of the folio. For buffers like these it got the offset wrong, and also the
 * number of pins to release (CVE-2025-38256).
 */
#include "case.h"

CASE("a pin from the middle of a page to the middle of another", "C1 C2 C8");
SEEN_TO_FAIL("7.3-coalesce-from-start", "C1", "*-io_uring*");
SEEN_TO_FAIL("5.10", "C1", "hugetlb-rdma hugetlb-rdma_ro");
BROKEN_BY("hugetlb-no-early-copy", "hugetlb-*");
VARIANTS("hugetlb thp_two hugetlb_shared", "io_uring");
VARIANTS("thp_two hugetlb", "io_uring_clone");
VARIANTS("thp_two", "io_uring_slot");
VARIANTS("hugetlb", "rdma rdma_ro");

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
