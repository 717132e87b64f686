// SPDX-License-Identifier: GPL-2.0-only
/*
 * A write to a page that is in the page cache only has faulted, and is about to wait for a
 * monitor. Before it does, UFFDIO_CONTINUE maps the page. Nobody would wake it: it must not fall
 * asleep.
 */
#include "case.h"

CASE("UFFDIO_CONTINUE maps the page while a write faults: the write ends", "C0 C3");
SEEN_TO_FAIL("7.3-fault-skips-recheck", "C3", "*");
VARIANTS("shmem hugetlb_shared", "none");

TEST_F(scene, continue_in_fault)
{
	uffd_open(self, WITH_MINOR);
	while (race_round(self)) {
		drop_pages(self, ALL_PAGES);
		race(self, &act_fault, AT("handle_userfault"), &act_continue);
		cpu_write(self, PARENT);
	}
}
