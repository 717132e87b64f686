// SPDX-License-Identifier: GPL-2.0-only
/*
 * MADV_DONTFORK of a hundred bytes, which are what a driver's buffer is long: a range is
 * rounded up to pages, and the child has nothing of the page, which may be pinned.
 */
#include "case.h"

CASE("MADV_DONTFORK of some bytes: the child has nothing of that page", "C1 C2");
SEEN_TO_FAIL("7.3-advice-rounds-down", "C2", "*");
VARIANTS("anon thp shmem", "none io_uring");

TEST_F(scene, dontfork_bytes)
{
	pin(self);
	dontfork_bytes(self, 1);
	fork_child(self);
	cpu_write(self, PARENT);
	cpu_write_pages(self, CHILD, PAGE(0));
	device_write(self);
}
