// SPDX-License-Identifier: GPL-2.0-only
/* The executable of a test, on its way in. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/io.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "agent.h"
#include "fw_cfg.h"

#define EXE_SLOT  EXE_DIR "/slot"
#define EXE_READY (4UL << 20) /* of the slot's pages are there before the save */

/* The slot for the executable: a file's pages, in as few pieces as they lie in. */
static const char *slot;
static struct extent {
	uint64_t pa;
	uint32_t len;
} slot_ext[EXE_READY / PAGE];

/* Where the slot's pages lie. */
static void slot_find(void)
{
	static uint64_t pa[EXE_READY / PAGE];

	have_dma = have_dma && phys(slot, pa, EXE_READY / PAGE);
	for (size_t i = 0, n = 0; i < EXE_READY / PAGE; i++) {
		if (i && pa[i] == pa[i - 1] + PAGE) {
			slot_ext[n - 1].len += PAGE;
		} else {
			slot_ext[n].pa = pa[i];
			slot_ext[n++].len = PAGE;
		}
	}
}

void slot_make(void)
{
	unsigned long node0 = 1;
	char *p;
	int fd;

	do_mount("tmpfs", EXE_DIR, 0, "mode=755,huge=never");
	fd = open(EXE_SLOT, O_RDWR | O_CREAT | O_CLOEXEC, 0755);
	if (fd < 0 || ftruncate(fd, EXE_READY))
		give_up("%s: %s", EXE_SLOT, strerror(errno));
	p = mmap(NULL, EXE_READY, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (p == MAP_FAILED)
		give_up("%s: %s", EXE_SLOT, strerror(errno));
	syscall(SYS_mbind, p, EXE_READY, 2 /* MPOL_BIND */, &node0, 64, 0);
	memset(p, 0, EXE_READY);
	munmap(p, EXE_READY);
	close(fd);

	fd = open(EXE_SLOT, O_RDONLY | O_CLOEXEC);
	p = mmap(NULL, EXE_READY, PROT_READ, MAP_SHARED | MAP_POPULATE, fd, 0);
	if (fd < 0 || p == MAP_FAILED || mlock(p, EXE_READY))
		give_up("%s: %s", EXE_SLOT, strerror(errno));
	close(fd);
	slot = p;
	slot_find();
}

void slot_facts(struct text *t)
{
	add(t, "slot=");
	for (size_t i = 0; have_dma && i < EXE_READY / PAGE && slot_ext[i].len; i++)
		add(t, "%s%llx+%x", i ? "," : "", (unsigned long long)slot_ext[i].pa,
		    slot_ext[i].len);
	add(t, "\n");
}

char exe_path[PATH_MAX];
static bool exe_in_slot;

/* The next read of the item begins at @offset. */
static void item_seek(uint16_t select, size_t offset)
{
	static char buf[65536];

	outw(select, FW_CFG_SELECTOR);
	if (!offset || (have_dma && dma_run(DMA_SKIP, 0, offset)))
		return;
	outw(select, FW_CFG_SELECTOR);
	for (size_t n; offset; offset -= n) {
		n = offset < sizeof(buf) ? offset : sizeof(buf);
		pio_read(buf, n);
	}
}

/* The next @len bytes of the item into the slot. */
static bool slot_read(size_t len)
{
	for (size_t i = 0; len; i++) {
		size_t n = slot_ext[i].len < len ? slot_ext[i].len : len;

		if (!dma_run(DMA_READ, slot_ext[i].pa, n))
			return false;
		len -= n;
	}
	return true;
}

static void write_all(int fd, const char *p, size_t len)
{
	for (ssize_t n; len; p += n, len -= n) {
		n = write(fd, p, len);
		if (n <= 0)
			give_up("room for the executable: %s", strerror(errno));
	}
}

/*
 * The slot is the file of the executable before, which may go now. That one ran,
 * and what it made the kernel do (compaction, say) may have moved pages that the
 * device must find.
 */
static void slot_again(void)
{
	if (!exe_in_slot)
		unlink(exe_path);
	else if (rename(exe_path, EXE_SLOT))
		give_up("%s: %s", exe_path, strerror(errno));
	exe_in_slot = false;
	fw_cfg_find_pages();
	slot_find();
}

void exe_call(const char *name)
{
	char path[sizeof(exe_path)];

	snprintf(path, sizeof(path), EXE_DIR "/%s", name);
	if (rename(exe_path, path))
		give_up("%s: %s", path, strerror(errno));
	memcpy(exe_path, path, sizeof(exe_path));
}

void exe_fetch(uint16_t select, size_t offset, size_t size, const char *name, bool here)
{
	static char buf[65536];
	int fd;

	if (*exe_path)
		slot_again();
	/* The name shows in kernel messages; a memfd would be "memfd:t" there. */
	snprintf(exe_path, sizeof(exe_path), EXE_DIR "/%s", name);
	item_seek(select, offset);
	/* what follows the executable in the slot nobody minds */
	if (have_dma && size <= EXE_READY && (here || slot_read(size)) &&
	    !memcmp(slot, "\177ELF", 4)) {
		if (rename(EXE_SLOT, exe_path))
			give_up("%s: %s", exe_path, strerror(errno));
		exe_in_slot = true;
		return;
	}
	fd = open(exe_path, O_WRONLY | O_CREAT | O_CLOEXEC, 0755);
	if (fd < 0)
		give_up("%s: %s", exe_path, strerror(errno));
	item_seek(select, offset);
	while (size) {
		size_t n = size < EXE_READY ? size : EXE_READY;

		if (have_dma && slot_read(n)) {
			write_all(fd, slot, n);
		} else {
			n = size < sizeof(buf) ? size : sizeof(buf);
			pio_read(buf, n);
			write_all(fd, buf, n);
		}
		size -= n;
	}
	close(fd);
}
