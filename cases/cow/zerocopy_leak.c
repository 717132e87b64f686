// SPDX-License-Identifier: GPL-2.0-only
/*
 * As cow/vmsplice_leak, by a socket: the child sends what it shares with its parent by
 * MSG_ZEROCOPY to somebody who does not read yet, and unmaps it. What the parent writes then
 * must not arrive. The reference is none that anybody counts, as a pin is.
 */
#include "case.h"

CONTROL("MSG_ZEROCOPY by the child, unmap, parent writes: it must not arrive", "C2");
SEEN_TO_FAIL("5.10", "C2", "thp-none hugetlb-none");
SEEN_TO_FAIL("5.10-mapcount", "C2", "anon-none thp_pte-none");
BROKEN_BY("thp-reuses-by-mapcount", "thp-none");
BROKEN_BY("hugetlb-reuses-by-mapcount", "hugetlb-none");
PATCHED("5.10-mapcount", "C2", "anon-none thp_pte-none");
PATCHED("5.10-always-copy", "pass", "thp-none");
VARIANTS("ANON hugetlb", "none");

TEST_F(scene, zerocopy_leak)
{
	int out;

	fork_child(self);
	out = pin_by(self, &pin_zerocopy, CHILD, ALL_PAGES);
	child_unmap(self);
	cpu_write(self, PARENT);
	device_delivers(self, out);
}
