// SPDX-License-Identifier: GPL-2.0-only
/*
 * VFIO type 1: what a virtual machine with a passed-through device has pinned. VFIO_IOMMU_MAP_DMA
 * takes FOLL_PIN | FOLL_LONGTERM of each page, for writing if the device may write, and makes the
 * IOMMU map it; pin_user_pages_remote() is called with the lock held, so it never waits for a
 * monitor. The account is VmLck.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/vfio.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "card.h"
#include "feature.h"
#include "internal.h"
#include "vfio.h"

static int open_group(struct scene *s, const char *address)
{
	struct vfio_group_status status = { .argsz = sizeof(status) };
	char path[128], link[PATH_MAX] = "", node[PATH_MAX];
	int fd;

	snprintf(path, sizeof(path), PCI_DEVICES "/%s/iommu_group", address);
	if (readlink(path, link, sizeof(link) - 1) < 0)
		scene_error(s, "vfio: %s: %s", path, strerror(errno));
	snprintf(node, sizeof(node), "/dev/vfio/%s", strrchr(link, '/') + 1);
	fd = open(node, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		scene_error(s, "vfio: %s: %s", node, strerror(errno));
	if (ioctl(fd, VFIO_GROUP_GET_STATUS, &status))
		scene_error(s, "VFIO_GROUP_GET_STATUS: %s", strerror(errno));
	if (!(status.flags & VFIO_GROUP_FLAGS_VIABLE))
		scene_error(s, "vfio: the card is in a group with devices that others drive");
	return fd;
}

static void type1_open(struct scene *s, struct card *c, const char *address)
{
	int group;

	c->space = open("/dev/vfio/vfio", O_RDWR | O_CLOEXEC);
	if (c->space < 0)
		scene_error(s, "/dev/vfio/vfio: %s", strerror(errno));
	/* It stays open: the card is had for as long as it is. */
	group = open_group(s, address);
	if (ioctl(group, VFIO_GROUP_SET_CONTAINER, &c->space) ||
	    ioctl(c->space, VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU))
		scene_error(s, "VFIO_SET_IOMMU: %s", strerror(errno));
	vfio_container = c->space;
	c->device = ioctl(group, VFIO_GROUP_GET_DEVICE_FD, address);
	if (c->device < 0)
		scene_error(s, "VFIO_GROUP_GET_DEVICE_FD: %s", strerror(errno));
}

static int type1_map(struct card *c, const struct card_range *r)
{
	struct vfio_iommu_type1_dma_map map = {
		.argsz = sizeof(map),
		.flags = VFIO_DMA_MAP_FLAG_READ | (r->write ? VFIO_DMA_MAP_FLAG_WRITE : 0),
		.vaddr = (uintptr_t)r->addr,
		.iova = r->iova,
		.size = r->len,
	};

	return ioctl(c->space, VFIO_IOMMU_MAP_DMA, &map) ? -errno : 0;
}

static long type1_unmap(struct card *c, uint32_t iova, size_t len)
{
	struct vfio_iommu_type1_dma_unmap unmap = {
		.argsz = sizeof(unmap),
		.iova = iova,
		.size = len,
	};

	return ioctl(c->space, VFIO_IOMMU_UNMAP_DMA, &unmap) ? -errno : (long)unmap.size;
}

/*
 * In two steps: its addresses are taken back, and given anew, as this process has the memory. It stays
 * pinned meanwhile (c3cbab24db38, v5.12).
 */
static int type1_take_over(struct card *c)
{
	for (unsigned int i = 0; i < CARD_RANGES; i++) {
		const struct card_range *r = &c->range[i];
		struct vfio_iommu_type1_dma_unmap unmap = {
			.argsz = sizeof(unmap),
			.flags = VFIO_DMA_UNMAP_FLAG_VADDR,
			.iova = r->iova,
			.size = r->len,
		};
		struct vfio_iommu_type1_dma_map map = {
			.argsz = sizeof(map),
			.flags = VFIO_DMA_MAP_FLAG_VADDR,
			.vaddr = (uintptr_t)r->addr,
			.iova = r->iova,
			.size = r->len,
		};

		if (r->len && (ioctl(c->space, VFIO_IOMMU_UNMAP_DMA, &unmap) ||
			       ioctl(c->space, VFIO_IOMMU_MAP_DMA, &map)))
			return -errno;
	}
	return 0;
}

static const struct card_way by_type1 = {
	.name = "VFIO type 1",
	.in_vm_lck = true,
	.take_over = type1_take_over,
	.to_take_over = F_VFIO_VADDR,
	.open = type1_open,
	.map = type1_map,
	.unmap = type1_unmap,
};

static void vfio_open(struct scene *s, struct pin *p)
{
	feature_needed(s, F_VFIO);
	card_open(s, p, &by_type1);
}

#define VFIO_OPS                                                                          \
	.guest = "devices=on", .coherent = true, .inherited = true, .can_read = true,     \
	.open = vfio_open, .take = card_take, .release = card_release, .read = card_read, \
	.write = card_write, .write_anyway = card_write_anyway

const struct pin_kind pin_vfio = {
	.name = "vfio",
	.what = "VFIO type 1, DMA by a card behind an IOMMU: long-term pin for writing",
	.for_write = true,
	.can_write = true,
	VFIO_OPS,
};
const struct pin_kind pin_vfio_ro = {
	.name = "vfio_ro",
	.what = "the same of what the card may only read: long-term pin not for writing",
	VFIO_OPS,
};
