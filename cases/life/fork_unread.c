// SPDX-License-Identifier: GPL-2.0-only
/*
 * fork() has copied the marks for a child that is to be registered, and waits until the
 * monitor has read EVENT_FORK. But the monitor exits. fork() must go on, and neither the
 * parent nor the child, which nobody is the monitor of, may have a mark left.
 */
#include "case.h"

CASE("write-protect, fork while the monitor exits: no mark is left in parent or child", "C2 C3 C4");
SEEN_TO_FAIL("7.3", "C4", "*");
BROKEN_BY("unread-fork-keeps-wp", "*");
BROKEN_BY("close-leaves-wp", "*");
VARIANTS("anon thp swapped hugetlb shmem", "none");

TEST_F(scene, fork_unread)
{
	/* Nothing else tells of a mark where nobody is registered. */
	feature_needed(self, F_PAGEMAP_UFFD_WP);
	uffd_open(self, WP_EVENT_FORK);
	wp(self);
	fork_while_monitor_exits(self);
	cpu_write(self, PARENT);
	cpu_write(self, CHILD);
}
