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
BROKEN_BY("private-drop-keeps-wp", "hugetlb-none shmem_private-none file_private-none");
BROKEN_BY("scan-none-not-written", "anon-none thp-none");
NOT_SEEN_TO_FAIL("its content stays, so nothing must be reported: the control", "shmem-none");

VARIANTS("BRIEF shmem_private file_private shmem", "none");

TEST_F(scene, wa_drop_clean)
{
	ledger_open(self, WP_ASYNC);
	cpu_write(self, PARENT);
	ledger_clear(self);
	dontneed(self, PARENT, ALL_PAGES);
	cpu_read(self, PARENT);
}
