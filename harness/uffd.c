// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "internal.h"

static const struct {
	uint64_t bit;
	const char *name, *since;
} features[] = {
	{ UFFD_FEATURE_PAGEFAULT_FLAG_WP, "UFFD_FEATURE_PAGEFAULT_FLAG_WP", "v5.7" },
	{ UFFD_FEATURE_WP_HUGETLBFS_SHMEM, "UFFD_FEATURE_WP_HUGETLBFS_SHMEM", "v5.19" },
	{ UFFD_FEATURE_WP_UNPOPULATED, "UFFD_FEATURE_WP_UNPOPULATED", "v6.4" },
	{ UFFD_FEATURE_EVENT_FORK, "UFFD_FEATURE_EVENT_FORK", "v4.11" },
	{ UFFD_FEATURE_WP_ASYNC, "UFFD_FEATURE_WP_ASYNC", "v6.7" },
};

static int uffd_new(struct scene *s, uint64_t want, uint64_t *have)
{
	int fd = syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK);
	struct uffdio_api api = { .api = UFFD_API, .features = want };

	if (fd < 0 && errno == ENOSYS)
		scene_skip(s, "this kernel has no userfaultfd");
	if (fd < 0)
		scene_error(s, "userfaultfd: %s", strerror(errno));
	if (ioctl(fd, UFFDIO_API, &api))
		scene_error(s, "UFFDIO_API: %s", strerror(errno));
	if (have)
		*have = api.features;
	return fd;
}

static void register_wp(struct scene *s, int fd, void *addr, size_t len)
{
	struct uffdio_register reg = { .range = { (uintptr_t)addr, len },
				       .mode = UFFDIO_REGISTER_MODE_WP };

	if (ioctl(fd, UFFDIO_REGISTER, &reg))
		scene_error(s, "UFFDIO_REGISTER (WP): %s", strerror(errno));
	if (!(reg.ioctls & 1ULL << _UFFDIO_WRITEPROTECT))
		scene_error(s, "UFFDIO_REGISTER offers no write-protect here");
}

void uffd_protect(struct scene *s, int uffd, void *addr, size_t len, uint64_t mode)
{
	struct uffdio_writeprotect w = { .range = { (uintptr_t)addr, len }, .mode = mode };

	while (ioctl(uffd, UFFDIO_WRITEPROTECT, &w))
		if (errno != EAGAIN)
			scene_error(s, "UFFDIO_WRITEPROTECT: %s", strerror(errno));
}

void uffd_unregister(struct scene *s)
{
	struct uffdio_range r = { (uintptr_t)s->area, s->area_len };

	if (ioctl(s->uffd, UFFDIO_UNREGISTER, &r))
		scene_error(s, "UFFDIO_UNREGISTER: %s", strerror(errno));
}

void uffd_wake(struct scene *s, int uffd, void *addr, size_t len)
{
	struct uffdio_range r = { (uintptr_t)addr, len };

	if (ioctl(uffd, UFFDIO_WAKE, &r))
		scene_error(s, "UFFDIO_WAKE: %s", strerror(errno));
}

/* Does pagemap tell the mark? Asked of a page of its own, not of a version number. */
static bool pagemap_tells(struct scene *s)
{
	int fd = uffd_new(s, UFFD_FEATURE_PAGEFAULT_FLAG_WP, NULL);
	char *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	bool yes;

	if (p == MAP_FAILED)
		scene_error(s, "mmap: %s", strerror(errno));
	*(volatile char *)p = 1;
	register_wp(s, fd, p, 4096);
	uffd_protect(s, fd, p, 4096, UFFDIO_WRITEPROTECT_MODE_WP);
	yes = pagemap(0, p) & PM_UFFD_WP;
	close(fd);
	munmap(p, 4096);
	return yes;
}

void uffd_open(struct scene *s, unsigned int flags)
{
	uint64_t want = UFFD_FEATURE_PAGEFAULT_FLAG_WP | s->memory->uffd_features, have;
	int fd;

	if (flags & WP_EVENT_FORK)
		want |= UFFD_FEATURE_EVENT_FORK;
	if (flags & WP_UNPOPULATED)
		want |= UFFD_FEATURE_WP_UNPOPULATED;
	if (flags & WP_ASYNC)
		want |= UFFD_FEATURE_WP_ASYNC;
	step_begin(s, "C4", "uffd_open%s%s%s", flags & WP_EVENT_FORK ? " event_fork" : "",
		   flags & WP_UNPOPULATED ? " unpopulated" : "", flags & WP_ASYNC ? " async" : "");
	/* Features are fixed by the first UFFDIO_API, so ask with one that is thrown away. */
	fd = uffd_new(s, 0, &have);
	close(fd);
	for (size_t i = 0; i < sizeof(features) / sizeof(features[0]); i++)
		if (want & ~have & features[i].bit)
			scene_skip(s, "needs %s (%s)", features[i].name, features[i].since);
	s->pagemap_has_mark = pagemap_tells(s);
	s->uffd = uffd_new(s, want, NULL);
	s->uffd_features = want;
	register_wp(s, s->uffd, s->area, s->area_len);
	step_end(s);
}

bool uffd_next(struct scene *s, int uffd, struct uffd_notice *n)
{
	struct uffd_msg msg;
	ssize_t len = read(uffd, &msg, sizeof(msg));

	if (len < 0 && errno == EAGAIN)
		return false;
	if (len != sizeof(msg))
		scene_error(s, "read of the uffd: %s", len < 0 ? strerror(errno) : "short");
	if (msg.event != UFFD_EVENT_PAGEFAULT)
		scene_error(s, "the uffd says event %#x", msg.event);
	n->wp = msg.arg.pagefault.flags & UFFD_PAGEFAULT_FLAG_WP;
	n->write = msg.arg.pagefault.flags & UFFD_PAGEFAULT_FLAG_WRITE;
	n->address = msg.arg.pagefault.address;
	return true;
}

int uffd_read_fork_event(int uffd)
{
	struct pollfd p = { .fd = uffd, .events = POLLIN };
	struct uffd_msg msg;

	if (poll(&p, 1, PATIENCE_MS) <= 0)
		return -ETIMEDOUT;
	if (read(uffd, &msg, sizeof(msg)) != sizeof(msg))
		return -EIO;
	if (msg.event != UFFD_EVENT_FORK)
		return -EPROTO;
	/* The new descriptor does not inherit the flags of the old one. */
	fcntl(msg.arg.fork.ufd, F_SETFL, O_NONBLOCK);
	fcntl(msg.arg.fork.ufd, F_SETFD, FD_CLOEXEC);
	return msg.arg.fork.ufd;
}
