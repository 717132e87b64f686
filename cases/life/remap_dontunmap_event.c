// SPDX-License-Identifier: GPL-2.0-only
/*
 * The same with EVENT_REMAP: the marks move along with the pages, and none
 * stays at the old place.					(C1, C3, C4)
 */
#include "case.h"

CASE("MREMAP_DONTUNMAP with EVENT_REMAP: the marks move along, none stays", "C1 C3 C4");
SEEN_TO_FAIL("7.3-dontunmap-keeps-uffd", "C4", "*");
SEEN_TO_FAIL("5.10", "C1", "*-io_uring");
SEEN_TO_FAIL("7.3-mremap-forgets-wp", "C4", "anon-none thp-none shmem-none shmem_private-none");
KNOWN_BROKEN("5.9", "5.19", "C1", "6c287605fd56",
	     "do_wp_page() copies an exclusive page whenever page_count() != 1 (09854ba94c6a)",
	     "*-io_uring");
PATCHED("7.3-dma-by-page-table", "C1", "io_uring goes by the page table, not by the pin",
	"*-io_uring");

VARIANTS_ANON(io_uring);
VARIANT_NOPIN(anon);
VARIANT_NOPIN(thp);
VARIANT_NOPIN(shmem);
VARIANT_NOPIN(shmem_private);

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
