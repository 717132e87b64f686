// SPDX-License-Identifier: GPL-2.0-only
/*
 * A page with more than 1024 references looks as if it was pinned, and fork() copies
 * it early: one too many, which is all the same to who looks. Large folios count their
 * pins apart from their references and are not concerned.	(C2, C8)
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
