// SPDX-License-Identifier: GPL-2.0-only
/*
 * KSM looks at pages that are write-protected: if it merges them, the mark must
 * come along, for the next write has to be noticed.		(C3, C4)
 */
#include "case.h"

CASE("write-protect, let KSM merge: the mark stays and the write is noticed", "C3 C4");

VARIANT_NOPIN(anon);
VARIANT_NOPIN(thp);
VARIANT_NOPIN(thp_pte);
VARIANT_NOPIN(shmem_private);
VARIANT(anon, io_uring);

TEST_F(scene, wp_scan)
{
	cpu_write(self, PARENT);
	pin(self);
	wp(self);
	ksm_scan(self);
	write_under_wp(self, 0, UNPROTECT);
	unwp(self);
	cpu_write(self, PARENT);
}
