// SPDX-License-Identifier: GPL-2.0-only
/*
 * What was not written and is then given up has other content: a private mapping
 * loses its own copy, to zeros or to the file's. Of anonymous memory the mark goes
 * with the page, as documented, and it is reported; of a private mapping of a file
 * or of hugetlb it stays as a marker, so that the new content is said to be not
 * written. Shared memory keeps its content, and need not be reported.	(C9)
 * See results/findings/private-drop-keeps-mark.md.
 */
#include "case.h"

CASE("WP_ASYNC: write, clear, drop the pages from the page table", "C9");
SEEN_TO_FAIL("6.12 7.3", "C9", "hugetlb-none shmem_private-none file_private-none");
SEEN_TO_FAIL("6.16", "C9", "anon-none thp-none");
KNOWN_BROKEN("6.7", "", "C9", "",
	     "a private mapping of a file, or of hugetlb, keeps the mark of the page "
	     "that it drops",
	     "hugetlb-none shmem_private-none file_private-none");
KNOWN_BROKEN("6.7", "6.12.103", "C9", "07b4377bdbe7",
	     "PAGEMAP_SCAN says of nothing that it was not written", "anon-none thp-none");
KNOWN_BROKEN("6.13", "7.1", "C9", "07b4377bdbe7",
	     "PAGEMAP_SCAN says of nothing that it was not written", "anon-none thp-none");
NOT_SEEN_TO_FAIL("its content stays, so nothing must be reported: the control", "shmem-none");

VARIANT_NOPIN(anon);
VARIANT_NOPIN(thp);
VARIANT_NOPIN(hugetlb);
VARIANT_NOPIN(shmem_private);
VARIANT_NOPIN(file_private);
VARIANT_NOPIN(shmem);

TEST_F(scene, wa_drop_clean)
{
	ledger_open(self, WP_ASYNC);
	cpu_write(self, PARENT);
	ledger_clear(self);
	dontneed(self, PARENT, ALL_PAGES);
	cpu_read(self, PARENT);
}
