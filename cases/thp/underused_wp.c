// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reclaim splits huge pages that are mostly zeros and maps the zero page in their
 * place: the marks of these pages were lost (b1f202060afe, v6.12). (C3, C4)
 */
#include "case.h"

CASE("write-protect a huge page of zeros, let reclaim split it: the marks stay", "C3 C4");

VARIANT_NOPIN(thp_zeros);
VARIANT_NOPIN(thp);
VARIANT_NOPIN(thp_pte);

TEST_F(scene, underused_wp)
{
	wp(self);
	thp_underused(self);
	write_under_wp(self, 0, UNPROTECT);
	unwp(self);
	cpu_write(self, PARENT);
}
