// SPDX-License-Identifier: GPL-2.0-only
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static int uffd;

static void register_area(uint64_t features, uint64_t mode)
{
	struct uffdio_api api = { .api = UFFD_API, .features = features };
	struct uffdio_register reg = { .range = { (uintptr_t)area, bytes(PAGES) }, .mode = mode };

	if (!uffd) {
		uffd = syscall(__NR_userfaultfd, O_CLOEXEC | O_NONBLOCK);
		if (uffd < 0 || ioctl(uffd, UFFDIO_API, &api))
			skip("userfaultfd with these features");
	}
	if (ioctl(uffd, UFFDIO_REGISTER, &reg))
		fail("C4", "UFFDIO_REGISTER of this memory", "it is refused");
}

#define WP UFFDIO_WRITEPROTECT_MODE_WP

#define DONTWAKE UFFDIO_WRITEPROTECT_MODE_DONTWAKE

/* Mode 0 unprotects, and wakes. */
static void protect(int first, int n, uint64_t mode)
{
	struct uffdio_writeprotect w = { { (uintptr_t)at(first), bytes(n) }, mode };

	if (ioctl(uffd, UFFDIO_WRITEPROTECT, &w))
		fail("C3", "UFFDIO_WRITEPROTECT of what is registered", "it is refused");
}

static void wake(int first, int n)
{
	struct uffdio_range r = { (uintptr_t)at(first), bytes(n) };

	if (ioctl(uffd, UFFDIO_WAKE, &r))
		fail("C3", "UFFDIO_WAKE of what is registered", "it is refused");
}

static void unregister_area(void)
{
	struct uffdio_range r = { (uintptr_t)area, bytes(PAGES) };

	if (ioctl(uffd, UFFDIO_UNREGISTER, &r))
		fail("C4", "UFFDIO_UNREGISTER of what is registered", "it is refused");
}

static void close_uffd(void)
{
	close(uffd);
	uffd = 0;
}

static void no_notice(void)
{
	struct uffd_msg msg;

	if (uffd > 0 && read(uffd, &msg, sizeof(msg)) == sizeof(msg))
		fail("C3", "no notification without a write", "one");
}

#ifndef UFFD_FEATURE_WP_UNPOPULATED /* v6.4 */
#define UFFD_FEATURE_WP_UNPOPULATED (1 << 13)
#endif

#ifndef UFFD_FEATURE_WP_ASYNC /* v6.7 */
#define UFFD_FEATURE_WP_ASYNC (1 << 15)
#endif
