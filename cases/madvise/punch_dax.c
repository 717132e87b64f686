// SPDX-License-Identifier: GPL-2.0-only
/*
 * The pages of a file on memory that is a disk are its blocks. A hole gives them back to the file
 * system, and the next file gets them: so it waits for who has the pages pinned, for a moment only
 * (see pin/dax). What a device writes must not land in somebody else's file.
 */
#include "case.h"

CASE("a device writes to a file that has no page cache, punch a hole: it waits, and ends", "C1 C8");
SEEN_TO_FAIL("6.1", "C8", "*");
SEEN_TO_FAIL("7.3-devices-dax-hole-waits-not", "C1", "*");
BROKEN_BY("dax-hole-never-woken", "*");
VARIANTS("dax_shared dax_huge", "odirect odirect_bytes");

TEST_F(scene, punch_dax)
{
	pin(self);
	punch_waits(self, IS_LEFT_ALONE);
	cpu_write(self, PARENT);
	fork_child(self);
	cpu_write(self, CHILD);
}
