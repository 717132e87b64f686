// SPDX-License-Identifier: GPL-2.0-only
/*
 * process_vm_writev() into write-protected memory takes a pin for writing, for as
 * long as it lasts, and that is a write: one notification. Reading with
 * process_vm_readv() is none; 17839856fd58 (v5.8) made it one for a while, as it
 * broke COW for whoever reads.					(C1, C3)
 */
#include "case.h"

CASE("process_vm_readv of write-protected memory is not noticed, process_vm_writev is", "C1 C3");
SEEN_TO_FAIL("7.3-gup-ignores-wp", "C3", "*");
BROKEN_BY("copies-exclusive", "anon-[!n]* thp-[!n]* thp_pte-[!n]* zero-[!n]*");

VARIANTS("ALL hugetlb_shared mthp", "io_uring");
VARIANTS("BRIEF shmem_private shmem zero", "none");
VARIANTS("anon", "rdma");

TEST_F(scene, vm_writev_under_wp)
{
	pin(self);
	wp(self);
	peek(self);
	write_under_wp_by(self, 1, VM_WRITEV);
	peek(self);
	device_write(self);
	unwp(self);
	cpu_write_by(self, VM_WRITEV, PARENT, ALL_PAGES);
	device_write(self);
}
