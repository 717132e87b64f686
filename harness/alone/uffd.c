// SPDX-License-Identifier: GPL-2.0-only

static int uffd;

static struct uffd_msg msg;

static void open_registered(uint64_t features, uint64_t mode)
{
	struct uffdio_api api = { .api = UFFD_API, .features = features };
	struct uffdio_register r = { { (long)area, bytes(PAGES) }, mode, 0 };

	uffd = syscall(__NR_userfaultfd, O_CLOEXEC | O_NONBLOCK);
	if (uffd < 0 || ioctl(uffd, UFFDIO_API, &api))
		skip("userfaultfd with these features");
	must(!ioctl(uffd, UFFDIO_REGISTER, &r), "C4", "UFFDIO_REGISTER of this memory");
}

static void register_area(uint64_t mode)
{
	struct uffdio_register r = { { (long)area, bytes(PAGES) }, mode, 0 };

	must(!ioctl(uffd, UFFDIO_REGISTER, &r), "C4", "UFFDIO_REGISTER of this memory");
}

#define WP UFFDIO_WRITEPROTECT_MODE_WP

#define DONTWAKE UFFDIO_WRITEPROTECT_MODE_DONTWAKE

/* Mode 0 unprotects, and wakes. */
static void protect(int first, int n, uint64_t mode)
{
	struct uffdio_writeprotect w = { { (uintptr_t)at(first), bytes(n) }, mode };

	must(!ioctl(uffd, UFFDIO_WRITEPROTECT, &w), "C3", "UFFDIO_WRITEPROTECT");
}

static void wake(int first, int n)
{
	struct uffdio_range r = { (uintptr_t)at(first), bytes(n) };

	must(!ioctl(uffd, UFFDIO_WAKE, &r), "C3", "UFFDIO_WAKE of what is registered");
}

static void unregister_area(void)
{
	struct uffdio_range r = { (uintptr_t)area, bytes(PAGES) };

	must(!ioctl(uffd, UFFDIO_UNREGISTER, &r), "C4", "UFFDIO_UNREGISTER of what is registered");
}

static void close_uffd(void)
{
	close(uffd);
	uffd = 0;
}

static void no_notice(void)
{
	must(read(uffd, &msg, sizeof(msg)) < 0, "C3", "no notification without a write");
}

#ifndef UFFD_FEATURE_WP_UNPOPULATED /* v6.4 */
#define UFFD_FEATURE_WP_UNPOPULATED (1 << 13)
#endif

#ifndef UFFD_FEATURE_WP_ASYNC /* v6.7 */
#define UFFD_FEATURE_WP_ASYNC (1 << 15)
#endif
