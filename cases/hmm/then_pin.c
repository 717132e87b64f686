// SPDX-License-Identifier: GPL-2.0-only
/* Who pins what is in a device has it brought back first: the pin must be of what is mapped then. */
#include "case.h"

CASE("to a device, fork, pin, write: the pin is of what is mapped", "C1 C2");
NOT_SEEN_TO_FAIL("a device's memory cannot be pinned, whatever is wrong", "*");
VARIANTS("anon thp thp_pte", "io_uring rdma rdma_ro");
VARIANTS("anon", "gup gup_fast gup_ro gup_ro_fast odirect vmsplice");

TEST_F(scene, then_pin)
{
	to_device(self, ALL_PAGES);
	fork_child(self);
	pin(self);
	cpu_write(self, PARENT);
	device_write(self);
	cpu_write(self, CHILD);
}
