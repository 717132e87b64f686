// SPDX-License-Identifier: GPL-2.0-only
/*
 * As madvise/punch_dax, and while the hole waits the file is read by who has it mapped: the page that
 * the hole has unmapped is mapped again. It is not held by that, or the hole would wait for ever.
 */
#include "case.h"

CASE("the same, and who has the file mapped reads it meanwhile: the hole ends all the same",
     "C1 C8");
SEEN_TO_FAIL("6.16 6.18 7.2 7.3", "C8", "*");
SEEN_TO_FAIL("7.3-devices-dax-hole-waits-not", "C1", "*");
BROKEN_BY("dax-hole-never-woken", "*");
BROKEN_BY("dax-hole-mapped-again", "*");
VARIANTS("dax_shared dax_huge", "odirect odirect_bytes");

TEST_F(scene, punch_dax_read)
{
	pin(self);
	punch_waits(self, IS_READ);
	cpu_write(self, PARENT);
}
