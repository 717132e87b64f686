// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a pin brings in, from swap, from a file or as something new, the kernel may put into
 * ZONE_MOVABLE at that very moment; then it is moved out of there before the pin is taken.
 */
#include "case.h"

CASE("a pin brings pages in, which the kernel puts into ZONE_MOVABLE", "C0 C1 C7");
IN_ZONE_MOVABLE;
SEEN_TO_FAIL("5.10", "C7", "[!df]* file_private-rdma");
SEEN_TO_FAIL("7.3-pin-stays-movable", "C7", "droppable-*");
SEEN_TO_FAIL("6.1 6.12 7.3", "C7", "hugetlb_hole-* hugetlb_untouched-*");
BROKEN_BY("pins-stay-movable", "*");
BROKEN_BY_AS("hugetlb-pin-finds-none", "C7", "hugetlb_hole-* hugetlb_untouched-*");
VARIANTS(
	"swapped unpopulated zero ksm file_private droppable thp_swapped zero_huge hugetlb_hole hugetlb_untouched",
	"io_uring rdma");

TEST_F(scene, movable_faulted)
{
	pin(self);
	cpu_write(self, PARENT);
	device_write(self);
	fork_child(self);
	cpu_write(self, PARENT);
	cpu_write(self, CHILD);
}
