// SPDX-License-Identifier: GPL-2.0-only
/*
 * The pages of a file on memory that is a disk are the disk. Who pins them for long keeps the file
 * system from ever giving their blocks to another file, and it would wait for him for ever: so a
 * long-term pin is refused, also one that only reads (2bb6d2837083), and also of a private mapping.
 */
#include "case.h"

CASE("a long-term pin of a file without a page cache is refused, and nothing stays pinned", "C7");
SEEN_TO_FAIL("7.3-devices-dax-pins-allowed", "C7", "dax_private-* *-io_uring *-rdma *-vfio *-xdp");
NOT_SEEN_TO_FAIL("where these are allowed the process never ends: its file waits for them",
		 "dax_shared-rdma_ro dax_shared-vfio_ro dax_huge-vfio_ro");
VARIANTS("dax_shared dax_private", "io_uring rdma rdma_ro");
VARIANTS("dax_shared dax_huge", "vfio vfio_ro xdp");

TEST_F(scene, dax)
{
	pin_refused_with(self, EOPNOTSUPP);
	cpu_write(self, PARENT);
}
