// SPDX-License-Identifier: GPL-2.0-only
/*
 * Some pages of KSM are pinned while merge_across_nodes is 0, which gives them a page of their own;
 * then all are moved to the other NUMA node, and scanned again. The pinned ones stay where they
 * are, and those that KSM has merged get to that node's tree.
 */
#include "case.h"

CASE("KSM by node, pin some, migrate, scan again, write", "C1 C2 C7 C8");
SEEN_TO_FAIL("7.3-ksm-leaves-moved", "C8", "*-[!k]*");
SEEN_TO_FAIL("7.3-devices-frames-untold", "C1", "*-kvm");
VARIANTS("anon ksm", "io_uring rdma");
VARIANTS("anon", "kvm");

TEST_F(scene, apart_pin)
{
	ksm_scan_apart(self);
	pin_pages(self, PAGE(1));
	migrate(self);
	ksm_scan_apart(self);
	cpu_write(self, PARENT);
	device_write(self);
}
