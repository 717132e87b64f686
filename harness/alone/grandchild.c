// SPDX-License-Identifier: GPL-2.0-only
#include <err.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

static int grandchild;

static long in_grandchild(long (*what)(long a, long b), long a, long b)
{
	struct order o = { what, a, b };

	if (write(grandchild, &o, sizeof(o)) != sizeof(o) ||
	    read(grandchild, &o, sizeof(o)) != sizeof(o))
		errx(99, "the grandchild is gone");
	return o.a;
}

/* It goes on in the child's loop, with a socket of its own in place of the child's. */
static long fork_there(long type, long protocol)
{
	int sock[2];

	if (socketpair(AF_UNIX, type, protocol, sock))
		return -1;
	if (!fork())
		dup2(sock[1], child);
	close(sock[1]);
	return sock[0];
}

static void fork_grandchild(void)
{
	int fd = in_child(fork_there, SOCK_SEQPACKET, 0);
	struct order o;

	grandchild = syscall(SYS_pidfd_getfd, syscall(SYS_pidfd_open, child_pid, 0), fd, 0);
	if (grandchild < 0 || read(grandchild, &o, sizeof(o)) != sizeof(o))
		err(99, "no grandchild");
}

/* Its socket is closed when its memory has gone. */
static void grandchild_exit(void)
{
	struct order o;

	shutdown(grandchild, SHUT_WR);
	if (read(grandchild, &o, sizeof(o)))
		errx(99, "the grandchild does not exit");
	close(grandchild);
}
