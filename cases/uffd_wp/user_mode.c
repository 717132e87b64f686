// SPDX-License-Identifier: GPL-2.0-only
/*
 * A userfaultfd for faults in user mode only, which is what a user without rights gets
 * (UFFD_USER_MODE_ONLY, 37cd0575b851, v5.11). A store is noticed as ever. What writes in the
 * kernel is refused with EFAULT, nothing changes, the mark stays, and nobody is told.
 */
#include "case.h"

CASE("UFFD_USER_MODE_ONLY: a store is noticed, what writes in the kernel is refused", "C1 C3 C4");
SEEN_TO_FAIL("7.3-user-mode-ignored", "C3", "*");
VARIANTS("anon thp shmem", "io_uring");
VARIANTS("anon", "none");

TEST_F(scene, user_mode)
{
	pin(self);
	uffd_open(self, USER_MODE);
	wp(self);
	write_under_wp_by(self, 1, READ_SYSCALL);
	write_under_wp(self, 1, UNPROTECT);
	write_under_wp_by(self, 0, VM_WRITEV);
	write_under_wp_by(self, 0, IO_WORKER);
	unwp(self);
	cpu_write(self, PARENT);
	device_write(self);
}
