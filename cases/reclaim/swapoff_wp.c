// SPDX-License-Identifier: GPL-2.0-only
/*
 * swapoff() brings pages back without a fault, and the uffd-wp bit must come along. It
 * was forgotten once. Up to v5.13 an entry with the bit was not even found, so that
 * swapoff() never ended.
 */
#include "case.h"

CASE("write-protect, swap out, swapoff: the uffd-wp bit stays", "C3 C4 C8");
SEEN_TO_FAIL("7.3-swap-forgets-wp", "C4", "*");
BROKEN_BY_AS("swapoff-forgets-bits", "C3", "anon-none thp-none thp_pte-none");
VARIANTS("ANON mthp shmem_private", "none");

TEST_F(scene, swapoff_wp)
{
	cpu_write(self, PARENT);
	wp(self);
	pageout(self, true);
	swapoff_all(self);
	write_under_wp(self, 1, UNPROTECT);
	unwp(self);
	cpu_write(self, PARENT);
}
