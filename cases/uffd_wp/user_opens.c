// SPDX-License-Identifier: GPL-2.0-only
/*
 * vm.unprivileged_userfaultfd, which is 0 since v5.11 (d0d4730ac2e4), keeps a user without rights
 * from a userfaultfd that is told of faults in the kernel: EPERM. One for faults in user mode
 * only he gets.
 */
#include "case.h"

CASE("a user without rights opens a userfaultfd: for user mode only, and else EPERM", "C5");
SEEN_TO_FAIL("7.3-uffd-for-all", "C5", "*");
OBSERVES("uffd_unprivileged", "what the kernel says to one for all faults");
OBSERVES("uffd_user_mode", "what it says to one for faults in user mode");
VARIANTS("anon", "none");

TEST_F(scene, user_opens)
{
	user_opens_uffd(self, false);
	user_opens_uffd(self, true);
}
