// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the card sends it gathers from two pieces of memory, and what it receives it scatters to
 * two: so a frame's head goes to and comes from a place of ours, and its data is exactly the bytes
 * that are asked for. All of it happens while a register is written; there is no interrupt, no
 * timer and no waiting.
 *
 * One process at a time can have it open, but whoever inherits it can drive it, and map memory of
 * its own. So a process opens it once, and each pin has addresses of its own on the bus.
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

#include "card.h"
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

struct card_pin {
	struct card *card;
	uint32_t iova; /* of the first small page */
	uintptr_t start;
	size_t len;
};

/* Of this process, or inherited. */
static struct card *the_card;

struct card *card_now(void)
{
	return the_card;
}

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
		scene_error(s, "the card's registers: %s", strerror(errno));
}

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
		scene_error(s, "%s, which %s has, to vfio-pci: %s", address, node, strerror(-err));
}

/* The registers, and the right to do DMA. */
static void find_registers(struct scene *s, struct card *c)
{
	struct vfio_region_info bar = { .argsz = sizeof(bar), .index = VFIO_PCI_BAR1_REGION_INDEX };
	struct vfio_region_info config = { .argsz = sizeof(config),
					   .index = VFIO_PCI_CONFIG_REGION_INDEX };
	uint16_t command;

	if (ioctl(c->device, VFIO_DEVICE_GET_REGION_INFO, &bar) ||
	    ioctl(c->device, VFIO_DEVICE_GET_REGION_INFO, &config))
		scene_error(s, "VFIO_DEVICE_GET_REGION_INFO: %s", strerror(errno));
	c->registers = bar.offset;
	if (pread(c->device, &command, 2, config.offset + PCI_COMMAND) != 2)
		scene_error(s, "the card's configuration: %s", strerror(errno));
	command |= PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER;
	if (pwrite(c->device, &command, 2, config.offset + PCI_COMMAND) != 2)
		scene_error(s, "the card's configuration: %s", strerror(errno));
}

/* It is mapped, and known to be. */
static int map_range(struct scene *s, struct card *c, const struct card_range *r)
{
	struct card_range *free = c->range;
	int err;

	while (free < c->range + CARD_RANGES && free->len)
		free++;
	if (free == c->range + CARD_RANGES)
		scene_error(s, "the card has %d ranges of memory already", CARD_RANGES);
	err = c->way->map(c, r);
	if (!err)
		*free = *r;
	return err;
}

static long unmap_range(struct card *c, uint32_t iova, size_t len)
{
	for (struct card_range *r = c->range; r < c->range + CARD_RANGES; r++)
		if (r->len && r->iova == iova)
			r->len = 0;
	return c->way->unmap(c, iova, len);
}

static void have_card(struct scene *s, struct card *c)
{
	const size_t len = (sizeof(*c->scratch) + 4095) & ~4095UL;
	struct card_range r = { .fd = -1, .len = len, .iova = SCRATCH_IOVA, .write = true };
	char address[64];
	int fd, err;

	if (!vfio_card(address, sizeof(address)))
		scene_error(s, "the card is gone");
	bind_card(s, address);
	fd = memfd_create("cowpen-card", MFD_CLOEXEC);
	if (fd < 0 || ftruncate(fd, len))
		scene_error(s, "the card's scratch: %s", strerror(errno));
	r.addr = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, fd, 0);
	if (r.addr == MAP_FAILED)
		scene_error(s, "the card's scratch: %s", strerror(errno));
	if (c->by_file)
		r.fd = fd;
	c->own = len;
	c->scratch = r.addr;
	c->way->open(s, c, address);
	find_registers(s, c);
	err = map_range(s, c, &r);
	if (err)
		scene_error(s, "the card's scratch: %s", strerror(-err));
	close(fd);
	card_start(s, c);
}

void card_anew(struct scene *s, struct card *c, bool by_process)
{
	uint32_t pins = c->scratch->pins;

	if (c->npins)
		scene_error(s, "the card has memory that is pinned");
	if (munmap(c->scratch, c->own) || close(c->device) || close(c->space))
		scene_error(s, "the card, given back: %s", strerror(errno));
	memset(c->range, 0, sizeof(c->range));
	c->by_process = by_process;
	have_card(s, c);
	c->scratch->pins = pins;
}

/* --- pins of it ---------------------------------------------------------------------- */

void card_open(struct scene *s, struct pin *p, const struct card_way *way)
{
	struct card_pin *v = calloc(1, sizeof(*v));

	if (!v)
		scene_error(s, "the card: no memory");
	tell_not("pins by VFIO, whose card is a program of its own");
	if (!the_card) {
		the_card = calloc(1, sizeof(*the_card));
		if (!the_card)
			scene_error(s, "the card: no memory");
		the_card->way = way;
		the_card->by_file = p->kind->by_file;
		have_card(s, the_card);
	}
	if (the_card->way != way)
		scene_error(s, "the card is had by %s already", the_card->way->name);
	v->card = the_card;
	v->iova = DATA_IOVA +
		  __atomic_fetch_add(&v->card->scratch->pins, 1, __ATOMIC_RELAXED) * DATA_MAX;
	p->priv = v;
}

/* Small pages, all of each: who pins less has the rest pinned, too. */
int card_take(struct scene *s, struct pin *p, void *addr, size_t len)
{
	struct card_pin *v = p->priv;
	uintptr_t start = (uintptr_t)addr & ~4095UL;
	struct card_range r = {
		.addr = (void *)start,
		.fd = -1,
		.iova = v->iova,
		.write = p->kind->for_write,
	};
	int err;

	if (p->kind->by_file)
		r.fd = pin_file(s, p, r.addr, &r.start);
	r.len = v->len = (((uintptr_t)addr + len + 4095) & ~4095UL) - start;
	if (v->len > DATA_MAX || v->iova + DATA_MAX < v->iova)
		scene_error(s, "the card's bus has no room for that");
	if (p->kind->one_at_a_time && v->card->npins)
		scene_error(s, "%s has one pin at a time", p->kind->name);
	v->start = start;
	err = map_range(s, v->card, &r);
	v->card->npins += !err;
	return err;
}

void card_release(struct scene *s, struct pin *p)
{
	struct card_pin *v = p->priv;
	long len = unmap_range(v->card, v->iova, v->len);

	v->card->npins--;
	/* What was not there to be unmapped is no error of the call. */
	given_back(s, len < 0 ? len : len == (long)v->len ? 0 : -ENOENT);
}

int card_read(struct scene *s, struct pin *p, char *addr, void *to, size_t len)
{
	struct card_pin *v = p->priv;
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

int card_write(struct scene *s, struct pin *p, unsigned int page, enum cell cell,
	       const uint64_t *value)
{
	struct card_pin *v = p->priv;
	char *to = pin_addr(s, p, page) + cell_offset(cell, s->page_len);
	size_t len = cell_fill(cell, *value, (uint64_t *)v->card->scratch->data);

	return card_move(v->card, SCRATCH(data), v->iova + ((uintptr_t)to - v->start), len);
}

/* The IOMMU refuses it, and the card is not told. */
int card_write_anyway(struct scene *s, struct pin *p, unsigned int page, enum cell cell,
		      const uint64_t *value)
{
	char *at = pin_addr(s, p, page) + cell_offset(cell, s->page_len);
	int err = card_write(s, p, page, cell, value);
	uint64_t now;

	if (!err)
		err = card_read(s, p, at, &now, sizeof(now));
	return err ?: now == *value ? 0 : -EACCES;
}
