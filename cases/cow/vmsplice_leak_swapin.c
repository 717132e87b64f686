// SPDX-License-Identifier: GPL-2.0-only
/*
 * The same with the parent's page swapped out in between: the reference keeps
 * it in the swap cache, and swap-in reused it by mapcount.		(C2)
 */
#include "case.h"

CONTROL("vmsplice in the child, unmap, swap out, parent writes",
     "C2");
SEEN_TO_FAIL("TBD");
KNOWN_BROKEN("2.6.17", "5.18", "c145e0b47c77",
	     "do_swap_page() reuses by mapcount alone",
	     "anon-vmsplice");

VARIANT(anon, vmsplice);

TEST_F(scene, vmsplice_leak_swapin)
{
	fork_child(self);
	pin_by(self, &pin_vmsplice, CHILD, ALL_PAGES);
	child_unmap(self);
	pageout(self, true);
	cpu_write(self, PARENT);
}
