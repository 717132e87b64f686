// SPDX-License-Identifier: GPL-2.0-only
/*
 * swapoff() brings back pages that were written. They must keep the soft-dirty bit, as
 * they do since 14a762dd1977.
 */
#include "case.h"

CASE("soft-dirty: clear, write, page out, swapoff", "C9");
SEEN_TO_FAIL("5.10", "C9", "anon-* thp_pte-* shmem_private-* zero-*");
SEEN_TO_FAIL("7.3-write-forgets-soft-dirty", "C9", "mthp-*");
BROKEN_BY("swapoff-forgets-bits", "*");
VARIANTS("anon thp_pte mthp shmem_private zero", "none");

TEST_F(scene, sd_swapoff)
{
	ledger_open(self, SOFT_DIRTY);
	ledger_clear(self);
	cpu_write(self, PARENT);
	pageout(self, true);
	swapoff_all(self);
	cpu_read(self, PARENT);
}
