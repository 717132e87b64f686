// SPDX-License-Identifier: GPL-2.0-only
#include <err.h>
#include <poll.h>
#include <pthread.h>
#include <unistd.h>

/* A thread that writes to a page, so that we can be its monitor. */
static pthread_t writer;
static int written;

static void *write_one(void *arg)
{
	uint64_t value = (uintptr_t)arg;

	WORD(value & 0xff) = value;
	__atomic_store_n(&written, 1, __ATOMIC_RELEASE);
	return NULL;
}

static void write_begins(int p, int step)
{
	written = 0;
	if (pthread_create(&writer, NULL, write_one, (void *)VALUE(PARENT, step, p)))
		errx(99, "no thread");
}

/* Until there is a notification: it stands in its fault. */
static void write_waits(void)
{
	struct pollfd fd = { .fd = uffd, .events = POLLIN };

	while (poll(&fd, 1, 1) < 1)
		if (__atomic_load_n(&written, __ATOMIC_ACQUIRE))
			fail("C3", "a notification before the write", "it went through without");
}

/* It can be noticed before it sleeps. */
#define write_sleeps() usleep(100000)

static void notified(int p)
{
	const uint64_t flags = UFFD_PAGEFAULT_FLAG_WP | UFFD_PAGEFAULT_FLAG_WRITE;
	struct uffd_msg msg;

	if (read(uffd, &msg, sizeof(msg)) != sizeof(msg) || msg.event != UFFD_EVENT_PAGEFAULT ||
	    (msg.arg.pagefault.flags & flags) != flags ||
	    msg.arg.pagefault.address != (uintptr_t)at(p))
		fail("C3", "a notification, WP and WRITE, for this page", "another one, or none");
}

static void write_ends(void)
{
	struct pollfd fd = { .fd = uffd, .events = POLLIN };

	while (!__atomic_load_n(&written, __ATOMIC_ACQUIRE))
		if (poll(&fd, uffd > 0, 1) > 0)
			fail("C3", "one notification for one write", "a second one");
	pthread_join(writer, NULL);
}
