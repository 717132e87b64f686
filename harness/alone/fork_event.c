// SPDX-License-Identifier: GPL-2.0-only

static void *take_fork_event(void *from)
{
	struct pollfd fd = { .fd = (intptr_t)from, .events = POLLIN };
	struct uffd_msg msg;

	must(poll(&fd, 1, 10000) >= 1 && read(fd.fd, &msg, sizeof(msg)) == sizeof(msg) &&
		     msg.event == UFFD_EVENT_FORK,
	     "C4", "EVENT_FORK, with a uffd of the child's");
	fcntl(msg.arg.fork.ufd, F_SETFL, O_NONBLOCK);
	return (void *)(intptr_t)msg.arg.fork.ufd;
}

/* fork() does not return before its event is read. The uffd of who was forked. */
static int fork_event(void (*forks)(void), int from)
{
	pthread_t reader;
	void *ufd;

	need(!pthread_create(&reader, NULL, take_fork_event, (void *)(intptr_t)from));
	forks();
	pthread_join(reader, &ufd);
	return (intptr_t)ufd;
}

static int child_uffd;
