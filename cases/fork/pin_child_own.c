// SPDX-License-Identifier: GPL-2.0-only
/*
 * The child pins memory that it still shares with the parent: a pin for writing
 * breaks COW in the child first, so the page is the child's and the pin's, and the
 * parent's is another. If the pin goes with the child, nothing is left. (C1, C2, C8)
 */
#include "case.h"

CASE("fork, then the child pins what it shares: its own page, nobody else's", "C1 C2 C8");
SEEN_TO_FAIL("7.3-pin-skips-cow", "C2",
	     "anon-* thp-* thp_pte-* shmem_private-* mthp-io_uring swapped-io_uring "
	     "file_private-io_uring");
SEEN_TO_FAIL("7.3-unpin-keeps-reference", "C8", "*");
SEEN_TO_FAIL("7.3-pin-skips-cow", "C7", "zero-*");
VARIANTS("ANON shmem_private zero mthp swapped file_private", "io_uring");
VARIANTS("anon thp", "rdma odirect");
VARIANTS("anon", "io_uring_clone");

TEST_F(scene, pin_child_own)
{
	int own;

	fork_child(self);
	own = pin_again(self, CHILD, ALL_PAGES);
	cpu_write(self, PARENT);
	cpu_write(self, CHILD);
	device_write_by(self, own);
	cpu_write(self, PARENT);
	child_exit(self);
	cpu_write(self, PARENT);
}
