// SPDX-License-Identifier: GPL-2.0-only
/*
 * A child that inherits read-and-write protect crashes. What nobody has touched since is in
 * memory, and must be in its core dump; 7.3 leaves holes there.
 */
#include "case.h"

CASE("read-and-write protect: the core dump has what is protected", "C0 C1");
SEEN_TO_FAIL("7.3", "C0", "*");
BROKEN_BY("core-dump-skips-rwp", "*");
VARIANTS("PRIVATE shmem", "none");
VARIANTS("anon thp hugetlb", "io_uring");

TEST_F(scene, core_dump)
{
	uffd_open(self, FOR_RWP | WP_EVENT_FORK);
	pin(self);
	wp(self);
	fork_child(self);
	child_dumps_core(self);
	device_write(self);
}
