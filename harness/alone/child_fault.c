// SPDX-License-Identifier: GPL-2.0-only
#include <err.h>
#include <poll.h>
#include <unistd.h>

static void child_begins(long (*what)(long a, long b), long a, long b)
{
	struct order o = { what, a, b };

	if (write(child, &o, sizeof(o)) != sizeof(o))
		errx(99, "the child is gone");
}

static void child_waits(void)
{
	struct pollfd fds[] = { { child_uffd, POLLIN, 0 }, { child, POLLIN, 0 } };

	poll(fds, 2, -1);
	if (!fds[0].revents)
		fail(step, "a notification on the child's uffd", "none");
}

static void child_ends(void)
{
	struct order o;

	if (read(child, &o, sizeof(o)) != sizeof(o))
		errx(99, "the child is gone");
}

static void protect_child(int first, int n, uint64_t mode)
{
	struct uffdio_writeprotect w = { { (uintptr_t)at(first), bytes(n) }, mode };

	if (ioctl(child_uffd, UFFDIO_WRITEPROTECT, &w))
		fail("C3", "UFFDIO_WRITEPROTECT by the child's uffd", "it is refused");
}
