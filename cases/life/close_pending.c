// SPDX-License-Identifier: GPL-2.0-only
/*
 * A write waits for the monitor, which closes the uffd instead of answering. The write
 * must go on, into the pinned page.
 */
#include "case.h"

CASE("a write waits, the uffd is closed: the write goes on", "C1 C3");
SEEN_TO_FAIL("7.3-close-forgets-waiters", "C3", "*");
SEEN_TO_FAIL("7.3-close-keeps-wp", "C4", "*");
BROKEN_BY("copies-exclusive", "anon-io_uring thp_pte-io_uring anon-rdma");
VARIANTS("ANON hugetlb shmem", "io_uring");
VARIANTS("anon", "rdma");
VARIANTS("anon zero", "none");

TEST_F(scene, close_pending)
{
	pin(self);
	wp(self);
	write_begin(self, 1);
	close_uffd(self);
	write_finish(self);
	device_write(self);
}
