// SPDX-License-Identifier: GPL-2.0-only
/*
 * The child is gone. May the parent write to its part of a huge page without a copy?
 * Since 1da190f4d0a6 (v6.15) it may, if nobody else holds a reference. Which frame the
 * write goes to is observed; what is read is as in fork/pin_child_gone.
 */
#include "case.h"

OBSERVATION("fork, child exits, parent writes to a part of a huge page: copied or not", "C1 C2");
OBSERVES("frames_new_by_write", "pages that the write copied, though nobody shares them any more");
VARIANTS("ANON mthp", "none vmsplice");

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
