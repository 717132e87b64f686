// SPDX-License-Identifier: GPL-2.0-only
/* Swap, and how the kernel is made to let go of it. */
#include <errno.h>
#include <fcntl.h>
#include <linux/dm-ioctl.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/swap.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "agent.h"

#define SWAP_SIZE	 (256UL << 20)
#define SWAP_BESIDE_SIZE (16 * PAGE)
#define SWAP_QUEUED_NAME "cowpen-swap"

/* Have RAM disk @name, compressed, of @size bytes. 0 or a negative errno. */
static int disk_make(const char *name, size_t size)
{
	char path[64], text[32];

	snprintf(path, sizeof(path), "/sys/block/%s/disksize", name);
	snprintf(text, sizeof(text), "%zu", size);
	return spit(path, text);
}

/* Make block device @path, of @size bytes, an area for swap. 0 or a negative errno. */
static int area_make(const char *path, size_t size)
{
	static uint32_t head[PAGE / 4];
	int fd, err;

	/* include/linux/swap.h, union swap_header: 1024 bytes, version, last_page, ... */
	head[256] = 1;
	head[257] = size / PAGE - 1;
	memcpy((char *)head + PAGE - 10, "SWAPSPACE2", 10);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	err = fd < 0 || write(fd, head, PAGE) != (ssize_t)PAGE || fsync(fd) ? errno : 0;
	if (fd >= 0)
		close(fd);
	return -err ?: swapon(path, 0) ? -errno : 0;
}

/*
 * A device that passes on to @below what it is given: to whoever reads and writes it it is one
 * with a queue, whatever is below. Its minor number or a negative errno.
 */
static int queued_make(dev_t below, size_t size)
{
	struct {
		struct dm_ioctl io;
		struct dm_target_spec target;
		char params[64];
	} r;
	const unsigned long calls[] = { DM_DEV_CREATE, DM_TABLE_LOAD, DM_DEV_SUSPEND };
	int fd = open("/dev/" DM_DIR "/" DM_CONTROL_NODE, O_RDWR | O_CLOEXEC), ret = 0;

	if (fd < 0)
		return -errno;
	for (size_t i = 0; i < 3 && !ret; i++) {
		memset(&r, 0, sizeof(r));
		r.io.version[0] = DM_VERSION_MAJOR;
		r.io.data_size = sizeof(r);
		r.io.data_start = offsetof(typeof(r), target);
		r.io.target_count = 1;
		strcpy(r.io.name, SWAP_QUEUED_NAME);
		r.target.length = size / 512;
		strcpy(r.target.target_type, "linear");
		snprintf(r.params, sizeof(r.params), "%u:%u 0", major(below), minor(below));
		if (ioctl(fd, calls[i], &r)) /* the third without DM_SUSPEND_FLAG resumes */
			ret = -errno;
	}
	close(fd);
	return ret ?: (int)minor(r.io.dev);
}

char swap_area[32];

static const char *swap_queued(void)
{
	static char why[96];
	struct stat st;
	int ret;

	ret = stat("/dev/zram0", &st) ? -errno : queued_make(st.st_rdev, SWAP_SIZE);
	if (ret >= 0) {
		snprintf(swap_area, sizeof(swap_area), "/dev/dm-%d", ret);
		ret = area_make(swap_area, SWAP_SIZE);
	}
	if (!ret)
		return "queued";
	snprintf(why, sizeof(why), "device-mapper: %s", strerror(-ret));
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
	snprintf(swap_beside, sizeof(swap_beside), "/dev/%s", name);
	if (disk_make(name, SWAP_BESIDE_SIZE) || area_make(swap_beside, SWAP_BESIDE_SIZE) ||
	    swapoff(swap_beside) || !swap_slots_drain())
		*swap_beside = '\0';
}

const char *swap_on(void)
{
	static char why[96];
	const char *is = "zram";
	int ret;

	if (strstr(cmdline, "cowpen.swap=off"))
		return "off";
	if (access("/sys/block/zram0", F_OK))
		return "no zram";
	ret = disk_make("zram0", SWAP_SIZE);
	if (!ret && strstr(cmdline, "cowpen.swap=queued")) {
		is = swap_queued();
	} else if (!ret) {
		strcpy(swap_area, "/dev/zram0");
		ret = area_make(swap_area, SWAP_SIZE);
	}
	if (ret) {
		snprintf(why, sizeof(why), "zram: %s", strerror(-ret));
		return why;
	}
	swap_beside_make();
	return is;
}
