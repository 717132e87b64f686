// SPDX-License-Identifier: GPL-2.0-only
/*
 * The core dump of a child holds what its memory held: what it wrote, and what is write-protected,
 * as a dump only reads.
 */
#include "case.h"

CASE("a child that is write-protected writes, and dumps core: the dump has all of it",
     "C0 C1 C2 C4");
NOT_SEEN_TO_FAIL("no kernel is known to", "*");
VARIANTS("PRIVATE shmem", "none");

TEST_F(scene, core_dump)
{
	uffd_open(self, WP_EVENT_FORK);
	wp_pages(self, PAGE(0));
	fork_child(self);
	cpu_write_pages(self, CHILD, PAGE(1));
	child_dumps_core(self);
	write_under_wp(self, 0, UNPROTECT);
}
