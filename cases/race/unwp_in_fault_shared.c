// SPDX-License-Identifier: GPL-2.0-only
/*
 * As race/unwp_in_fault, but the page is shared with a child. When it is unprotected it
 * stays read-only, as the write has yet to copy it. That is no reason to wait for a monitor.
 */
#include "case.h"

CASE("shared memory is unprotected while a write faults: the write ends", "C2 C3");
SEEN_TO_FAIL("6.1 6.12 7.3", "C3", "*");
BROKEN_BY("unprotected-in-flight", "*");
VARIANTS("anon thp hugetlb", "none");

TEST_F(scene, unwp_in_fault_shared)
{
	uffd_open(self, 0);
	while (race_round(self)) {
		fork_child(self);
		wp(self);
		race(self, &act_fault, AT("handle_userfault"), &act_unwp);
		child_exit(self);
	}
}
