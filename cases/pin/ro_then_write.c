// SPDX-License-Identifier: GPL-2.0-only
/*
 * A long-term read-only pin of what a first write would replace: the zero page, the
 * page cache under a private mapping, or nothing. It must break COW when it is taken
 * (84209e87c696, v6.2), and then see what the CPU writes.
 *
 * Before that GUP took the page that was there, and the pin went stale. Nothing that runs
 * here could show it: gup_test had no such pin yet, and an MR without write access forced
 * a pin for writing (until b40656aa7d55), which holds.
 */
#include "case.h"

CASE("a read-only pin, then CPU writes: the device sees them", "C1 C7");
SEEN_TO_FAIL("5.10 6.1", "C1", "*-vfio_ro");
SEEN_TO_FAIL("7.3-no-unshare", "C1", "*-gup_ro* *-rdma_ro");
SEEN_TO_FAIL("7.3-devices-no-unshare", "C1", "*-iommufd_ro");
BROKEN_BY("ro-pin-no-cow", "*-vfio_ro");
OBSERVES("frames_new_by_pin", "how many pages the R/O pin replaced by own ones");
VARIANTS("zero shmem_private unpopulated", "gup_ro");
VARIANTS("zero shmem_private", "gup_ro_fast rdma_ro vfio_ro");
VARIANTS("zero shmem_private", "iommufd_ro");

TEST_F(scene, ro_then_write)
{
	pin(self);
	cpu_write(self, PARENT);
	cpu_write(self, PARENT);
	unpin(self);
	cpu_write(self, PARENT);
}
