// SPDX-License-Identifier: GPL-2.0-only

static long remapped; /* a device has the pages at the addresses that they were pinned by */

/* To where nothing is, @askew bytes into a huge page. */
static void remap(int flags, int askew)
{
	char *to = mmap(NULL, bytes(PAGES) + (8UL << 20), PROT_NONE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	to = (char *)(((uintptr_t)to + (4UL << 20)) & ~((2UL << 20) - 1)) + askew;
	if (mremap(area, bytes(PAGES), bytes(PAGES), MREMAP_MAYMOVE | MREMAP_FIXED | flags, to) !=
	    to)
		skip("mremap() of this memory");
	remapped += to - area;
	area = to;
}

static char *old_area; /* the old place stays, empty: what is written there is seen nowhere else */

static void write_to_old_place(void)
{
	for (int p = 0; p < PAGES; p++)
		*(uint64_t *)(old_area + (at(p) - area)) = ~0UL;
}

static void *take_event(void *msg)
{
	struct pollfd fd = { .fd = uffd, .events = POLLIN };

	return poll(&fd, 1, 10000) == 1 && read(uffd, msg, 32) == 32 ? msg : NULL;
}

/* mremap() does not return before its event is read. */
static void remap_event(int flags, int askew)
{
	struct uffd_msg msg = { 0 };
	pthread_t reader;

	need(!pthread_create(&reader, NULL, take_event, &msg));
	remap(flags, askew);
	pthread_join(reader, NULL);
	must(msg.event == UFFD_EVENT_REMAP && msg.arg.remap.to == (uintptr_t)area, "C4",
	     "EVENT_REMAP with the new place");
}

static char *neighbour; /* another mapping, registered as well, and room for it beside the area */

static void make_neighbour(void)
{
	int rw = PROT_READ | PROT_WRITE, flags = MAP_PRIVATE | MAP_ANONYMOUS;
	char *to = mmap(area - 4096, 4096, PROT_NONE, flags | MAP_FIXED_NOREPLACE, -1, 0);
	char *p = mmap(NULL, 3 * 4096, PROT_NONE, flags, -1, 0) + 4096;
	struct uffdio_register reg = { { (uintptr_t)p, 4096 }, UFFDIO_REGISTER_MODE_WP, 0 };

	need(to == area - 4096 && mmap(p, 4096, rw, flags | MAP_FIXED, -1, 0) == p);
	/* What may be one mapping with the area has its flags, too. */
	madvise(p, 4096, bytes(PAGES) > PAGES * bytes(1) ? MADV_HUGEPAGE : MADV_NOHUGEPAGE);
	must(!ioctl(uffd, UFFDIO_REGISTER, &reg), "C4", "UFFDIO_REGISTER of memory beside");
	neighbour = p;
}

/* Now it touches the area. */
static void join_neighbour(void)
{
	int flags = MREMAP_MAYMOVE | MREMAP_FIXED;

	need(mremap(neighbour, 4096, 4096, flags, area - 4096) == area - 4096);
}

static void join_neighbour_event(void)
{
	struct uffd_msg msg;
	pthread_t reader;

	need(!pthread_create(&reader, NULL, take_event, &msg));
	join_neighbour();
	pthread_join(reader, NULL);
}
