// SPDX-License-Identifier: GPL-2.0-only
/*
 * CVE-2020-29374: the child takes a FOLL_GET reference by vmsplice() and unmaps;
 * mapcount says that the parent is alone, so its write went into the page that
 * the child's pipe holds. The control for pins that are none: a reference may go
 * stale, but must not show another process's write.		(C2)
 * Base pages were fixed by 17839856fd58 (v5.8), 09854ba94c6a (v5.9).
 */
#include "case.h"

CONTROL("vmsplice in the child, unmap, parent writes: the pipe must not see it", "C2");
SEEN_TO_FAIL("5.10", "C2", "thp-vmsplice hugetlb-vmsplice");
SEEN_TO_FAIL("5.10-mapcount", "C2", "anon-vmsplice thp_pte-vmsplice");
KNOWN_BROKEN("2.6.38", "5.18", "C2", "3bff7e3f1f16", "a huge page is reused by mapcount alone",
	     "thp-vmsplice");
KNOWN_BROKEN("2.6.17", "", "C2", "",
	     "hugetlb reuses by mapcount on purpose: a copy could exhaust the pool",
	     "hugetlb-vmsplice");
PATCHED("5.10-mapcount", "C2", "a reference without a mapping does not count (CVE-2020-29374)",
	"anon-vmsplice thp_pte-vmsplice");
PATCHED("5.10-always-copy", "pass", "THP and swap-in count references, too", "thp-vmsplice");

VARIANT(anon, vmsplice);
VARIANT(thp, vmsplice);
VARIANT(thp_pte, vmsplice);
VARIANT(hugetlb, vmsplice);

TEST_F(scene, vmsplice_leak)
{
	fork_child(self);
	pin_by(self, &pin_vmsplice, CHILD, ALL_PAGES);
	child_unmap(self);
	cpu_write(self, PARENT);
}
