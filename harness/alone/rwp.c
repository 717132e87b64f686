// SPDX-License-Identifier: GPL-2.0-only

#ifndef UFFDIO_RWPROTECT /* v7.3 */
#define UFFD_FEATURE_RWP	 (1 << 17)
#define UFFDIO_REGISTER_MODE_RWP ((__u64)1 << 3)
#define UFFD_PAGEFAULT_FLAG_RWP	 (1 << 3)
#define UFFDIO_RWPROTECT	 _IOWR(UFFDIO, 0x09, struct uffdio_writeprotect)
#endif

#ifndef UFFD_FEATURE_RWP_ASYNC
#define UFFD_FEATURE_RWP_ASYNC (1 << 18)
#endif

#define RWP_READ UFFD_PAGEFAULT_FLAG_RWP

#define RWP_WRITE (UFFD_PAGEFAULT_FLAG_RWP | UFFD_PAGEFAULT_FLAG_WRITE)

static void rwprotect(int fd, int first, int n, uint64_t mode)
{
	struct uffdio_writeprotect w = { { (uintptr_t)at(first), bytes(n) }, mode };

	must(!ioctl(fd, UFFDIO_RWPROTECT, &w), "C3", "UFFDIO_RWPROTECT of what is registered");
}

static void *read_one(void *p)
{
	__atomic_load_n(&WORD((intptr_t)p), __ATOMIC_RELAXED);
	__atomic_store_n(&thread_done, 1, __ATOMIC_RELEASE);
	return NULL;
}

#define read_begins(p) thread_begins(read_one, p)

#ifndef UFFDIO_SET_MODE
struct uffdio_set_mode {
	__u64 enable, disable;
};
#define UFFDIO_SET_MODE _IOW(UFFDIO, 0x0A, struct uffdio_set_mode)
#endif

#define to_async ((struct uffdio_set_mode){ .enable = UFFD_FEATURE_RWP_ASYNC })
#define to_sync	 ((struct uffdio_set_mode){ .disable = UFFD_FEATURE_RWP_ASYNC })

/* Who waited goes on by itself, and what he touches is not protected any more. */
#define set_mode(mode)                                           \
	do {                                                     \
		must(!ioctl(uffd, UFFDIO_SET_MODE, &mode), "C3", \
		     "what is asked for can be switched");       \
		usleep(100000);                                  \
	} while (0)

static void read_page(int p)
{
	__atomic_load_n(&WORD(p), __ATOMIC_RELAXED);
}
