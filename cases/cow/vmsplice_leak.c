// SPDX-License-Identifier: GPL-2.0-only
/*
 * CVE-2020-29374. The child takes a FOLL_GET reference by vmsplice() and unmaps the
 * memory. By mapcount the parent now seems to be the only user, so its write went into
 * the page that the child's pipe still holds. This is the control for references that are
 * not pins: what they refer to may become stale, but it must not show another process's
 * write. Base pages were fixed by 17839856fd58 (v5.8) and 09854ba94c6a (v5.9).
 */
#include "case.h"

CONTROL("vmsplice in the child, unmap, parent writes: the pipe must not see it", "C2");
SEEN_TO_FAIL("5.10", "C2", "thp-vmsplice hugetlb-vmsplice");
SEEN_TO_FAIL("5.10-mapcount", "C2", "anon-vmsplice thp_pte-vmsplice");
BROKEN_BY("thp-reuses-by-mapcount", "thp-vmsplice");
BROKEN_BY("hugetlb-reuses-by-mapcount", "hugetlb-vmsplice");
PATCHED("5.10-mapcount", "C2", "anon-vmsplice thp_pte-vmsplice");
PATCHED("5.10-always-copy", "pass", "thp-vmsplice");
VARIANTS("ANON hugetlb", "vmsplice");

TEST_F(scene, vmsplice_leak)
{
	fork_child(self);
	pin_by(self, &pin_vmsplice, CHILD, ALL_PAGES);
	child_unmap(self);
	cpu_write(self, PARENT);
}
