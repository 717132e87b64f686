// SPDX-License-Identifier: GPL-2.0-only
/*
 * A less usual flow: the monitor stops the writer, does its write with ptrace and leaves
 * the uffd-wp bit, and the writer skips its store. The write must land in the page that
 * the pin holds, and the next one must raise a notification again.
 */
#include "case.h"

CASE("the monitor emulates the write with ptrace and leaves the uffd-wp bit", "C1 C3 C4");
SEEN_TO_FAIL("5.10", "C1", "anon-io_uring thp-io_uring thp_pte-io_uring *-rdma");
SEEN_TO_FAIL("7.3-gup-ignores-wp", "C4", "*");
BROKEN_BY("copies-exclusive", "anon-[!n]* thp_pte-[!n]* thp-[!n]*");
PATCHED("5.10-mapcount 5.10-pte-only", "pass", "*");
OBSERVES("poke_under_wp", "how a write through ptrace to the protected page ends");
VARIANTS("PRIVATE shmem", "io_uring");
VARIANTS("anon thp", "rdma");
VARIANTS("anon", "none");

TEST_F(scene, emulate)
{
	pin(self);
	wp(self);
	write_under_wp(self, 1, EMULATE);
	marks_stay(self);
	write_under_wp(self, 1, EMULATE);
	device_write(self);
	unwp(self);
}
