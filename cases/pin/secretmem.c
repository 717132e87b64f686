// SPDX-License-Identifier: GPL-2.0-only
/*
 * memfd_secret() memory is in no page table but its owner's, not even in the kernel's
 * own. Every attempt to pin it must be refused, on every path, and nothing may be pinned.
 * GUP-fast has no VMA to check, so it must recognise such pages by themselves. For a
 * while it missed the first page of a buffer.
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
