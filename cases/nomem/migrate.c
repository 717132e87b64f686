// SPDX-License-Identifier: GPL-2.0-only
/*
 * Without room for a copy a page stays where it is, and what stood in for it meanwhile goes: no mark is
 * lost, and no write.
 */
#include "case.h"

CASE("each allocation of move_pages() fails in turn: nothing is lost", "C0 C1 C3 C4 C8");
NOT_SEEN_TO_FAIL("no kernel was made yet that loses anything when a copy cannot be had", "*");
VARIANTS("anon thp thp_pte shmem", "none");
VARIANTS("anon", "io_uring");

TEST_F(scene, migrate)
{
	pin_pages(self, PAGE(0));
	wp(self);
	while (failure_round(self)) {
		failing(self, &act_migrate);
		marks_stay(self);
	}
	unwp(self);
	cpu_write(self, PARENT);
	device_write(self);
}
