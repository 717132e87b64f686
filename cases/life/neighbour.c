// SPDX-License-Identifier: GPL-2.0-only
/*
 * P: registers A and B by one uffd; write-protects A; mremap()s B, which was
 * never touched, to where it touches A. A is none of its business: a write to
 * A is still noticed.
 *
 * Without EVENT_REMAP, B's registration ends with the move. Up to v7.2 the
 * kernel first merged the two, since both were registered alike, and then
 * took the registration from what was now one mapping: A's marks stayed, and
 * its writes went through unnoticed. Fixed by "mm/vma: avoid broken uffd
 * merge on mremap" (6.12.118, 7.3.4).					(C3, C4)
 */
#include "case.h"

CASE("mremap of a neighbour: the area is still registered, a write is still noticed", "C1 C3 C4");
SEEN_TO_FAIL("5.10", "C4", "*");
BROKEN_BY("mremap-unregisters-neighbour", "*");

VARIANTS("anon thp", "none");
VARIANTS("anon", "io_uring");
VARIANTS("thp", "rdma");

TEST_F(scene, neighbour)
{
	pin(self);
	wp(self);
	remap_neighbour(self);
	write_under_wp(self, 1, UNPROTECT);
	device_write(self);
}
