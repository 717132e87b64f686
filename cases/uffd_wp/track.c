// SPDX-License-Identifier: GPL-2.0-only
/*
 * Flow A, tracking: WP, write fault, notification, unprotect, wake, retry. Each
 * write is noticed once, is not visible anywhere before it is resolved, and then
 * lands in the writer's own page, which is the pinned one.	(C1, C3)
 */
#include "case.h"

CASE("flow A: write fault, notification, unprotect, retry, with a pin", "C1 C3");
SEEN_TO_FAIL("Debian 5.10.262: anon thp thp_pte zero by io_uring rdma, anon by odirect");
KNOWN_BROKEN("5.9", "5.19", "6c287605fd56",
	     "do_wp_page() copies an exclusive page whenever page_count() != 1 (09854ba94c6a)",
	     "anon-[!n]* thp_pte-[!n]* zero-[!n]* thp-[!n]*");

VARIANTS_ALL(io_uring);
VARIANTS_ALL(rdma);
VARIANT(anon, odirect);
VARIANT_NOPIN(anon);
VARIANT_NOPIN(thp);
VARIANT_NOPIN(hugetlb);
VARIANT_NOPIN(shmem);
VARIANT_NOPIN(shmem_private);
VARIANT_NOPIN(zero);

TEST_F(scene, track)
{
	pin(self);
	wp(self);
	write_under_wp(self, 1, UNPROTECT);
	write_under_wp(self, 0, UNPROTECT);
	device_write(self);
	unwp(self);
	cpu_write(self, PARENT);
}
