// SPDX-License-Identifier: GPL-2.0-only
/*
 * With merge_across_nodes = 0 KSM has a tree for each NUMA node, and merges only pages that
 * are on one node (90bd6fd31c80, v3.9). A page that is pinned, or is not there, does not take part.
 */
#include "case.h"

CASE("let KSM merge each NUMA node by itself, pin, write: twins on the other node stay apart",
     "C1 C2 C8");
SEEN_TO_FAIL("7.3-ksm-ignores-nodes", "C8", "*");
VARIANTS("ANON ksm shmem_private", "none");
VARIANTS("anon ksm", "io_uring");

TEST_F(scene, apart)
{
	cpu_write(self, PARENT);
	pin_pages(self, PAGE(1));
	ksm_scan_apart(self);
	cpu_write(self, PARENT);
	device_write(self);
}
