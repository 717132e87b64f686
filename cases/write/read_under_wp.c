// SPDX-License-Identifier: GPL-2.0-only
/*
 * read(2) into write-protected memory: the writer is the kernel, with copy_to_user(), and
 * it must wait for the monitor as a store would. The same is then done by a worker thread
 * that io_uring has in the kernel. What is read must land in the page that the pin holds.
 */
#include "case.h"

CASE("read(2) into write-protected memory: one notification, and the pin's page is written",
     "C1 C3");
SEEN_TO_FAIL("7.3-copy-past-wp", "C3", "*");
BROKEN_BY("copies-exclusive", "anon-[!n]* thp-[!n]* thp_pte-[!n]* zero-[!n]*");
VARIANTS("ALL hugetlb_shared mthp", "io_uring");
VARIANTS("BRIEF shmem_private shmem zero", "none");
VARIANTS("anon", "rdma");

TEST_F(scene, read_under_wp)
{
	pin(self);
	wp(self);
	write_under_wp_by(self, 0, READ_SYSCALL);
	write_under_wp_by(self, 1, IO_WORKER);
	device_write(self);
	unwp(self);
	cpu_write_by(self, READ_SYSCALL, PARENT, ALL_PAGES);
	cpu_write_by(self, IO_WORKER, PARENT, ALL_PAGES);
	device_write(self);
}
