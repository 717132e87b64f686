// SPDX-License-Identifier: GPL-2.0-only
/*
 * A guard page is a PTE marker: who touches it gets SIGSEGV, and so does a child that is
 * forked later, and the parent that is write-protected beside it. What was there is given
 * up; a pin keeps its page. Once the guard is taken away there is a page as if it had
 * never been touched, of its own in each process.
 */
#include "case.h"

CASE("guard pages beside write-protected and pinned ones, and in a child", "C1 C2 C3 C5");
SEEN_TO_FAIL("7.3-fork-forgets-guard", "C5", "*");
VARIANTS("anon thp swapped zero", "none");
VARIANTS("anon thp", "io_uring");

TEST_F(scene, guard)
{
	pin(self);
	wp(self);
	guard_install(self, PAGE(1));
	write_under_wp(self, 0, UNPROTECT);
	fork_child(self);
	guard_refuses(self, CHILD, 1);
	guard_remove(self, PAGE(1));
	cpu_write_pages(self, PARENT, PAGE(1));
	guard_refuses(self, CHILD, 1);
	device_write(self);
}
