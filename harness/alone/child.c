// SPDX-License-Identifier: GPL-2.0-only

static long unmap(long first, long n)
{
	return munmap(at(first), bytes(n));
}

static void child_unmap(void)
{
	must(!in_child(unmap, 0, PAGES), "C2", "munmap() is done");
}

/* Another program, which has open what the child had, but for the socket. */
static long exec_sleep(long first, long end)
{
	for (int fd = first; fd < end; fd++)
		fcntl(fd, F_SETFD, fd == child ? FD_CLOEXEC : 0);
	return execlp("sleep", "sleep", "1000", NULL);
}

static void child_exec(void)
{
	long o[] = { (long)exec_sleep, 3, 256 };

	need(write(child, o, sizeof(o)) == sizeof(o) && !read(child, o, sizeof(o)));
}

static void child_kill(void)
{
	kill(child_pid, SIGKILL);
	waitpid(child_pid, NULL, 0);
}

static void vfork_exec(void)
{
	pid_t pid = vfork();

	if (!pid) {
		execlp("true", "true", NULL);
		_exit(0);
	}
	need(pid >= 0 && waitpid(pid, NULL, 0) == pid);
}
