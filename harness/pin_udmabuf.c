// SPDX-License-Identifier: GPL-2.0-only
/*
 * udmabuf: a dma-buf of the pages of a memfd, pinned by memfd_pin_folios()
 * (89c1905d9c14, v6.11). It goes by the file: no page table has a part in it, and
 * a page that nobody has ever touched is pinned as it is. The device is the mapping
 * of the dma-buf, which reaches the pages by their frame numbers.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/dma-buf.h>
#include <linux/udmabuf.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "feature.h"
#include "internal.h"

struct udmabuf {
	int device, buf;
	char *at; /* the dma-buf, mapped */
	size_t len;
};

static void udmabuf_open(struct scene *s, struct pin *p)
{
	struct udmabuf *u = calloc(1, sizeof(*u));

	if (!u)
		scene_error(s, "udmabuf: no memory");
	u->device = open("/dev/udmabuf", O_RDWR | O_CLOEXEC);
	if (u->device < 0)
		feature_needed(s, F_UDMABUF);
	if (u->device < 0)
		scene_error(s, "/dev/udmabuf: %s", strerror(errno));
	p->priv = u;
}

static int udmabuf_take(struct scene *s, struct pin *p, void *addr, size_t len)
{
	struct udmabuf *u = p->priv;
	struct udmabuf_create c = { .flags = UDMABUF_FLAGS_CLOEXEC, .size = len };
	off_t at;
	int fd = pin_file(s, p, addr, &at);

	c.memfd = fd;
	c.offset = at;
	/* It must not become shorter. */
	if (fd < 0 ||
	    (!(fcntl(fd, F_GET_SEALS) & F_SEAL_SHRINK) && fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK)))
		scene_error(s, "udmabuf takes pages of a memfd that can be sealed: %s",
			    fd < 0 ? "there is none" : strerror(errno));
	u->buf = ioctl(u->device, UDMABUF_CREATE, &c);
	if (u->buf < 0)
		return -errno;
	u->len = len;
	u->at = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED, u->buf, 0);
	if (u->at == MAP_FAILED)
		scene_error(s, "udmabuf: mmap: %s", strerror(errno));
	return 0;
}

/* A child that has inherited it keeps the pin. */
static void udmabuf_release(struct scene *s, struct pin *p)
{
	struct udmabuf *u = p->priv;

	given_back(s, munmap(u->at, u->len) || close(u->buf) ? -errno : 0);
}

static int sync_access(struct udmabuf *u, uint64_t flags)
{
	struct dma_buf_sync sync = { .flags = flags };

	return ioctl(u->buf, DMA_BUF_IOCTL_SYNC, &sync) ? -errno : 0;
}

static char *place(struct pin *p, const char *addr)
{
	struct udmabuf *u = p->priv;

	return u->at + (addr - p->addr);
}

static int udmabuf_read(struct scene *s, struct pin *p, char *addr, void *to, size_t len)
{
	int err = sync_access(p->priv, DMA_BUF_SYNC_START | DMA_BUF_SYNC_READ);

	if (err)
		return err;
	memcpy(to, place(p, addr), len);
	return sync_access(p->priv, DMA_BUF_SYNC_END | DMA_BUF_SYNC_READ);
}

static int udmabuf_write(struct scene *s, struct pin *p, unsigned int page, enum cell cell,
			 const uint64_t *v)
{
	int err = sync_access(p->priv, DMA_BUF_SYNC_START | DMA_BUF_SYNC_WRITE);
	uint64_t data[CELL_MAX / 8];
	size_t len = cell_fill(cell, *v, data);

	if (err)
		return err;
	memcpy(place(p, pin_addr(s, p, page)) + cell_offset(cell, s->page_len), data, len);
	return sync_access(p->priv, DMA_BUF_SYNC_END | DMA_BUF_SYNC_WRITE);
}

const struct pin_kind pin_udmabuf = {
	.name = "udmabuf",
	.what = "udmabuf: pins the pages of a memfd, by the file",
	.coherent = true,
	.for_write = true,
	.by_file = true,
	.by_folio = true,
	.inherited = true,
	.by_fd = true,
	.can_read = true,
	.can_write = true,
	.open = udmabuf_open,
	.take = udmabuf_take,
	.release = udmabuf_release,
	.read = udmabuf_read,
	.write = udmabuf_write,
};
