// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pages are pinned and write-protected. Migration must be refused, and the uffd-wp bit
 * must stay. A write raises a notification, and then lands where the device sees it.
 */
#include "case.h"

CASE("pin, write-protect, migrate: neither the pin nor the uffd-wp bit is lost", "C1 C3 C4");
SEEN_TO_FAIL("7.3-migrates-pinned", "C1", "*");
BROKEN_BY("copies-exclusive", "anon-* thp_pte-* zero-*");
BROKEN_BY("thp-migration-forgets-wp", "thp-*");
VARIANTS("ALL mthp hugetlb_shared", "io_uring");
VARIANTS("BRIEF shmem", "rdma");
VARIANTS("anon", "odirect rdma_ro");

TEST_F(scene, wp_pin)
{
	pin(self);
	wp(self);
	migrate(self);
	write_under_wp(self, 0, UNPROTECT);
	device_write(self);
	unwp(self);
	cpu_write(self, PARENT);
}
