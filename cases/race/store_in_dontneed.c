// SPDX-License-Identifier: GPL-2.0-only
/*
 * MADV_DONTNEED has unmapped pages, and has not freed them yet. A write gets new ones then.
 */
#include "case.h"

CASE("write to pages that are just given up: it lands in new ones", "C0");
NOT_SEEN_TO_FAIL("it fails on 7.3-dontneed-drops-twice, and on 7.3-src as well, where the spot that "
		 "needs no probe may be too late",
		 "*");
VARIANTS("anon thp", "none");

TEST_F(scene, store_in_dontneed)
{
	while (race_round(self)) {
		race(self, &act_dontneed, GIVEN_UP(3), &act_store);
		cpu_write(self, PARENT);
	}
}
