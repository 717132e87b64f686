// SPDX-License-Identifier: GPL-2.0-only
/*
 * One page of some is pinned: it stays, the others move, each write lands where it
 * should. Parts of one huge page stay together.			(C1)
 */
#include "case.h"

CASE("pin one page of some, move all: it stays, the others go", "C1");
SEEN_TO_FAIL("7.3-migrates-pinned", "C1", "*");
PATCHED("7.3-pin-skips-cow", "C1", "a pin for writing takes what is there",
	"shmem_private-* ksm-*");
PATCHED("7.3-migrates-pinned", "C1", "pinned pages are migrated", "*");
PATCHED("7.3-migration-grants-write", "C1", "what was migrated is writable",
	"shmem_private-* ksm-*");
PATCHED("7.3-ksm-maps-writable", "C1", "a merged page is mapped writable", "ksm-*");

VARIANTS_PRIVATE(io_uring);
VARIANT(shmem, io_uring);
VARIANT(mthp, io_uring);
VARIANT(thp_shared, io_uring);
VARIANT(ksm, io_uring);
VARIANTS_BRIEF(rdma);
VARIANT(shmem, rdma);
VARIANT(ksm, rdma);

TEST_F(scene, partial_pin)
{
	pin_pages(self, PAGE(1));
	migrate(self);
	cpu_write(self, PARENT);
	device_write(self);
	migrate(self);
	cpu_write(self, PARENT);
	device_write(self);
}
