// SPDX-License-Identifier: GPL-2.0-only
/*
 * One read by O_DIRECT begins in the middle of a page and ends in the middle of another. While it
 * is in flight the process forks, and both write to these pages, also where the device will
 * not. The pages at both ends are pinned as the others are: what the device writes
 * arrives, and beside it stands what the CPU wrote.
 */
#include "case.h"

CASE("O_DIRECT from middle to middle of pages, fork, writes beside it: neither is lost", "C1 C2");
SEEN_TO_FAIL("5.10", "C1", "[!m]*");
SEEN_TO_FAIL("7.3-early-copy-is-empty", "C0", "anon* thp* mthp-* shmem_private-* zero-*");
SEEN_TO_FAIL("7.3-iter-end-for-reading", "C1", "shmem_private-*");
SEEN_TO_FAIL("7.3-iter-end-for-reading", "C8", "zero-*");
BROKEN_BY("odirect-get", "*");
VARIANTS("anon anon_edge_2m thp thp_two thp_pte mthp hugetlb shmem_private zero", "odirect_bytes");

TEST_F(scene, odirect_bytes)
{
	pin(self);
	cpu_write(self, PARENT);
	fork_child(self);
	cpu_write(self, PARENT);
	cpu_write(self, CHILD);
	cpu_write(self, PARENT);
	device_write(self);
	cpu_write(self, CHILD);
}
