// SPDX-License-Identifier: GPL-2.0-only
/*
 * A process made by clone(CLONE_VM) shares its parent's memory and has no copy of it.
 * What it writes is the parent's, and the pin must see it. In write-protected memory it
 * must raise a notification as the parent's own write would.
 */
#include "case.h"

CASE("a clone(CLONE_VM) writes to its parent's page: the pin sees it, and there is no copy",
     "C1 C2 C3");
SEEN_TO_FAIL("7.3-clone-vm-copies", "C0", "zero-io_uring *-none");
SEEN_TO_FAIL("7.3-clone-vm-copies", "C1",
	     "*-rdma anon-io_uring thp-* thp_pte-* hugetlb-io_uring shmem_private-*");
SEEN_TO_FAIL("7.3-clone-vm-copies", "C3", "shmem-*");
BROKEN_BY("hugetlb-no-early-copy", "hugetlb-[!n]*");
BROKEN_BY("copies-exclusive", "anon-[!n]* thp-* thp_pte-* zero-*");
VARIANTS("ALL", "io_uring");
VARIANTS("BRIEF", "rdma");
VARIANTS("anon hugetlb", "none");

TEST_F(scene, clone_vm)
{
	pin(self);
	cpu_write_by(self, VM_CLONE, PARENT, ALL_PAGES);
	device_write(self);
	fork_child(self);
	cpu_write_by(self, VM_CLONE, PARENT, ALL_PAGES);
	device_write(self);
	wp(self);
	write_under_wp_by(self, 1, VM_CLONE);
	cpu_write(self, CHILD);
	unwp(self);
	device_write(self);
}
