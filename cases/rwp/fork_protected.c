// SPDX-License-Identifier: GPL-2.0-only
/*
 * P: pin; read-and-write protect; fork. Without EVENT_FORK the child is not
 * registered: it reads and writes at will, and P's accesses are still
 * noticed.							(C1, C2, C3, C4)
 */
#include "case.h"

CASE("read-and-write protect, fork: the child has no mark, the parent keeps his", "C1 C2 C3 C4");
SEEN_TO_FAIL("7.3-rwp-read-unnoticed", "C3", "*");
PATCHED("7.3-dma-by-page-table", "C1", "io_uring goes by the page table, not by the pin",
	"*-io_uring");
PATCHED("7.3-fork-keeps-marks", "C4", "fork() copies the marks to a child that is not registered",
	"anon-none thp-none");
PATCHED("7.3-rwp-read-unnoticed", "C3", "a read resolves itself", "*");

VARIANTS_PRIVATE(io_uring);
VARIANT(shmem, io_uring);
VARIANT(anon, rdma);
VARIANT_NOPIN(anon);
VARIANT_NOPIN(thp);
VARIANT_NOPIN(hugetlb);
VARIANT_NOPIN(shmem_private);
VARIANT_NOPIN(shmem);

TEST_F(scene, fork_protected)
{
	uffd_open(self, FOR_RWP);
	pin(self);
	wp(self);
	fork_child(self);
	cpu_write(self, CHILD);
	device_write(self);
	read_under_rwp(self, PARENT, 0);
	write_under_wp(self, 1, UNPROTECT);
	unwp(self);
	cpu_write(self, PARENT);
}
