// SPDX-License-Identifier: GPL-2.0-only
/*
 * The control for uffd_wp/dma_under_wp. The write of a device that faults must raise one
 * notification, as a CPU's write does, before anyone sees it, and must wait for the
 * monitor. The device's reads raise none. That a virtual machine's processor does so is what
 * a snapshot of a running machine stands on.
 */
#include "case.h"

CONTROL("a device that faults, under write-protect: one notification per write", "C3 C4 C6");
SEEN_TO_FAIL("6.16", "C6", "*-rdma_odp");
SEEN_TO_FAIL("7.3-devices-rights-untold", "C6", "*-kvm");
BROKEN_BY_AS("rxe-odp-writes-read-only", "C6", "*-rdma_odp");
BROKEN_BY("odp-gives-up", "*-rdma_odp");
VARIANTS("BRIEF shmem", "rdma_odp");
VARIANTS("BRIEF shmem thp_pte hugetlb_shared", "kvm");

TEST_F(scene, odp_under_wp)
{
	pin(self);
	wp(self);
	device_write_under_wp(self, 1);
	write_under_wp(self, 0, UNPROTECT);
	marks_stay(self);
	unwp(self);
	device_write(self);
}
