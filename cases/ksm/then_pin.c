// SPDX-License-Identifier: GPL-2.0-only
/*
 * A merged page is pinned. A pin for writing must get a page of its own first. So must a
 * pin that only reads (a7f226604170, v5.19), or it would become stale. The twin must see
 * nothing of what is written.
 */
#include "case.h"

CASE("pin merged pages, write: the pin has a page of its own", "C1 C2 C7");
SEEN_TO_FAIL("7.3-ksm-maps-writable", "C2", "*-[!k]*");
SEEN_TO_FAIL("7.3-devices-frames-untold", "C1", "*-kvm");
VARIANTS("ksm", "io_uring rdma rdma_ro gup gup_fast gup_ro gup_ro_fast odirect rdma_odp vmsplice");
VARIANTS("ksm", "kvm");

TEST_F(scene, then_pin)
{
	pin(self);
	cpu_write(self, PARENT);
	device_write(self);
}
