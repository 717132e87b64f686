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

/* Until there is a notification: it stands in its fault. */
static void thread_begins(void *(*what)(void *arg), uint64_t arg)
{
	struct pollfd fd = { .fd = uffd, .events = POLLIN };

	thread_done = 0;
	if (pthread_create(&thread, NULL, what, (void *)arg))
		errx(99, "no thread");
	while (poll(&fd, 1, 1) < 1)
		if (__atomic_load_n(&thread_done, __ATOMIC_ACQUIRE))
			fail("C3", "a notification before that is done", "it is done without");
}

#define write_begins(p, step_nr) thread_begins(write_one, VALUE(PARENT, step_nr, p))

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

/* If there is a second notification it does not. */
#define thread_ends() pthread_join(thread, NULL)
