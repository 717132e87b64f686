// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pages that were moved are pinned: the page that came out of the migration is
 * still the process's own, and no write copies it.		(C1, C7)
 */
#include "case.h"

CASE("move, then pin, write: pin and page table agree", "C1 C7");

VARIANTS_ALL(io_uring);
VARIANTS_ALL(rdma);
VARIANT(anon, rdma_ro);
VARIANT(thp, rdma_ro);
VARIANT(hugetlb, rdma_ro);
VARIANT(anon, gup_ro);
VARIANT(thp, gup_ro);
VARIANT(hugetlb, gup_ro);

TEST_F(scene, then_pin)
{
	migrate(self, MUST_GO);
	pin(self);
	cpu_write(self, PARENT);
	device_write(self);
	cpu_write(self, PARENT);
}
