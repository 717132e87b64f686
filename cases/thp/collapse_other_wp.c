// SPDX-License-Identifier: GPL-2.0-only
/*
 * A file's pages are mapped here with uffd-wp bits, and are collapsed through another
 * mapping. This removes page tables, but must not remove those with uffd-wp bits.
 */
#include "case.h"

CASE("write-protect a shared file, collapse it elsewhere: the uffd-wp bits stay", "C3 C4");
SEEN_TO_FAIL("7.3-collapse-takes-pinned", "C1", "shmem_2m-io_uring");
SEEN_TO_FAIL("7.3-collapse-forgets-wp", "C4", "shmem_2m-none");
VARIANTS("shmem_2m", "none io_uring");

TEST_F(scene, collapse_other_wp)
{
	pin(self);
	wp_pages(self, PAGE(1));
	thp_collapse_alias(self);
	marks_stay(self);
	write_under_wp(self, 1, UNPROTECT);
	cpu_write(self, PARENT);
}
