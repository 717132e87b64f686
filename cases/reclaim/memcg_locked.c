// SPDX-License-Identifier: GPL-2.0-only
/*
 * Locked memory is on no list that reclaim goes over, so it stays when its cgroup is at its limit
 * (mlock(2)), be it pinned and unpinned meanwhile; once it is unlocked it goes.
 */
#include "case.h"

CASE("lock, press against the limit of the memory cgroup: what is locked stays", "C0 C8");
SEEN_TO_FAIL("7.3-reclaim-takes-locked", "C0", "*");
VARIANTS("anon_memcg thp_memcg", "none io_uring");

TEST_F(scene, memcg_locked)
{
	lock(self, AT_ONCE);
	pin(self);
	memcg_press(self, false);
	device_write(self);
	unpin(self);
	memcg_press(self, false);
	cpu_write(self, PARENT);
	unlock(self);
	memcg_press(self, true);
	cpu_read(self, PARENT);
}
