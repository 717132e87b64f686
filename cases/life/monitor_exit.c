// SPDX-License-Identifier: GPL-2.0-only
/*
 * P: pin; write-protect. M, a process of its own that shares P's memory and
 * holds the only descriptor, exits. P writes; registers again; writes. The
 * last close is that of an exiting task whose own memory has gone already: it
 * has to find P's by the uffd alone.				(C1, C3, C4)
 */
#include "case.h"

CASE("pin, write-protect, the monitor exits: no mark is left, and the pin agrees", "C1 C3 C4");
SEEN_TO_FAIL("7.3-exit-keeps-wp", "C4", "*");
KNOWN_BROKEN("5.9", "5.19", "C1", "6c287605fd56",
	     "do_wp_page() copies an exclusive page whenever page_count() != 1 (09854ba94c6a)",
	     "anon-io_uring thp_pte-io_uring anon-rdma");
KNOWN_BROKEN("5.7", "5.14", "C3", "c88033efe9a3",
	     "closing the uffd leaves the marks in the page table", "anon-none swapped-none");
KNOWN_BROKEN("5.14", "6.1.191", "C4", "c88033efe9a3",
	     "closing the uffd leaves the marks in the page table", "anon-none swapped-none");
KNOWN_BROKEN("6.2", "6.9", "C4", "c88033efe9a3",
	     "closing the uffd leaves the marks in the page table", "anon-none swapped-none");
PATCHED("7.3-close-keeps-wp", "C4", "closing a uffd leaves the marks", "*");
PATCHED("7.3-exit-keeps-wp", "C4", "a uffd that goes with its process leaves the marks", "*");
PATCHED("7.3-unregister-keeps-wp", "C4", "unregistering leaves the marks, and so does closing",
	"*");

VARIANTS_BRIEF(io_uring);
VARIANT(thp_pte, io_uring);
VARIANT(shmem, io_uring);
VARIANT(anon, rdma);
VARIANT_NOPIN(anon);
VARIANT_NOPIN(thp);
VARIANT_NOPIN(hugetlb);
VARIANT_NOPIN(shmem);
VARIANT_NOPIN(swapped);

TEST_F(scene, monitor_exit)
{
	pin(self);
	wp(self);
	monitor_exits(self);
	cpu_write_pages(self, PARENT, PAGE(0));
	register_again(self);
	cpu_write(self, PARENT);
	device_write(self);
}
