// SPDX-License-Identifier: GPL-2.0-only
/*
 * A read-only pin of memory that is shared with a child must unshare it first
 * (FAULT_FLAG_UNSHARE, v5.19). Otherwise the owner's next write goes to a copy, and the
 * device keeps the page that belongs to the child by then. Before b40656aa7d55 an MR
 * without write access forced a pin for writing, which copies.
 */
#include "case.h"

CASE("fork, then a read-only pin, then everybody writes", "C1 C2 C7");
SEEN_TO_FAIL("5.10", "C1", "*-vfio_ro");
SEEN_TO_FAIL("7.3-no-unshare", "C1", "*-gup_ro* *-rdma_ro");
SEEN_TO_FAIL("7.3-devices-no-unshare", "C1", "*-iommufd_ro");
BROKEN_BY("ro-pin-shared", "*-vfio_ro");
OBSERVES("frames_new_by_pin", "how many pages the R/O pin replaced by own ones");
VARIANTS("BRIEF", "gup_ro");
VARIANTS("anon hugetlb", "gup_ro_fast rdma_ro vfio_ro");
VARIANTS("anon hugetlb", "iommufd_ro");

TEST_F(scene, ro_shared_then_write)
{
	fork_child(self);
	pin(self);
	cpu_write(self, PARENT);
	cpu_write(self, CHILD);
	child_exit(self);
	cpu_write(self, PARENT);
}
