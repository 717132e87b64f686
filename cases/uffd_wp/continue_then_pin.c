// SPDX-License-Identifier: GPL-2.0-only
/*
 * UFFDIO_CONTINUE maps what is in the page cache. In a private mapping that is the page
 * of the file. A pin for writing must get a page of the process's own, and the file must
 * not change.
 */
#include "case.h"

CASE("CONTINUE, then pin and write: the file behind private memory does not change", "C1 C2 C7");
SEEN_TO_FAIL("7.3-pin-skips-cow", "C1", "shmem_private-io_uring");
SEEN_TO_FAIL("7.3-continue-grants-write", "C2", "shmem_private-none");
VARIANTS("shmem_private", "io_uring none");

TEST_F(scene, continue_then_pin)
{
	uffd_open(self, WITH_MINOR);
	fill(self, ALL_PAGES, FILL_CONTINUE);
	pin(self);
	cpu_write(self, PARENT);
	device_write(self);
}
