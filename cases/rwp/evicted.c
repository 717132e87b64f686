// SPDX-License-Identifier: GPL-2.0-only
/*
 * A monitor protects memory and evicts a page of it: registered for missing pages, too, as userfaultfd.rst
 * has it. Who writes to that page next waits until it is brought back; what was not evicted is
 * protected still, and what was brought back can be protected again.
 */
#include "case.h"

CASE("read-and-write protect, evict a page: a write waits for it, the others are protected",
     "C2 C3 C4");
SEEN_TO_FAIL("7.3-missing-unnoticed", "C3", "*");
SEEN_TO_FAIL("7.3-rwp-read-unnoticed", "C3", "*");
VARIANTS("anon shmem hugetlb thp_pte", "none");

TEST_F(scene, evicted)
{
	uffd_open(self, FOR_RWP | WITH_MISSING);
	wp(self);
	write_missing(self, 1, FILL_COPY);
	read_under_rwp(self, PARENT, 0);
	wp(self);
	write_under_wp(self, 1, UNPROTECT);
}
