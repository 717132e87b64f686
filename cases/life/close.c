// SPDX-License-Identifier: GPL-2.0-only
/*
 * P: pin; write-protect; close the uffd; P writes; register again by a new
 * one; P writes. The close takes the marks along: the pinned page is written
 * in place, and no mark waits for who registers next.
 *
 * Up to v6.8 the marks stayed (CVE-2024-36881). Fixed by c88033efe9a3 (v6.9,
 * and 6.1.191).						(C1, C3, C4)
 */
#include "case.h"

CASE("pin, write-protect, close the uffd: no mark is left, and the pin agrees", "C1 C3 C4");
SEEN_TO_FAIL("7.3-close-keeps-wp", "C4", "*");
BROKEN_BY("copies-exclusive", "anon-io_uring thp_pte-io_uring zero-io_uring anon-rdma");
BROKEN_BY("close-leaves-wp", "anon-odirect anon-none zero-none");

VARIANTS("ALL", "io_uring");
VARIANTS("BRIEF shmem", "rdma");
VARIANTS("anon", "odirect");
VARIANTS("BRIEF shmem_private shmem zero", "none");

TEST_F(scene, close)
{
	pin(self);
	wp(self);
	close_uffd(self);
	cpu_write_pages(self, PARENT, PAGE(0));
	register_again(self);
	cpu_write(self, PARENT);
	device_write(self);
}
