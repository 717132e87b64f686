// SPDX-License-Identifier: GPL-2.0-only
/*
 * The control for everything that a pin is not. An on-demand MR faults as its owner's CPU
 * does, and so does the processor of a virtual machine: device and page table must agree
 * whatever happens to the pages, even where a pin would be separated from its page. What the
 * owner may not write, the device may not write either.
 */
#include "case.h"

CONTROL("a device that faults follows the page table whatever happens", "C1 C2 C5 C6");
SEEN_TO_FAIL("6.16", "C5", "*-rdma_odp");
SEEN_TO_FAIL("7.3", "C1", "*-rdma_odp_any");
SEEN_TO_FAIL("7.3-devices-rights-untold", "C5", "*-kvm");
BROKEN_BY("rxe-odp-writes-read-only", "*-rdma_odp");
BROKEN_BY("rxe-odp-offset", "*-rdma_odp_any");
VARIANTS("anon thp shmem unpopulated", "rdma_odp");
VARIANTS("anon shmem", "rdma_odp_any");
VARIANTS("anon thp shmem unpopulated hugetlb shmem_private zero swapped", "kvm");

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
