// SPDX-License-Identifier: GPL-2.0-only

static int sleep_on(void *unused)
{
	return unused ? 0 : pause();
}

/* It shares our memory, and has descriptors of its own: in the end the last one of the uffd. */
static void monitor_exits(void)
{
	static long double stack[1024];
	pid_t pid = clone(sleep_on, stack + 1024, CLONE_VM | SIGCHLD, NULL);

	need(pid >= 0);
	close_uffd();
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}
