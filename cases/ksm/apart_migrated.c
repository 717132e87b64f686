// SPDX-License-Identifier: GPL-2.0-only
/*
 * A page of KSM is moved to the other NUMA node while merge_across_nodes is 0: its place is then in
 * the tree of that node. ksmd finds that out when it scans the page again, or when it finds it
 * in the tree of the old node by an equal one (4146d2d673e8, v3.9). Those that are on the old node
 * must not be merged with it, and the uffd-wp bit, which was set when it had been merged, stays.
 */
#include "case.h"

CASE("KSM by node, write-protect, migrate, scan again: to the other tree, with the uffd-wp bits",
     "C2 C3 C4 C8");
SEEN_TO_FAIL("7.3-ksm-leaves-moved", "C8", "*");
SEEN_TO_FAIL("7.3-migration-forgets-wp", "C4", "*");
VARIANTS("anon ksm shmem_private", "none");

TEST_F(scene, apart_migrated)
{
	cpu_write(self, PARENT);
	ksm_scan_apart(self);
	wp(self);
	migrate(self);
	ksm_scan_apart(self);
	marks_stay(self);
	write_under_wp(self, 0, UNPROTECT);
	unwp(self);
	ksm_unmerge(self);
	cpu_write(self, PARENT);
}
