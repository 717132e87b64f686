// SPDX-License-Identifier: GPL-2.0-only
/*
 * A debugger's forced write to read-only memory that is shared with a child. The child
 * must not see it: it keeps the page, or, if the parent has pinned it, got its own copy
 * at fork().
 */
#include "case.h"

CASE("a debugger's write to read-only memory that is shared with a child", "C1 C2 C5");
SEEN_TO_FAIL("7.3-force-skips-cow", "C2", "*-none");
SEEN_TO_FAIL("5.10", "C1", "*-io_uring");
BROKEN_BY("forced-write-opens-hugetlb", "hugetlb-none");
BROKEN_BY_AS("forced-write-opens-hugetlb", "C1", "hugetlb-[!n]*");
BROKEN_BY("copies-exclusive", "anon-[!n]* thp-[!n]* thp_pte-[!n]* shmem_private-[!n]*");
VARIANTS("BRIEF shmem_private mthp", "none");
VARIANTS("PRIVATE", "io_uring");

TEST_F(scene, force_shared)
{
	pin(self);
	mprotect_ro(self);
	fork_child(self);
	write_readonly_by(self, 0, PROC_MEM);
	write_readonly_by(self, 1, PTRACE_POKE);
	cpu_write_refused(self, 1);
	child_exit(self);
	write_readonly_by(self, 0, PROC_MEM);
	mprotect_rw(self);
	cpu_write(self, PARENT);
	device_write(self);
}
