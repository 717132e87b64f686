// SPDX-License-Identifier: GPL-2.0-only
/*
 * P: pin; UFFDIO_MOVE one page that is pinned. The page cannot go without its
 * pin, nor the pin without its page: EBUSY, at once, and nothing has moved.
 *
 * Of a huge page the kernel first splits off the page, and up to v7.2 it
 * tried that for ever, as a page that is pinned cannot be split: the ioctl
 * did not end. Fixed by "userfaultfd: fix UFFDIO_MOVE livelock on large folio
 * with extra references" (6.12.118, 7.3.4).				(C1, C7)
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
