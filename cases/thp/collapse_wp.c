// SPDX-License-Identifier: GPL-2.0-only
/*
 * One small page of 512 is write-protected. Collapse must leave the uffd-wp bit alone,
 * which it does by refusing (e1e267c7928f, v5.7).
 */
#include "case.h"

CASE("write-protect one page of 512, collapse: the uffd-wp bit stays", "C3 C4");
SEEN_TO_FAIL("7.3-collapse-forgets-wp", "C4", "*-none");
SEEN_TO_FAIL("7.3-collapse-takes-pinned", "C1", "shmem_2m-io_uring");
VARIANTS("small_2m thp_pte shmem_2m thp_shared", "none");
VARIANTS("shmem_2m", "io_uring");

TEST_F(scene, collapse_wp)
{
	pin(self);
	wp_pages(self, PAGE(1));
	thp_collapse(self);
	marks_stay(self);
	write_under_wp(self, 1, UNPROTECT);
	cpu_write(self, PARENT);
}
