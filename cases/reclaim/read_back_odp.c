// SPDX-License-Identifier: GPL-2.0-only
/*
 * An on-demand MR holds nothing: reclaim takes what it maps at any time, and tells it before. Then
 * it must mark dirty what the device may have written to (ib_umem_odp_unmap_dma_pages()), as neither
 * page nor page table is where the page came back from a disk by a read.
 */
#include "case.h"

CASE("swap out, read back, device write by an on-demand MR, reclaim: what it wrote is there", "C1");
SWAP_AS_ON_A_DISK;
SEEN_TO_FAIL("6.16 6.18 7.2 7.3", "C1", "*");
BROKEN_BY("rxe-odp-never-dirties", "*");
VARIANTS("anon", "rdma_odp");

TEST_F(scene, read_back_odp)
{
	pageout(self, true);
	cpu_read(self, PARENT);
	in_swap_cache(self);
	pin(self);
	device_write(self);
	cpu_read(self, PARENT);
	pageout(self, true);
	cpu_read(self, PARENT);
}
