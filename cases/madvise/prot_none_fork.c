// SPDX-License-Identifier: GPL-2.0-only
/*
 * fork() while pinned memory is PROT_NONE: its entries are present all the same,
 * so the pinned pages have to be copied early. Then child and parent get their
 * rights back.							(C1, C2)
 */
#include "case.h"

CASE("pin, PROT_NONE, fork, rights back: the child is isolated, parent and pin together", "C1 C2");
SEEN_TO_FAIL("7.3-pin-skips-cow", "C2", "shmem_private-io_uring swapped-io_uring");
SEEN_TO_FAIL("7.3-no-early-copy", "C2", "*-io_uring *-rdma");
KNOWN_BROKEN("2.6.12", "5.13", "C2", "4eae4efa2c29",
	     "hugetlb pages are not copied early at fork() for a pin", "hugetlb-[!n]*");
KNOWN_BROKEN("5.9", "5.19", "C1", "6c287605fd56",
	     "do_wp_page() copies an exclusive page whenever page_count() != 1 (09854ba94c6a)",
	     "anon-[!n]* thp-[!n]* thp_pte-[!n]* shmem_private-[!n]* zero-* swapped-*");

VARIANTS_PRIVATE(io_uring);
VARIANT(zero, io_uring);
VARIANT(mthp, io_uring);
VARIANT(swapped, io_uring);
VARIANTS_BRIEF(rdma);

TEST_F(scene, prot_none_fork)
{
	pin(self);
	mprotect_none(self);
	fork_child(self);
	device_write(self);
	mprotect_rw_by(self, CHILD);
	mprotect_rw(self);
	cpu_write(self, PARENT);
	device_write(self);
	cpu_write(self, CHILD);
	child_exit(self);
	cpu_write(self, PARENT);
}
