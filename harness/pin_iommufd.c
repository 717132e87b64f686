// SPDX-License-Identifier: GPL-2.0-only
/*
 * IOMMUFD: what virtual machines come to have in the place of VFIO's type 1. The device is opened
 * by itself and given an address space; what is mapped there is pinned, FOLL_LONGTERM, and for
 * writing if the device may write.
 *
 * By address it is taken by pin_user_pages_fast(), which waits for a monitor; VFIO's does not. By
 * file (IOMMU_IOAS_MAP_FILE, f4986a72d6e4, v6.13) it is taken by memfd_pin_folios(): no page table has a part in
 * it. A reference is taken for each small page either way. The account is VmPin, and the user's
 * of what may be locked, unless he has CAP_IPC_LOCK.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>

#include "card.h"
#include "feature.h"
#include "internal.h"
#include "iommufd.h"
#include "vfio.h"

/* /dev/vfio/devices/vfioN of the card. */
static int open_device(struct scene *s, const char *address)
{
	char path[PATH_MAX], node[NAME_MAX + 1] = "";
	DIR *d;
	int fd;

	snprintf(path, sizeof(path), PCI_DEVICES "/%s/vfio-dev", address);
	d = opendir(path);
	for (struct dirent *e; d && (e = readdir(d));)
		if (e->d_name[0] != '.')
			snprintf(node, sizeof(node), "%s", e->d_name);
	if (d)
		closedir(d);
	if (!*node)
		scene_error(s, "iommufd: %s: nothing in it", path);
	snprintf(path, sizeof(path), "/dev/vfio/devices/%s", node);
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		scene_error(s, "iommufd: %s: %s", path, strerror(errno));
	return fd;
}

static int attach(struct card *c)
{
	struct iommufd_attach a = { .argsz = sizeof(a), .ioas = c->ioas };

	return ioctl(c->device, IOMMUFD_ATTACH_DEVICE, &a) ? -errno : 0;
}

static int detach(struct card *c)
{
	struct iommufd_detach d = { .argsz = sizeof(d) };

	return ioctl(c->device, IOMMUFD_DETACH_DEVICE, &d) ? -errno : 0;
}

static uint32_t ioas_alloc(struct scene *s, struct card *c)
{
	struct iommufd_ioas_alloc alloc = { .size = sizeof(alloc) };

	if (ioctl(c->space, IOMMUFD_IOAS_ALLOC, &alloc))
		scene_error(s, "IOMMU_IOAS_ALLOC: %s", strerror(errno));
	return alloc.ioas;
}

static void iommufd_open(struct scene *s, struct card *c, const char *address)
{
	struct iommufd_bind bind = { .argsz = sizeof(bind) };
	struct iommufd_option option = {
		.size = sizeof(option),
		.option = IOMMUFD_RLIMIT_OF_PROCESS,
		.value = 1,
	};
	int err;

	c->device = open_device(s, address);
	c->space = bind.iommufd = open(IOMMUFD_DEVICE, O_RDWR | O_CLOEXEC);
	if (c->space < 0)
		scene_error(s, IOMMUFD_DEVICE ": %s", strerror(errno));
	if (c->by_process && ioctl(c->space, IOMMUFD_OPTION, &option))
		scene_error(s, "IOMMU_OPTION_RLIMIT_MODE: %s", strerror(errno));
	if (ioctl(c->device, IOMMUFD_BIND_DEVICE, &bind))
		scene_error(s, "VFIO_DEVICE_BIND_IOMMUFD: %s", strerror(errno));
	c->ioas = ioas_alloc(s, c);
	c->beside = ioas_alloc(s, c);
	err = attach(c);
	if (err)
		scene_error(s, "VFIO_DEVICE_ATTACH_IOMMUFD_PT: %s", strerror(-err));
}

static int map_in(struct card *c, uint32_t ioas, const struct card_range *r)
{
	const uint32_t flags = IOMMUFD_MAP_FIXED_IOVA | IOMMUFD_MAP_READABLE |
			       (r->write ? IOMMUFD_MAP_WRITEABLE : 0);
	struct iommufd_ioas_map map = {
		.size = sizeof(map),
		.flags = flags,
		.ioas = ioas,
		.addr = (uintptr_t)r->addr,
		.length = r->len,
		.iova = r->iova,
	};
	struct iommufd_ioas_map_file file = {
		.size = sizeof(file),
		.flags = flags,
		.ioas = ioas,
		.fd = r->fd,
		.start = r->start,
		.length = r->len,
		.iova = r->iova,
	};

	if (r->fd < 0)
		return ioctl(c->space, IOMMUFD_IOAS_MAP, &map) ? -errno : 0;
	return ioctl(c->space, IOMMUFD_IOAS_MAP_FILE, &file) ? -errno : 0;
}

static long unmap_in(struct card *c, uint32_t ioas, uint32_t iova, size_t len)
{
	struct iommufd_ioas_unmap unmap = {
		.size = sizeof(unmap),
		.ioas = ioas,
		.iova = iova,
		.length = len,
	};

	return ioctl(c->space, IOMMUFD_IOAS_UNMAP, &unmap) ? -errno : (long)unmap.length;
}

static int iommufd_map(struct card *c, const struct card_range *r)
{
	return map_in(c, c->ioas, r);
}

static long iommufd_unmap(struct card *c, uint32_t iova, size_t len)
{
	return unmap_in(c, c->ioas, iova, len);
}

/* Mapped where no device is nothing is pinned; it is when the device comes. */
static int map_then_attach(struct card *c, const struct card_range *r)
{
	int err = detach(c) ?: map_in(c, c->ioas, r);

	if (!err)
		err = attach(c);
	if (!err)
		return 0;
	unmap_in(c, c->ioas, r->iova, r->len);
	return attach(c) ? -EIO : err;
}

static long detach_then_unmap(struct card *c, uint32_t iova, size_t len)
{
	long err = detach(c), unmapped = unmap_in(c, c->ioas, iova, len);

	return err ?: attach(c) ?: unmapped;
}

/* A copy has what it is copied from. The device has nothing of that, and so it is not pinned. */
static int map_then_copy(struct card *c, const struct card_range *r)
{
	struct iommufd_ioas_copy copy = {
		.size = sizeof(copy),
		.flags = IOMMUFD_MAP_FIXED_IOVA | IOMMUFD_MAP_READABLE |
			 (r->write ? IOMMUFD_MAP_WRITEABLE : 0),
		.to_ioas = c->ioas,
		.from_ioas = c->beside,
		.length = r->len,
		.to_iova = r->iova,
		.from_iova = r->iova,
	};
	int err = map_in(c, c->beside, r);
	long unmapped;

	if (err)
		return err;
	err = ioctl(c->space, IOMMUFD_IOAS_COPY, &copy) ? -errno : 0;
	unmapped = unmap_in(c, c->beside, r->iova, r->len);
	return err ?: unmapped == (long)r->len ? 0 : -EIO;
}

static int change_process(struct card *c)
{
	struct iommufd_change_process change = { .size = sizeof(change) };

	return ioctl(c->space, IOMMUFD_CHANGE_PROCESS, &change) ? -errno : 0;
}

static const struct card_way by_map = {
	.name = "IOMMUFD",
	.in_vm_pin = true,
	.take_over = change_process,
	.to_take_over = F_IOMMUFD_FILE, /* that came with it */
	.open = iommufd_open,
	.map = iommufd_map,
	.unmap = iommufd_unmap,
};
static const struct card_way by_attach = {
	.name = "IOMMUFD, mapped before it is attached",
	.open = iommufd_open,
	.map = map_then_attach,
	.unmap = detach_then_unmap,
};
static const struct card_way by_copy = {
	.name = "IOMMUFD, copied",
	.open = iommufd_open,
	.map = map_then_copy,
	.unmap = iommufd_unmap,
};
static const struct card_way *const ways[] = { &by_map, &by_attach, &by_copy };
enum { BY_MAP, BY_ATTACH, BY_COPY };

static void open_by_iommufd(struct scene *s, struct pin *p)
{
	feature_needed(s, F_IOMMUFD);
	if (p->kind->by_file)
		feature_needed(s, F_IOMMUFD_FILE);
	card_open(s, p, ways[p->kind->mode]);
}

#define IOMMUFD_OPS                                                                             \
	.guest = "devices=on", .coherent = true, .inherited = true, .can_read = true,           \
	.open = open_by_iommufd, .take = card_take, .release = card_release, .read = card_read, \
	.write = card_write, .write_anyway = card_write_anyway

const struct pin_kind pin_iommufd = {
	.name = "iommufd",
	.what = "IOMMUFD, DMA by a card behind an IOMMU: long-term pin for writing",
	.for_write = true,
	.can_write = true,
	IOMMUFD_OPS,
};
const struct pin_kind pin_iommufd_ro = {
	.name = "iommufd_ro",
	.what = "the same of what the card may only read: long-term pin not for writing",
	IOMMUFD_OPS,
};
const struct pin_kind pin_iommufd_file = {
	.name = "iommufd_file",
	.what = "IOMMUFD, pages of a file: long-term pin by no page table",
	.for_write = true,
	.can_write = true,
	.by_file = true,
	IOMMUFD_OPS,
};
const struct pin_kind pin_iommufd_attach = {
	.name = "iommufd_attach",
	.what = "IOMMUFD, mapped where no device is: pinned when the device is attached",
	.for_write = true,
	.can_write = true,
	.mode = BY_ATTACH,
	.one_at_a_time = true,
	IOMMUFD_OPS,
};
const struct pin_kind pin_iommufd_copy = {
	.name = "iommufd_copy",
	.what = "IOMMUFD, mapped where no device is: pinned when that is copied to where one is",
	.for_write = true,
	.can_write = true,
	.mode = BY_COPY,
	IOMMUFD_OPS,
};
