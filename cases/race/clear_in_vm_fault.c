// SPDX-License-Identifier: GPL-2.0-only
/*
 * A virtual machine writes, and KVM has found the page: the process may write to it. clear_refs
 * clears its soft-dirty bit, and takes that right, before KVM has mapped the page. KVM must begin
 * anew, or what the machine writes from then on is not reported.
 */
#include "case.h"

CASE("soft-dirty: clear while a virtual machine faults: what it writes is reported", "C9");
SEEN_TO_FAIL("7.3-kvm-skips-retry", "C9", "*");
VARIANTS("anon thp shmem", "kvm");

TEST_F(scene, clear_in_vm_fault)
{
	ledger_open(self, SOFT_DIRTY);
	pin(self);
	while (race_round(self)) {
		ledger_clear(self);
		race(self, &act_device_write, FOUND_FOR_VM, &act_clear_refs);
		ledger_clear(self);
		device_write(self);
	}
}
