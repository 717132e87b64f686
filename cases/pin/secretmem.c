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

VARIANT(secretmem, io_uring);
VARIANT(secretmem, io_uring_slot);
VARIANT(secretmem, rdma);
VARIANT(secretmem, rdma_ro);
VARIANT(secretmem, odirect);
VARIANT(secretmem, odirect_out);
VARIANT(secretmem, vmsplice);
VARIANT(secretmem, gup);
VARIANT(secretmem, gup_fast);
VARIANT(secretmem, gup_ro);
VARIANT(secretmem, gup_ro_fast);

TEST_F(scene, secretmem)
{
	pin_refused(self);
	cpu_write(self, PARENT);
}
