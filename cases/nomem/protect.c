// SPDX-License-Identifier: GPL-2.0-only
/*
 * mprotect() of one page splits the mapping, for which memory is needed. If there is none nothing
 * has changed: neither rights nor marks.
 */
#include "case.h"

CASE("each allocation of mprotect() of a page fails in turn: nothing changes", "C0 C4 C5 C7");
SEEN_TO_FAIL("7.3-faults-split-fails-with-loss", "C0", "anon-* thp-* hugetlb-*");
NOT_SEEN_TO_FAIL("what is lost of it comes back from the file, and its mark with it", "shmem-*");
VARIANTS("anon shmem thp hugetlb", "none");
VARIANTS("anon thp", "io_uring");

TEST_F(scene, protect)
{
	pin(self);
	wp(self);
	while (failure_round(self)) {
		if (failing(self, &act_protect_page))
			mprotect_rw(self);
		marks_stay(self);
	}
	unwp(self);
	cpu_write(self, PARENT);
	device_write(self);
}
