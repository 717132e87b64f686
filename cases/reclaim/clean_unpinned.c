// SPDX-License-Identifier: GPL-2.0-only
/*
 * A device writes to a file's page that no CPU has written: what makes the page dirty,
 * so that reclaim writes it to swap, is whoever pinned it (pin_user_pages.rst). Else it
 * is dropped with what the device wrote once it is unpinned.	(C1)
 */
#include "case.h"

CASE("read in, pin, device write, unpin, reclaim: what the device wrote is there", "C1");

SEEN_TO_FAIL("5.10 6.1 6.12 6.16 7.3", "C1", "shmem_clean-io_uring shmem_thp_clean-io_uring");
SEEN_TO_FAIL("6.12 6.16 7.3", "C1", "shmem_clean-udmabuf");
SEEN_TO_FAIL("6.16 7.3", "C1", "shmem_fallocated-udmabuf");
NOT_SEEN_TO_FAIL("controls: an MR and O_DIRECT mark dirty what they give back", "*-rdma *-odirect");
NOT_SEEN_TO_FAIL("fallocate() and a write of the CPU make the page dirty: the controls",
		 "shmem_fallocated-io_uring shmem-io_uring shmem-udmabuf");
KNOWN_BROKEN("5.1", "", "C1", "", "io_uring unpins buffers without marking them dirty",
	     "shmem_clean-io_uring shmem_thp_clean-io_uring");
KNOWN_BROKEN("6.11", "", "C1", "", "udmabuf unpins pages without marking them dirty",
	     "shmem_clean-udmabuf");
KNOWN_BROKEN("6.11", "6.12.118", "C1", "",
	     "memfd_pin_folios() does not clear what fallocate() left", "shmem_fallocated-udmabuf");
KNOWN_BROKEN("6.13", "", "C1", "", "memfd_pin_folios() does not clear what fallocate() left",
	     "shmem_fallocated-udmabuf");

VARIANT(shmem_clean, io_uring);
VARIANT(shmem_clean, rdma);
VARIANT(shmem_clean, odirect);
VARIANT(shmem_clean, udmabuf);
VARIANT(shmem_thp_clean, io_uring);
VARIANT(shmem_thp_clean, rdma);
VARIANT(shmem_thp_clean, odirect);
VARIANT(shmem_fallocated, io_uring);
VARIANT(shmem_fallocated, udmabuf);
VARIANT(shmem, io_uring);
VARIANT(shmem, udmabuf);

TEST_F(scene, clean_unpinned)
{
	pin(self);
	device_write(self);
	/* What was pinned by way of the file alone is mapped now, by a read. */
	cpu_read(self, PARENT);
	unpin(self);
	pageout(self, true);
	cpu_read(self, PARENT);
	cpu_write(self, PARENT);
}
