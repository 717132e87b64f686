// SPDX-License-Identifier: GPL-2.0-only
/*
 * One page is locked, and those beside it are not. What is short takes these, and leaves that
 * one where it is (mlock(2)), whatever mapping or huge page they were of; the uffd-wp bits stay with
 * both. When it is unlocked it goes, too.
 */
#include "case.h"

CASE("lock, write-protect, unlock all but one, press against the limit: it stays, those beside it go",
     "C0 C3 C4 C8");
SEEN_TO_FAIL("7.3-reclaim-takes-locked", "C0", "*");
VARIANTS("anon_memcg thp_memcg", "none");

TEST_F(scene, memcg_locked_part)
{
	lock(self, AT_ONCE);
	wp(self);
	unlock_pages(self, PAGE(0));
	unlock_pages(self, 2, 2);
	memcg_press(self, true);
	marks_stay(self);
	write_under_wp(self, 1, UNPROTECT);
	write_under_wp(self, 2, UNPROTECT);
	unlock(self);
	unwp(self);
	memcg_press(self, true);
	cpu_read(self, PARENT);
}
