// SPDX-License-Identifier: GPL-2.0-only
/*
 * Of a large folio one page is pinned and exclusive, those beside it are not, since a child that is
 * gone had them, too. fork() copies the former and shares the latter with the next child. When
 * mprotect() gives rights back for all of them at once, it must look at each: what is shared
 * must not be written without a fault.
 */
#include "case.h"

CASE("pin one page of a folio, share the rest, mprotect: what is shared is still copied", "C1 C2");
SEEN_TO_FAIL("5.10", "C1", "anon-io_uring thp_pte-io_uring");
NOT_SEEN_TO_FAIL(
	"a mutant whose mprotect() takes all pages for exclusive if the first one is fails by C2",
	"mthp-io_uring");
BROKEN_BY("copies-exclusive", "anon-io_uring thp_pte-io_uring");
PATCHED("5.10-mapcount", "pass", "anon-io_uring thp_pte-io_uring");
VARIANTS("thp_pte mthp anon", "io_uring");

TEST_F(scene, pin_one_mprotect)
{
	fork_child(self);
	child_exit(self);
	cpu_write_pages(self, PARENT, PAGE(0));
	pin_pages(self, PAGE(0));
	fork_child(self);
	mprotect_ro(self);
	mprotect_rw(self);
	cpu_write(self, PARENT);
	device_write(self);
	cpu_write(self, CHILD);
}
