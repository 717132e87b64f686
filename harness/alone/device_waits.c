// SPDX-License-Identifier: GPL-2.0-only

static int device_done;

static void *device_in_thread(void *arg)
{
	uint64_t value = (uintptr_t)arg;

	write_rdma(value & 0xff, value);
	__atomic_store_n(&device_done, 1, __ATOMIC_RELEASE);
	return NULL;
}

/* Its write is noticed before the data changes. */
static void device_write_waits(int p, int step_nr)
{
	struct pollfd fd = { .fd = uffd, .events = POLLIN };
	uint64_t old = WORD(p);
	struct uffd_msg msg;
	pthread_t thread;

	need(!pthread_create(&thread, NULL, device_in_thread, (void *)VALUE(DEVICE, step_nr, p)));
	while (poll(&fd, 1, 1) < 1)
		must(!__atomic_load_n(&device_done, __ATOMIC_ACQUIRE), "C6",
		     "a notification before the device's write");
	must(read(uffd, &msg, sizeof(msg)) == sizeof(msg) && WORD(p) == old &&
		     msg.arg.pagefault.address == (uintptr_t)at(p),
	     "C6", "the device waits for the monitor");
	protect(p, 1, 0);
	pthread_join(thread, NULL);
}
