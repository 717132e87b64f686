// SPDX-License-Identifier: GPL-2.0-only
/*
 * Under RWP_ASYNC (v7.3) nobody is notified: an access takes the protection away, and a
 * monitor sees by that which pages are in use. Nothing of what is read and written may be
 * lost, a page that nobody touched must stay protected, and after fork() a write must be
 * copied.
 */
#include "case.h"

CASE("asynchronous read-and-write protect: an access goes through and is reported", "C0 C2 C3 C9");
SEEN_TO_FAIL("7.3-rwp-async-unreported", "C9", "*");
VARIANTS("anon thp thp_pte hugetlb shmem", "none");

TEST_F(scene, async)
{
	uffd_open(self, FOR_RWP | RWP_ASYNC);
	wp(self);
	read_async(self, PAGE(0));
	wp(self);
	write_async(self, PAGE(1));
	wp(self);
	fork_child(self);
	write_async(self, ALL_PAGES);
	cpu_write(self, CHILD);
}
