// SPDX-License-Identifier: GPL-2.0-only
/*
 * A virtual machine writes, and KVM has found the page: the process may write to it. The process
 * forks before KVM has mapped it, and the page is shared from then on. KVM must begin anew, or the
 * machine writes to what is the child's, too.
 */
#include "case.h"

CASE("fork while a virtual machine faults: the child does not see what it writes", "C2");
SEEN_TO_FAIL("7.3-kvm-skips-retry", "C2", "*");
VARIANTS("anon thp hugetlb", "kvm");

TEST_F(scene, fork_in_vm_fault)
{
	pin(self);
	while (race_round(self)) {
		race(self, &act_device_write, FOUND_FOR_VM, &act_fork);
		device_write(self);
		cpu_write(self, PARENT);
		child_exit(self);
	}
}
