// SPDX-License-Identifier: GPL-2.0-only
/*
 * A monitor finds out by asynchronous protection which pages are in use, and switches to synchronous
 * before it evicts those that are not (userfaultfd.rst). What is protected then is asked about; and whoever
 * waits when it switches back goes on by himself, for nobody will answer him.
 */
#include "case.h"

CASE("UFFDIO_SET_MODE: protected pages are asked about, and who waits goes on", "C0 C3 C9");
SEEN_TO_FAIL("7.3-set-mode-stays-async", "C3", "*");
SEEN_TO_FAIL("7.3-set-mode-wakes-nobody", "C3", "*");
VARIANTS("anon thp thp_pte hugetlb shmem", "none");

TEST_F(scene, set_mode)
{
	uffd_open(self, FOR_RWP | RWP_ASYNC);
	wp(self);
	read_async(self, PAGE(0));
	wp(self);
	set_mode(self, TO_SYNC);
	read_under_rwp(self, PARENT, 0);
	write_begin(self, 1);
	set_mode(self, TO_ASYNC);
	write_finish(self);
	wp(self);
	write_async(self, PAGE(0));
}
