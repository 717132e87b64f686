// SPDX-License-Identifier: GPL-2.0-only
#include <err.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

static long unmap(long first, long n)
{
	return munmap(at(first), bytes(n));
}

static void child_unmap(void)
{
	if (in_child(unmap, 0, PAGES))
		fail("C2", "munmap() is done", "it is refused");
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
	struct order o = { exec_sleep, 3, 256 };

	if (write(child, &o, sizeof(o)) != sizeof(o) || read(child, &o, sizeof(o)))
		errx(99, "no exec");
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
	if (pid < 0 || waitpid(pid, NULL, 0) != pid)
		err(99, "vfork");
}
