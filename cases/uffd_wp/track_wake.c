// SPDX-License-Identifier: GPL-2.0-only
/*
 * Flow A, tracking, with the wake as a step of its own (MODE_DONTWAKE, UFFDIO_WAKE). The
 * writer still sleeps while the page is already writable.
 */
#include "case.h"

CASE("flow A, unprotect without waking, then wake", "C1 C3");
SEEN_TO_FAIL("5.10", "C1", "*-io_uring *-rdma");
NOT_SEEN_TO_FAIL("no pin and nobody who shares the page: the control", "anon-none");
BROKEN_BY("copies-exclusive", "anon-[!n]* thp_pte-[!n]* thp-[!n]*");
PATCHED("5.10-mapcount 5.10-pte-only", "pass", "*");
VARIANTS("ANON", "io_uring");
VARIANTS("anon thp", "rdma");
VARIANTS("anon", "none");

TEST_F(scene, track_wake)
{
	pin(self);
	wp(self);
	write_under_wp(self, 1, UNPROTECT_THEN_WAKE);
	device_write(self);
}
