// SPDX-License-Identifier: GPL-2.0-only
/*
 * mremap() of several mappings at once (v6.17), of which one is read-only: all of them move, with their
 * pins and rights.
 */
#include "case.h"

CASE("mremap of several mappings at once: contents, rights and pins move along", "C0 C1 C2 C5 C8");
SEEN_TO_FAIL("7.3-mremap-leaves-last-piece", "C0", "*");
VARIANTS("ANON swapped shmem shmem_private", "none");
VARIANTS("anon thp shmem", "io_uring rdma");

TEST_F(scene, remap_mappings)
{
	pin(self);
	fork_child(self);
	mprotect_ro_pages(self, PAGE(1));
	remap_pieces(self);
	cpu_write_refused(self, 1);
	device_write(self);
	cpu_write_pages(self, PARENT, PAGE(0));
	mprotect_rw(self);
	cpu_write(self, PARENT);
	device_write(self);
}
