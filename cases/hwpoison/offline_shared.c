// SPDX-License-Identifier: GPL-2.0-only
/* What parent and child share moves for both, and is shared still. */
#include "case.h"

CASE("fork, take a shared page's frame out of use: nobody sees what another writes", "C2 C8");
SEEN_TO_FAIL("7.3-faults-migration-grants-write", "C2", "*");
VARIANTS("anon thp thp_pte hugetlb shmem_private", "none");
VARIANTS("anon hugetlb", "io_uring");

TEST_F(scene, offline_shared)
{
	fork_child(self);
	soft_offline(self, 1);
	pin(self);
	cpu_write(self, CHILD);
	cpu_write(self, PARENT);
	device_write(self);
}
