// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "feature.h"
#include "internal.h"

bool swap_device(char *device, size_t size)
{
	char text[512], name[64] = "";
	int fd = open("/proc/swaps", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	char *line;

	if (fd >= 0)
		close(fd);
	text[n > 0 ? n : 0] = 0;
	line = strchr(text, '\n');
	if (!line || sscanf(line + 1, "%63s", name) != 1)
		return false;
	snprintf(device, size, "%s", name);
	return true;
}

static bool swapped(const char *addr)
{
	return pagemap(0, addr) & PM_SWAP;
}

/* What is in a file leaves no entry behind, unless it was write-protected. */
static bool gone(const struct scene *s, unsigned int page)
{
	const char *addr = page_addr(s, page);

	/* Private memory without a file that leaves none behind is lost, as who looks will see. */
	return s->memory->shared || s->memfd < 0 ? !(pagemap(0, addr) & PM_PRESENT) : swapped(addr);
}

static bool all_gone(const struct scene *s)
{
	for_each_page(s, i)
		if (!gone(s, i))
			return false;
	return true;
}

/* The area, and a page @beside. */
static void page_out(struct scene *s, char *beside)
{
	/* It leaves alone what is mapped twice. */
	if (s->alias_follows && madvise(s->alias, s->area_len, MADV_DONTNEED))
		scene_error(s, "MADV_DONTNEED: %s", strerror(errno));
	if (madvise(s->area, s->area_len, MADV_PAGEOUT) || madvise(beside, 4096, MADV_PAGEOUT))
		scene_error(s, "MADV_PAGEOUT: %s", strerror(errno));
}

void reclaim(struct scene *s, bool must_go)
{
	bool all = false;
	char *p;

	feature_needed(s, F_SWAP);
	/* Reclaim must be seen to work, or "it stayed" would say nothing. */
	p = canary(s);
	/* A fresh page sits in a per-CPU batch until that is drained. */
	if (!wait_until((page_out(s, p), all = !must_go || all_gone(s)) && swapped(p)))
		wait_error(s, by_kernel(NULL), "MADV_PAGEOUT did not swap out %s",
			   all ? "a page beside" : "the pages");
	munmap(p, 4096);
	for_each_page(s, i)
		s->out[i] = gone(s, i);
}
