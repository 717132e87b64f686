// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who has mapped a file privately, and written, has copies of his own. A hole in the file is none in
 * these: "hole-punching should not remove private COWed pages from the hole"
 * (truncate_pagecache_range()).
 */
#include "case.h"

CASE("map a file privately, write, punch a hole in the file: what was written stays", "C0 C1");
SEEN_TO_FAIL("7.3-punch-takes-copies", "C0", "shmem_private-*");
SEEN_TO_FAIL("5.10 6.1 6.12 7.3", "C0", "hugetlb_private-*");
BROKEN_BY("hugetlb-punch-takes-copies", "hugetlb_private-*");
VARIANTS("shmem_private hugetlb_private", "none io_uring");

TEST_F(scene, punch_copies)
{
	pin(self);
	cpu_write(self, PARENT);
	punch(self, ALL_PAGES);
	device_write(self);
	cpu_write(self, PARENT);
}
