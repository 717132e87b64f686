// SPDX-License-Identifier: GPL-2.0-only
/* As life/remap_page, with EVENT_REMAP: the uffd-wp bit of the page goes with it, and comes back. */
#include "case.h"

CASE("one page moves away and back with EVENT_REMAP: its uffd-wp bit goes along", "C0 C1 C3 C4");
SEEN_TO_FAIL("7.3-mremap-forgets-wp", "C4", "*");
SEEN_TO_FAIL("7.3-mremap-drops-uffd", "C4", "*");
BROKEN_BY("copies-exclusive", "anon-io_uring anon-rdma thp-io_uring thp-rdma");
VARIANTS("ANON swapped zero shmem shmem_private", "none");
VARIANTS("anon thp shmem", "io_uring rdma");

TEST_F(scene, remap_page_event)
{
	uffd_open(self, WP_EVENT_REMAP);
	pin(self);
	wp(self);
	remap_page(self, 1);
	write_under_wp(self, 1, UNPROTECT);
	remap_page(self, 1);
	unwp(self);
	cpu_write(self, PARENT);
	device_write(self);
}
