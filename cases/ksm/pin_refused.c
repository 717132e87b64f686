// SPDX-License-Identifier: GPL-2.0-only
/*
 * There are equal pages, and one of them is pinned. KSM may merge its twins, but not the
 * pinned page. The device's write must reach the owner of the pin and no twin.
 */
#include "case.h"

CASE("pin, let KSM look for equal pages, write: a pinned page is not merged", "C1 C2");
SEEN_TO_FAIL("7.3-ksm-merges-pinned", "C1",
	     "*-gup* *-rdma_ro anon-io_uring anon-odirect anon-rdma shmem_private-* swapped-*");
SEEN_TO_FAIL("7.3-split-unmaps-pinned", "C1", "thp_pte-* mthp-* thp-io_uring thp-rdma thp-odirect");
SEEN_TO_FAIL("7.3-ksm-maps-writable", "C2", "anon-rdma_odp anon-none");
SEEN_TO_FAIL("7.3-devices-frames-untold", "C1", "*-kvm");
VARIANTS("ANON shmem_private swapped mthp", "io_uring");
VARIANTS("anon thp", "rdma odirect");
VARIANTS("anon", "rdma_ro gup gup_ro gup_fast gup_ro_fast rdma_odp none");
VARIANTS("anon", "kvm");

TEST_F(scene, pin_refused)
{
	pin(self);
	ksm_scan(self);
	cpu_write(self, PARENT);
	device_write(self);
}
