// SPDX-License-Identifier: GPL-2.0-only
/*
 * gup*: long-term pins by the kernel's own test of get_user_pages(), the only
 * device that can be asked for each kind of pin by name: for writing or not, by
 * the slow path, which walks page tables under the mmap lock, or by GUP-fast,
 * which does without and falls back to the other. It can read what it has
 * pinned and cannot write.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#include "feature.h"
#include "internal.h"

#define DEBUGFS	 "/sys/kernel/debug"
#define GUP_TEST DEBUGFS "/gup_test"

/* Its interface has no header of its own for user space: mm/gup_test.h has these by other names. */
struct longterm {
	uint64_t addr, size;
	uint32_t flags;
};
#define LONGTERM_WRITE 1U
#define LONGTERM_FAST  2U
#define LONGTERM_START _IOW('g', 7, struct longterm)
#define LONGTERM_STOP  _IO('g', 8)
#define LONGTERM_READ  _IOW('g', 9, uint64_t)

struct gup_pin {
	int fd;
	/* What the device reads: all that is pinned, in one piece. Shared: no step parts it. */
	char *copy;
	size_t len;
	unsigned int look; /* which it was made at */
};

static void gup_open(struct scene *s, struct pin *p)
{
	struct gup_pin *g = calloc(1, sizeof(*g));

	if (!g)
		scene_error(s, "gup_test: no memory");
	feature_needed(s, F_GUP_TEST);
	g->fd = open(GUP_TEST, O_RDWR | O_CLOEXEC);
	if (g->fd < 0)
		scene_error(s, GUP_TEST ": %s", strerror(errno));
	/*
	 * Stopping what was never started is no error. Kernels have, or had, one
	 * set of pins for all who open it, so a scene can have but one such pin.
	 */
	if (ioctl(g->fd, LONGTERM_STOP))
		scene_error(s, "gup_test: %s", strerror(errno));
	p->priv = g;
}

static int gup_take(struct scene *s, struct pin *p, void *addr, size_t len)
{
	struct longterm pin = { .addr = (uintptr_t)addr, .size = len, .flags = p->kind->mode };
	struct gup_pin *g = p->priv;

	if (g->copy && munmap(g->copy, g->len))
		scene_error(s, "gup_test: munmap: %s", strerror(errno));
	g->len = len;
	g->copy = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (g->copy == MAP_FAILED)
		scene_error(s, "gup_test: mmap: %s", strerror(errno));
	return ioctl(g->fd, LONGTERM_START, &pin) ? -errno : 0;
}

static void gup_release(struct scene *s, struct pin *p)
{
	struct gup_pin *g = p->priv;

	given_back(s, ioctl(g->fd, LONGTERM_STOP) ? -errno : 0);
}

static int gup_read(struct scene *s, struct pin *p, char *addr, void *to, size_t len)
{
	struct gup_pin *g = p->priv;
	uint64_t copy = (uintptr_t)g->copy;

	if (g->look != s->look) {
		/*
		 * What is left of the last read must not pass for what this one
		 * brings, which it does page by page.
		 */
		for (size_t at = 0; at < g->len; at += 4096)
			*(volatile uint64_t *)(g->copy + at) = POISON;
		if (ioctl(g->fd, LONGTERM_READ, &copy))
			return -errno;
		g->look = s->look;
	}
	memcpy(to, g->copy + (addr - p->addr), len);
	return 0;
}

#define GUP_OPS                                                                 \
	.coherent = true, .can_read = true, .open = gup_open, .take = gup_take, \
	.release = gup_release, .read = gup_read

const struct pin_kind pin_gup = {
	.name = "gup",
	.what = "long-term pin by gup_test, for writing, by the slow path; reads only",
	.for_write = true,
	.mode = LONGTERM_WRITE,
	GUP_OPS,
};
const struct pin_kind pin_gup_fast = {
	.name = "gup_fast",
	.what = "the same by GUP-fast",
	.for_write = true,
	.mode = LONGTERM_WRITE | LONGTERM_FAST,
	GUP_OPS,
};
const struct pin_kind pin_gup_ro = {
	.name = "gup_ro",
	.what = "long-term pin by gup_test, not for writing, by the slow path; reads only",
	GUP_OPS,
};
const struct pin_kind pin_gup_ro_fast = {
	.name = "gup_ro_fast",
	.what = "the same by GUP-fast",
	.mode = LONGTERM_FAST,
	GUP_OPS,
};
