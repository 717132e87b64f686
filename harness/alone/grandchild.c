// SPDX-License-Identifier: GPL-2.0-only

static int grandchild;

static long in_grandchild(long (*what)(long a, long b), long a, long b)
{
	long o[] = { (long)what, a, b };

	need(write(grandchild, o, sizeof(o)) == sizeof(o) &&
	     read(grandchild, o, sizeof(o)) == sizeof(o));
	return *o;
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
	long o[3];

	grandchild = syscall(SYS_pidfd_getfd, syscall(SYS_pidfd_open, child_pid, 0), fd, 0);
	need(grandchild >= 0 && read(grandchild, o, sizeof(o)) == sizeof(o));
}

/* Its socket is closed when its memory has gone. */
static void grandchild_exit(void)
{
	long o[3];

	shutdown(grandchild, SHUT_WR);
	need(!read(grandchild, o, sizeof(o)));
	close(grandchild);
}
