// SPDX-License-Identifier: GPL-2.0-only
/*
 * Without EVENT_REMAP, mremap() ends the protection. The pages must be accessible at
 * once, and the pin must stay with its page.
 */
#include "case.h"

CASE("pin, read-and-write protect, mremap: the protection ends, and the pin agrees", "C1 C3 C4");
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
