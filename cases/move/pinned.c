// SPDX-License-Identifier: GPL-2.0-only
/*
 * UFFDIO_MOVE of a pinned page must fail with EBUSY, at once, and nothing may move.
 * The page cannot leave without its pin, nor the pin without its page.
 *
 * To move one page of a huge page, the kernel first splits the huge page. A pinned one
 * cannot be split, and the kernel used to retry forever, so that the ioctl did not
 * return. Fixed by "userfaultfd: fix UFFDIO_MOVE livelock on large folio with extra
 * references".
 */
#include "case.h"

CASE("UFFDIO_MOVE of a pinned page: EBUSY, and nothing moves", "C1 C7");
SEEN_TO_FAIL("7.3-move-takes-pinned", "C7", "anon-* swapped-io_uring");
SEEN_TO_FAIL("6.16", "C7", "thp-io_uring");
BROKEN_BY("move-splits-forever", "thp-io_uring");
VARIANTS("anon thp swapped", "io_uring");
VARIANTS("anon", "rdma rdma_ro gup");

TEST_F(scene, pinned)
{
	pin(self);
	uffd_move_refused(self, PAGE(1));
	cpu_write(self, PARENT);
	device_write(self);
}
