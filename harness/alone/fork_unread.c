// SPDX-License-Identifier: GPL-2.0-only

static int leaves_unread(void *fd)
{
	return poll(&(struct pollfd){ .fd = *(int *)fd, .events = POLLIN }, 1, 10000) < 1;
}

/* Who alone has the uffd exits when it has seen that there is an event, and reads it not. */
static void fork_while_monitor_exits(void)
{
	static long double stack[1024];
	int fd = uffd;

	need(clone(leaves_unread, stack + 1024, CLONE_VM | SIGCHLD, &fd) > 0);
	close(uffd);
	uffd = 0;
	fork_child();
}
