// SPDX-License-Identifier: GPL-2.0-only
/*
 * A write-protect round trip must not part a pin from its page.	(C1, C3)
 *
 * P: pin; UFFDIO_WRITEPROTECT on, off; P writes: the page is exclusive and was
 * truly writable, so it is reused. From v5.9 on do_wp_page() copied whenever
 * page_count() != 1, and a pin is a reference: the device kept the old page.
 * A PMD-mapped THP was reused by mapcount and held.
 * Thread: <CAHk-=wh-ETqwd6EC2PR6JJzCFHVxJgdbUcMpW5MS7gCa76EDsQ@mail.gmail.com>
 */
#include "case.h"

CASE("pin, write-protect, unprotect, write: pin and page table still agree", "C1 C3");
SEEN_TO_FAIL("5.10", "C1",
	     "anon-io_uring thp_pte-* zero-* anon-rdma anon-odirect anon-rdma_ro "
	     "swapped-io_uring thp_swapped-io_uring thp_one-io_uring thp_remapped-io_uring "
	     "thp_shared-io_uring zero_huge-io_uring");
SEEN_TO_FAIL("5.10-always-copy", "C1", "thp-*");
SEEN_TO_FAIL("7.3-pin-skips-cow", "C1", "shmem_private-*");
NOT_SEEN_TO_FAIL("an on-demand MR has no pin: the control", "anon-rdma_odp");
NOT_SEEN_TO_FAIL("write-protect of hugetlb came after what broke the others was mended", "hugetlb-"
											 "io_"
											 "uring");
KNOWN_BROKEN("5.9", "5.19", "C1", "6c287605fd56",
	     "do_wp_page() copies an exclusive page whenever page_count() != 1 (09854ba94c6a)",
	     "anon-[!n]* thp_pte-[!n]* zero-[!n]* swapped-io_uring "
	     "thp_swapped-io_uring "
	     "thp_one-io_uring thp_remapped-io_uring thp_shared-io_uring "
	     "zero_huge-io_uring");
PATCHED("5.10-mapcount", "pass", "the number of mappings decides: a pin does not make a copy", "*");
PATCHED("5.10-pte-only", "pass", "write-protect is resolved from the page table alone", "*");
PATCHED("5.10-always-copy", "C1", "THP and swap-in count references, too: a pin makes a copy", "*");
PATCHED("7.3-pin-skips-cow", "C1", "a pin for writing takes what is there",
	"shmem_private-* zero-*");

VARIANTS_PRIVATE(io_uring);
VARIANT(zero, io_uring);
VARIANT(swapped, io_uring);
VARIANT(thp_swapped, io_uring);
VARIANT(thp_one, io_uring);
VARIANT(thp_remapped, io_uring);
VARIANT(thp_shared, io_uring);
VARIANT(zero_huge, io_uring);
VARIANTS_ANON(rdma);
VARIANT(shmem_private, rdma);
VARIANT(zero, rdma);
VARIANTS_ANON(odirect);
VARIANT(anon, rdma_ro);
VARIANT(anon, rdma_odp);

TEST_F(scene, roundtrip)
{
	pin(self);
	wp(self);
	unwp(self);
	cpu_write(self, PARENT);
	device_write(self);
}
