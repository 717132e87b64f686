// SPDX-License-Identifier: GPL-2.0-only
/*
 * Write-protected and shared with a child: a pin that is not for writing unshares,
 * i.e. replaces the page under the mark. The new page has the mark, the next write
 * is noticed, and nobody sees what another writes. process_vm_readv() of oneself
 * takes such a pin, too, for as long as it lasts.		(C1, C2, C3, C4)
 */
#include "case.h"

CASE("unsharing under write-protect: the new page has the mark", "C1 C2 C3 C4");
SEEN_TO_FAIL("6.1", "C4", "hugetlb-rdma_ro hugetlb-none");
SEEN_TO_FAIL("7.3-no-unshare", "C1", "*-gup_ro anon-gup_ro_fast");
SEEN_TO_FAIL("7.3-unshare-forgets-wp", "C4", "anon-none");
KNOWN_BROKEN("5.19", "6.4", "C4", "0f230bc24b6e", "unsharing a hugetlb page loses the mark",
	     "hugetlb-none hugetlb-rdma_ro");
PATCHED("7.3-no-unshare", "C1", "a read-only pin takes what is there",
	"*-gup_ro anon-gup_ro_fast hugetlb-rdma_ro");
PATCHED("7.3-unshare-forgets-wp", "C4", "unsharing forgets the mark", "anon-* thp-gup_ro");
OBSERVES("pin_under_wp", "how the R/O registration ends, and how many notifications it makes");
OBSERVES("frames_new_by_pin", "how many pages it replaced by own ones");
OBSERVES("frames_new_by_peek", "how many pages reading them by process_vm_readv() replaced");

VARIANT(anon, gup_ro);
VARIANT(thp, gup_ro);
VARIANT(hugetlb, gup_ro);
VARIANT(anon, gup_ro_fast);
VARIANT(hugetlb, rdma_ro);
VARIANT_NOPIN(anon);
VARIANT_NOPIN(hugetlb);

TEST_F(scene, ro_pin_unshares)
{
	fork_child(self);
	wp(self);
	pin_write_protected(self);
	peek(self);
	write_under_wp(self, 1, UNPROTECT);
	unwp(self);
	cpu_write(self, PARENT);
	cpu_write(self, CHILD);
}
