// SPDX-License-Identifier: GPL-2.0-only

#ifndef UFFDIO_MOVE /* v6.8 */
struct uffdio_move {
	__u64 dst, src, len, mode;
	__s64 move;
};
#define UFFDIO_MOVE	  _IOWR(UFFDIO, 0x05, struct uffdio_move)
#define UFFD_FEATURE_MOVE (1 << 16)
#endif

/* Room for the area elsewhere, registered for missing pages with a uffd of its own. */
static char *elsewhere;
static int move_uffd;

static void make_elsewhere(void)
{
	struct uffdio_api api = { .api = UFFD_API, .features = UFFD_FEATURE_MOVE };
	struct uffdio_register reg = { .mode = UFFDIO_REGISTER_MODE_MISSING };
	uintptr_t to = (uintptr_t)mmap(NULL, bytes(PAGES) + (4UL << 20), PROT_READ | PROT_WRITE,
				       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	elsewhere = (char *)((to + (2UL << 20) - 1) & ~((2UL << 20) - 1));
	reg.range = (struct uffdio_range){ (uintptr_t)elsewhere,
					   (bytes(PAGES) + (2UL << 20) - 1) & ~((2UL << 20) - 1) };
	move_uffd = syscall(__NR_userfaultfd, O_CLOEXEC | O_NONBLOCK);
	if (move_uffd < 0 || ioctl(move_uffd, UFFDIO_API, &api))
		skip("UFFDIO_MOVE");
	must(!ioctl(move_uffd, UFFDIO_REGISTER, &reg), "C7", "UFFDIO_REGISTER for missing pages");
}

#define there(p) (elsewhere + (at(p) - area))

static int do_move(int fd, char *to, char *from, int n)
{
	struct uffdio_move m = { .dst = (uintptr_t)to, .src = (uintptr_t)from, .len = bytes(n) };

	return ioctl(fd, UFFDIO_MOVE, &m) ? errno : 0;
}

static void move_refused(int first, int n)
{
	must(do_move(move_uffd, there(first), at(first), n) == EBUSY, "C7", "EBUSY");
}

static void move_away(int p)
{
	must(!do_move(move_uffd, there(p), at(p), 1), "C7", "what nothing pins is moved");
}

static void no_mark_there(int p)
{
	int fd = open("/proc/self/pagemap", O_RDONLY);
	uint64_t entry;

	need(pread(fd, &entry, 8, (uintptr_t)there(p) / 4096 * 8) == 8);
	close(fd);
	must(!(entry >> 57 & 1), "C4", "no uffd-wp bit where nobody registered for it");
}

#ifndef UFFDIO_MOVE_MODE_ALLOW_SRC_HOLES
#define UFFDIO_MOVE_MODE_ALLOW_SRC_HOLES ((__u64)1 << 1)
#endif

/* Holes stay holes. */
static void move_all(int fd, char *to, char *from)
{
	struct uffdio_move m = { (uintptr_t)to, (uintptr_t)from, bytes(PAGES),
				 UFFDIO_MOVE_MODE_ALLOW_SRC_HOLES, 0 };

	must(!ioctl(fd, UFFDIO_MOVE, &m), "C7", "all is moved in one call, holes and pages");
}

static void move_back(int p)
{
	must(!do_move(uffd, at(p), there(p), 1), "C7", "what nothing pins is moved");
}

static void moved_holds(int p, int who, int step_nr)
{
	must(*(uint64_t *)there(p) == (who ? VALUE(who, step_nr, p) : 0), "C2",
	     "what it held when it was moved");
}
