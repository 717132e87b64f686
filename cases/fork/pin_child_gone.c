// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pin, fork, and the child exits before anybody writes. The page then belongs to the
 * parent alone again, and it must still be the page of the pin.
 */
#include "case.h"

CASE("pin, fork, child exits, parent writes", "C1 C2");
SEEN_TO_FAIL("6.1", "C1", "anon-odirect thp-odirect");
SEEN_TO_FAIL("7.3-no-early-copy", "C1", "*-io_uring *-rdma");
NOT_SEEN_TO_FAIL("no pin: the control", "anon-none");
BROKEN_BY("odirect-get-child-gone", "anon-odirect");
BROKEN_BY("odirect-get-child-gone-thp", "thp-odirect");
PATCHED("5.10-mapcount", "pass", "*");
PATCHED("5.10-always-copy", "C1", "thp-odirect");
VARIANTS("ANON shmem_private zero", "io_uring");
VARIANTS("anon thp", "rdma odirect");
VARIANTS("anon", "none");

TEST_F(scene, pin_child_gone)
{
	pin(self);
	fork_child(self);
	child_exit(self);
	cpu_write(self, PARENT);
	device_write(self);
	cpu_write(self, PARENT);
}
