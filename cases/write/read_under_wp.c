// SPDX-License-Identifier: GPL-2.0-only
/*
 * read(2) into write-protected memory: the kernel is the writer, with its
 * copy_to_user(), and is to wait for the monitor as a store would. Then the same
 * by a worker thread that the kernel has for io_uring. What is read lands in the
 * page that the pin holds.					(C1, C3)
 */
#include "case.h"

CASE("read(2) into write-protected memory: noticed once, and lands in the pin's page", "C1 C3");
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
