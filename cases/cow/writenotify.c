// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pages are write-protected by userfaultfd, then mprotect() makes them read-only and
 * writable again. That must not make an entry writable that has the uffd-wp bit: the next
 * write must still cause a write notification. 51d3d5eb74ff (v6.2) ensures this for
 * shared memory. For private memory 64fe24a3e05e (v6.1) does, which is also the commit
 * that let mprotect() make entries writable at all.
 */
#include "case.h"

CASE("write-protect, mprotect R and back: the next write causes a notification", "C3 C4");
SEEN_TO_FAIL("7.3-mprotect-past-wp", "C3", "*-io_uring anon-* thp-*");
SEEN_TO_FAIL("7.3-unwp-grants-write", "C2", "shmem_private-none");
SEEN_TO_FAIL("7.3-unwp-grants-write", "C3", "zero-none");
BROKEN_BY("copies-exclusive", "anon-[!n]* thp-[!n]* thp_pte-[!n]* zero-[!n]*");
VARIANTS("ANON shmem_private zero mthp", "io_uring");
VARIANTS("anon thp shmem_private zero", "none");
VARIANTS("anon", "rdma");

TEST_F(scene, writenotify)
{
	pin(self);
	wp(self);
	mprotect_ro(self);
	cpu_write_refused(self, 0);
	mprotect_rw(self);
	marks_stay(self);
	write_under_wp(self, 1, UNPROTECT);
	write_under_wp(self, 0, UNPROTECT);
	device_write(self);
}
