// SPDX-License-Identifier: GPL-2.0-only
/*
 * After fork() the memory of either process is written by other means than its own
 * stores: by the kernel for read(2), by process_vm_writev(), by a debugger. Each of these
 * must break COW in the memory that it writes to and in no other, and must not separate
 * the pin from its page.
 */
#include "case.h"

CASE("after fork, memory is written by other means than stores: nobody else sees it", "C1 C2");
SEEN_TO_FAIL("7.3-pin-skips-cow", "C1",
	     "shmem_private-io_uring zero-none swapped-io_uring file_private-io_uring");
SEEN_TO_FAIL("7.3-no-early-copy", "C1", "*-io_uring *-rdma");
SEEN_TO_FAIL("7.3-pin-skips-cow", "C2", "anon-none thp-none hugetlb-none shmem_private-none");
BROKEN_BY("hugetlb-no-early-copy", "hugetlb-[!n]*");
VARIANTS("PRIVATE zero swapped mthp file_private", "io_uring");
VARIANTS("BRIEF shmem_private zero", "none");
VARIANTS("BRIEF", "rdma");

TEST_F(scene, after_fork)
{
	pin(self);
	fork_child(self);
	cpu_write_by(self, READ_SYSCALL, PARENT, PAGE(0));
	cpu_write_by(self, VM_WRITEV, PARENT, ALL_PAGES);
	cpu_write_by(self, PROC_MEM, PARENT, ALL_PAGES);
	device_write(self);
	cpu_write_by(self, VM_WRITEV, CHILD, ALL_PAGES);
	cpu_write_by(self, PROC_MEM, CHILD, ALL_PAGES);
	cpu_write_by(self, PTRACE_POKE, CHILD, ALL_PAGES);
	child_exit(self);
	cpu_write_by(self, IO_WORKER, PARENT, ALL_PAGES);
	device_write(self);
}
