// SPDX-License-Identifier: GPL-2.0-only
/*
 * The child is gone; may the parent write to its part of a huge page without a
 * copy? Since 1da190f4d0a6 (v6.15) yes, if nobody else has a reference. What is
 * written where is checked, the frame is observed.		(C1, C2)
 */
#include "case.h"

CASE("fork, child exits, parent writes to a part of a huge page", "C1 C2");
OBSERVES("frames_new_by_write", "pages that the write copied, though nobody shares them any more");
NOT_SEEN_TO_FAIL("it is about which frame the write goes to, which is observed; the values are those of fork/pin_child_gone",
	"*");

VARIANT_NOPIN(thp_pte);
VARIANT_NOPIN(thp);
VARIANT_NOPIN(mthp);
VARIANT_NOPIN(anon);
VARIANT(thp_pte, vmsplice);
VARIANT(thp, vmsplice);
VARIANT(mthp, vmsplice);
VARIANT(anon, vmsplice);

TEST_F(scene, large_reuse)
{
	fork_child(self);
	pin(self);
	child_exit(self);
	frames_note(self);
	cpu_write(self, PARENT);
	frames_tell(self, "frames_new_by_write");
	cpu_write(self, PARENT);
}
