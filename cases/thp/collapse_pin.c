// SPDX-License-Identifier: GPL-2.0-only
/*
 * MADV_COLLAPSE copies small pages into a huge one. It must refuse pinned pages, or the
 * pin would be left with the old ones.
 */
#include "case.h"

CASE("pin, collapse into a huge page, write: pin and page table still agree", "C1");
SEEN_TO_FAIL("7.3-collapse-takes-pinned", "C1", "*-gup* *-io_uring *-odirect* *-rdma_ro");
NOT_SEEN_TO_FAIL("an on-demand MR has no pin: the control", "*-rdma_odp");
SEEN_TO_FAIL("7.3-devices-frames-untold", "C1", "*-kvm");
VARIANTS("small_2m thp_pte shmem_2m thp_shared", "io_uring");
VARIANTS("small_2m thp_pte shmem_2m", "odirect");
VARIANTS("small_2m", "odirect_bytes");
VARIANTS("small_2m", "rdma_ro gup gup_ro gup_ro_fast rdma_odp");
VARIANTS("small_2m", "kvm");

TEST_F(scene, collapse_pin)
{
	pin(self);
	thp_collapse(self);
	cpu_write(self, PARENT);
	device_write(self);
}
