// SPDX-License-Identifier: GPL-2.0-only
/*
 * A virtual machine writes, and KVM has found the page. The process gives the page up before KVM has
 * mapped it. KVM must begin anew, or the machine has a page that is nobody's: what it writes is lost,
 * or lands in what is somebody else's by then.
 */
#include "case.h"

CASE("give pages up while a virtual machine faults: it gets new ones", "C0 C1");
SEEN_TO_FAIL("7.3-kvm-skips-retry", "C1", "*");
VARIANTS("anon thp", "kvm");

TEST_F(scene, dontneed_in_vm_fault)
{
	pin(self);
	while (race_round(self)) {
		race(self, &act_device_write, FOUND_FOR_VM, &act_dontneed);
		cpu_write(self, PARENT);
		device_write(self);
	}
}
