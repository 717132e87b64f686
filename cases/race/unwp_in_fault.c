// SPDX-License-Identifier: GPL-2.0-only
/*
 * A write to a write-protected page has faulted, and is about to wait for a monitor. Before it
 * does, the page is unprotected. Nobody would wake it: it must not fall asleep.
 */
#include "case.h"

CASE("write-protected memory is unprotected while a write faults: the write ends", "C3");
SEEN_TO_FAIL("6.1", "C3", "*");
SEEN_TO_FAIL("6.12 7.3", "C3", "hugetlb-none");
BROKEN_BY("unprotected-in-flight", "hugetlb-none");
BROKEN_BY("unprotected-in-flight-exclusive", "anon-none thp-none");
VARIANTS("anon thp hugetlb", "none");

TEST_F(scene, unwp_in_fault)
{
	uffd_open(self, 0);
	while (race_round(self)) {
		wp(self);
		race(self, &act_fault, AT("handle_userfault"), &act_unwp);
		cpu_write(self, PARENT);
	}
}
