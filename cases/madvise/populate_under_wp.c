// SPDX-License-Identifier: GPL-2.0-only
/*
 * MADV_POPULATE_WRITE prepares pages for writing, by write faults that change nothing.
 * Under write-protect it is still a write: it waits, and raises one notification per
 * page. Without a uffd-wp bit it raises none, it must not separate a pin from its page,
 * and the pages that it has populated need no further fault.
 */
#include "case.h"

CASE("MADV_POPULATE_WRITE under write-protect is a write", "C1 C3");
SEEN_TO_FAIL("7.3-gup-ignores-wp", "C3", "*");
VARIANTS("ALL hugetlb_shared mthp", "io_uring");
VARIANTS("BRIEF shmem_private shmem zero", "none");
VARIANTS("anon", "rdma");

TEST_F(scene, populate_under_wp)
{
	pin(self);
	wp(self);
	write_under_wp_by(self, 1, POPULATE);
	unwp(self);
	cpu_write_by(self, POPULATE, PARENT, ALL_PAGES);
	device_write(self);
	cpu_write(self, PARENT);
}
