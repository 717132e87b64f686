// SPDX-License-Identifier: GPL-2.0-only
/*
 * As move/shared, but the area as a whole: a huge page is then moved by its PMD, without a
 * split. Shared with a child it must not be.
 */
#include "case.h"

CASE("fork, UFFDIO_MOVE of the whole area: EBUSY, and nothing moves", "C0 C2 C7");
SEEN_TO_FAIL("7.3-move-takes-shared", "C7", "anon-none");
SEEN_TO_FAIL("7.3-move-takes-shared-thp", "C7", "thp-none");
VARIANTS("anon thp", "none");

TEST_F(scene, shared_whole)
{
	fork_child(self);
	uffd_move_refused(self, ALL_PAGES);
	cpu_write(self, PARENT);
	cpu_write(self, CHILD);
}
