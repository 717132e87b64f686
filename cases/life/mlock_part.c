// SPDX-License-Identifier: GPL-2.0-only
/*
 * Locks of a part split the mapping, and those of what is locked already do not count again.
 * VmLck has what is locked, before and after the middle of it is unlocked; pins and uffd-wp
 * bits have nothing to do with it. A huge page is mapped by PTEs from then on.
 */
#include "case.h"

CASE("lock a page, all, unlock the middle: VmLck has what is locked, pins and marks stay",
     "C1 C2 C3 C4 C8");
SEEN_TO_FAIL("7.3-lock-counts-twice", "C8", "*");
SEEN_TO_FAIL("7.3-fork-keeps-locks", "C8", "*");
BROKEN_BY("copies-exclusive", "anon-io_uring thp-io_uring");
VARIANTS("anon thp thp_pte swapped unpopulated shmem", "none");
VARIANTS("anon thp shmem", "io_uring");

TEST_F(scene, mlock_part)
{
	pin(self);
	lock_pages(self, AT_ONCE, PAGE(1));
	lock(self, ON_FAULT);
	cpu_write(self, PARENT);
	wp(self);
	unlock_pages(self, PAGE(1));
	marks_stay(self);
	fork_child(self);
	write_under_wp(self, 0, UNPROTECT);
	device_write(self);
	lock_pages(self, ON_FAULT, PAGE(1));
	unlock_pages(self, 0, 2);
	unlock(self);
	unwp(self);
	cpu_write(self, PARENT);
}
