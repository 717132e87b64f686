// SPDX-License-Identifier: GPL-2.0-only
/*
 * A device writes to a page of a file that no CPU has written. Whoever pinned the page
 * must mark it dirty (pin_user_pages.rst), so that reclaim writes it to swap. Otherwise
 * reclaim drops it once it is unpinned, with what the device wrote.
 */
#include "case.h"

CASE("read in, pin, device write, unpin, reclaim: what the device wrote is still there", "C1");

SEEN_TO_FAIL("5.10 6.1 6.12 6.16 7.3", "C1", "shmem_clean-io_uring shmem_thp_clean-io_uring");
SEEN_TO_FAIL("6.12 6.16 7.3", "C1", "shmem_clean-udmabuf");
SEEN_TO_FAIL("7.2 7.3", "C1", "shmem_clean-io_uring_zcrx");
SEEN_TO_FAIL("6.16 7.3", "C1", "shmem_fallocated-udmabuf");
SEEN_TO_FAIL("6.16 6.18 7.2 7.3", "C1", "*-rdma_odp");
NOT_SEEN_TO_FAIL("controls: these mark dirty what they give back", "*-rdma *-xdp *-vfio *-v4l2");
SEEN_TO_FAIL("7.3-bio-end-stays-clean", "C1", "*-odirect*");
SEEN_TO_FAIL("7.3-devices", "C1", "shmem_fallocated-iommufd_file");
SEEN_TO_FAIL("7.3-iommufd-never-dirties", "C1", "shmem_clean-iommufd*");
NOT_SEEN_TO_FAIL("fallocate() and a write of the CPU make the page dirty: the controls",
		 "shmem_fallocated-io_uring shmem-io_uring shmem-udmabuf");
SEEN_TO_FAIL("7.3-kvm-never-dirties", "C1", "*-kvm");
BROKEN_BY("io-uring-never-dirties", "shmem_clean-io_uring shmem_thp_clean-io_uring");
BROKEN_BY("zcrx-never-dirties", "*-io_uring_zcrx");
BROKEN_BY("rxe-odp-never-dirties", "*-rdma_odp");
BROKEN_BY("udmabuf-never-dirties", "shmem_clean-udmabuf");
BROKEN_BY("memfd-pin-uncleared", "shmem_fallocated-udmabuf shmem_fallocated-iommufd_file");
VARIANTS("shmem_clean shmem_thp_clean shmem_fallocated shmem", "io_uring");
VARIANTS("shmem_clean", "io_uring_zcrx xdp vfio v4l2");
VARIANTS("shmem_clean", "iommufd");
VARIANTS("shmem_clean shmem_thp_clean", "rdma odirect odirect_bytes");
VARIANTS("shmem_clean", "rdma_odp");
VARIANTS("shmem_clean shmem_fallocated shmem", "udmabuf");
VARIANTS("shmem_clean shmem_fallocated shmem", "iommufd_file");
VARIANTS("shmem_clean", "kvm");

TEST_F(scene, clean_unpinned)
{
	pin(self);
	device_write(self);
	/* A pin by way of the file maps nothing: this read maps the pages. */
	cpu_read(self, PARENT);
	unpin(self);
	pageout(self, true);
	cpu_read(self, PARENT);
	cpu_write(self, PARENT);
}
