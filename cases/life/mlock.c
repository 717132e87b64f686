// SPDX-License-Identifier: GPL-2.0-only
/*
 * Locked memory is pinned, write-protected, forked and moved: VmLck goes on having all of it, once.
 * A child inherits no lock, and copy-on-write is as ever. What MREMAP_DONTUNMAP leaves at the old
 * place is locked no more.
 */
#include "case.h"

CASE("lock, pin, write-protect, fork, move, unlock: VmLck has what is locked", "C1 C2 C3 C8");
SEEN_TO_FAIL("6.18", "C8", "*");
SEEN_TO_FAIL("7.3-dontunmap-locks-twice", "C8", "*");
SEEN_TO_FAIL("7.3-fork-keeps-locks", "C8", "*");
BROKEN_BY("copies-exclusive", "anon-io_uring anon-rdma thp-io_uring");
BROKEN_BY("dontunmap-locks-twice", "*");
VARIANTS("anon thp swapped unpopulated shmem", "none");
VARIANTS("anon thp shmem", "io_uring");
VARIANTS("anon", "rdma");

TEST_F(scene, mlock)
{
	lock(self, AT_ONCE);
	pin(self);
	wp(self);
	fork_child(self);
	write_under_wp(self, 0, UNPROTECT);
	cpu_write(self, CHILD);
	device_write(self);
	unwp(self);
	remap(self, REMAP_DONTUNMAP);
	cpu_write(self, PARENT);
	unpin(self);
	unlock(self);
}
