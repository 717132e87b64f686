// SPDX-License-Identifier: GPL-2.0-only
/*
 * P: pin; write-protect; a write waits for the monitor; the monitor closes
 * the uffd. The write goes on, into the pinned page.		(C1, C3)
 */
#include "case.h"

CASE("a write waits, the uffd is closed: the write goes on", "C1 C3");
SEEN_TO_FAIL("7.3-close-forgets-waiters", "C3", "*");
SEEN_TO_FAIL("7.3-close-keeps-wp", "C4", "*");
KNOWN_BROKEN("5.9", "5.19", "C1", "6c287605fd56",
	     "do_wp_page() copies an exclusive page whenever page_count() != 1 (09854ba94c6a)",
	     "anon-io_uring thp_pte-io_uring anon-rdma");
PATCHED("7.3-unwp-grants-write", "C1", "unprotecting makes writable whatever it is", "zero-none");
PATCHED("7.3-close-keeps-wp", "C4", "closing a uffd leaves the marks", "*");
PATCHED("7.3-unregister-keeps-wp", "C4", "unregistering leaves the marks, and so does closing",
	"*");

VARIANTS_BRIEF(io_uring);
VARIANT(thp_pte, io_uring);
VARIANT(shmem, io_uring);
VARIANT(anon, rdma);
VARIANT_NOPIN(anon);
VARIANT_NOPIN(zero);

TEST_F(scene, close_pending)
{
	pin(self);
	wp(self);
	write_begin(self, 1);
	close_uffd(self);
	write_finish(self);
	device_write(self);
}
