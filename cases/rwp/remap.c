// SPDX-License-Identifier: GPL-2.0-only
/*
 * P: pin; read-and-write protect; mremap(). Without EVENT_REMAP the
 * protection ends there, and the pages are accessible at once; the pin stays
 * with its page.						(C1, C4)
 */
#include "case.h"

CASE("pin, read-and-write protect, mremap: no mark moves along, the pin agrees", "C1 C3 C4");
SEEN_TO_FAIL("7.3-mremap-keeps-wp", "C4", "anon-* thp-* shmem-* shmem_private-none");
SEEN_TO_FAIL("7.3-dma-by-page-table", "C1", "hugetlb-io_uring");

VARIANTS("BRIEF shmem", "io_uring");
VARIANTS("anon thp shmem shmem_private", "none");

TEST_F(scene, remap)
{
	uffd_open(self, FOR_RWP);
	pin(self);
	wp(self);
	remap(self, 0);
	register_again(self);
	cpu_write(self, PARENT);
	device_write(self);
}
