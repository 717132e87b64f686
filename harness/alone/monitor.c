// SPDX-License-Identifier: GPL-2.0-only
#include <err.h>
#include <poll.h>
#include <pthread.h>
#include <unistd.h>

/* It writes to a page, so that we can be its monitor. */
static pthread_t thread;
static int thread_done;

static void *write_one(void *arg)
{
	uint64_t value = (uintptr_t)arg;

	WORD(value & 0xff) = value;
	__atomic_store_n(&thread_done, 1, __ATOMIC_RELEASE);
	return NULL;
}

static void write_begins(int p, int step_nr)
{
	thread_done = 0;
	if (pthread_create(&thread, NULL, write_one, (void *)VALUE(PARENT, step_nr, p)))
		errx(99, "no thread");
}

/* Until there is a notification: it stands in its fault. */
static void thread_waits(void)
{
	struct pollfd fd = { .fd = uffd, .events = POLLIN };

	while (poll(&fd, 1, 1) < 1)
		if (__atomic_load_n(&thread_done, __ATOMIC_ACQUIRE))
			fail("C3", "a notification before that is done", "it is done without");
}

/* It can be noticed before it sleeps. */
#define thread_sleeps() usleep(100000)

#define WP_WRITE (UFFD_PAGEFAULT_FLAG_WP | UFFD_PAGEFAULT_FLAG_WRITE)

static void notified(int fd, int p, uint64_t flags)
{
	struct uffd_msg msg;

	if (read(fd, &msg, sizeof(msg)) != sizeof(msg) || msg.event != UFFD_EVENT_PAGEFAULT ||
	    msg.arg.pagefault.flags != flags || msg.arg.pagefault.address != (uintptr_t)at(p))
		fail("C3", "a notification of that, for this page", "another one, or none");
}

static void thread_ends(void)
{
	struct pollfd fd = { .fd = uffd, .events = POLLIN };

	while (!__atomic_load_n(&thread_done, __ATOMIC_ACQUIRE))
		if (poll(&fd, uffd > 0, 1) > 0)
			fail("C3", "one notification", "a second one");
	pthread_join(thread, NULL);
}
