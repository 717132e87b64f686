// SPDX-License-Identifier: GPL-2.0-only
/*
 * Without EVENT_FORK the child does not inherit the uffd-wp bits. The parent's ledger
 * must go on across fork(), whoever writes first, even though the parent's next write
 * breaks COW.
 */
#include "case.h"

CASE("WP_ASYNC without EVENT_FORK: fork, both write, the child exits", "C2 C9");
SEEN_TO_FAIL("7.3-async-write-keeps-mark", "C9", "anon-* thp-* thp_pte-* shmem_private-* shmem-*");
SEEN_TO_FAIL("7.3-async-hugetlb-keeps-mark", "C9", "hugetlb-none");
VARIANTS("PRIVATE shmem", "none");
VARIANTS("anon thp", "io_uring");

TEST_F(scene, wa_fork_plain)
{
	ledger_open(self, WP_ASYNC);
	pin(self);
	ledger_clear(self);
	cpu_write_pages(self, PARENT, PAGE(0));
	fork_child(self);
	cpu_write(self, CHILD);
	ledger_clear(self);
	cpu_write(self, PARENT);
	child_exit(self);
	ledger_clear(self);
	cpu_write(self, PARENT);
}
