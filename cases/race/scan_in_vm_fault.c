// SPDX-License-Identifier: GPL-2.0-only
/*
 * A virtual machine writes, and KVM has found the page: the process may write to it. PAGEMAP_SCAN
 * takes that right before KVM has mapped the page, and tells the MMU notifier, for which nothing is
 * mapped yet. KVM must begin anew, or what it maps is written to and never reported: a page that a
 * live migration leaves behind.
 */
#include "case.h"

CASE("WP_ASYNC: clear while a virtual machine faults: what it writes is reported", "C9");
SEEN_TO_FAIL("7.3-kvm-skips-retry", "C9", "*");
VARIANTS("anon thp shmem", "kvm");

TEST_F(scene, scan_in_vm_fault)
{
	ledger_open(self, WP_ASYNC);
	pin(self);
	while (race_round(self)) {
		ledger_clear(self);
		race(self, &act_device_write, FOUND_FOR_VM, &act_scan);
		ledger_clear(self);
		device_write(self);
	}
}
