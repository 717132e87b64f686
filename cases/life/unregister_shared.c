// SPDX-License-Identifier: GPL-2.0-only
/*
 * P: write-protect; fork; unregister; P writes, C writes. The page is shared,
 * so taking the protection away must not make it writable: each write is
 * copied.							(C2, C5)
 */
#include "case.h"

CASE("write-protect, fork, unregister: what is shared is still copied", "C2 C5");
NOT_SEEN_TO_FAIL("not yet", "*");

VARIANTS_PRIVATE_NOPIN;
VARIANT_NOPIN(zero);
VARIANT_NOPIN(swapped);
VARIANTS_PRIVATE(io_uring);

TEST_F(scene, unregister_shared)
{
	pin(self);
	wp(self);
	fork_child(self);
	unregister(self);
	cpu_write(self, PARENT);
	device_write(self);
	cpu_write(self, CHILD);
}
