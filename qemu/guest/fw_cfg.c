// SPDX-License-Identifier: GPL-2.0-only
/* QEMU's fw_cfg device, from user space. See agent.c for why. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/io.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "agent.h"
#include "fw_cfg.h"

struct fw_cfg_dma {
	uint32_t control, length;
	uint64_t address;
};

struct fw_cfg_file {
	uint32_t size;
	uint16_t select, reserved;
	char name[56];
};

bool have_dma;

/*
 * Pages for the device to write to, with their physical addresses as they were
 * before the guest was saved: to ask pagemap after a restore would be a
 * millisecond of cold code. They are locked, and bound to a node so that NUMA
 * balancing leaves them alone; nothing compacts memory before the test runs.
 */
static struct fw_cfg_dma *dma;
static union {
	uint32_t count;
	struct {
		uint32_t count_be;
		struct fw_cfg_file f[63];
	} __attribute__((packed));
	char page[PAGE];
} * dir;
static char *text; /* of the command: one page, and more without DMA */
static uint64_t dma_pa, dir_pa, text_pa;

bool phys(const void *p, uint64_t *pa, size_t n)
{
	int fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	bool ok = fd >= 0 && pread(fd, pa, n * 8, (uintptr_t)p / PAGE * 8) == (ssize_t)n * 8;

	for (size_t i = 0; ok && i < n; i++) {
		ok = (pa[i] >> 63) && (pa[i] & ((1ULL << 55) - 1));
		pa[i] = (pa[i] & ((1ULL << 55) - 1)) * PAGE;
	}
	if (fd >= 0)
		close(fd);
	return ok;
}

static void *pages(size_t len)
{
	unsigned long node0 = 1;
	char *p = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		give_up("no memory");
	madvise(p, len, MADV_NOHUGEPAGE);
	syscall(SYS_mbind, p, len, 2 /* MPOL_BIND */, &node0, 64, 0);
	memset(p, 0, len);
	mlock(p, len);
	return p;
}

bool dma_run(uint32_t control, uint64_t to, uint32_t len)
{
	dma->control = __builtin_bswap32(control);
	dma->length = __builtin_bswap32(len);
	dma->address = __builtin_bswap64(to);
	asm volatile("" : : : "memory");
	outl(__builtin_bswap32(dma_pa >> 32), FW_CFG_DMA_HI);
	outl(__builtin_bswap32((uint32_t)dma_pa), FW_CFG_DMA_LO);
	asm volatile("" : : : "memory");
	return dma->control == 0;
}

void pio_read(void *to, size_t len)
{
	asm volatile("rep insb" : "+D"(to), "+c"(len) : "d"(FW_CFG_DATA) : "memory");
}

static uint32_t item(uint16_t select)
{
	return (uint32_t)select << 16 | DMA_SELECT | DMA_READ;
}

void fw_cfg_find_pages(void)
{
	uint64_t pa[3] = { 0 };

	have_dma = have_dma && phys(dma, pa, 3);
	dma_pa = pa[0];
	dir_pa = pa[1];
	text_pa = pa[2];
}

void fw_cfg_init(void)
{
	char sig[4], *p = pages(3 * PAGE);
	uint32_t id;

	outw(0, FW_CFG_SELECTOR);
	pio_read(sig, 4);
	if (memcmp(sig, "QEMU", 4))
		give_up("no fw_cfg device");
	outw(FW_CFG_ID, FW_CFG_SELECTOR);
	pio_read(&id, 4);
	have_dma = id & 2;
	dma = (void *)p;
	dir = (void *)(p + PAGE);
	text = p + 2 * PAGE;
	fw_cfg_find_pages();
}

void fw_cfg_scan(void)
{
	if (have_dma && dma_run(item(FW_CFG_FILE_DIR), dir_pa, PAGE))
		return;
	outw(FW_CFG_FILE_DIR, FW_CFG_SELECTOR);
	pio_read(dir, PAGE);
}

uint16_t fw_cfg_find(const char *name, size_t *size)
{
	uint32_t n = __builtin_bswap32(dir->count);

	*size = 0;
	for (uint32_t i = 0; i < n && i < 63; i++) {
		if (strncmp(dir->f[i].name, name, sizeof(dir->f[i].name)))
			continue;
		*size = __builtin_bswap32(dir->f[i].size);
		return __builtin_bswap16(dir->f[i].select);
	}
	return 0;
}

char *fw_cfg_text(uint16_t select, size_t size)
{
	if (size < PAGE && have_dma && dma_run(item(select), text_pa, size)) {
		text[size] = '\0';
		return text;
	}
	text = calloc(1, size + 1);
	if (!text)
		give_up("no memory");
	outw(select, FW_CFG_SELECTOR);
	pio_read(text, size);
	return text;
}
