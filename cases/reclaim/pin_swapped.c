// SPDX-License-Identifier: GPL-2.0-only
/*
 * A pin of memory that is paged out must bring it back with its data, and must get the page
 * that the process maps; a read-only pin of what is the file's own gets a copy.
 */
#include "case.h"

CASE("swap out, then pin: the pin gets the page that comes back", "C1 C7");
SEEN_TO_FAIL("7.3-pin-skips-cow", "C1", "*-io_uring *-rdma");
SEEN_TO_FAIL("7.3-no-unshare", "C1", "*-rdma_ro");
VARIANTS("ANON", "io_uring");
VARIANTS("anon", "rdma");
VARIANTS("shmem_private file_private", "rdma_ro");

TEST_F(scene, pin_swapped)
{
	pageout(self, true);
	pin(self);
	cpu_write(self, PARENT);
	device_write(self);
}
