// SPDX-License-Identifier: GPL-2.0-only
/*
 * The counterpart of pin/file_shared: the pins of a file's pages that are allowed. They
 * are read-only, or last only as long as an O_DIRECT read. They hold the pages of the
 * file, and what is written to these goes to the file.
 */
#include "case.h"

CASE("short pins and read-only pins of a shared file's pages are allowed", "C1 C7");
SEEN_TO_FAIL("7.3-file-pins-refused", "C7", "file_shared-*");
NOT_SEEN_TO_FAIL("no kernel was found whose page cache and pin part", "*");
VARIANTS("file_shared", "rdma_ro gup_ro gup_ro_fast odirect");
VARIANTS("dax_shared dax_huge", "odirect kvm");

TEST_F(scene, file_shared_allowed)
{
	pin(self);
	cpu_write(self, PARENT);
	fork_child(self);
	cpu_write(self, CHILD);
	device_write(self);
	cpu_write(self, PARENT);
}
