// SPDX-License-Identifier: GPL-2.0-only
/*
 * The zero page must stay zero. A write after a round trip must be copied, and every
 * other mapping of the zero page must still read zeros.
 */
#include "case.h"

CASE("a round trip on the zero page: the write is copied, zero stays zero", "C2 C5");
SEEN_TO_FAIL("7.3-unwp-grants-write", "C1", "zero-none");
VARIANTS("zero", "none");

TEST_F(scene, zero_stays_zero)
{
	wp(self);
	unwp(self);
	cpu_write_pages(self, PARENT, PAGE(0));
	wp(self);
	write_under_wp(self, 1, UNPROTECT);
}
