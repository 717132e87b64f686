// SPDX-License-Identifier: GPL-2.0-only
/*
 * MADV_DONTNEED has unmapped pages, no processor knows them any more, and it has not freed them
 * yet. A write gets new ones then. (Before that it may still land in the old ones.)
 */
#include "case.h"

CASE("write to pages that are just given up: it lands in new ones", "C0");
SEEN_TO_FAIL("7.3-dontneed-drops-twice", "C0", "anon-*");
SEEN_TO_FAIL("7.3-windows-dontneed-drops-twice", "C0", "thp-*");
VARIANTS("anon thp", "none");

TEST_F(scene, store_in_dontneed)
{
	while (race_round(self)) {
		race(self, &act_dontneed, FORGOTTEN(0), &act_store);
		cpu_write(self, PARENT);
	}
}
