// SPDX-License-Identifier: GPL-2.0-only
/*
 * A process moves other memory by mremap() to where memory is pinned and write-protected. The pin
 * keeps the old page, which nobody else sees any more; what has come has no uffd-wp bit and is not
 * registered, and who asked for it is told.
 */
#include "case.h"

CASE("mremap over what is pinned and write-protected", "C1 C2 C3 C4 C8");
SEEN_TO_FAIL("7.3-mremap-unmaps-untold", "C4", "*");
VARIANTS("anon swapped unpopulated shmem shmem_private", "none");
VARIANTS("anon shmem", "io_uring rdma");

TEST_F(scene, remap_over)
{
	uffd_open(self, WP_EVENT_UNMAP);
	pin(self);
	wp(self);
	fork_child(self);
	remap_over(self);
	cpu_write(self, PARENT);
	device_write(self);
	unpin(self);
	register_again(self);
	wp(self);
	write_under_wp(self, 0, UNPROTECT);
}
