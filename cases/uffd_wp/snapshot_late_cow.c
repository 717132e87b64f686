// SPDX-License-Identifier: GPL-2.0-only
/*
 * Flow B, late fault, and the page is shared with a child: this one needs COW.
 * 								(C2, C3, C5)
 */
#include "case.h"

CASE("flow B, a late fault on a page shared with a child is copied", "C2 C3 C5");
SEEN_TO_FAIL("7.3-unwp-grants-write", "C2", "*-none");
PATCHED("7.3-unwp-grants-write", "fail", "unprotecting makes writable whatever it is", "*");

VARIANTS_PRIVATE_NOPIN;

TEST_F(scene, snapshot_late_cow)
{
	fork_child(self);
	wp(self);
	snapshot(self);
	write_begin(self, 1);
	unwp(self);
	write_finish(self);
	cpu_write(self, CHILD);
	snapshot_holds(self);
}
