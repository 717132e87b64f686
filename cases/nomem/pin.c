// SPDX-License-Identifier: GPL-2.0-only
/*
 * A pin that cannot be had as a whole is none: what was taken of it is given back (C8), and memory is
 * as it was.
 */
#include "case.h"

CASE("each allocation of a pin fails in turn: refused, and nothing is held", "C1 C7 C8");
SEEN_TO_FAIL("7.3-faults-register-fails-pinned", "C8", "*-rdma *-rdma_ro");
NOT_SEEN_TO_FAIL("what io_uring needs behind its pin it has in a cache, or gets otherwise",
		 "*-io_uring*");
VARIANTS("BRIEF shmem_private shmem zero swapped", "io_uring");
VARIANTS("anon", "io_uring_slot rdma rdma_ro");
VARIANTS("small_2m", "io_uring rdma");

TEST_F(scene, pin)
{
	pin(self);
	unpin(self);
	while (failure_round(self)) {
		if (!failing(self, &act_pin))
			continue;
		cpu_write(self, PARENT);
		device_write(self);
		unpin(self);
	}
}
