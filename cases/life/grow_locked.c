// SPDX-License-Identifier: GPL-2.0-only
/*
 * What mremap() adds to locked memory is locked, too: it is there at once, unless it was locked by
 * MLOCK_ONFAULT, and VmLck has it, be it in place or moved.
 */
#include "case.h"

CASE("mremap to less and to more of what is locked", "C0 C8");
SEEN_TO_FAIL("7.3-mremap-grows-unpopulated", "C8", "*");
VARIANTS("anon swapped shmem shmem_private", "none");
VARIANTS("anon", "io_uring");

TEST_F(scene, grow_locked)
{
	lock(self, AT_ONCE);
	pin(self);
	shrink_and_grow(self, IN_PLACE);
	cpu_write(self, PARENT);
	shrink_and_grow(self, AWAY);
	device_write(self);
	unlock(self);
	lock(self, ON_FAULT);
	shrink_and_grow(self, AWAY);
	cpu_write(self, PARENT);
	unlock(self);
}
