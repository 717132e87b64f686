// SPDX-License-Identifier: GPL-2.0-only
/*
 * UFFDIO_COPY with MODE_WP fills all pages, which are then pinned. A pin for writing is a
 * write, so it must raise a notification for each page. Then it must hold the page that
 * is mapped.
 */
#include "case.h"

CASE("COPY with MODE_WP, then pin: a notification for each page", "C1 C3 C7");
SEEN_TO_FAIL("7.3-copy-forgets-wp", "C4", "*");
VARIANTS("anon shmem", "io_uring");
VARIANTS("anon hugetlb", "rdma");

TEST_F(scene, copy_wp_then_pin)
{
	uffd_open(self, WITH_MISSING);
	fill(self, ALL_PAGES, FILL_COPY_WP);
	if (!pin_write_protected(self))
		return;
	cpu_write(self, PARENT);
	device_write(self);
}
