// SPDX-License-Identifier: GPL-2.0-only
/*
 * The device is not a CPU: what it writes through a standing pin is not reported,
 * whichever way the ledger is kept. A snapshot of memory that is pinned for DMA
 * misses it. One that faults as a CPU does is reported.		(C6, C9)
 */
#include "case.h"

OBSERVATION("WP_ASYNC: clear, device write: it is not reported", "C6 C9");
SEEN_TO_FAIL("6.18", "C9", "*-rdma_odp");
KNOWN_BROKEN("6.16", "7.2.8", "C9", "769001ce838d",
	     "soft-RoCE writes through an on-demand MR where the page may only be read",
	     "*-rdma_odp");
NOT_SEEN_TO_FAIL("what DMA writes need not be reported, and may be", "*-io_uring *-rdma *-odirect");
OBSERVES("over_reports", "pages reported after a device write, and nothing else");

VARIANT(anon, io_uring);
VARIANT(thp, io_uring);
VARIANT(thp_pte, io_uring);
VARIANT(hugetlb, io_uring);
VARIANT(shmem, io_uring);
VARIANT(anon, rdma);
VARIANT(thp, rdma);
VARIANT(hugetlb, rdma);
VARIANT(anon, rdma_odp);
VARIANT(thp, rdma_odp);
VARIANT(shmem, rdma_odp);
VARIANT(anon, odirect);

TEST_F(scene, wa_dma)
{
	ledger_open(self, WP_ASYNC);
	pin(self);
	ledger_clear(self);
	device_write(self);
	cpu_read(self, PARENT);
}
