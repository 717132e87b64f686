// SPDX-License-Identifier: GPL-2.0-only
/*
 * As nomem/protect, by madvise(): it splits the mapping, and merges it again.
 */
#include "case.h"

CASE("each allocation of MADV_DONTFORK of a page fails in turn: nothing changes", "C0 C3 C4 C7");
SEEN_TO_FAIL("7.3-faults-split-fails-with-loss", "C0", "anon-* thp-*");
NOT_SEEN_TO_FAIL("what is lost of it comes back from the file, and its mark with it", "shmem-*");
VARIANTS("anon shmem thp", "none");

TEST_F(scene, dontfork)
{
	wp(self);
	while (failure_round(self)) {
		failing(self, &act_dontfork_page);
		marks_stay(self);
	}
	write_under_wp(self, 1, UNPROTECT);
}
