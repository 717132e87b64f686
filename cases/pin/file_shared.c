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
BROKEN_BY("gup-pins-written-back", "*-rdma");

VARIANTS("file_shared", "io_uring io_uring_slot rdma gup gup_fast");

TEST_F(scene, file_shared)
{
	pin_refused(self);
	cpu_write(self, PARENT);
}
