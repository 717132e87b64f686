// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a device writes that faults as a CPU does, a virtual machine's processor above all, is a write
 * of its owner's: clear_refs takes the right to write from the page table, and must take it from who
 * keeps a copy of that, too. A live migration of a container with a virtual machine in it stands on
 * this.
 */
#include "case.h"

CASE("soft-dirty: clear, a device that faults writes: it is reported", "C1 C9");
SEEN_TO_FAIL("7.3-devices-rights-untold", "C9", "*-kvm");
SEEN_TO_FAIL("6.16 6.18", "C9", "*-rdma_odp");
BROKEN_BY_AS("rxe-odp-writes-read-only", "C9", "*-rdma_odp");
VARIANTS("anon thp shmem", "kvm");
VARIANTS("anon", "rdma_odp");

TEST_F(scene, sd_faults)
{
	ledger_open(self, SOFT_DIRTY);
	pin(self);
	device_write(self);
	ledger_clear(self);
	device_write(self);
	cpu_read(self, PARENT);
	ledger_clear(self);
	device_write(self);
}
