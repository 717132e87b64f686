// SPDX-License-Identifier: GPL-2.0-only
/*
 * NUMA balancing takes the rights from a page that is write-protected and gives
 * them back at the next touch: the right to read, not the right to write.
 * 								(C3, C4)
 */
#include "case.h"

CASE("write-protect, NUMA hinting: the mark stays and the write is noticed", "C3 C4");

VARIANT_NOPIN(anon);
VARIANT_NOPIN(thp);
VARIANT_NOPIN(shmem);
VARIANT_NOPIN(shmem_private);
VARIANT(anon, io_uring);
VARIANT(shmem, io_uring);

TEST_F(scene, numa_hint_wp)
{
	migrate(self, MUST_GO);
	pin(self);
	wp(self);
	numa_hint(self);
	write_under_wp(self, 0, UNPROTECT);
	unwp(self);
	cpu_write(self, PARENT);
}
