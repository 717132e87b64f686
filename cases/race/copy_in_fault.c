// SPDX-License-Identifier: GPL-2.0-only
/*
 * A write to a page that is missing has faulted, and is about to wait for a monitor. Before it
 * does, UFFDIO_COPY fills the page. Nobody would wake it: it must not fall asleep.
 */
#include "case.h"

CASE("UFFDIO_COPY fills the page while a write faults: the write ends, and lands there", "C0 C3");
SEEN_TO_FAIL("7.3-fault-skips-recheck", "C3", "*");
VARIANTS("anon hugetlb", "none");

TEST_F(scene, copy_in_fault)
{
	uffd_open(self, WITH_MISSING);
	while (race_round(self)) {
		drop_pages(self, ALL_PAGES);
		race(self, &act_fault, AT("handle_userfault"), &act_copy);
		cpu_write(self, PARENT);
	}
}
