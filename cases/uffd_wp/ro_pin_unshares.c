// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory is write-protected and shared with a child. A read-only pin unshares it, which
 * replaces the page under the uffd-wp bit. The new page must have the bit, the next write
 * must raise a notification, and nobody may see what another process writes.
 * process_vm_readv() of the process itself takes such a pin, too, for the time of the
 * call.
 */
#include "case.h"

CASE("unsharing under write-protect: the new page has the uffd-wp bit", "C1 C2 C3 C4");
SEEN_TO_FAIL("6.1", "C4", "hugetlb-rdma_ro hugetlb-none");
SEEN_TO_FAIL("7.3-no-unshare", "C1", "*-gup_ro anon-gup_ro_fast");
SEEN_TO_FAIL("7.3-unshare-forgets-wp", "C4", "anon-none");
BROKEN_BY("hugetlb-unshare-forgets-wp", "hugetlb-none hugetlb-rdma_ro");
OBSERVES("pin_under_wp", "how the R/O registration ends, and how many notifications it makes");
OBSERVES("frames_new_by_pin", "how many pages it replaced by own ones");
OBSERVES("frames_new_by_peek", "how many pages reading them by process_vm_readv() replaced");
VARIANTS("BRIEF", "gup_ro");
VARIANTS("anon", "gup_ro_fast");
VARIANTS("hugetlb", "rdma_ro");
VARIANTS("anon hugetlb", "none");

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
