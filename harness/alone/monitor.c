// SPDX-License-Identifier: GPL-2.0-only

static pthread_t thread; /* it writes, and we are its monitor */

static int thread_done;

static void *write_one(void *value)
{
	WORD((uintptr_t)value & 0xff) = (uintptr_t)value;
	__atomic_store_n(&thread_done, 1, __ATOMIC_RELEASE);
	return NULL;
}

/* Until there is a notification: it stands in its fault. */
static void thread_begins(void *(*what)(void *arg), uint64_t arg)
{
	thread_done = 0;
	need(!pthread_create(&thread, NULL, what, (void *)arg));
	while (poll(&(struct pollfd){ .fd = uffd, .events = POLLIN }, 1, 1) < 1)
		must(!__atomic_load_n(&thread_done, __ATOMIC_ACQUIRE), "C3", "a notification");
}

#define write_begins(p, step_nr) thread_begins(write_one, VALUE(PARENT, step_nr, p))

/* It can be noticed before it sleeps. */
#define thread_sleeps() usleep(100000)

#define WP_WRITE (UFFD_PAGEFAULT_FLAG_WP | UFFD_PAGEFAULT_FLAG_WRITE)

static void notified(int fd, int p, uint64_t flags)
{
	must(read(fd, &msg, sizeof(msg)) == sizeof(msg) && msg.event == UFFD_EVENT_PAGEFAULT &&
		     msg.arg.pagefault.flags == flags &&
		     msg.arg.pagefault.address == (uintptr_t)at(p),
	     "C3", "a notification of that, for this page");
}

#define thread_ends() pthread_join(thread, NULL)
