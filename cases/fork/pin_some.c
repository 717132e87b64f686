// SPDX-License-Identifier: GPL-2.0-only
/*
 * Only some of the pages are pinned when the process forks. fork() copies those early and
 * shares the others as usual. A pin on a part of a huge page counts for all of it, so all
 * of its pages are copied, and its mapping is split. Neither process may see what the
 * other writes, pinned or not, and the pin must stay with its page.
 */
#include "case.h"

CASE("pin some pages, fork: all pages are isolated, and the pin keeps its page", "C1 C2");
SEEN_TO_FAIL("7.3-clone-drops-pin", "C7", "*-io_uring_clone");
SEEN_TO_FAIL("7.3-no-early-copy", "C1", "*");
BROKEN_BY("hugetlb-no-early-copy", "hugetlb-*");
BROKEN_BY("odirect-get", "thp-odirect");
VARIANTS("PRIVATE zero thp_two mthp thp_remapped thp_shared swapped file_private zero_huge",
	 "io_uring");
VARIANTS("BRIEF", "rdma io_uring_clone");
VARIANTS("anon", "io_uring_slot");
VARIANTS("thp", "odirect");

TEST_F(scene, pin_some)
{
	pin_pages(self, PAGE(1));
	fork_child(self);
	cpu_write(self, PARENT);
	device_write(self);
	cpu_write(self, CHILD);
	fork_grandchild(self);
	cpu_write(self, GRANDCHILD);
	child_exit(self);
	cpu_write(self, PARENT);
}
