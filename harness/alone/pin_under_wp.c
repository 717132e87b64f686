// SPDX-License-Identifier: GPL-2.0-only

static int pin_error, pin_ended;

static void *pin_in_thread(void *arg)
{
	long (*take)(long first, long n) = arg;

	pin_error = take(0, PAGES) ? errno : 0;
	__atomic_store_n(&pin_ended, 1, __ATOMIC_RELEASE);
	return NULL;
}

/* It asks for what is write-protected, page by page; one that cannot wait is refused. */
static void pin_under_wp(long (*take)(long first, long n), int waits, int marks)
{
	struct pollfd fd = { .fd = uffd, .events = POLLIN };
	struct uffd_msg msg;
	pthread_t thread;

	need(!pthread_create(&thread, NULL, pin_in_thread, take));
	while (!__atomic_load_n(&pin_ended, __ATOMIC_ACQUIRE) || poll(&fd, 1, 0) > 0) {
		struct uffdio_writeprotect w = { .range.len = bytes(1) };

		if (poll(&fd, 1, 1) < 1 || read(uffd, &msg, sizeof(msg)) != sizeof(msg))
			continue;
		must(waits, "C7", "the pin cannot wait: no notification");
		w.range.start = msg.arg.pagefault.address & -bytes(1);
		for (int p = 0; p < PAGES; p++)
			if (w.range.start == (uintptr_t)at(p)) {
				must(marks >> p & 1, "C3",
				     "a notification of what is marked, once");
				marks &= ~(1 << p);
			}
		need(!ioctl(uffd, UFFDIO_WRITEPROTECT, &w));
	}
	pthread_join(thread, NULL);
	if (!waits && pin_error == EFAULT) {
		printf("ok 1 %s\n", NAME);
		exit(0);
	}
	must(!pin_error && waits, "C7", waits ? "the pin is taken" : "it is refused with EFAULT");
	must(!marks, "C3", "a notification before a marked page is pinned");
}
