// SPDX-License-Identifier: GPL-2.0-only
/*
 * A page in swap that a child shares must not be moved: its entry is not exclusive, and who
 * brought it back at the new place would get a writable page that the child has, too.
 */
#include "case.h"

CASE("swap out, fork, UFFDIO_MOVE: EBUSY, and neither process sees what the other writes",
     "C0 C2 C7");
SEEN_TO_FAIL("7.3-move-takes-swapped-shared", "C7", "*");
VARIANTS("anon swapped", "none");

TEST_F(scene, swapped_shared)
{
	pageout(self, true);
	fork_child(self);
	uffd_move_refused(self, PAGE(1));
	cpu_write(self, PARENT);
	cpu_write(self, CHILD);
}
