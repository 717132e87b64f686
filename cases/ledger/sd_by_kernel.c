// SPDX-License-Identifier: GPL-2.0-only
/*
 * Not every write is a store of the process itself. read(2) into the page, an io_uring
 * worker, process_vm_writev() and a debugger go through write faults, too. Soft-dirty
 * tracking must report what they write.
 */
#include "case.h"

CASE("soft-dirty: clear, then the kernel writes for the process", "C9");
SEEN_TO_FAIL("7.3-kernel-forgets-soft-dirty", "C9", "*");
BROKEN_BY("hugetlb-no-soft-dirty", "hugetlb*");
VARIANTS("ALL swapped mthp", "none");

TEST_F(scene, sd_by_kernel)
{
	ledger_open(self, SOFT_DIRTY);
	ledger_clear(self);
	cpu_write_by(self, READ_SYSCALL, PARENT, ALL_PAGES);
	ledger_clear(self);
	cpu_write_by(self, IO_WORKER, PARENT, ALL_PAGES);
	ledger_clear(self);
	cpu_write_by(self, VM_WRITEV, PARENT, ALL_PAGES);
	ledger_clear(self);
	cpu_write_by(self, PROC_MEM, PARENT, PAGE(0));
	cpu_write_by(self, PTRACE_POKE, PARENT, PAGE(1));
}
