// SPDX-License-Identifier: GPL-2.0-only
/*
 * A device is not a CPU: what it writes through an existing pin is not reported, neither
 * by WP_ASYNC nor by soft-dirty tracking. A snapshot of memory that is pinned for DMA
 * misses these writes. What a device writes that faults as a CPU does must be reported.
 */
#include "case.h"

OBSERVATION("WP_ASYNC: clear, device write: it is not reported", "C6 C9");
SEEN_TO_FAIL("6.18", "C9", "*-rdma_odp");
SEEN_TO_FAIL("7.3-devices-rights-untold", "C9", "anon-kvm thp-kvm hugetlb-kvm shmem-kvm");
BROKEN_BY_AS("rxe-odp-writes-read-only", "C9", "*-rdma_odp");
SEEN_TO_FAIL("6.12 6.16 6.17 6.18 7.2 7.3", "C9", "dax_huge-kvm");
BROKEN_BY("dax-huge-write-unreported", "dax_huge-kvm");
NOT_SEEN_TO_FAIL("what DMA writes need not be reported, and may be",
		 "*-io_uring *-rdma *-odirect *-xdp *-vfio *-udmabuf *-iommufd*");
OBSERVES("over_reports", "pages reported after a device write, and nothing else");
VARIANTS("ANON hugetlb shmem", "io_uring");
VARIANTS("BRIEF", "rdma");
VARIANTS("anon thp shmem", "rdma_odp");
VARIANTS("anon", "odirect");
VARIANTS("anon", "xdp vfio");
VARIANTS("anon", "iommufd");
VARIANTS("shmem", "udmabuf");
VARIANTS("shmem", "iommufd_file");
VARIANTS("anon thp hugetlb shmem dax_huge", "kvm");

TEST_F(scene, wa_dma)
{
	ledger_open(self, WP_ASYNC);
	pin(self);
	ledger_clear(self);
	device_write(self);
	cpu_read(self, PARENT);
}
