// SPDX-License-Identifier: GPL-2.0-only
/*
 * As fork/hugetlb_enomem, under a monitor that asked for EVENT_FORK: fork() has begun to
 * give the child a userfaultfd when it finds no huge page for the copy of a pinned one.
 * There must be no event of a child that never was, and the monitor must go on as before:
 * UFFDIO_WRITEPROTECT says EAGAIN as long as a fork() is under way.
 */
#include "case.h"

CASE("EVENT_FORK, fork fails for want of a huge page: no event, and the monitor goes on",
     "C1 C3 C4 C8");
SEEN_TO_FAIL("7.3-failed-fork-goes-on", "C3", "*");
BROKEN_BY("failed-fork-told", "*");
VARIANTS("hugetlb", "io_uring rdma");

TEST_F(scene, hugetlb_enomem_event)
{
	uffd_open(self, WP_EVENT_FORK);
	pin(self);
	wp(self);
	if (fork_without_hugepages(self))
		return;
	unwp(self);
	wp(self);
	write_under_wp(self, 0, UNPROTECT);
	device_write(self);
}
