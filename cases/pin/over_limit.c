// SPDX-License-Identifier: GPL-2.0-only
/*
 * A process without CAP_IPC_LOCK pins more than RLIMIT_MEMLOCK lets it. It must be told
 * ENOMEM, and nothing may be left of the attempt: no page pinned, nothing on its account.
 * With the right, the same memory is pinned as ever.
 */
#include "case.h"

CASE("pin beyond RLIMIT_MEMLOCK: ENOMEM, and nothing is pinned or on the account", "C1 C7 C8");
SEEN_TO_FAIL("7.3-pin-past-limit", "C7", "*-io_uring *-rdma");
SEEN_TO_FAIL("7.3-vfio-pins-past-limit", "C7", "*-vfio");
SEEN_TO_FAIL("7.3-iommufd-pins-past-limit", "C7", "*-iommufd*");
VARIANTS("anon", "io_uring rdma vfio");
VARIANTS("anon", "iommufd iommufd_attach iommufd_copy");

TEST_F(scene, over_limit)
{
	pin_over_limit(self);
	pin(self);
	cpu_write(self, PARENT);
	device_write(self);
}
