// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pin, fork, and the child is gone before anybody writes: the page is the
 * parent's alone again and must still be the pin's.		(C1, C2)
 */
#include "case.h"

CASE("pin, fork, child exits, parent writes", "C1 C2");
SEEN_TO_FAIL("Debian 5.10.262: anon by odirect; Debian 6.1.192: anon thp by odirect");
KNOWN_BROKEN("5.9", "6.5", "a7e689dd1c06",
	     "O_DIRECT takes FOLL_GET references, and do_wp_page() copies what has such when the "
	     "child is gone",
	     "anon-odirect");
KNOWN_BROKEN("5.18", "6.5", "a7e689dd1c06",
	     "the same for a huge page, reused by mapcount before 3bff7e3f1f16", "thp-odirect");

VARIANTS_ALL(io_uring);
VARIANTS_ALL(rdma);
VARIANT(anon, odirect);
VARIANT(thp, odirect);
VARIANT(hugetlb, odirect);
VARIANTS_ALL_NOPIN;

TEST_F(scene, pin_child_gone)
{
	pin(self);
	fork_child(self);
	child_exit(self);
	cpu_write(self, PARENT);
	device_write(self);
	cpu_write(self, PARENT);
}
