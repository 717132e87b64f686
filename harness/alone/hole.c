// SPDX-License-Identifier: GPL-2.0-only

/* Two huge pages that nothing was ever mapped into, nor into the GiB around them. */
static char *hole;

static void make_hole(void)
{
	const int anon = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
	const int huge = MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB | MAP_FIXED;
	struct uffdio_register reg = { .mode = UFFDIO_REGISTER_MODE_WP };
	struct uffdio_api api = { .api = UFFD_API,
				  .features = UFFD_FEATURE_WP_ASYNC | UFFD_FEATURE_WP_UNPOPULATED |
					      UFFD_FEATURE_WP_HUGETLBFS_SHMEM };
	int fd = syscall(__NR_userfaultfd, 0);

	hole = mmap(NULL, 3UL << 30, PROT_NONE, anon, -1, 0);
	hole = (char *)(((uintptr_t)hole + (2UL << 30)) & ~((1UL << 30) - 1));
	if (mmap(hole, 4 << 20, PROT_READ | PROT_WRITE, huge, -1, 0) == MAP_FAILED)
		skip("free huge pages");
	reg.range = (struct uffdio_range){ (uintptr_t)hole, 4 << 20 };
	if (ioctl(fd, UFFDIO_API, &api) || ioctl(fd, UFFDIO_REGISTER, &reg))
		skip("UFFD_FEATURE_WP_ASYNC");
}

/* How many regions PAGEMAP_SCAN tells of, and where the first is. */
static int scan_hole(int flags, int any_of, int all_of, uint64_t *first)
{
	uint64_t r[4][3];
	struct pm_scan_arg arg = { .size = sizeof(arg),
				   .flags = flags,
				   .vec_len = 4,
				   .vec = (uintptr_t)r,
				   .start = (uintptr_t)hole,
				   .end = (uintptr_t)hole + (4 << 20),
				   .category_mask = all_of,
				   .category_anyof_mask = any_of,
				   .return_mask = PAGE_IS_WRITTEN };
	int fd = open("/proc/self/pagemap", O_RDONLY), n = ioctl(fd, PAGEMAP_SCAN, &arg);

	need(n >= 0);
	*first = r[0][0];
	close(fd);
	return n;
}

static void clear_hole(void)
{
	uint64_t first;

	scan_hole(PM_SCAN_WP_MATCHING, 1 /* it may be tracked */, 0, &first);
}

static void hole_reported(void)
{
	uint64_t first;

	must(scan_hole(0, 0, PAGE_IS_WRITTEN, &first) == 1 && first == (uintptr_t)hole, "C9",
	     "what the CPU wrote is reported");
}
