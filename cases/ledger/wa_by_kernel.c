// SPDX-License-Identifier: GPL-2.0-only
/*
 * Not every write is a store of the process itself. read(2) into the page, an io_uring
 * worker, process_vm_writev() and a debugger go through write faults, too. WP_ASYNC must
 * report what they write. A debugger's write is refused where a monitor would have to
 * resolve the uffd-wp bit; here it must succeed.
 */
#include "case.h"

CASE("WP_ASYNC: clear, then the kernel writes for the process", "C9");
SEEN_TO_FAIL("7.3-async-kernel-keeps-mark", "C9",
	     "anon-* thp-* thp_pte-* shmem_private-* shmem-* zero-* swapped-* mthp-*");
SEEN_TO_FAIL("7.3-async-hugetlb-keeps-mark", "C9", "hugetlb-none");
VARIANTS("ALL swapped mthp", "none");

TEST_F(scene, wa_by_kernel)
{
	ledger_open(self, WP_ASYNC);
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
