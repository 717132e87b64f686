// SPDX-License-Identifier: GPL-2.0-only
/*
 * The child's memory, still shared with the parent, is written from outside, by a
 * debugger or by process_vm_writev(). A first write that is not the child's own must
 * break COW in the child, and not in the process that writes.
 */
#include "case.h"

CASE("the first write to a child's shared memory comes from outside", "C2");
SEEN_TO_FAIL("7.3-pin-skips-cow", "C2",
	     "anon-* thp-* hugetlb-* shmem_private-* swapped-* mthp-* file_private-*");
SEEN_TO_FAIL("7.3-pin-skips-cow", "C8", "zero-none");
VARIANTS("BRIEF shmem_private zero swapped mthp file_private", "none");

TEST_F(scene, others_memory)
{
	fork_child(self);
	cpu_write_by(self, PROC_MEM, CHILD, PAGE(0));
	cpu_write_by(self, VM_WRITEV, CHILD, PAGE(1));
	cpu_write_by(self, PTRACE_POKE, CHILD, ALL_PAGES);
	cpu_write(self, PARENT);
	cpu_write(self, CHILD);
}
