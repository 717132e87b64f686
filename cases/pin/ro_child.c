// SPDX-License-Identifier: GPL-2.0-only
/*
 * The child takes a read-only pin of pages that it still shares with its parent. The pin
 * must unshare them first (a7f226604170; for all users since v6.2): the device reads what
 * the child wrote, and nothing that its parent wrote.
 */
#include "case.h"

CASE("fork, then the child takes a read-only pin and everybody writes", "C1 C2");
SEEN_TO_FAIL("5.10", "C2", "anon-vfio_ro");
SEEN_TO_FAIL("7.3-no-unshare", "C2", "*-rdma_ro *-gup_ro");
SEEN_TO_FAIL("7.3-devices-no-unshare", "C2", "*-iommufd_ro");
BROKEN_BY_AS("ro-pin-shared", "C2", "anon-vfio_ro");
VARIANTS("ANON", "rdma_ro");
VARIANTS("anon", "gup_ro vfio_ro");
VARIANTS("anon", "iommufd_ro");

TEST_F(scene, ro_child)
{
	fork_child(self);
	pin_again(self, CHILD, ALL_PAGES);
	cpu_write(self, PARENT);
	cpu_write(self, CHILD);
	cpu_write(self, PARENT);
	child_exit(self);
	cpu_write(self, PARENT);
}
