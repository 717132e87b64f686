// SPDX-License-Identifier: GPL-2.0-only

static void fill_copy(int first, int n, uint64_t mode, int who, int step_nr)
{
	uint64_t *from =
		mmap(NULL, bytes(1), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	need(from != MAP_FAILED);
	for (int p = first; p < first + n; p++) {
		struct uffdio_copy c = { (uintptr_t)at(p), (uintptr_t)from, bytes(1), mode, 0 };

		*from = VALUE(who, step_nr, p);
		must(!ioctl(uffd, UFFDIO_COPY, &c), step, "the page is filled");
	}
}

static void fill_zeropage(int first, int n)
{
	struct uffdio_zeropage z = { { (uintptr_t)at(first), bytes(n) }, 0, 0 };

	must(!ioctl(uffd, UFFDIO_ZEROPAGE, &z), step, "the pages are filled");
}

static void fill_continue(int first, int n, uint64_t mode)
{
	struct uffdio_continue c = { { (uintptr_t)at(first), bytes(n) }, mode, 0 };

	if (ioctl(uffd, UFFDIO_CONTINUE, &c)) {
		if (mode)
			skip("UFFDIO_CONTINUE_MODE_WP");
		must(0, step, "the pages are filled");
	}
}

#ifndef UFFDIO_CONTINUE_MODE_WP /* v6.4 */
#define UFFDIO_CONTINUE_MODE_WP ((__u64)1 << 1)
#endif

#ifndef UFFDIO_POISON /* v6.6 */
#define UFFDIO_POISON _IOWR(UFFDIO, 0x08, struct uffdio_continue)
#endif

static void fill_poison(int first, int n)
{
	struct uffdio_continue c = { { (uintptr_t)at(first), bytes(n) }, 0, 0 };

	if (ioctl(uffd, UFFDIO_POISON, &c))
		skip("UFFDIO_POISON");
}

/* What waited goes on, and waits once more. */
static void noticed_again(void)
{
	must(poll(&(struct pollfd){ .fd = uffd, .events = POLLIN }, 1, 10000) == 1, "C3",
	     "a second notification");
}
