// SPDX-License-Identifier: GPL-2.0-only
/*
 * A write to a write-protected page has faulted, and is about to wait for a monitor. Before it
 * does, the page is no userfaultfd's any more: that is closed. Nobody would wake it: it must
 * not fall asleep.
 */
#include "case.h"

CASE("the uffd is closed while a write faults: the write ends", "C3");
SEEN_TO_FAIL("7.3-close-forgets-faults", "C3", "hugetlb-none");
NOT_SEEN_TO_FAIL("7.3-close-forgets-faults loses it for hugetlb alone", "anon-none thp-none");
VARIANTS("anon thp hugetlb", "none");

TEST_F(scene, close_in_fault)
{
	while (race_round(self)) {
		wp(self);
		race(self, &act_fault, AT("handle_userfault"), &act_close);
		cpu_write(self, PARENT);
	}
}
