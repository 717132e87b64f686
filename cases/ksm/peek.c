// SPDX-License-Identifier: GPL-2.0-only
/*
 * A R/O pin that is gone at once (process_vm_readv) of merged pages, with a mark:
 * whatever becomes of the page, the mark stays and the twin goes on. (C2, C3, C4)
 */
#include "case.h"

CASE("merged pages, write-protect, peek, write", "C2 C3 C4");
SEEN_TO_FAIL("7.3-unshare-forgets-wp", "C4", "*");

VARIANTS("ksm", "none");

TEST_F(scene, peek)
{
	wp(self);
	peek(self);
	marks_stay(self);
	write_under_wp(self, 0, UNPROTECT);
	unwp(self);
	cpu_write(self, PARENT);
}
