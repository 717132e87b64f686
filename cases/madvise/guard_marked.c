// SPDX-License-Identifier: GPL-2.0-only
/*
 * A page that is write-protected becomes a guard page: the mark goes, and so does the page from
 * this mapping. Of memory of a file a marker is left where a page was dropped, and the kernel
 * drops that again, for ever.
 *
 * Once the guard is taken away the page can be written, and that is nobody's business.
 */
#include "case.h"

CASE("write-protected pages become guard pages, and are pages again", "C0 C3 C4 C5 C8");
SEEN_TO_FAIL("7.3", "C8", "shmem-* shmem_private-*");
BROKEN_BY("guard-install-never-ends", "shmem-* shmem_private-*");
VARIANTS("anon thp shmem shmem_private", "none");
VARIANTS("anon shmem", "io_uring");

TEST_F(scene, guard_marked)
{
	pin(self);
	wp(self);
	guard_install(self, PAGE(1));
	guard_refuses(self, PARENT, 1);
	write_under_wp(self, 0, UNPROTECT);
	guard_remove(self, PAGE(1));
	cpu_write_pages(self, PARENT, PAGE(1));
}
