// SPDX-License-Identifier: GPL-2.0-only
/*
 * MADV_POPULATE_WRITE makes pages ready to be written, by a write fault that
 * changes nothing: under write-protect it is a write all the same, noticed once a
 * page, and it waits. Without a mark it is not noticed, takes no page away from a
 * pin, and what it has populated needs no further fault.	(C1, C3)
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
