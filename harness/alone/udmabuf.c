// SPDX-License-Identifier: GPL-2.0-only

/* A dma-buf of the file's pages, mapped: it reaches them by their frames. */
static int udmabuf_fd, dma_fd;
static char *dma_base;

static void open_udmabuf(void)
{
	udmabuf_fd = open("/dev/udmabuf", O_RDWR);
	if (udmabuf_fd < 0)
		skip("udmabuf");
}

static int pin_udmabuf(int first, int n)
{
	struct udmabuf_create c = { memfd, 0, at(first) - area, bytes(n) };

	need(!fcntl(memfd, F_ADD_SEALS, F_SEAL_SHRINK));
	dma_fd = ioctl(udmabuf_fd, UDMABUF_CREATE, &c);
	dma_base = mmap(NULL, bytes(n), PROT_READ | PROT_WRITE, MAP_SHARED, dma_fd, 0);
	dma_base -= at(first) - area;
	return dma_fd < 0 ? -1 : 0;
}

#define dma_word(p) (*(uint64_t *)(dma_base + (at(p) - area)))

static uint64_t udmabuf(int p, int writes, uint64_t value)
{
	struct dma_buf_sync sync = { DMA_BUF_SYNC_START | DMA_BUF_SYNC_RW };

	ioctl(dma_fd, DMA_BUF_IOCTL_SYNC, &sync);
	if (writes)
		dma_word(p) = value;
	value = dma_word(p);
	sync.flags = DMA_BUF_SYNC_END | DMA_BUF_SYNC_RW;
	ioctl(dma_fd, DMA_BUF_IOCTL_SYNC, &sync);
	return value;
}

#define read_udmabuf(p) udmabuf(p, 0, 0)

#define write_udmabuf(p, value) udmabuf(p, 1, value)

static int unpin_udmabuf(void)
{
	return munmap(dma_base, bytes(PAGES)) | close(dma_fd);
}
