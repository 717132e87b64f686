// SPDX-License-Identifier: GPL-2.0-only
#include <err.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* The child does what it is told over a socket, and nothing else: each has an end of it. */
static int child;
static pid_t child_pid;

struct order {
	long (*what)(long a, long b);
	long a, b;
};

static long in_child(long (*what)(long a, long b), long a, long b)
{
	struct order o = { what, a, b };

	if (write(child, &o, sizeof(o)) != sizeof(o) || read(child, &o, sizeof(o)) != sizeof(o))
		errx(99, "the child is gone");
	return o.a;
}

static void fork_child(void)
{
	struct order o;
	int sock[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, sock))
		err(99, "socketpair");
	child_pid = fork();
	if (child_pid < 0)
		err(99, "fork");
	child = sock[!child_pid];
	close(sock[!!child_pid]);
	while (!child_pid) {
		if (read(child, &o, sizeof(o)) != sizeof(o))
			_exit(0);
		o.a = o.what(o.a, o.b);
		if (write(child, &o, sizeof(o)) != sizeof(o))
			_exit(1);
	}
}

static void child_exit(void)
{
	close(child);
	waitpid(child_pid, NULL, 0);
}
