// SPDX-License-Identifier: GPL-2.0-only
/*
 * A page that was not written is dropped by MADV_DONTNEED. In a private mapping it then
 * has other content, because the process loses its own copy and gets zeros or the content
 * of the file. This must be reported. For anonymous memory the uffd-wp bit goes with the
 * page, as documented, and the page is reported. For a private mapping of a file or of
 * hugetlb the bit stays as a PTE marker, so the new content is reported as not written.
 * Shared memory keeps its content and need not be reported.
 */
#include "case.h"

CASE("WP_ASYNC: write, clear, drop the pages from the page table", "C8 C9");
SEEN_TO_FAIL("6.12 7.3", "C9", "hugetlb-none shmem_private-none file_private-none");
SEEN_TO_FAIL("6.16", "C9", "anon-none thp-none");
SEEN_TO_FAIL("6.12 6.16 6.17 6.18 7.2 7.3", "C8", "dax_shared-none");
BROKEN_BY("dax-marker-never-ends", "dax_shared-none");
BROKEN_BY("private-drop-keeps-wp", "hugetlb-none shmem_private-none file_private-none");
BROKEN_BY("scan-none-not-written", "anon-none thp-none");
NOT_SEEN_TO_FAIL("its content stays, so nothing must be reported: the control",
		 "shmem-none dax_huge-none devdax-none");
VARIANTS("BRIEF shmem_private file_private shmem", "none");
VARIANTS("dax_shared dax_huge devdax", "none");

TEST_F(scene, wa_drop_clean)
{
	ledger_open(self, WP_ASYNC);
	cpu_write(self, PARENT);
	ledger_clear(self);
	dontneed(self, PARENT, ALL_PAGES);
	cpu_read(self, PARENT);
}
