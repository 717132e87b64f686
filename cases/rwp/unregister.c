// SPDX-License-Identifier: GPL-2.0-only
/*
 * P: pin; read-and-write protect; unregister; P reads and writes: nothing is
 * protected any more, and the pin holds the page that is mapped. (C1, C4)
 */
#include "case.h"

CASE("pin, read-and-write protect, unregister: no mark is left, the pin agrees", "C1 C4");
NOT_SEEN_TO_FAIL("not yet", "*");

VARIANTS_ALL(io_uring);
VARIANT(anon, rdma);
VARIANT_NOPIN(anon);
VARIANT_NOPIN(thp);
VARIANT_NOPIN(thp_pte);
VARIANT_NOPIN(hugetlb);
VARIANT_NOPIN(shmem);
VARIANT_NOPIN(shmem_private);
VARIANT_NOPIN(zero);

TEST_F(scene, unregister)
{
	uffd_open(self, FOR_RWP);
	pin(self);
	wp(self);
	unregister(self);
	cpu_write(self, PARENT);
	device_write(self);
}
