// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pin memory while it is write-protected, not for writing: that is no write, so
 * there is no notification and the mark stays, even where the pin has to replace
 * the page. The write that comes later is noticed, and the device sees it. Or the
 * pin is refused with EFAULT, which is what becomes of an MR without write access
 * up to 6.1, where it was a pin for writing.			(C1, C3, C4, C7)
 * An on-demand MR takes nothing and so asks nobody.
 */
#include "case.h"

CASE("a R/O pin of what is write-protected: no notification, the mark stays", "C1 C3 C4 C7");
SEEN_TO_FAIL("7.3-no-unshare", "C1", "zero-gup_ro *-gup_ro_fast shmem_private-rdma_ro");
NOT_SEEN_TO_FAIL("an on-demand MR has no pin: the control", "anon-rdma_odp");
OBSERVES("pin_under_wp", "how the R/O registration ends, and how many notifications it makes");
OBSERVES("frames_new_by_pin", "how many pages it replaced by own ones");

VARIANTS("zero", "gup_ro");
VARIANTS("zero shmem_private", "gup_ro_fast");
VARIANTS("shmem_private", "rdma_ro");
VARIANTS("anon", "rdma_odp");

TEST_F(scene, ro_pin_under_wp)
{
	wp(self);
	pin_write_protected(self);
	write_under_wp(self, 1, UNPROTECT);
	unwp(self);
	cpu_write(self, PARENT);
}
