// SPDX-License-Identifier: GPL-2.0-only
/*
 * A merged page is pinned: a pin for writing gets a page of its own first, and so
 * must one that only reads (v5.19, 84209e87c696), or it would go stale. The twin
 * sees nothing of what is written.				(C1, C2, C7)
 */
#include "case.h"

CASE("pin merged pages, write: the pin has a page of its own", "C1 C2 C7");
SEEN_TO_FAIL("7.3-ksm-maps-writable", "C2", "*");
PATCHED("7.3-pin-skips-cow", "C1", "a pin for writing takes what is there",
	"ksm-io_uring ksm-rdma ksm-gup ksm-gup_fast ksm-odirect");
PATCHED("7.3-no-unshare", "C1", "a read-only pin takes what is there",
	"ksm-rdma_ro ksm-gup_ro ksm-gup_ro_fast");
PATCHED("7.3-ksm-maps-writable", "C2", "a merged page is mapped writable", "*");

VARIANT(ksm, io_uring);
VARIANT(ksm, rdma);
VARIANT(ksm, rdma_ro);
VARIANT(ksm, gup);
VARIANT(ksm, gup_fast);
VARIANT(ksm, gup_ro);
VARIANT(ksm, gup_ro_fast);
VARIANT(ksm, odirect);
VARIANT(ksm, rdma_odp);
VARIANT(ksm, vmsplice);

TEST_F(scene, then_pin)
{
	pin(self);
	cpu_write(self, PARENT);
	device_write(self);
}
