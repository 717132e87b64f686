// SPDX-License-Identifier: GPL-2.0-only
/*
 * One small page of 512 is pinned. That is enough to refuse the collapse.
 */
#include "case.h"

CASE("pin one page of 512, collapse, write: pin and page table still agree", "C1");
SEEN_TO_FAIL("7.3-collapse-takes-pinned", "C1", "*");
VARIANTS("small_2m thp_pte shmem_2m", "io_uring");
VARIANTS("small_2m", "odirect");

TEST_F(scene, collapse_partial_pin)
{
	pin_pages(self, PAGE(2));
	thp_collapse(self);
	cpu_write(self, PARENT);
	device_write(self);
}
