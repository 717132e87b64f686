// SPDX-License-Identifier: GPL-2.0-only
/*
 * A pin that is not for writing, of a mapping that is read-only: it is taken, it
 * gives nobody the right to write, and once the mapping is writable again pin
 * and page are still one.					(C1, C5, C7)
 *
 * Up to 6.1 an MR without write access was pinned with FOLL_WRITE|FOLL_FORCE. So
 * what is mapped shared was refused; what is private was copied by force, and
 * 5.10 copied it once more at the first write. Worst on hugetlb, where 5.10 let a
 * forced fault make the page table entry writable: the process may then write to
 * its read-only mapping. 6.1 refuses a forced pin there (f347454d0341).
 */
#include "case.h"

CASE("a R/O pin of a read-only mapping, then mprotect RW and write", "C1 C5 C7");
SEEN_TO_FAIL("5.10", "C1", "anon-rdma_ro shmem_private-rdma_ro zero-rdma_ro");
SEEN_TO_FAIL("5.10", "C5", "hugetlb-rdma_ro");
SEEN_TO_FAIL("5.10", "C7", "shmem-rdma_ro");
SEEN_TO_FAIL("7.3-unpin-keeps-reference", "C8", "shmem-rdma_ro");
SEEN_TO_FAIL("7.3-no-unshare", "C1", "shmem_private-gup_ro");
KNOWN_BROKEN("2.6.12", "6.2", "C7", "b40656aa7d55",
	     "an MR without write access is a forced pin for writing, which shared mappings refuse",
	     "shmem-rdma_ro");
KNOWN_BROKEN("5.9", "5.19", "C1", "6c287605fd56",
	     "do_wp_page() copies an exclusive page whenever page_count() != 1 (09854ba94c6a)",
	     "anon-rdma_ro shmem_private-rdma_ro zero-rdma_ro");
KNOWN_BROKEN("2.6.12", "6.1", "C5", "f347454d0341",
	     "a forced fault makes a read-only hugetlb mapping writable", "hugetlb-rdma_ro");
KNOWN_BROKEN("6.1", "6.2", "C7", "b40656aa7d55",
	     "an MR without write access is a forced pin for writing, which hugetlb refuses",
	     "hugetlb-rdma_ro");
PATCHED("5.10-mapcount", "pass", "the number of mappings decides: a pin does not make a copy",
	"anon-rdma_ro shmem_private-rdma_ro zero-rdma_ro");
PATCHED("7.3-no-unshare", "C1", "a read-only pin takes what is there",
	"shmem_private-* zero-rdma_ro");
OBSERVES("frames_new_by_pin", "how many pages the R/O pin replaced by own ones");

VARIANT(anon, rdma_ro);
VARIANT(hugetlb, rdma_ro);
VARIANT(shmem, rdma_ro);
VARIANT(shmem_private, rdma_ro);
VARIANT(zero, rdma_ro);
VARIANT(shmem_private, gup_ro);

TEST_F(scene, ro_readonly_map)
{
	mprotect_ro(self);
	pin(self);
	cpu_write_refused(self, 1);
	mprotect_rw(self);
	cpu_write(self, PARENT);
}
