// SPDX-License-Identifier: GPL-2.0-only
/*
 * mremap() to a page less and then to as much, which moves it, as something is behind it. Pins go
 * along, but for that of the last page, which is new, registered as the rest is (EVENT_REMAP) and
 * without uffd-wp bit.
 */
#include "case.h"

CASE("mremap to more that moves, of what is pinned and write-protected", "C1 C2 C3 C4 C8");
SEEN_TO_FAIL("7.3-mremap-forgets-wp", "C4", "*");
SEEN_TO_FAIL("7.3-mremap-drops-uffd", "C4", "*");
BROKEN_BY("copies-exclusive", "anon-io_uring anon-rdma");
VARIANTS("anon swapped shmem shmem_private", "none");
VARIANTS("anon shmem", "io_uring rdma");

TEST_F(scene, grow_away)
{
	uffd_open(self, WP_EVENT_REMAP);
	pin(self);
	wp(self);
	fork_child(self);
	shrink_and_grow(self, AWAY);
	cpu_write_pages(self, PARENT, PAGE(3));
	device_write(self);
	write_under_wp(self, 2, UNPROTECT);
	unregister(self);
	shrink_and_grow(self, AWAY);
	cpu_write(self, PARENT);
	device_write(self);
}
