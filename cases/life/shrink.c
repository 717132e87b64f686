// SPDX-License-Identifier: GPL-2.0-only
/*
 * mremap() to a page less, and back to as much, in place. A pin keeps the old page, the new one is
 * registered with the rest and has no uffd-wp bit; the others keep theirs. Who asked for it is told
 * of what is unmapped.
 */
#include "case.h"

CASE("mremap to a page less and back, of what is pinned and write-protected", "C1 C2 C3 C4 C8");
SEEN_TO_FAIL("7.3-mremap-unmaps-untold", "C4", "*");
BROKEN_BY("copies-exclusive", "anon-io_uring anon-rdma");
VARIANTS("anon swapped shmem shmem_private", "none");
VARIANTS("anon shmem", "io_uring rdma");

TEST_F(scene, shrink)
{
	uffd_open(self, WP_EVENT_UNMAP);
	pin(self);
	wp(self);
	fork_child(self);
	shrink_and_grow(self, IN_PLACE);
	cpu_write_pages(self, PARENT, PAGE(3));
	device_write(self);
	write_under_wp(self, 2, UNPROTECT);
	unwp(self);
	cpu_write(self, PARENT);
}
