// SPDX-License-Identifier: GPL-2.0-only
/*
 * A page is unmapped to be migrated. UFFDIO_MOVE has to wait for that, tries again and finds the page
 * at its new frame.
 */
#include "case.h"

CASE("UFFDIO_MOVE of a page that is being migrated: it is moved, and said to be", "C0 C7");
SEEN_TO_FAIL("6.18 6.19 7.0 7.1", "C7", "*");
BROKEN_BY("move-says-exists", "*");
VARIANTS("anon", "none");

TEST_F(scene, move_in_migration)
{
	while (race_round(self)) {
		race(self, &act_migrate, UNMAPPED(0), &act_move);
		cpu_write(self, PARENT);
	}
}
