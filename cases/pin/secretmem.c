// SPDX-License-Identifier: GPL-2.0-only
/*
 * memfd_secret() memory is in no page table but its owner's, not even in the
 * kernel's own: whoever wants to pin it is refused, by whatever path, and nothing is
 * pinned. GUP-fast, which has no VMA to ask, has to know such pages by themselves;
 * it let the first page of a buffer slip for a while.		(C7)
 */
#include "case.h"

CASE("secret memory cannot be pinned", "C7");
SEEN_TO_FAIL("7.3-secretmem-pinned", "C8", "*-io_uring* *-rdma*");
SEEN_TO_FAIL("7.3-secretmem-pinned", "C7", "*-odirect*");
SEEN_TO_FAIL("7.3-secretmem-pinned", "C1", "*-gup*");
NOT_SEEN_TO_FAIL("where it is taken, the pipe cannot be read: the kernel does not map such pages",
		 "*-vmsplice");

VARIANTS(
	"secretmem",
	"io_uring io_uring_slot rdma rdma_ro odirect odirect_out vmsplice gup gup_fast gup_ro gup_ro_fast");

TEST_F(scene, secretmem)
{
	pin_refused(self);
	cpu_write(self, PARENT);
}
