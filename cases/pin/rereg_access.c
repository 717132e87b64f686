// SPDX-License-Identifier: GPL-2.0-only
/*
 * An MR of a read-only mapping, without write access, is reregistered with write access.
 * Since b40656aa7d55 such an MR is pinned for reading only, so this must be refused: its
 * owner may have no right to write to the pinned page. soft-RoCE granted the access
 * without checking the pin, and its device wrote.
 */
#include "case.h"

CASE("reregister an MR of a read-only mapping for writing: the device cannot write", "C5 C7");
SEEN_TO_FAIL("6.16", "C5", "*-rdma_ro");
BROKEN_BY("ro-mr-forced", "shmem-rdma_ro");
BROKEN_BY("rereg-mr-grants-write", "*");
OBSERVES("rereg_for_write", "what the kernel answers to the wish for write access");
OBSERVES("frames_new_by_pin", "how many pages the read-only registration replaced by own ones");
VARIANTS("anon shmem shmem_private", "rdma_ro");

TEST_F(scene, rereg_access)
{
	mprotect_ro(self);
	pin(self);
	ask_device_write(self);
	device_write_refused(self, 1);
	mprotect_rw(self);
	cpu_write(self, PARENT);
}
