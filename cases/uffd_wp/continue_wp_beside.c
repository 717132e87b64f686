// SPDX-License-Identifier: GPL-2.0-only
/*
 * One page is pinned, and UFFDIO_CONTINUE with MODE_WP maps the page next to it. That
 * page must have the uffd-wp bit, so that a write to it raises a notification
 * (0289184476c8, v6.4).
 */
#include "case.h"

CASE("CONTINUE with MODE_WP next to a pinned page: mapped and write-protected", "C1 C3 C4");
SEEN_TO_FAIL("7.3-continue-forgets-wp", "C4", "*");
SEEN_TO_FAIL("7.3-unwp-grants-write", "C2", "shmem_private-io_uring");
VARIANTS("shmem_private", "io_uring");

TEST_F(scene, continue_wp_beside)
{
	uffd_open(self, WITH_MINOR);
	pin_pages(self, PAGE(0));
	fill(self, PAGE(1), FILL_CONTINUE_WP);
	write_under_wp(self, 1, UNPROTECT);
	cpu_write_pages(self, PARENT, PAGE(0));
	device_write(self);
}
