// SPDX-License-Identifier: GPL-2.0-only
/*
 * After fork() the memory of either process is written by others than its own
 * stores: by the kernel for read(2), by process_vm_writev(), by a debugger. Each
 * of these has to break COW in the memory that it is for, in no other, and must
 * not part the pin from its page.				(C1, C2)
 */
#include "case.h"

CASE("after fork, memory is written by other ways than stores: nobody else sees it", "C1 C2");
KNOWN_BROKEN("2.6.12", "5.13", "4eae4efa2c29",
	     "hugetlb pages are not copied early at fork() for a pin", "hugetlb-[!n]*");

VARIANTS_ALL(io_uring);
VARIANTS_PRIVATE_NOPIN;
VARIANT_NOPIN(zero);
VARIANT(swapped, io_uring);
VARIANT(thp_one, io_uring);
VARIANT(mthp, io_uring);
VARIANT(zero_huge, io_uring);
VARIANT(file_private, io_uring);
VARIANTS_PRIVATE(rdma);

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
