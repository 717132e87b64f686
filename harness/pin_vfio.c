// SPDX-License-Identifier: GPL-2.0-only
/*
 * VFIO type 1: what a virtual machine with a passed-through device has pinned. VFIO_IOMMU_MAP_DMA
 * takes FOLL_PIN | FOLL_LONGTERM of each page, for writing if the device may write, and makes the
 * IOMMU map it; pin_user_pages_remote() is called with the lock held, so it never waits for a
 * monitor. The account is VmLck.
 *
 * The device is a card that does DMA behind that IOMMU: a DEC 21143, as QEMU has it ("tulip"),
 * looped back onto itself. What it sends it gathers from two pieces of memory, and what it
 * receives it scatters to two: so a frame's head goes to and comes from a place of ours, and its
 * data is exactly the bytes that are asked for. All of it happens while a register is written;
 * there is no interrupt, no timer and no waiting.
 *
 * One process at a time can have the card's group open, but whoever inherits it can drive it, and
 * map memory of its own. So a process opens it once, and each pin has addresses of its own on the
 * bus.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/pci_regs.h>
#include <linux/vfio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "feature.h"
#include "internal.h"
#include "tell.h"
#include "vfio.h"

/* Addresses on the bus; the card has 32 bits of them. */
#define SCRATCH_IOVA 0x10000000U
#define DATA_IOVA    0x20000000U
#define DATA_MAX     0x08000000U /* of a pin */

#define CSR(n)	     (8 * (n))
#define CSR0_RESET   (1U << 0)
#define CSR6_RECEIVE (1U << 1)
#define CSR6_ALL     (1U << 6)	/* whoever it is for */
#define CSR6_LOOP    (1U << 10) /* internal loopback */
#define CSR6_SEND    (1U << 13)

#define OWN  (1U << 31) /* of status: the card's turn */
#define LAST (1U << 30) /* of control, of what is sent */
#define HEAD (1U << 29)

#define HEAD_LEN  14U	/* of a frame, the least that is one */
#define PIECE_MAX 1024U /* a size has 11 bits, and a frame 2 KiB */
#define TAIL_MAX  64U	/* where a checksum would be: behind the data, and not in it */

/* All little-endian, as we are. */
struct descriptor {
	uint32_t status, control, first, second;
};

/* Shared, so that it is the same for who inherits the card; and pinned itself. */
struct scratch {
	struct descriptor send[2], receive[3];
	uint8_t head[16], head_seen[16], tail[TAIL_MAX];
	uint32_t pins; /* that were given addresses */
	uint8_t data[PIECE_MAX] __attribute__((aligned(PIECE_MAX)));
	uint8_t poison[PIECE_MAX];
};
#define SCRATCH(member) (SCRATCH_IOVA + (uint32_t)offsetof(struct scratch, member))

struct card {
	int container, group, device;
	off_t registers; /* of what VFIO gives of it */
	struct scratch *scratch;
};

struct vfio {
	struct card *card;
	uint32_t iova; /* of the first small page */
	uintptr_t start;
	size_t len;
};

/* Of this process, or inherited. */
static struct card *the_card;

/* --- the card ------------------------------------------------------------------------ */

static bool csr_write(const struct card *c, int n, uint32_t v)
{
	return pwrite(c->device, &v, sizeof(v), c->registers + CSR(n)) == sizeof(v);
}

/* Move @len bytes, at most PIECE_MAX, on the bus. */
static int card_move(struct card *c, uint32_t from, uint32_t to, uint32_t len)
{
	volatile struct scratch *s = c->scratch;

	s->send[0] =
		(struct descriptor){ OWN, HEAD | LAST | len << 11 | HEAD_LEN, SCRATCH(head), from };
	s->send[1] = (struct descriptor){ 0 };
	s->receive[0] = (struct descriptor){ OWN, len << 11 | HEAD_LEN, SCRATCH(head_seen), to };
	s->receive[1] = (struct descriptor){ OWN, TAIL_MAX, SCRATCH(tail), 0 };
	s->receive[2] = (struct descriptor){ 0 };
	if (!csr_write(c, 3, SCRATCH(receive)) || !csr_write(c, 4, SCRATCH(send)))
		return -EIO;
	return (s->send[0].status | s->receive[0].status | s->receive[1].status) & OWN ? -EIO : 0;
}

static void card_start(struct scene *s, struct card *c)
{
	memset(c->scratch->head, 0xff, HEAD_LEN);
	memset(c->scratch->poison, 0xdb, sizeof(c->scratch->poison));
	/* Where it looks before it is told to begin: nothing is there for it to do. */
	if (!csr_write(c, 0, CSR0_RESET) || !csr_write(c, 3, SCRATCH(receive)) ||
	    !csr_write(c, 4, SCRATCH(send)) ||
	    !csr_write(c, 6, CSR6_RECEIVE | CSR6_SEND | CSR6_ALL | CSR6_LOOP))
		scene_error(s, "vfio: the card's registers: %s", strerror(errno));
}

/* --- VFIO ---------------------------------------------------------------------------- */

/* Give the card to vfio-pci; no other driver has it, or it must be taken from it by hand. */
static void bind_card(struct scene *s, const char *address)
{
	char path[128], driver[PATH_MAX] = "", node[64];
	int err;

	snprintf(path, sizeof(path), PCI_DEVICES "/%s/driver", address);
	if (readlink(path, driver, sizeof(driver) - 1) > 0 && strstr(driver, "/vfio-pci"))
		return;
	snprintf(path, sizeof(path), PCI_DEVICES "/%s/driver_override", address);
	err = file_put(path, "vfio-pci");
	if (!err)
		err = file_put("/sys/bus/pci/drivers_probe", address);
	snprintf(node, sizeof(node), "%s", *driver ? strrchr(driver, '/') + 1 : "nobody");
	if (err)
		scene_error(s, "vfio: %s, which %s has, to vfio-pci: %s", address, node,
			    strerror(-err));
}

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

static int map_dma(struct card *c, void *addr, uint32_t iova, size_t len, bool write)
{
	struct vfio_iommu_type1_dma_map map = {
		.argsz = sizeof(map),
		.flags = VFIO_DMA_MAP_FLAG_READ | (write ? VFIO_DMA_MAP_FLAG_WRITE : 0),
		.vaddr = (uintptr_t)addr,
		.iova = iova,
		.size = len,
	};

	return ioctl(c->container, VFIO_IOMMU_MAP_DMA, &map) ? -errno : 0;
}

/* The registers, and the right to do DMA. */
static void open_device(struct scene *s, struct card *c, const char *address)
{
	struct vfio_region_info bar = { .argsz = sizeof(bar), .index = VFIO_PCI_BAR1_REGION_INDEX };
	struct vfio_region_info config = { .argsz = sizeof(config),
					   .index = VFIO_PCI_CONFIG_REGION_INDEX };
	uint16_t command;

	c->device = ioctl(c->group, VFIO_GROUP_GET_DEVICE_FD, address);
	if (c->device < 0)
		scene_error(s, "VFIO_GROUP_GET_DEVICE_FD: %s", strerror(errno));
	if (ioctl(c->device, VFIO_DEVICE_GET_REGION_INFO, &bar) ||
	    ioctl(c->device, VFIO_DEVICE_GET_REGION_INFO, &config))
		scene_error(s, "VFIO_DEVICE_GET_REGION_INFO: %s", strerror(errno));
	c->registers = bar.offset;
	if (pread(c->device, &command, 2, config.offset + PCI_COMMAND) != 2)
		scene_error(s, "vfio: the card's configuration: %s", strerror(errno));
	command |= PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER;
	if (pwrite(c->device, &command, 2, config.offset + PCI_COMMAND) != 2)
		scene_error(s, "vfio: the card's configuration: %s", strerror(errno));
}

static struct card *card_open(struct scene *s)
{
	struct card *c = calloc(1, sizeof(*c));
	size_t len = (sizeof(*c->scratch) + 4095) & ~4095UL;
	char address[64];
	int err;

	if (!c || !vfio_card(address, sizeof(address)))
		scene_error(s, c ? "vfio: the card is gone" : "vfio: no memory");
	bind_card(s, address);
	c->scratch = mmap(NULL, len, PROT_READ | PROT_WRITE,
			  MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	c->container = open("/dev/vfio/vfio", O_RDWR | O_CLOEXEC);
	if (c->scratch == MAP_FAILED || c->container < 0)
		scene_error(s, "/dev/vfio/vfio: %s", strerror(errno));
	c->group = open_group(s, address);
	if (ioctl(c->group, VFIO_GROUP_SET_CONTAINER, &c->container) ||
	    ioctl(c->container, VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU))
		scene_error(s, "VFIO_SET_IOMMU: %s", strerror(errno));
	open_device(s, c, address);
	err = map_dma(c, c->scratch, SCRATCH_IOVA, len, true);
	if (err)
		scene_error(s, "vfio: scratch: %s", strerror(-err));
	card_start(s, c);
	return c;
}

/* --- the pin ------------------------------------------------------------------------- */

static void vfio_open(struct scene *s, struct pin *p)
{
	struct vfio *v = calloc(1, sizeof(*v));

	if (!v)
		scene_error(s, "vfio: no memory");
	feature_needed(s, F_VFIO);
	tell_not("pins by VFIO, whose card is a program of its own");
	if (!the_card)
		the_card = card_open(s);
	v->card = the_card;
	v->iova = DATA_IOVA +
		  __atomic_fetch_add(&v->card->scratch->pins, 1, __ATOMIC_RELAXED) * DATA_MAX;
	p->priv = v;
}

/* Small pages, all of each: who pins less has the rest pinned, too. */
static int vfio_take(struct scene *s, struct pin *p, void *addr, size_t len)
{
	struct vfio *v = p->priv;
	uintptr_t start = (uintptr_t)addr & ~4095UL;

	v->len = (((uintptr_t)addr + len + 4095) & ~4095UL) - start;
	if (v->len > DATA_MAX || v->iova + DATA_MAX < v->iova)
		scene_error(s, "vfio: the card's bus has no room for that");
	v->start = start;
	return map_dma(v->card, (void *)start, v->iova, v->len, p->kind->for_write);
}

static void vfio_release(struct scene *s, struct pin *p)
{
	struct vfio *v = p->priv;
	struct vfio_iommu_type1_dma_unmap unmap = { .argsz = sizeof(unmap),
						    .iova = v->iova,
						    .size = v->len };
	int err = ioctl(v->card->container, VFIO_IOMMU_UNMAP_DMA, &unmap) ? -errno : 0;

	/* What was not there to be unmapped is no error of the call. */
	given_back(s, err ?: unmap.size == v->len ? 0 : -ENOENT);
}

static int vfio_read(struct scene *s, struct pin *p, char *addr, void *to, size_t len)
{
	struct vfio *v = p->priv;
	struct scratch *scratch = v->card->scratch;
	int err = 0;

	for (size_t at = 0, n; at < len && !err; at += n) {
		n = len - at < PIECE_MAX ? len - at : PIECE_MAX;
		/* Were it refused, the card would send what it had sent before. */
		err = card_move(v->card, SCRATCH(poison), SCRATCH(data), n) ?:
			      card_move(v->card, v->iova + ((uintptr_t)addr - v->start) + at,
					SCRATCH(data), n);
		memcpy((char *)to + at, scratch->data, n);
	}
	return err;
}

static int vfio_write(struct scene *s, struct pin *p, unsigned int page, enum cell cell,
		      const uint64_t *value)
{
	struct vfio *v = p->priv;
	char *to = pin_addr(s, p, page) + cell_offset(cell, s->page_len);
	size_t len = cell_fill(cell, *value, (uint64_t *)v->card->scratch->data);

	return card_move(v->card, SCRATCH(data), v->iova + ((uintptr_t)to - v->start), len);
}

/* The IOMMU refuses it, and the card is not told. */
static int vfio_write_anyway(struct scene *s, struct pin *p, unsigned int page, enum cell cell,
			     const uint64_t *value)
{
	char *at = pin_addr(s, p, page) + cell_offset(cell, s->page_len);
	int err = vfio_write(s, p, page, cell, value);
	uint64_t now;

	if (!err)
		err = vfio_read(s, p, at, &now, sizeof(now));
	return err ?: now == *value ? 0 : -EACCES;
}

#define VFIO_OPS                                                                          \
	.guest = "devices=on", .coherent = true, .inherited = true, .can_read = true,     \
	.open = vfio_open, .take = vfio_take, .release = vfio_release, .read = vfio_read, \
	.write = vfio_write, .write_anyway = vfio_write_anyway

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
