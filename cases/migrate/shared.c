// SPDX-License-Identifier: GPL-2.0-only
/*
 * A page that is shared after fork() is moved, for both at once. It is shared
 * still: whoever writes gets a copy.				(C2)
 */
#include "case.h"

CASE("fork, move, write by both: nobody sees the other", "C2");
SEEN_TO_FAIL("7.3-migration-grants-write", "C2",
	     "anon-none thp-none thp_pte-none hugetlb-none shmem_private-none mthp-none "
	     "thp_remapped-none thp_shared-none ksm-none file_private-none");

VARIANTS("PRIVATE mthp thp_remapped thp_shared ksm file_private", "none");

TEST_F(scene, shared)
{
	fork_child(self);
	migrate(self);
	cpu_write(self, CHILD);
	cpu_write(self, PARENT);
	migrate(self);
	cpu_write(self, PARENT);
	cpu_write(self, CHILD);
}
