// SPDX-License-Identifier: GPL-2.0-only
/*
 * The baseline, without write-protect: pin, fork, and the parent writes first. fork()
 * copies the page early, for the child (70e806e4e645). Parent and pin must stay together,
 * and neither process may see the other's writes.
 */
#include "case.h"

CASE("pin, fork, parent writes first: the child is isolated, the pin keeps its page", "C1 C2");
SEEN_TO_FAIL("5.10", "C1",
	     "hugetlb-io_uring hugetlb-rdma *-odirect* hugetlb-rdma_ro hugetlb-xdp "
	     "hugetlb-vfio");
SEEN_TO_FAIL("7.3-no-early-copy", "C1",
	     "*-gup* anon-io_uring anon-io_uring_[ps]* anon-rdma thp-io_uring thp-rdma thp_pte-* "
	     "shmem_private-* zero-* swapped-* mthp-* thp_one-* thp_remapped-* thp_shared-* "
	     "zero_huge-*");
NOT_SEEN_TO_FAIL("an on-demand MR has no pin: the control", "anon-rdma_odp");
NOT_SEEN_TO_FAIL("no pin: the control", "anon-none");
SEEN_TO_FAIL("7.3-windows-no-early-copy", "C1", "anon-xdp anon-io_uring_zcrx");
SEEN_TO_FAIL("7.3-devices-no-early-copy", "C1", "anon-vfio anon-v4l2 *-iommufd*");
SEEN_TO_FAIL("7.3-devices-frames-untold", "C1", "*-kvm");
BROKEN_BY("hugetlb-no-early-copy",
	  "hugetlb-io_uring hugetlb-rdma hugetlb-rdma_ro hugetlb-xdp hugetlb-vfio");
BROKEN_BY("odirect-get", "*-odirect*");
VARIANTS("PRIVATE zero swapped mthp thp_one thp_remapped thp_shared zero_huge", "io_uring");
VARIANTS("PRIVATE zero", "rdma");
VARIANTS("BRIEF", "odirect odirect_bytes");
VARIANTS("anon", "gup_ro rdma_odp none");
VARIANTS("hugetlb", "rdma_ro");
VARIANTS("anon hugetlb", "xdp vfio");
VARIANTS("anon hugetlb", "iommufd iommufd_attach iommufd_copy");
VARIANTS("anon", "v4l2 io_uring_pbuf io_uring_sqes io_uring_zcrx");
VARIANTS("anon hugetlb", "kvm");

TEST_F(scene, pin_parent_first)
{
	pin(self);
	fork_child(self);
	cpu_write(self, PARENT);
	device_write(self);
	cpu_write(self, CHILD);
	child_exit(self);
	cpu_write(self, PARENT);
}
