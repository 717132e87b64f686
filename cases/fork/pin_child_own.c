// SPDX-License-Identifier: GPL-2.0-only
/*
 * The child pins memory that it still shares with the parent. A pin for writing must
 * break COW in the child first, so that the child and its pin have one page and the
 * parent has another. If the pin ends with the child, nothing may be left behind.
 */
#include "case.h"

CASE("fork, the child pins what it shares: the pin is on the child's own page", "C1 C2 C8");
SEEN_TO_FAIL("7.3-pin-skips-cow", "C2",
	     "anon-* thp-* thp_pte-* shmem_private-* mthp-* swapped-* file_private-*");
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
