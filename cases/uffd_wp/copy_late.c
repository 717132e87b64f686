// SPDX-License-Identifier: GPL-2.0-only
/*
 * What UFFDIO_COPY is to copy is not there: it waits for that without its locks, and looks at what it
 * fills once more when it comes back.
 */
#include "case.h"

CASE("UFFDIO_COPY waits for what it copies: then the page is there, with its mark", "C2 C3 C4");
SEEN_TO_FAIL("7.3-late-copy-asks-not", "C4", "*");
VARIANTS("anon shmem shmem_private hugetlb hugetlb_shared", "none");

TEST_F(scene, copy_late)
{
	uffd_open(self, WITH_MISSING);
	copy_begin(self, 1, FILL_COPY_WP);
	copy_end(self, COPY_DONE);
	write_under_wp(self, 1, UNPROTECT);
	copy_begin(self, 0, FILL_COPY);
	mprotect_ro(self);
	copy_end(self, COPY_DONE);
	mprotect_rw(self);
	cpu_write(self, PARENT);
}
