// SPDX-License-Identifier: GPL-2.0-only
/*
 * NUMA balancing takes access away from a write-protected page and restores it at the
 * next touch. It must restore the right to read, but not the right to write.
 */
#include "case.h"

CASE("write-protect, NUMA hinting: the uffd-wp bit stays, and a write raises a notification",
     "C3 C4");
SEEN_TO_FAIL("7.3-numa-grants-write", "C3", "*-none");
SEEN_TO_FAIL("7.3-migration-forgets-wp", "C4", "*-none");
SEEN_TO_FAIL("7.3-migrates-pinned", "C1", "*-io_uring");
BROKEN_BY("copies-exclusive", "anon-io_uring");
BROKEN_BY("thp-migration-forgets-wp", "thp-none");
VARIANTS("anon thp shmem", "none");
VARIANTS("anon shmem", "io_uring");

TEST_F(scene, numa_hint_wp)
{
	migrate(self);
	pin(self);
	wp(self);
	numa_hint(self);
	write_under_wp(self, 0, UNPROTECT);
	unwp(self);
	cpu_write(self, PARENT);
}
