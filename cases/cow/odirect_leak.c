// SPDX-License-Identifier: GPL-2.0-only
/*
 * CVE-2020-29374 by O_DIRECT: the child writes memory that it shares to a disk,
 * which takes its time, and unmaps it. mapcount says that the parent is alone, so
 * the parent's next write went into the page that is on its way to the disk, and
 * the child's file got it. Up to v6.4 O_DIRECT holds pages by FOLL_GET, as
 * vmsplice() does still; a pin (v6.5) unshares first. hugetlb reuses by mapcount to
 * this day, so it is the pin that mended it there.		(C2)
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
