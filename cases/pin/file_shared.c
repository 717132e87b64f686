// SPDX-License-Identifier: GPL-2.0-only
/*
 * A long-term pin for writing of a file's page that is written back: the file system
 * would not know of what the device writes (8ac268436e6d, v6.5: EFAULT; io_uring
 * refused it before). A short one, as O_DIRECT takes it, is allowed, and one that is
 * only for reading.						(C1, C7)
 */
#include "case.h"

CASE("a long-term pin for writing of a shared file's pages is refused", "C7");
SEEN_TO_FAIL("7.3-file-pins-allowed", "C7", "*");
KNOWN_BROKEN("2.6.12", "6.5", "C7", "8ac268436e6d",
	     "GUP gives long-term pins for writing of pages that file systems write back",
	     "*-rdma");

VARIANT(file_shared, io_uring);
VARIANT(file_shared, io_uring_slot);
VARIANT(file_shared, rdma);
VARIANT(file_shared, gup);
VARIANT(file_shared, gup_fast);

TEST_F(scene, file_shared)
{
	pin_refused(self);
	cpu_write(self, PARENT);
}
