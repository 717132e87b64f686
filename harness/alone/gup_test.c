// SPDX-License-Identifier: GPL-2.0-only

/* The kernel's own test of get_user_pages() is the device: it can read what it has pinned. */
static int gup_fd;

static char *gup_base, *gup_copy;

static void open_gup(void)
{
	gup_fd = open("/sys/kernel/debug/gup_test", O_RDWR);
	if (gup_fd < 0)
		skip("CONFIG_GUP_TEST");
}

/* As in mm/gup_test.h. */
struct gup_longterm {
	uint64_t addr, size;
	uint32_t flags;
};

static int pin_longterm(int first, int n, uint32_t flags)
{
	struct gup_longterm arg = { (uintptr_t)at(first), bytes(n), flags };

	gup_base = at(first);
	gup_copy = mmap(NULL, bytes(n), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	need(gup_copy != MAP_FAILED);
	return ioctl(gup_fd, _IOW('g', 7, struct gup_longterm), &arg);
}

/* Bit 0: for writing; bit 1: by GUP-fast. */
#define pin_gup(first, n) pin_longterm(first, n, 1)

#define pin_gup_fast(first, n) pin_longterm(first, n, 3)

#define pin_gup_ro(first, n) pin_longterm(first, n, 0)

#define pin_gup_ro_fast(first, n) pin_longterm(first, n, 2)

static uint64_t read_gup(int p)
{
	uint64_t to = (uintptr_t)gup_copy;

	need(!ioctl(gup_fd, _IOW('g', 9, uint64_t), &to));
	return *(uint64_t *)(gup_copy + (at(p) - gup_base));
}

#define unpin_gup() ioctl(gup_fd, _IO('g', 8))
