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
KNOWN_BROKEN("6.8", "6.12.118", "C7", "",
	     "UFFDIO_MOVE tries for ever to split a huge page that others refer to",
	     "thp-io_uring");
KNOWN_BROKEN("6.13", "7.3.4", "C7", "",
	     "UFFDIO_MOVE tries for ever to split a huge page that others refer to",
	     "thp-io_uring");
PATCHED("7.3-move-takes-pinned", "C7", "UFFDIO_MOVE takes pinned pages", "anon-* swapped-io_uring");

VARIANT(anon, io_uring);
VARIANT(thp, io_uring);
VARIANT(swapped, io_uring);
VARIANT(anon, rdma);
VARIANT(anon, rdma_ro);
VARIANT(anon, gup);

TEST_F(scene, pinned)
{
	pin(self);
	uffd_move_refused(self, PAGE(1));
	cpu_write(self, PARENT);
	device_write(self);
}
