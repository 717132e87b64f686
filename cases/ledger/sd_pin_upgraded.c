// SPDX-License-Identifier: GPL-2.0-only
/*
 * A read-only pin breaks COW of a page that is not anonymous (84209e87c696, v6.2). The
 * new page is exclusive, read-only, and not soft-dirty. mprotect() makes it writable
 * without a fault (64fe24a3e05e, v6.1) as long as the whole mapping is soft-dirty, as new
 * mappings are. clear_refs then ends that, but leaves a pinned writable page as it is,
 * because it takes such a page to be soft-dirty (9348b73c2e1b, v5.11). No write to the
 * page is ever reported. All of them must be.
 */
#include "case.h"

CASE("soft-dirty: a read-only pin, mprotect R and RW, clear, write", "C9");
SEEN_TO_FAIL("6.12 7.3", "C9", "*-rdma_ro");
SEEN_TO_FAIL("7.3-src", "C9", "*-gup_ro");
BROKEN_BY("pinned-skips-soft-dirty-upgraded", "*");
BROKEN_BY("copies-exclusive", "*-rdma_ro");
VARIANTS("shmem_private file_private zero", "rdma_ro gup_ro");

TEST_F(scene, sd_pin_upgraded)
{
	ledger_open(self, SOFT_DIRTY);
	pin(self);
	mprotect_ro(self);
	mprotect_rw(self);
	ledger_clear(self);
	cpu_write(self, PARENT);
}
