// SPDX-License-Identifier: GPL-2.0-only
/* Swap, and how the kernel is made to let go of it. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/swap.h>
#include <unistd.h>

#include "agent.h"

#define SWAP_SIZE	 (256UL << 20)
#define SWAP_BESIDE_SIZE (16 * PAGE)

/* Make RAM disk @name, compressed, of @size bytes, an area for swap. 0 or why not. */
static const char *swap_make(const char *name, size_t size)
{
	static uint32_t head[PAGE / 4];
	static char why[96];
	char path[64], text[32];
	int fd, err;

	snprintf(path, sizeof(path), "/sys/block/%s/disksize", name);
	snprintf(text, sizeof(text), "%zu", size);
	err = spit(path, text);
	if (err) {
		snprintf(why, sizeof(why), "disksize: %s", strerror(-err));
		return why;
	}
	/* include/linux/swap.h, union swap_header: 1024 bytes, version, last_page, ... */
	head[256] = 1;
	head[257] = size / PAGE - 1;
	memcpy((char *)head + PAGE - 10, "SWAPSPACE2", 10);
	snprintf(path, sizeof(path), "/dev/%s", name);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	err = fd < 0 || write(fd, head, PAGE) != (ssize_t)PAGE || fsync(fd) ? errno : 0;
	if (fd >= 0)
		close(fd);
	if (!err && swapon(path, 0))
		err = errno;
	if (!err)
		return NULL;
	snprintf(why, sizeof(why), "%s: %s", path, strerror(err));
	return why;
}

char swap_beside[32];

bool swap_slots_drain(void)
{
	return *swap_beside && !swapon(swap_beside, 0) && !swapoff(swap_beside);
}

static void swap_beside_make(void)
{
	char id[8], name[16];

	if (strlen(slurp("/sys/class/zram-control/hot_add", id, sizeof(id))) < 1)
		return;
	snprintf(name, sizeof(name), "zram%s", id);
	if (swap_make(name, SWAP_BESIDE_SIZE))
		return;
	snprintf(swap_beside, sizeof(swap_beside), "/dev/%s", name);
	if (swapoff(swap_beside) || !swap_slots_drain())
		*swap_beside = '\0';
}

const char *swap_on(void)
{
	const char *why;

	if (strstr(cmdline, "cowpen.swap=off"))
		return "off";
	if (access("/sys/block/zram0", F_OK))
		return "no zram";
	why = swap_make("zram0", SWAP_SIZE);
	if (why)
		return why;
	swap_beside_make();
	return "zram";
}
