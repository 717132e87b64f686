// SPDX-License-Identifier: GPL-2.0-only
/*
 * KSM has locked a page that has a twin, and is about to make it read-only and to compare the
 * two. A thread writes to it then: they are equal no more.
 */
#include "case.h"

CASE("write to a page that is about to be merged: nothing is lost", "C0");
SEEN_TO_FAIL("7.3-ksm-compares-early", "C0", "*");
VARIANTS("anon", "none");

TEST_F(scene, store_in_ksm)
{
	while (race_round(self)) {
		race(self, &act_ksm, WRITES(0, FLAGS), &act_store);
		cpu_write(self, PARENT);
	}
}
