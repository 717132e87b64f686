// SPDX-License-Identifier: GPL-2.0-only
/*
 * UFFDIO_UNREGISTER of one page splits the mapping. If that fails what is registered stays so, and
 * stays marked (unregister-refused-drops-marks in the book).
 */
#include "case.h"

CASE("each allocation of UFFDIO_UNREGISTER of a page fails in turn: marks stay", "C3 C4 C7");
BROKEN_BY("unregister-refused-drops-marks", "*");
VARIANTS("anon shmem hugetlb", "none");

TEST_F(scene, unregister)
{
	wp(self);
	while (failure_round(self)) {
		failing(self, &act_unregister_page);
		cpu_write_pages(self, PARENT, PAGE(1));
		wp_pages(self, PAGE(1));
		marks_stay(self);
	}
	write_under_wp(self, 0, UNPROTECT);
}
