// SPDX-License-Identifier: GPL-2.0-only
/*
 * vfork() and exec(), as posix_spawn() does it, copy nothing. So there is no EVENT_FORK,
 * no page may change hands, and uffd-wp bits and pins must stay as they were.
 */
#include "case.h"

CASE("vfork and exec under pin and write-protect: nothing happens to memory", "C1 C3 C4");
SEEN_TO_FAIL("7.3-clone-vm-copies", "C4", "*");
BROKEN_BY("copies-exclusive", "anon-[!n]* thp-* thp_pte-* zero-*");
VARIANTS("ALL", "io_uring");
VARIANTS("anon thp", "rdma");
VARIANTS("anon shmem", "none");

TEST_F(scene, vfork_exec)
{
	uffd_open(self, WP_EVENT_FORK);
	pin(self);
	wp(self);
	vfork_exec(self);
	marks_stay(self);
	write_under_wp(self, 1, UNPROTECT);
	unwp(self);
	vfork_exec(self);
	cpu_write(self, PARENT);
	device_write(self);
}
