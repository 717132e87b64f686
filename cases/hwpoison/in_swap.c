// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory fails that came back from a disk by a read. What nobody has written since is in its slot,
 * too, and may be read from there again, as if nothing had happened (me_swapcache_clean()). What was
 * written is lost, and its entry says where in swap the failed page is: who faults, and swapoff(),
 * must find that out (me_swapcache_dirty()).
 */
#include "case.h"

CASE("memory fails that is in the swap cache: clean it may be read again, written it is SIGBUS",
     "C0 C4 C5");
SWAP_AS_ON_A_DISK;
SEEN_TO_FAIL("7.3-faults-swapin-takes-failed", "C5", "*");
VARIANTS("anon", "none");

TEST_F(scene, in_swap)
{
	wp(self);
	pageout(self, true);
	cpu_read(self, PARENT);
	in_swap_cache(self);
	memory_fails(self, 1);
	unwp(self);
	cpu_write_pages(self, PARENT, PAGE(0));
	wp(self);
	memory_fails(self, 0);
	fork_child(self);
	child_read_refused(self, 0);
	cpu_read_refused(self, 0);
	child_exit(self);
	pageout(self, false);
	swapoff_all(self);
	cpu_read_refused(self, 0);
}
