// SPDX-License-Identifier: GPL-2.0-only
/*
 * The control for all that a pin is not: an on-demand MR faults as its owner's
 * CPU does, so device and page table agree whatever happens to the pages, also
 * where a pin and its page would be parted; and what the owner may not write,
 * the device may not.						(C1, C2, C5, C6)
 */
#include "case.h"

CONTROL("a device that faults follows the page table whatever happens", "C1 C2 C5 C6");
SEEN_TO_FAIL("6.16", "C5", "*-rdma_odp");
SEEN_TO_FAIL("7.3", "C1", "*-rdma_odp_any");
KNOWN_BROKEN("6.16", "7.2.8", "C5", "769001ce838d",
	     "soft-RoCE writes to a page that is mapped for reading, once it has read it",
	     "*-rdma_odp");
KNOWN_BROKEN("6.15", "", "C1", "",
	     "soft-RoCE copies to and from the start of a page, whatever place was asked for",
	     "*-rdma_odp_any");

VARIANT(anon, rdma_odp);
VARIANT(thp, rdma_odp);
VARIANT(shmem, rdma_odp);
VARIANT(unpopulated, rdma_odp);
VARIANT(anon, rdma_odp_any);
VARIANT(shmem, rdma_odp_any);

TEST_F(scene, odp_follows)
{
	pin(self);
	device_write(self);
	cpu_write(self, PARENT);
	wp(self);
	unwp(self);
	cpu_write(self, PARENT);
	mprotect_ro(self);
	device_write_refused(self, 1);
	mprotect_rw(self);
	device_write(self);
	fork_child(self);
	cpu_write(self, PARENT);
	device_write(self);
	child_exit(self);
	cpu_write(self, PARENT);
	unpin(self);
	cpu_write(self, PARENT);
}
