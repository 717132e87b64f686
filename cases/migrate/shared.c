// SPDX-License-Identifier: GPL-2.0-only
/*
 * A page that is shared after fork() is migrated, for both processes at once. It must
 * still be shared afterwards: whoever writes gets a copy.
 */
#include "case.h"

CASE("fork, migrate, write by both: neither process sees what the other writes", "C2");
SEEN_TO_FAIL("7.3-migration-grants-write", "C2", "*");
VARIANTS("PRIVATE mthp thp_remapped thp_shared ksm file_private", "none");

TEST_F(scene, shared)
{
	fork_child(self);
	migrate(self);
	cpu_write(self, CHILD);
	cpu_write(self, PARENT);
	migrate(self);
	cpu_write(self, PARENT);
	cpu_write(self, CHILD);
}
