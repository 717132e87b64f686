// SPDX-License-Identifier: GPL-2.0-only

static void *drop(void *range)
{
	int *of = range;

	return (void *)(intptr_t)madvise(at(of[0]), bytes(of[1]), MADV_DONTNEED);
}

/* The pages do not go before the event is read. */
static void drop_told(int first, int n)
{
	struct uffdio_writeprotect w = { { (uintptr_t)at(first), bytes(1) },
					 UFFDIO_WRITEPROTECT_MODE_WP };
	struct pollfd fd = { .fd = uffd, .events = POLLIN };
	pthread_t dropper;

	need(!pthread_create(&dropper, NULL, drop, (int[]){ first, n }));
	must(poll(&fd, 1, 10000) == 1, "C4", "EVENT_REMOVE");
	must(ioctl(uffd, UFFDIO_WRITEPROTECT, &w) && errno == EAGAIN, "C4",
	     "EAGAIN while EVENT_REMOVE is unread");
	must(read(uffd, &msg, sizeof(msg)) == sizeof(msg) && msg.event == UFFD_EVENT_REMOVE &&
		     msg.arg.remove.start == (uintptr_t)at(first) &&
		     msg.arg.remove.end == (uintptr_t)at(first) + bytes(n),
	     "C4", "EVENT_REMOVE with start and end of what is dropped");
	pthread_join(dropper, NULL);
}
