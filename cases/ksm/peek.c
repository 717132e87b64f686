// SPDX-License-Identifier: GPL-2.0-only
/*
 * process_vm_readv() takes a read-only pin for a moment, here of merged pages that have
 * the uffd-wp bit. Whatever happens to the page, the uffd-wp bit must stay, and the twin
 * must not be affected.
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
