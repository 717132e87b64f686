// SPDX-License-Identifier: GPL-2.0-only
/*
 * A page that is shared after fork() is migrated and then pinned. Migration must leave it
 * shared, so the pin must get a page of its own.
 */
#include "case.h"

CASE("fork, migrate, then pin, write: the pin has a page of its own", "C1 C2 C7");
SEEN_TO_FAIL("7.3-migration-grants-write", "C2",
	     "*-rdma_ro anon-* thp-* thp_pte-* hugetlb-* shmem_private-* mthp-io_uring");
SEEN_TO_FAIL("7.3-pin-skips-cow", "C7", "zero-*");
VARIANTS("PRIVATE zero mthp", "io_uring");
VARIANTS("BRIEF", "rdma");
VARIANTS("anon hugetlb", "rdma_ro");
VARIANTS("anon", "gup gup_ro");

TEST_F(scene, shared_then_pin)
{
	fork_child(self);
	migrate(self);
	pin(self);
	device_write(self);
	cpu_write(self, PARENT);
	cpu_write(self, CHILD);
}
