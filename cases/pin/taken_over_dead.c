// SPDX-License-Identifier: GPL-2.0-only
/*
 * As pin/taken_over_process, but who had it is gone when it is taken over. That is how a monitor is
 * replaced by exec(): of the old program's memory nothing is left.
 */
#include "case.h"

CASE("limits by process: what a process that is gone had pinned is taken over", "C8");
SEEN_TO_FAIL("7.3-devices", "C8", "*");
BROKEN_BY("iommufd-dead-account", "*");
VARIANTS("shmem", "iommufd_file");

TEST_F(scene, taken_over_dead)
{
	card_account(self, OF_PROCESS);
	pin(self);
	taken_over(self);
	taker_exits(self);
	taken_back(self);
	account_of_takers(self);
	unpin(self);
	account_of_takers(self);
}
