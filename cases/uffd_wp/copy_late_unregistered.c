// SPDX-License-Identifier: GPL-2.0-only
/*
 * While UFFDIO_COPY waits for what it copies the memory is unregistered: a monitor has no business there
 * any more.
 */
#include "case.h"

CASE("UFFDIO_COPY waits for what it copies, the memory is unregistered: it fills nothing", "C2 C4");
SEEN_TO_FAIL("7.3-late-copy-asks-not", "C2", "*");
VARIANTS("anon shmem shmem_private hugetlb hugetlb_shared", "none");

TEST_F(scene, copy_late_unregistered)
{
	uffd_open(self, WITH_MISSING);
	copy_begin(self, 1, FILL_COPY);
	unregister(self);
	copy_end(self, COPY_REFUSED);
	cpu_write(self, PARENT);
}
