// SPDX-License-Identifier: GPL-2.0-only
/*
 * A private mapping shows a file's huge page, by a PMD. A write to it is copied, for which
 * the PMD is split: the file, and who else maps it, must not see it. The same by a pin.
 */
#include "case.h"

CASE("write to a private view of a file's huge page: the file does not change", "C0 C1 C2");
SEEN_TO_FAIL("7.3-huge-file-grants-write", "C2", "*");
VARIANTS("shmem_thp_private", "none io_uring");

TEST_F(scene, huge_file)
{
	pin(self);
	cpu_write_pages(self, PARENT, PAGE(1));
	device_write(self);
	wp(self);
	write_under_wp(self, 0, UNPROTECT);
	unwp(self);
	cpu_write(self, PARENT);
}
