// SPDX-License-Identifier: GPL-2.0-only
/*
 * A long-term pin for writing must be refused for pages of a file that is written back,
 * because the file system would not know what the device writes. GUP refuses it with
 * EFAULT since 8ac268436e6d; io_uring refused it before that. A short pin, as O_DIRECT
 * takes it, and a read-only pin are allowed (see pin/file_shared_allowed).
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
