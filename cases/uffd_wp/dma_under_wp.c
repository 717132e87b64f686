// SPDX-License-Identifier: GPL-2.0-only
/*
 * The device is not a CPU: DMA through a standing pin makes no notification and
 * the mark stays. This is what makes UFFD_WP snapshots of pinned memory unsound
 * against DMA; no kernel does it otherwise, and none promises to.	(C6)
 */
#include "case.h"

OBSERVATION("a device write under write-protect: no notification, the mark stays", "C1 C4 C6");
SEEN_TO_FAIL("an observation: all kernels agree");

VARIANTS_ALL(io_uring);
VARIANTS_ALL(rdma);
VARIANT(anon, odirect);

TEST_F(scene, dma_under_wp)
{
	pin(self);
	wp(self);
	device_write(self);
	marks_stay(self);
}
