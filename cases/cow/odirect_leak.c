// SPDX-License-Identifier: GPL-2.0-only
/*
 * CVE-2020-29374 by O_DIRECT. The child starts an O_DIRECT write of memory that it shares
 * with its parent, and unmaps the memory while the write is in flight. By mapcount the
 * parent now seems to be the only user. So its next write reused the page that was on its
 * way to the disk, and the parent's data ended up in the child's file. O_DIRECT held
 * pages by FOLL_GET references, as vmsplice() still does. Since a7e689dd1c06 it takes a
 * pin, which unshares the page first. hugetlb still reuses pages by mapcount, so there it
 * was the pin that fixed the leak.
 */
#include "case.h"

CONTROL("an O_DIRECT write by the child, unmap, parent writes: the disk must not see it", "C2");
SEEN_TO_FAIL("5.10", "C2", "thp-none hugetlb-none");
SEEN_TO_FAIL("5.10-mapcount", "C2", "anon-none thp_pte-none");
BROKEN_BY("thp-reuses-by-mapcount", "thp-none");
BROKEN_BY("odirect-get-hugetlb", "hugetlb-none");
VARIANTS("ANON hugetlb", "none");

TEST_F(scene, odirect_leak)
{
	int out;

	fork_child(self);
	out = pin_by(self, &pin_odirect_out, CHILD, ALL_PAGES);
	child_unmap(self);
	cpu_write(self, PARENT);
	device_delivers(self, out);
}
