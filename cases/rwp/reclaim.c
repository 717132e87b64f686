// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory of a file is read-and-write protected, and reclaim comes by. What is promised is that
 * protection is preserved (userfaultfd.rst): whoever touches the page next is noticed, be it there
 * still or read in again. Who evicts cold pages of a memfd by it writes a page out and punches it then,
 * and what was written between the two unnoticed is lost.
 */
#include "case.h"

CASE("read-and-write protect a file's memory, reclaim: the next access is noticed still", "C3 C4");
BROKEN_BY("unmap-drops-rwp", "*");
VARIANTS("shmem", "none");

TEST_F(scene, reclaim)
{
	uffd_open(self, FOR_RWP);
	wp(self);
	pageout(self, false);
	marks_stay(self);
	read_under_rwp(self, PARENT, 0);
	write_under_wp(self, 1, UNPROTECT);
}
