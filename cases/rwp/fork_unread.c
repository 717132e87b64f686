// SPDX-License-Identifier: GPL-2.0-only
/*
 * As life/fork_unread, under read-and-write protect (v7.3): the child is not registered, so its
 * entries must be accessible, and without the uffd bit.
 */
#include "case.h"

CASE("read-and-write protect, fork while the monitor exits: no protection is left", "C2 C3 C4");
SEEN_TO_FAIL("7.3", "C4", "*");
BROKEN_BY("unread-fork-keeps-wp", "*");
VARIANTS("anon thp", "none");

TEST_F(scene, fork_unread)
{
	uffd_open(self, FOR_RWP | WP_EVENT_FORK);
	wp(self);
	fork_while_monitor_exits(self);
	cpu_write(self, PARENT);
	cpu_write(self, CHILD);
}
