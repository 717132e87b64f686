// SPDX-License-Identifier: GPL-2.0-only
/*
 * A page is read-only and write-protected. A debugger's write is the one kind that
 * gets past the first, and it must not get past the second. It cannot wait for a
 * monitor, so it must be refused.
 *
 * Before 5535be309971 (v6.0) GUP did not check the uffd-wp bit where it needs no fault,
 * that is on a page of the process's own. It only asked for the flag FOLL_COW, which says
 * that there has been a fault.
 */
#include "case.h"

CASE("a debugger's write to a page that is read-only and write-protected: refused", "C3 C5");
SEEN_TO_FAIL("7.3-force-past-wp", "C5", "anon-* thp_pte-* shmem_private-io_uring");
SEEN_TO_FAIL("7.3-gup-ignores-wp", "C5", "*");
BROKEN_BY("copies-exclusive", "anon-[!n]* thp-[!n]* thp_pte-[!n]*");
VARIANTS("PRIVATE", "io_uring");
VARIANTS("anon thp", "rdma");
VARIANTS("anon thp shmem_private zero", "none");

TEST_F(scene, force_under_wp)
{
	pin(self);
	wp(self);
	mprotect_ro(self);
	write_readonly_by(self, 0, PROC_MEM);
	write_readonly_by(self, 1, PTRACE_POKE);
	marks_stay(self);
	mprotect_rw(self);
	write_under_wp(self, 0, UNPROTECT);
	device_write(self);
}
