// SPDX-License-Identifier: GPL-2.0-only
/*
 * P: UFFDIO_ZEROPAGE maps the zero page, which is everybody's; a pin of it
 * for writing gets a page of P's own. In shared memory it makes a page of
 * zeroes.							(C1, C2, C7)
 */
#include "case.h"

CASE("ZEROPAGE, then pin and write: the zero page stays zero", "C1 C2 C7");
NOT_SEEN_TO_FAIL("not yet", "*");

VARIANT(zero, io_uring);
VARIANT(zero, rdma);
VARIANT(zero, rdma_ro);
VARIANT(shmem, io_uring);
VARIANT_NOPIN(zero);

TEST_F(scene, zeropage_then_pin)
{
	uffd_open(self, WITH_MISSING);
	fill(self, ALL_PAGES, FILL_ZEROPAGE);
	pin(self);
	cpu_write(self, PARENT);
	device_write(self);
}
