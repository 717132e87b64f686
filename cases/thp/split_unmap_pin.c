// SPDX-License-Identifier: GPL-2.0-only
/*
 * Only the PMD is split, by moving away a page of it that no view looks at. The folio and
 * its pins must stay as they are.
 */
#include "case.h"

CASE("pin, split the PMD by mremap of a part, write", "C1");
SEEN_TO_FAIL("7.3-no-early-copy", "C2", "*-[!k]*");
SEEN_TO_FAIL("7.3-devices-rights-untold", "C2", "*-kvm");
BROKEN_BY_AS("odirect-get", "C2", "thp-odirect");
VARIANTS("thp", "io_uring rdma odirect");
VARIANTS("thp", "kvm");

TEST_F(scene, split_unmap_pin)
{
	pin(self);
	thp_split(self, BY_MREMAP);
	cpu_write(self, PARENT);
	fork_child(self);
	device_write(self);
	cpu_write(self, CHILD);
	cpu_write(self, PARENT);
}
