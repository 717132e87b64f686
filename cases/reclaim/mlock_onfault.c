// SPDX-License-Identifier: GPL-2.0-only
/*
 * mlock2(MLOCK_ONFAULT) brings nothing in, so it may be asked of what is write-protected. What a
 * fault brings in later is locked, and VmLck has all of it from the beginning, until something else
 * is mapped in its place.
 */
#include "case.h"

CASE("write-protect, lock on fault, write, fork, map anew: VmLck has what is locked",
     "C0 C3 C4 C8");
SEEN_TO_FAIL("7.3-fork-keeps-locks", "C8", "*");
SEEN_TO_FAIL("7.3-advice-takes-locked", "C0", "*");
BROKEN_BY("copies-exclusive", "anon-io_uring");
VARIANTS("anon swapped unpopulated shmem", "none");
VARIANTS("anon shmem", "io_uring");

TEST_F(scene, mlock_onfault)
{
	pin(self);
	uffd_open(self, 0);
	lock(self, ON_FAULT);
	cpu_read(self, PARENT);
	wp(self);
	write_under_wp(self, 0, UNPROTECT);
	lock_refuses(self);
	fork_child(self);
	cpu_write_pages(self, PARENT, PAGE(0));
	map_anew(self);
	cpu_write(self, PARENT);
}
