// SPDX-License-Identifier: GPL-2.0-only
/*
 * process_vm_writev() into write-protected memory takes a pin for writing, for the time
 * of the call. That is a write, and it must raise one notification. process_vm_readv()
 * must raise none. 17839856fd58 (v5.8) made it raise one for a while, as it broke COW for
 * readers.
 */
#include "case.h"

CASE("process_vm_readv() of write-protected memory raises no notification, writev() does", "C1 C3");
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
