// SPDX-License-Identifier: GPL-2.0-only
/*
 * The forced write of a debugger, to read-only memory that a child shares: the
 * child must not see it. The child keeps the page; if the parent has pinned it,
 * the child had its copy at fork().				(C1, C2)
 */
#include "case.h"

CASE("a debugger's write to read-only memory that a child shares", "C1 C2 C5");
SEEN_TO_FAIL("7.3-force-skips-cow", "C2",
	     "anon-none thp-none hugetlb-none shmem_private-none mthp-none");
SEEN_TO_FAIL("5.10", "C1", "*-io_uring");
KNOWN_BROKEN("2.6.12", "6.1", "C5", "f347454d0341",
	     "a forced fault makes a read-only hugetlb mapping writable", "hugetlb-none");
KNOWN_BROKEN("2.6.12", "6.1", "C1", "f347454d0341",
	     "a forced fault makes a read-only hugetlb mapping writable", "hugetlb-[!n]*");
KNOWN_BROKEN("5.9", "5.19", "C1", "6c287605fd56",
	     "do_wp_page() copies an exclusive page whenever page_count() != 1 (09854ba94c6a)",
	     "anon-[!n]* thp-[!n]* thp_pte-[!n]* shmem_private-[!n]*");

VARIANT_NOPIN(anon);
VARIANT_NOPIN(thp);
VARIANT_NOPIN(hugetlb);
VARIANT_NOPIN(shmem_private);
VARIANT_NOPIN(mthp);
VARIANTS_PRIVATE(io_uring);

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
