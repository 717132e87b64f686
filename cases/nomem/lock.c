// SPDX-License-Identifier: GPL-2.0-only
/*
 * As nomem/protect, by mlock().
 */
#include "case.h"

CASE("each allocation of mlock() of a page fails in turn: nothing changes", "C0 C7");
SEEN_TO_FAIL("7.3-faults-split-fails-with-loss", "C0", "anon-* thp-*");
NOT_SEEN_TO_FAIL("what is lost of it comes back from the file", "shmem-*");
VARIANTS("anon shmem thp", "none");

TEST_F(scene, lock)
{
	while (failure_round(self)) {
		failing(self, &act_lock_page);
		cpu_write(self, PARENT);
	}
}
