// SPDX-License-Identifier: GPL-2.0-only
/*
 * The control: a FOLL_GET reference does not keep a page in the page table. The reference
 * may go stale, but its owner must lose nothing: what comes back from swap is what was
 * there.
 */
#include "case.h"

CONTROL("vmsplice, page out, fork, write: stale is allowed, a leak is not", "C1 C2");
SEEN_TO_FAIL("7.3-swapin-skips-cache", "C0", "anon-vmsplice");
VARIANTS("anon", "vmsplice");

TEST_F(scene, pageout_vmsplice)
{
	pin(self);
	pageout(self, false);
	cpu_read(self, PARENT);
	fork_child(self);
	cpu_write(self, CHILD);
	cpu_write(self, PARENT);
}
