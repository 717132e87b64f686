// SPDX-License-Identifier: GPL-2.0-only
/*
 * A ring of io_uring in memory of its user (IORING_SETUP_NO_MMAP): what lies there is what is to be
 * submitted, which the kernel only reads, by a mapping of its own, and pins as if to write,
 * FOLL_PIN | FOLL_LONGTERM | FOLL_WRITE. It reads entries of 64 bytes where it is told, and obeys
 * them: so it is asked for none, and a page that is parted from it shows by its frame.
 *
 * It is given back with the ring only, and the pins go by a worker then. Nobody has it on an account.
 */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "feature.h"
#include "internal.h"
#include "memory.h"
#include "sys.h"
#include "tell.h"

static void sqes_open(struct scene *s, struct pin *p)
{
	feature_needed(s, F_IO_URING_IN_MEMORY);
	tell_not("has rings in memory of its own, which are a program of their own");
	p->priv = (void *)-1L;
}

static int sqes_take(struct scene *s, struct pin *p, void *addr, size_t len)
{
	/* All else that the ring needs, where nobody who writes is parted from it. */
	void *rings = map_or_error(s, NULL, RINGS_LEN(len), PROT_READ | PROT_WRITE,
				   MAP_SHARED | MAP_ANONYMOUS, -1);
	size_t used;
	int fd;

	if (len & (len - 1))
		scene_error(s, "%zu bytes are no power of two of entries", len);
	fd = io_uring_in_memory(addr, len, rings, &used);
	munmap(rings, RINGS_LEN(len));
	if (fd < 0)
		return fd;
	p->besides = (used + PAGE_4K - 1) / PAGE_4K;
	p->priv = (void *)(long)fd;
	return 0;
}

static void sqes_release(struct scene *s, struct pin *p)
{
	given_back(s, close((long)p->priv) ? -errno : 0);
}

const struct pin_kind pin_io_uring_sqes = {
	.name = "io_uring_sqes",
	.what = "ring whose entries lie in memory of its user (v6.5): pinned, and that is all that is "
		"seen of it",
	.coherent = true,
	.for_write = true,
	.by_fd = true,
	.open = sqes_open,
	.take = sqes_take,
	.release = sqes_release,
};
