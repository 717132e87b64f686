// SPDX-License-Identifier: GPL-2.0-only
/*
 * O_DIRECT by a vector of bytes that are no pages, and of which a part cannot be had.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

#include "feature.h"
#include "internal.h"
#include "memory.h"
#include "tell.h"

#define SECTOR 512

/*
 * The swap device, for reading: its blocks are of 4 KiB, but memory need only be aligned to a
 * sector. So bytes that are no block may be pinned before it is known that there are no more.
 */
static int block_device(struct scene *s)
{
	char path[128];
	int fd, block;

	feature_needed(s, F_SWAP);
	if (!swap_device(path, sizeof(path)))
		scene_error(s, "no swap area is on");
	fd = open(path, O_RDONLY | O_DIRECT | O_CLOEXEC);
	if (fd < 0)
		scene_error(s, "%s: %s", path, strerror(errno));
	if (ioctl(fd, BLKSSZGET, &block) || block != PAGE_4K)
		scene_error(s, "%s has no blocks of 4 KiB", path);
	return fd;
}

void odirect_refused(struct scene *s, unsigned int page)
{
	struct iovec v[2];
	ssize_t got;
	int fd;

	step_begin(s, "C8", "odirect_refused from page %u on", page);
	tell_not("reads from a device with blocks of 4 KiB");
	v[0].iov_base = page_addr(s, page) + PAGE_4K - SECTOR;
	v[0].iov_len = 2 * SECTOR;
	if ((char *)v[0].iov_base + v[0].iov_len > s->area + s->area_len)
		scene_error(s, "nothing is behind page %u", page);
	fd = block_device(s);
	/* What makes it a block again cannot be had. */
	v[1].iov_len = PAGE_4K - v[0].iov_len;
	v[1].iov_base = map_or_error(s, NULL, PAGE_4K, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	got = preadv(fd, v, 2, 0);
	if (got >= 0)
		scene_error(s, "%zd bytes were read where nobody may write", got);
	/* Older kernels want each part to be whole blocks: EINVAL. */
	observe(s, "odirect_refused", "%s", strerrorname_np(errno));
	munmap(v[1].iov_base, PAGE_4K);
	close(fd);
	step_end(s);
}
