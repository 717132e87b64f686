// SPDX-License-Identifier: GPL-2.0-only
/*
 * P: pin; write-protect; mremap() with EVENT_REMAP: registration and marks
 * move along, and each write at the new place is noticed once. The pin stays
 * with its page.						(C1, C3, C4)
 */
#include "case.h"

CASE("EVENT_REMAP: the marks move along, and the pin agrees", "C1 C3 C4");
NOT_SEEN_TO_FAIL("not yet", "*");

VARIANTS_ALL(io_uring);
VARIANT(anon, rdma);
VARIANT(thp, rdma);
VARIANT(shmem, rdma);
VARIANTS_ALL_NOPIN;
VARIANT_NOPIN(swapped);
VARIANT_NOPIN(hugetlb_shared);

TEST_F(scene, remap_event)
{
	uffd_open(self, WP_EVENT_REMAP);
	pin(self);
	wp(self);
	remap(self, 0);
	marks_stay(self);
	write_under_wp(self, 1, UNPROTECT);
	unwp(self);
	cpu_write(self, PARENT);
	device_write(self);
}
