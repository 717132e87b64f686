// SPDX-License-Identifier: GPL-2.0-only
/*
 * An on-demand MR, or a virtual machine, has memory that is shared. The device first reads,
 * which maps the page for reading, and then writes. The write must fault again and break COW.
 * The child, the file behind a private mapping, and everyone else who maps the zero page must
 * not see it.
 */
#include "case.h"

CONTROL("a device that faults reads and then writes shared memory", "C2 C5 C6");
SEEN_TO_FAIL("6.16", "C1", "zero-rdma_odp");
SEEN_TO_FAIL("6.16", "C2", "anon-rdma_odp thp-rdma_odp hugetlb-rdma_odp shmem_private-rdma_odp");
SEEN_TO_FAIL("7.3-kvm-writes-read-only", "C2", "[!z]*-kvm");
SEEN_TO_FAIL("7.3-kvm-writes-read-only", "C1", "zero-kvm");
BROKEN_BY_AS("rxe-odp-writes-read-only", "C2", "[!z]*-rdma_odp");
BROKEN_BY_AS("rxe-odp-writes-read-only", "C1", "zero-rdma_odp");
VARIANTS("BRIEF shmem_private zero", "rdma_odp");
VARIANTS("anon hugetlb shmem_private zero", "kvm");

TEST_F(scene, odp_write_shared)
{
	fork_child(self);
	pin(self);
	cpu_read(self, PARENT);
	device_write(self);
	cpu_write(self, CHILD);
	device_write(self);
}
