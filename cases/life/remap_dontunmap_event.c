// SPDX-License-Identifier: GPL-2.0-only
/*
 * As life/remap_dontunmap, with EVENT_REMAP: the uffd-wp bits move along with the pages,
 * and none may stay at the old place.
 */
#include "case.h"

CASE("MREMAP_DONTUNMAP with EVENT_REMAP: the uffd-wp bits move along, none stays", "C1 C3 C4");
SEEN_TO_FAIL("7.3-dontunmap-keeps-uffd", "C4", "*");
SEEN_TO_FAIL("5.10", "C1", "*-io_uring");
SEEN_TO_FAIL("7.3-mremap-forgets-wp", "C4", "anon-none thp-none shmem-none shmem_private-none");
BROKEN_BY("copies-exclusive", "*-io_uring");
VARIANTS("ANON", "io_uring");
VARIANTS("anon thp shmem shmem_private", "none");

TEST_F(scene, remap_dontunmap_event)
{
	uffd_open(self, WP_EVENT_REMAP);
	pin(self);
	wp(self);
	remap(self, REMAP_DONTUNMAP);
	marks_stay(self);
	write_under_wp(self, 1, UNPROTECT);
	device_write(self);
}
