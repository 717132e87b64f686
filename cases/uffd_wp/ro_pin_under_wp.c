// SPDX-License-Identifier: GPL-2.0-only
/*
 * A read-only pin of write-protected memory is not a write. There must be no
 * notification, and the uffd-wp bit must stay, even where the pin has to replace the
 * page. A later write must raise a notification, and the device must see it. The pin may
 * also be refused with EFAULT, which happened to an MR without write access while it was
 * a pin for writing (until b40656aa7d55). An on-demand MR takes no pages, and raises no
 * notification.
 */
#include "case.h"

CASE("a read-only pin of write-protected memory: no notification, the uffd-wp bit stays",
     "C1 C3 C4 C7");
SEEN_TO_FAIL("5.10", "C1", "anon-vfio_ro");
SEEN_TO_FAIL("7.3-no-unshare", "C1", "zero-gup_ro *-gup_ro_fast shmem_private-rdma_ro");
NOT_SEEN_TO_FAIL("an on-demand MR has no pin: the control", "anon-rdma_odp");
BROKEN_BY("copies-exclusive", "anon-vfio_ro");
OBSERVES("pin_under_wp", "how the R/O registration ends, and how many notifications it makes");
OBSERVES("frames_new_by_pin", "how many pages it replaced by own ones");
VARIANTS("zero", "gup_ro");
VARIANTS("zero shmem_private", "gup_ro_fast");
VARIANTS("shmem_private", "rdma_ro");
VARIANTS("anon", "rdma_odp vfio_ro");

TEST_F(scene, ro_pin_under_wp)
{
	wp(self);
	pin_write_protected(self);
	write_under_wp(self, 1, UNPROTECT);
	unwp(self);
	cpu_write(self, PARENT);
}
