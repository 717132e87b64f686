// SPDX-License-Identifier: GPL-2.0-only
/*
 * A memory cgroup is at its limit, and its own charges take its pages: direct reclaim by who
 * writes, where pageout() is advice. What is pinned must stay (feb889fb40fa, 6c287605fd56), and
 * once it is unpinned it goes.
 */
#include "case.h"

CASE("pin, press against the limit of the memory cgroup: pin and page table still agree", "C0 C1");
SEEN_TO_FAIL("7.3-reclaim-takes-pinned", "C1", "anon_memcg-[!n]* thp_memcg-[!n]*");
NOT_SEEN_TO_FAIL("nothing pins it: that it goes is the control", "*-none");
NOT_SEEN_TO_FAIL("a pinned page of a file comes back from the swap cache, the same",
		 "shmem_memcg-io_uring");
VARIANTS("anon_memcg thp_memcg", "none io_uring rdma");
VARIANTS("shmem_memcg", "none io_uring");

TEST_F(scene, memcg_pinned)
{
	pin(self);
	memcg_press(self, false);
	cpu_read(self, PARENT);
	cpu_write(self, PARENT);
	device_write(self);
	unpin(self);
	memcg_press(self, true);
	cpu_read(self, PARENT);
	cpu_write(self, PARENT);
}
