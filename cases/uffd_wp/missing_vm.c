// SPDX-License-Identifier: GPL-2.0-only
/*
 * Postcopy: a virtual machine runs where its memory has not come to yet. Its processor touches a
 * page that is missing, or that has come into the file and is mapped nowhere, and waits, once
 * noticed, until the monitor has filled it in. So does the device of an on-demand MR, on v7.3.
 */
#include "case.h"

CASE("a virtual machine or a device touches missing pages: one notification each, and it waits",
     "C1 C3");
SEEN_TO_FAIL("7.3-devices-missing-unnoticed", "C3", "*-kvm");
SEEN_TO_FAIL("7.3-missing-unnoticed", "C3", "*-rdma_odp");
SEEN_TO_FAIL("6.16", "C3", "*-rdma_odp");
BROKEN_BY_AS("odp-gives-up", "C3", "*-rdma_odp");
VARIANTS("anon thp hugetlb shmem hugetlb_shared", "kvm rdma_odp");

TEST_F(scene, missing_vm)
{
	uffd_open(self, WITH_MISSING);
	pin(self);
	device_write_missing(self, 0, FILL_COPY);
	cpu_write(self, PARENT);
	device_write(self);
	device_write_missing(self, 1, FILL_COPY);
	device_write_missing(self, 0, FILL_COPY);
	cpu_write(self, PARENT);
}
