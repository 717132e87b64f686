// SPDX-License-Identifier: GPL-2.0-only

static void child_begins(long (*what)(long a, long b), long a, long b)
{
	long o[] = { (long)what, a, b };

	need(write(child, o, sizeof(o)) == sizeof(o));
}

static void child_waits(void)
{
	struct pollfd fds[] = { { child_uffd, POLLIN, 0 }, { child, POLLIN, 0 } };

	poll(fds, 2, -1);
	must(fds[0].revents, step, "a notification on the child's uffd");
}

static void child_ends(void)
{
	long o[3];

	need(read(child, o, sizeof(o)) == sizeof(o));
}

static void protect_child(int first, int n, uint64_t mode)
{
	struct uffdio_writeprotect w = { { (uintptr_t)at(first), bytes(n) }, mode };

	must(!ioctl(child_uffd, UFFDIO_WRITEPROTECT, &w), "C3",
	     "UFFDIO_WRITEPROTECT by the child's uffd");
}
