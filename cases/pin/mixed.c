// SPDX-License-Identifier: GPL-2.0-only
/*
 * One pin covers two kinds of memory: anonymous memory and a private mapping of a file.
 * io_uring once refused this, and does so no longer. If the pin is taken, all of it must
 * be pinned.
 */
#include "case.h"

OBSERVATION("one pin over two kinds of memory: taken or refused", "C1 C7");
SEEN_TO_FAIL("5.10", "C1", "mixed-odirect");
OBSERVES("pin", "what a kernel says to a buffer over anonymous memory and a private file mapping");
BROKEN_BY("odirect-get", "mixed-odirect");
VARIANTS("mixed", "io_uring io_uring_slot rdma odirect");

TEST_F(scene, mixed)
{
	if (!pin_or_refused(self))
		return;
	cpu_write(self, PARENT);
	fork_child(self);
	cpu_write(self, PARENT);
	device_write(self);
	cpu_write(self, CHILD);
}
