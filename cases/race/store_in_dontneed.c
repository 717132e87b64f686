// SPDX-License-Identifier: GPL-2.0-only
/*
 * MADV_DONTNEED has unmapped pages, and has not freed them yet. A write gets new ones then.
 */
#include "case.h"

CASE("write to pages that are just given up: it lands in new ones", "C0");
NOT_SEEN_TO_FAIL("no kernel was found that loses it", "*");
VARIANTS("anon thp", "none");

TEST_F(scene, store_in_dontneed)
{
	while (race_round(self)) {
		race(self, &act_dontneed, AT("tlb_finish_mmu"), &act_store);
		cpu_write(self, PARENT);
	}
}
