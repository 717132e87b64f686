// SPDX-License-Identifier: GPL-2.0-only
/*
 * The crazier flow: the monitor stops the writer, does its write with ptrace
 * and leaves the mark; the writer skips its store. The write must land in the
 * page that the pin holds, and the next one be noticed again.	(C1, C3, C4)
 */
#include "case.h"

CASE("the monitor emulates the write with ptrace and leaves the mark", "C1 C3 C4");
SEEN_TO_FAIL("5.10", "C1", "anon-io_uring thp-io_uring thp_pte-io_uring *-rdma");
SEEN_TO_FAIL("7.3-gup-ignores-wp", "C4", "*");
KNOWN_BROKEN("5.9", "5.19", "C1", "6c287605fd56",
	     "do_wp_page() copies an exclusive page whenever page_count() != 1 (09854ba94c6a)",
	     "anon-[!n]* thp_pte-[!n]* thp-[!n]*");
PATCHED("5.10-mapcount", "pass", "the number of mappings decides: a pin does not make a copy", "*");
PATCHED("5.10-pte-only", "pass", "write-protect is resolved from the page table alone", "*");
PATCHED("7.3-gup-ignores-wp", "C4", "the kernel's own write faults ignore the mark", "*");
PATCHED("7.3-pin-skips-cow", "C2", "a pin for writing takes what is there",
	"shmem_private-io_uring");
PATCHED("7.3-dma-by-page-table", "C4", "io_uring goes by the page table, not by the pin", "*");
OBSERVES("poke_under_wp", "how a write through ptrace to the protected page ends");

VARIANTS_PRIVATE(io_uring);
VARIANT(shmem, io_uring);
VARIANT(anon, rdma);
VARIANT(thp, rdma);
VARIANT_NOPIN(anon);

TEST_F(scene, emulate)
{
	pin(self);
	wp(self);
	write_under_wp(self, 1, EMULATE);
	marks_stay(self);
	write_under_wp(self, 1, EMULATE);
	device_write(self);
	unwp(self);
}
