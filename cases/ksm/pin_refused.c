// SPDX-License-Identifier: GPL-2.0-only
/*
 * Two equal pages, one is pinned: KSM merges its twins, but not it. The device's
 * write gets to its owner, and to no twin.			(C1, C2)
 */
#include "case.h"

CASE("pin, let KSM look for equal pages, write: a pinned page is not merged", "C1 C2");
SEEN_TO_FAIL("7.3-ksm-merges-pinned", "C1",
	     "shmem_private-* swapped-* anon-io_uring anon-rdma anon-odirect "
	     "anon-rdma_ro anon-gup anon-gup_ro anon-gup_fast anon-gup_ro_fast");
SEEN_TO_FAIL("7.3-split-unmaps-pinned", "C1", "thp_pte-* mthp-* thp-io_uring thp-rdma thp-odirect");
SEEN_TO_FAIL("7.3-ksm-maps-writable", "C2", "anon-rdma_odp anon-none");
PATCHED("7.3-pin-skips-cow", "C1", "a pin for writing takes what is there",
	"shmem_private-* swapped-*");
PATCHED("7.3-ksm-merges-pinned", "C1", "KSM merges pinned pages",
	"shmem_private-* swapped-* anon-io_uring anon-rdma anon-odirect "
	"anon-rdma_ro anon-gup anon-gup_ro anon-gup_fast anon-gup_ro_fast");
PATCHED("7.3-ksm-maps-writable", "C2", "a merged page is mapped writable",
	"anon-rdma_odp anon-none");
PATCHED("7.3-split-unmaps-pinned", "C1", "a pinned huge page is unmapped to be split",
	"thp_pte-* mthp-* thp-io_uring thp-rdma thp-odirect");

VARIANTS_ANON(io_uring);
VARIANT(shmem_private, io_uring);
VARIANT(swapped, io_uring);
VARIANT(mthp, io_uring);
VARIANT(anon, rdma);
VARIANT(thp, rdma);
VARIANT(anon, odirect);
VARIANT(thp, odirect);
VARIANT(anon, rdma_ro);
VARIANT(anon, gup);
VARIANT(anon, gup_ro);
VARIANT(anon, gup_fast);
VARIANT(anon, gup_ro_fast);
VARIANT(anon, rdma_odp);
VARIANT_NOPIN(anon);

TEST_F(scene, pin_refused)
{
	pin(self);
	ksm_scan(self);
	cpu_write(self, PARENT);
	device_write(self);
}
