// SPDX-License-Identifier: GPL-2.0-only
/*
 * A debugger may write to private memory that is mapped read-only (FOLL_FORCE). The
 * write must go to a page of the process's own, never to the file, the zero page or a
 * page that a child shares (see write/force_shared), and it must not give the process
 * the right to write. In shared memory it is refused. A pinned page is the process's
 * own already, so pin and page table must still agree.
 *
 * CVE-2022-2590 wrote to the page of the file in a race; this is the same without a race.
 * On hugetlb a forced fault used to make the read-only mapping writable.
 */
#include "case.h"

CASE("a debugger's write to a read-only mapping: the process's own page, or refused", "C1 C2 C5");
SEEN_TO_FAIL("7.3-force-skips-cow", "C2", "shmem_private-none file_private-none");
SEEN_TO_FAIL("5.10", "C1", "anon-* thp_pte-* shmem_private-io_uring zero-*");
SEEN_TO_FAIL("5.10", "C5", "hugetlb-*");
NOT_SEEN_TO_FAIL("no kernel at hand lets a debugger write to shared memory", "shmem-none");
SEEN_TO_FAIL("7.3-pin-skips-cow", "C1", "shmem_private-io_uring file_private-io_uring");
BROKEN_BY("forced-write-opens-hugetlb", "hugetlb-*");
BROKEN_BY("copies-exclusive", "anon-[!n]* thp_pte-[!n]* shmem_private-[!n]* zero-[!n]*");
VARIANTS("anon thp_pte hugetlb shmem_private zero file_private", "io_uring");
VARIANTS("hugetlb shmem_private file_private shmem", "none");
VARIANTS("anon", "rdma");

TEST_F(scene, force_readonly)
{
	pin(self);
	mprotect_ro(self);
	write_readonly_by(self, 0, VM_WRITEV);
	write_readonly_by(self, 0, READ_SYSCALL);
	write_readonly_by(self, 0, PROC_MEM);
	cpu_write_refused(self, 0);
	write_readonly_by(self, 1, PTRACE_POKE);
	mprotect_rw(self);
	cpu_write(self, PARENT);
	device_write(self);
}
