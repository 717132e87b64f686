// SPDX-License-Identifier: GPL-2.0-only
/*
 * A page with more than 1024 references looks pinned, so fork() copies it early. This
 * copy is not needed, but no process may see a difference. Large folios count their pins
 * separately from their references and are not affected.
 */
#include "case.h"

CASE("fork of a page that has more than 1024 references", "C2 C8");
SEEN_TO_FAIL("7.3-early-copy-is-empty", "C0", "anon-* shmem_private-io_uring");
VARIANTS("anon", "none");
VARIANTS("anon shmem_private", "io_uring");

TEST_F(scene, many_refs)
{
	pin_pages(self, PAGE(1));
	many_references(self, 0);
	fork_child(self);
	cpu_write(self, CHILD);
	cpu_write(self, PARENT);
	device_write(self);
	child_exit(self);
	cpu_write(self, PARENT);
}
