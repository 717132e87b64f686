// SPDX-License-Identifier: GPL-2.0-only
/*
 * A write waits for a page that is missing while its process forks and what it has is migrated, which
 * must neither let it go on nor lose it; nor must its page be there in the child, before or after.
 */
#include "case.h"

CASE("a write waits for a missing page, fork and migrate meanwhile: filled, it goes on", "C2 C3");
SEEN_TO_FAIL("7.3-missing-unnoticed", "C3", "*");
VARIANTS("anon thp_pte hugetlb", "none");
VARIANTS("anon", "io_uring");

TEST_F(scene, missing_waits)
{
	uffd_open(self, WITH_MISSING);
	pin_pages(self, PAGE(0));
	missing_begin(self, 1);
	migrate(self);
	fork_child(self);
	cpu_write_pages(self, CHILD, PAGE(1));
	write_finish(self);
	device_write(self);
	cpu_write(self, PARENT);
}
