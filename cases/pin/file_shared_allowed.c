// SPDX-License-Identifier: GPL-2.0-only
/*
 * The other half of file_shared: pins of a file's pages that are allowed, for
 * reading, or for as long as an O_DIRECT read takes. They are the file's pages and
 * what is written to them is the file's.			(C1, C7)
 */
#include "case.h"

CASE("pins of a shared file's pages that are for reading, or short", "C1 C7");
SEEN_TO_FAIL("7.3-file-pins-refused", "C7", "*");
NOT_SEEN_TO_FAIL("no kernel was found whose page cache and pin part", "*");

VARIANTS("file_shared", "rdma_ro gup_ro gup_ro_fast odirect");

TEST_F(scene, file_shared_allowed)
{
	pin(self);
	cpu_write(self, PARENT);
	fork_child(self);
	cpu_write(self, CHILD);
	device_write(self);
	cpu_write(self, PARENT);
}
