// SPDX-License-Identifier: GPL-2.0-only
/*
 * The baseline, without write-protect: pin, fork, the parent writes first. The
 * page is copied early, for the child (70e806e4e645): parent and pin stay
 * together and nobody sees the other's writes.			(C1, C2)
 */
#include "case.h"

CASE("pin, fork, parent writes first: child isolated, parent and pin together", "C1 C2");
SEEN_TO_FAIL("5.10", "C1", "hugetlb-io_uring hugetlb-rdma *-odirect hugetlb-rdma_ro");
SEEN_TO_FAIL("7.3-no-early-copy", "C1",
	     "anon-io_uring thp-io_uring thp_pte-io_uring shmem_private-io_uring "
	     "zero-io_uring anon-rdma thp-rdma thp_pte-rdma shmem_private-rdma zero-rdma "
	     "anon-gup_ro swapped-io_uring mthp-io_uring thp_one-io_uring "
	     "thp_remapped-io_uring thp_shared-io_uring zero_huge-io_uring");
NOT_SEEN_TO_FAIL("an on-demand MR has no pin: the control", "anon-rdma_odp");
NOT_SEEN_TO_FAIL("no pin: the control", "anon-none");
KNOWN_BROKEN("2.6.12", "5.13", "C1", "4eae4efa2c29",
	     "hugetlb pages are not copied early at fork() for a pin",
	     "hugetlb-io_uring hugetlb-rdma hugetlb-rdma_ro");
KNOWN_BROKEN("2.6.12", "6.5", "C1", "a7e689dd1c06",
	     "O_DIRECT takes FOLL_GET references, which fork() does not see", "*-odirect");
PATCHED("7.3-no-early-copy", "C1", "fork() shares pinned pages",
	"*-odirect anon-io_uring thp-io_uring thp_pte-io_uring hugetlb-io_uring "
	"shmem_private-io_uring zero-io_uring anon-rdma thp-rdma thp_pte-rdma "
	"hugetlb-rdma shmem_private-rdma zero-rdma anon-gup_ro hugetlb-rdma_ro");
PATCHED("7.3-pin-skips-cow", "C1", "a pin for writing takes what is there",
	"shmem_private-io_uring shmem_private-rdma");
PATCHED("7.3-pin-skips-cow", "C7", "a pin for writing takes what is there",
	"zero-io_uring zero-rdma");

VARIANTS_PRIVATE(io_uring);
VARIANT(zero, io_uring);
VARIANT(swapped, io_uring);
VARIANT(mthp, io_uring);
VARIANT(thp_one, io_uring);
VARIANT(thp_remapped, io_uring);
VARIANT(thp_shared, io_uring);
VARIANT(zero_huge, io_uring);
VARIANTS_PRIVATE(rdma);
VARIANT(zero, rdma);
VARIANTS_BRIEF(odirect);
VARIANT(anon, gup_ro);
VARIANT(hugetlb, rdma_ro);
VARIANT(anon, rdma_odp);
VARIANT_NOPIN(anon);

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
