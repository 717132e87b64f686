// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory of a device that the CPU reaches is as good as any, but nobody may hold it for long: a pin has it
 * brought back first, and is of the page that is mapped then.
 */
#include "case.h"

CASE("to a coherent device, pin, write: moved first, and then coherent", "C1 C7");
SEEN_TO_FAIL("7.3-hmm-pins-coherent", "C7", "*");
WITH_COHERENT_DEVICE;
VARIANTS("anon", "io_uring rdma rdma_ro gup gup_fast gup_ro gup_ro_fast");

TEST_F(scene, coherent_pin)
{
	to_coherent_device(self);
	pin(self);
	cpu_write(self, PARENT);
	device_write(self);
	fork_child(self);
	cpu_write(self, PARENT);
	device_write(self);
}
