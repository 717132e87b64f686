// SPDX-License-Identifier: GPL-2.0-only
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <liburing.h>
#include <limits.h>
#include <linux/dm-ioctl.h>
#include <linux/fs.h>
#include <linux/hw_breakpoint.h>
#include <linux/magic.h>
#include <linux/perf_event.h>
#include <linux/userfaultfd.h>
#include <linux/vfio.h>
#include <linux/videodev2.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include "disk.h"
#include "feature.h"
#include "hmm.h"
#include "iommufd.h"
#include "memory.h"
#include "version.h"
#include "vfio.h"
#include "wait.h"

/* --- what we are told of kernel and guest ------------------------------------------------ */

/*
 * COWPEN_CONFIG	a file with the kernel's configuration, at least those lines of it
 *			that set something. Without it, what is in /boot, with the modules
 *			or in /proc.
 * COWPEN_MODULES	a file with the modules that were to be loaded, one a line.
 * COWPEN_GUEST		words for what this guest was made without, as in "swap=off".
 *			That it is set, be it empty, means that all else is there.
 */
static bool in_guest(void)
{
	return getenv("COWPEN_GUEST");
}

static bool has_word(const char *words, const char *word)
{
	size_t len = strlen(word);

	for (const char *p = words; p && (p = strstr(p, word)); p += len)
		if ((p == words || p[-1] == ' ') && (!p[len] || p[len] == ' '))
			return true;
	return false;
}

/* What is swapped out goes there first, and what comes from there is dirty, with no slot beside it. */
static bool zswap_is_on(void)
{
	char on[8];

	return file_get("/sys/module/zswap/parameters/enabled", on, sizeof(on)) && *on == 'Y';
}

/* Was this guest made without? Devices, ZONE_MOVABLE and coherent memory it has if it says so. */
static bool guest_lacks(const char *word)
{
	char line[4096] = "";

	file_get("/proc/cmdline", line, sizeof(line));
	if (!strcmp(word, "movable=off"))
		return in_guest() && !strstr(line, " movablecore=");
	if (!strcmp(word, "swap=zram"))
		return in_guest() && !has_word(getenv("COWPEN_GUEST"), "swap=queued");
	if (!strcmp(word, "devices=off"))
		return in_guest() && !has_word(line, "cowpen.devices=on");
	if (!strcmp(word, "coherent=off"))
		return in_guest() && !strstr(line, " test_hmm.spm_addr_dev0=");
	return has_word(getenv("COWPEN_GUEST"), word);
}

/* Which of the blank-separated @words it was made with or without; NULL: none. */
static const char *guest_lacks_one(const char *words)
{
	static char copy[64];
	char *save;

	snprintf(copy, sizeof(copy), "%s", words);
	for (char *w = strtok_r(copy, " ", &save); w; w = strtok_r(NULL, " ", &save))
		if (guest_lacks(w))
			return w;
	return NULL;
}

/* All of a text file, with a line end before the first line. */
static char *text_of(const char *path)
{
	size_t len = 1, room = 1 << 16;
	int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	char *text;
	ssize_t n;

	if (fd < 0)
		return NULL;
	text = malloc(room);
	if (text)
		*text = '\n';
	while (text && (n = read(fd, text + len, room - len - 1)) > 0) {
		len += n;
		if (room - len < 4096) {
			char *more = realloc(text, room *= 2);

			if (!more)
				free(text);
			text = more;
		}
	}
	close(fd);
	if (text)
		text[len] = '\0';
	return text;
}

/* What the kernel itself has of it, if CONFIG_IKCONFIG_PROC. */
static char *config_of_kernel(void)
{
	int fd = access("/proc/config.gz", R_OK) ? -1 : memfd_create("cowpen-config", 0);
	char line[64], path[32];

	if (fd < 0)
		return NULL;
	snprintf(line, sizeof(line), "gzip -dc </proc/config.gz >&%d 2>/dev/null", fd);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return system(line) ? NULL : text_of(path);
}

static const char *config(void)
{
	static const char *const places[] = { "/boot/config-%s", "/lib/modules/%s/config",
					      "/lib/modules/%s/build/.config" };
	static char *text;
	struct utsname u;
	char path[128];

	if (!text)
		text = text_of(getenv("COWPEN_CONFIG"));
	for (size_t i = 0; i < sizeof(places) / sizeof(*places) && !text && !uname(&u); i++) {
		snprintf(path, sizeof(path), places[i], u.release);
		text = text_of(path);
	}
	if (!text)
		text = config_of_kernel();
	return text;
}

enum symbol { SYMBOL_OFF, SYMBOL_MODULE, SYMBOL_ON, SYMBOL_UNKNOWN };

/* @symbol is one, or several with | between them, of which one will do. */
static enum symbol symbol_state(const char *symbol, size_t len)
{
	enum symbol best = SYMBOL_OFF;
	const char *end = symbol + len;

	if (!config())
		return SYMBOL_UNKNOWN;
	while (symbol < end) {
		int n = strcspn(symbol, "| ");
		char line[80];
		const char *at;

		snprintf(line, sizeof(line), "\nCONFIG_%.*s=", n, symbol);
		at = strstr(config(), line);
		if (at && at[strlen(line)] == 'y')
			best = SYMBOL_ON;
		if (at && at[strlen(line)] == 'm' && best == SYMBOL_OFF)
			best = SYMBOL_MODULE;
		symbol += n + 1;
	}
	return best;
}

/* Was this module to be loaded? The list has paths, and dm-mod is dm_mod. */
static bool promised(const char *module, size_t len)
{
	char *list = text_of(getenv("COWPEN_MODULES")), *save = NULL;
	bool yes = false;

	for (char *l = list ? strtok_r(list, "\n", &save) : NULL; l && !yes;
	     l = strtok_r(NULL, "\n", &save)) {
		char *name = strrchr(l, '/') ? strrchr(l, '/') + 1 : l;

		for (char *c = name; *c; c++)
			*c = *c == '-' ? '_' : *c;
		yes = !strncmp(name, module, len) && (!name[len] || name[len] == '.');
	}
	free(list);
	return yes;
}

/* --- the trials --------------------------------------------------------------------------- */

static char why[128];

__attribute__((format(printf, 2, 3))) static enum trial said(enum trial t, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why, sizeof(why), fmt, ap);
	va_end(ap);
	return t;
}

static enum trial refused(const char *what, int err)
{
	return said(ABSENT, "%s says %s", what, strerrorname_np(err));
}

static enum trial by_file(const char *path)
{
	return access(path, F_OK) ? said(ABSENT, "there is no %s", path) : THERE;
}

static char *own_page(int flags, int fd)
{
	return mmap(NULL, PAGE_4K, PROT_READ | PROT_WRITE, flags, fd, 0);
}

/* Of the trial's own, with all features @want; *@have: what there is. Negative errno. */
static int own_uffd(uint64_t want, uint64_t *have)
{
	struct uffdio_api api = { .api = UFFD_API, .features = want };
	int fd = syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK), err;

	if (fd < 0)
		return -errno;
	if (ioctl(fd, UFFDIO_API, &api)) {
		err = -errno;
		close(fd);
		return err;
	}
	if (have)
		*have = api.features;
	return fd;
}

static enum trial try_userfaultfd(void)
{
	int fd = own_uffd(0, NULL);

	if (fd < 0)
		return refused("userfaultfd(2)", -fd);
	close(fd);
	return THERE;
}

static enum trial try_uffd_user_mode(void)
{
	int fd = syscall(SYS_userfaultfd, O_CLOEXEC | UFFD_USER_MODE_ONLY);

	if (fd < 0)
		return refused("userfaultfd(UFFD_USER_MODE_ONLY)", errno);
	close(fd);
	return THERE;
}

/* Features are fixed by the first UFFDIO_API, so one is asked that is thrown away. */
static enum trial try_uffd_bit(uint64_t bit)
{
	uint64_t have;
	int fd = own_uffd(0, &have);

	if (fd < 0)
		return refused("userfaultfd(2)", -fd);
	close(fd);
	return have & bit ? THERE : said(ABSENT, "UFFDIO_API does not tell it");
}

/* What is done with a page of the trial's own that is registered with a uffd of its own. */
enum uffd_try { TRY_MOVE, TRY_POISON, TRY_CONTINUE_WP, TRY_PROTECT };

static int uffd_ioctl(int fd, enum uffd_try how, char *p, char *from)
{
	struct uffdio_range range = { (uintptr_t)p, PAGE_4K };
	struct uffdio_move move = { .dst = range.start, .src = (uintptr_t)from, .len = range.len };
	struct uffdio_poison poison = { .range = range };
	struct uffdio_continue cont = { .range = range, .mode = UFFDIO_CONTINUE_MODE_WP };
	struct uffdio_writeprotect wp = { .range = range, .mode = UFFDIO_WRITEPROTECT_MODE_WP };

	switch (how) {
	case TRY_MOVE:
		return ioctl(fd, UFFDIO_MOVE, &move);
	case TRY_POISON:
		return ioctl(fd, UFFDIO_POISON, &poison);
	case TRY_CONTINUE_WP:
		return ioctl(fd, UFFDIO_CONTINUE, &cont);
	case TRY_PROTECT:
		return ioctl(fd, UFFDIO_WRITEPROTECT, &wp);
	}
	return -1;
}

static enum trial try_uffd(enum uffd_try how)
{
	static const char *const names[] = { "UFFDIO_MOVE", "UFFDIO_POISON",
					     "UFFDIO_CONTINUE_MODE_WP", "UFFDIO_WRITEPROTECT" };
	static const uint64_t modes[] = { UFFDIO_REGISTER_MODE_MISSING,
					  UFFDIO_REGISTER_MODE_MISSING,
					  UFFDIO_REGISTER_MODE_MINOR | UFFDIO_REGISTER_MODE_WP,
					  UFFDIO_REGISTER_MODE_WP };
	static const uint64_t wants[] = { UFFD_FEATURE_MOVE, UFFD_FEATURE_POISON,
					  UFFD_FEATURE_PAGEFAULT_FLAG_WP |
						  UFFD_FEATURE_MINOR_SHMEM |
						  UFFD_FEATURE_WP_HUGETLBFS_SHMEM,
					  UFFD_FEATURE_PAGEFAULT_FLAG_WP };
	unsigned int tries = 0;
	bool file = how == TRY_CONTINUE_WP;
	int memfd = file ? memfd_create("cowpen-trial", MFD_CLOEXEC) : -1;
	/* Alone: nothing is behind it that could be moved along. */
	char *from =
		mmap(NULL, 2 * PAGE_4K, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char *p;
	int fd = own_uffd(wants[how], NULL), err = 0;

	if (file && (memfd < 0 || ftruncate(memfd, PAGE_4K) || pwrite(memfd, "x", 1, 0) != 1))
		err = errno;
	p = own_page(file ? MAP_SHARED : MAP_PRIVATE | MAP_ANONYMOUS, memfd);
	if (fd < 0 || from == MAP_FAILED || p == MAP_FAILED) {
		err = fd < 0 ? -fd : ENOMEM;
	} else if (!err) {
		err = -uffd_register(fd, p, PAGE_4K, modes[how]);
		*(volatile char *)from = 1;
		if (how == TRY_PROTECT)
			*(volatile char *)p = 1;
		/* Somebody else may be at the page table, and it says so. */
		while (!err && uffd_ioctl(fd, how, p, from)) {
			if (errno != EAGAIN || tries++ == 1000)
				err = errno;
		}
	}
	if (!err && how == TRY_PROTECT && !(pagemap(0, p) & PM_UFFD_WP))
		err = ENODATA;
	if (fd >= 0)
		close(fd);
	if (memfd >= 0)
		close(memfd);
	if (from != MAP_FAILED)
		munmap(from, 2 * PAGE_4K);
	if (p != MAP_FAILED)
		munmap(p, PAGE_4K);
	if (err == ENODATA)
		return said(ABSENT, "a page that was write-protected has no such bit");
	return err ? refused(names[how], err) : THERE;
}

static enum trial try_move(void)
{
	return try_uffd(TRY_MOVE);
}

static enum trial try_poison(void)
{
	return try_uffd(TRY_POISON);
}

static enum trial try_continue_wp(void)
{
	return try_uffd(TRY_CONTINUE_WP);
}

static enum trial try_pagemap_mark(void)
{
	return try_uffd(TRY_PROTECT);
}

static enum trial try_scan(uint64_t what)
{
	char *p = own_page(MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1);
	struct page_region region;
	struct pm_scan_arg arg = {
		.size = sizeof(arg),
		.start = (uintptr_t)p,
		.end = (uintptr_t)p + PAGE_4K,
		.vec = (uintptr_t)&region,
		.vec_len = 1,
		.category_mask = what,
		.return_mask = what,
	};
	int fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC), err = 0;

	if (fd < 0 || p == MAP_FAILED || ioctl(fd, PAGEMAP_SCAN, &arg) < 0)
		err = errno;
	if (fd >= 0)
		close(fd);
	if (p != MAP_FAILED)
		munmap(p, PAGE_4K);
	return err ? refused("PAGEMAP_SCAN", err) : THERE;
}

static enum trial try_soft_dirty(void)
{
	char *p = own_page(MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1);
	bool yes;

	if (p == MAP_FAILED)
		return refused("mmap()", errno);
	yes = pagemap(0, p) & PM_SOFT_DIRTY;
	munmap(p, PAGE_4K);
	return yes ? THERE : said(ABSENT, "a new page has no such bit");
}

static enum trial try_stack_nohuge(void)
{
	char *p = own_page(MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1);
	bool yes;

	if (p == MAP_FAILED)
		return refused("mmap()", errno);
	yes = vm_flag(p, "nh");
	munmap(p, PAGE_4K);
	return yes ? THERE : said(ABSENT, "VmFlags of such a mapping has no nh");
}

static enum trial try_droppable(void)
{
	char *p = own_page(MAP_DROPPABLE | MAP_ANONYMOUS, -1);

	if (p == MAP_FAILED)
		return refused("mmap()", errno);
	munmap(p, PAGE_4K);
	return THERE;
}

/* Of no bytes: all that is looked at is whether there is such advice. */
static enum trial try_advice(int advice, const char *name)
{
	char *p = own_page(MAP_PRIVATE | MAP_ANONYMOUS, -1);
	int err = p == MAP_FAILED || madvise(p, 0, advice) ? errno : 0;

	if (p != MAP_FAILED)
		munmap(p, PAGE_4K);
	return err ? refused(name, err) : THERE;
}

static enum trial try_populate(void)
{
	return try_advice(MADV_POPULATE_WRITE, "MADV_POPULATE_WRITE");
}

static enum trial try_guard(void)
{
	return try_advice(102, "MADV_GUARD_INSTALL");
}

static enum trial try_memory_failure(void)
{
	return try_advice(MADV_HWPOISON, "MADV_HWPOISON");
}

static enum trial try_madvise_self(void)
{
	char *p = own_page(MAP_PRIVATE | MAP_ANONYMOUS, -1);
	int fd = syscall(SYS_pidfd_open, getpid(), 0), err = errno;

	if (fd >= 0 && p != MAP_FAILED) {
		struct iovec v = { p, PAGE_4K };

		err = syscall(SYS_process_madvise, fd, &v, 1UL, MADV_DONTNEED, 0) < 0 ? errno : 0;
	}
	if (fd >= 0)
		close(fd);
	if (p != MAP_FAILED)
		munmap(p, PAGE_4K);
	return err ? refused("process_madvise()", err) : THERE;
}

static enum trial try_guard_files(void)
{
	int fd = memfd_create("cowpen-trial", MFD_CLOEXEC), err;
	char *p;

	if (fd < 0 || ftruncate(fd, PAGE_4K))
		return refused("memfd_create()", errno);
	p = own_page(MAP_SHARED, fd);
	err = p == MAP_FAILED || madvise(p, PAGE_4K, 102) ? errno : 0;
	if (p != MAP_FAILED)
		munmap(p, PAGE_4K);
	close(fd);
	return err ? refused("MADV_GUARD_INSTALL", err) : THERE;
}

static enum trial try_pagemap_guard(void)
{
	char *p = own_page(MAP_PRIVATE | MAP_ANONYMOUS, -1);
	int err = p == MAP_FAILED || madvise(p, PAGE_4K, 102) ? errno : 0;
	uint64_t e = err ? 0 : pagemap(0, p);

	if (p != MAP_FAILED)
		munmap(p, PAGE_4K);
	if (err)
		return refused("MADV_GUARD_INSTALL", err);
	return e & PM_GUARD ? THERE : said(ABSENT, "the bit");
}

static enum trial try_core_dump(void)
{
	return access("/proc/self/coredump_filter", W_OK) ?
		       said(ABSENT, "/proc/self/coredump_filter") :
		       THERE;
}

static enum trial try_collapse(void)
{
	return try_advice(25, "MADV_COLLAPSE");
}

/* Two places for a huge page, next to each other; nothing is in the first, which takes none. */
static char *huge_hole(char **all)
{
	char *p = mmap(NULL, 3 * HUGEPAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
		       -1, 0);

	*all = p;
	if (p == MAP_FAILED)
		return p;
	p = (char *)(((uintptr_t)p + HUGEPAGE - 1) & ~(HUGEPAGE - 1));
	return mmap(p, HUGEPAGE, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB | MAP_NORESERVE | MAP_FIXED, -1, 0);
}

static enum trial try_huge_hole(bool move)
{
	char *all, *p = huge_hole(&all);
	int err = 0;

	if (p == MAP_FAILED)
		err = errno;
	else if (move ? mremap(p, HUGEPAGE, HUGEPAGE, MREMAP_MAYMOVE | MREMAP_FIXED,
			       p + HUGEPAGE) == MAP_FAILED :
			madvise(p, HUGEPAGE, MADV_DONTNEED))
		err = errno;
	if (all != MAP_FAILED)
		munmap(all, 3 * HUGEPAGE);
	return err ? refused(move ? "mremap()" : "MADV_DONTNEED", err) : THERE;
}

static enum trial try_dontneed_hugetlb(void)
{
	return try_huge_hole(false);
}

static enum trial try_mremap_hugetlb(void)
{
	return try_huge_hole(true);
}

static enum trial try_leaving(int flags, int fd)
{
	char *p = own_page(flags, fd), *to = MAP_FAILED;
	int err = p == MAP_FAILED ? errno : 0;

	if (!err) {
		to = mremap(p, PAGE_4K, PAGE_4K, MREMAP_MAYMOVE | MREMAP_DONTUNMAP, NULL);
		if (to == MAP_FAILED)
			err = errno;
		munmap(p, PAGE_4K);
	}
	if (to != MAP_FAILED)
		munmap(to, PAGE_4K);
	return err ? refused("mremap()", err) : THERE;
}

static enum trial try_mremap_pieces(void)
{
	size_t len = 3 * PAGE_4K;
	char *p = mmap(NULL, len, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), *to;
	int err = 0;

	if (p == MAP_FAILED || mprotect(p + PAGE_4K, PAGE_4K, PROT_NONE))
		return refused("mmap()", errno);
	to = mmap(NULL, len, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (to == MAP_FAILED || mremap(p, len, len, MREMAP_MAYMOVE | MREMAP_FIXED, to) != to)
		err = errno;
	munmap(p, len);
	if (to != MAP_FAILED)
		munmap(to, len);
	return err ? refused("mremap()", err) : THERE;
}
static enum trial try_dontunmap(void)
{
	return try_leaving(MAP_PRIVATE | MAP_ANONYMOUS, -1);
}

static enum trial try_dontunmap_file(void)
{
	int fd = memfd_create("cowpen-trial", MFD_CLOEXEC);
	enum trial t;

	if (fd < 0 || ftruncate(fd, PAGE_4K))
		return refused("memfd_create()", errno);
	t = try_leaving(MAP_SHARED, fd);
	close(fd);
	return t;
}

static enum trial try_secretmem(void)
{
	int fd = syscall(SYS_memfd_secret, O_CLOEXEC);

	if (fd < 0)
		return refused("memfd_secret()", errno);
	close(fd);
	return THERE;
}

static enum trial try_vm_readv(void)
{
	char from = 1, to;
	struct iovec local = { &to, 1 }, remote = { &from, 1 };

	return process_vm_readv(getpid(), &local, 1, &remote, 1, 0) == 1 ?
		       THERE :
		       refused("process_vm_readv()", errno);
}

/* What is shared with a child, and pinned for reading, becomes one's own. */
static enum trial try_unshare(void)
{
	char *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), to;
	struct iovec local = { &to, 1 }, remote = { p, 1 };
	uint64_t before, after;
	pid_t pid;

	if (p == MAP_FAILED)
		return refused("mmap()", errno);
	*p = 1;
	pid = fork();
	if (!pid)
		for (;;)
			pause();
	if (pid < 0)
		return refused("fork()", errno);
	before = PM_PFN(pagemap(0, p));
	process_vm_readv(getpid(), &local, 1, &remote, 1, 0);
	after = PM_PFN(pagemap(0, p));
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	munmap(p, 4096);
	return after != before ? THERE : said(ABSENT, "the page is the child's still");
}

static enum trial try_hugetlb(void)
{
	if (file_number("/proc/meminfo", "HugePages_Total") >= 0)
		return THERE;
	return said(ABSENT, "/proc/meminfo does not name HugePages_Total");
}

static enum trial try_huge_pool(void)
{
	if (file_number("/proc/meminfo", "HugePages_Total") > 0)
		return THERE;
	return said(UNSET, "/proc/sys/vm/nr_hugepages");
}

#define THP_DIR "/sys/kernel/mm/transparent_hugepage"
/* Below that hugepage_init() turns them off, less what firmware and kernel take. */
#define THP_MIN_KIB (512L << 10)

static enum trial try_thp(void)
{
	enum trial t = by_file(THP_DIR "/enabled");
	char line[64];

	if (t != THERE || !file_get(THP_DIR "/enabled", line, sizeof(line)) ||
	    !strstr(line, "[never]"))
		return t;
	if (file_number("/proc/meminfo", "MemTotal") < THP_MIN_KIB)
		return said(OFF, "the kernel does so with little memory");
	return said(in_guest() ? ABSENT : OFF, THP_DIR "/enabled is never");
}

static enum trial try_shmem_huge(void)
{
	return by_file(THP_DIR "/shmem_enabled");
}

static enum trial try_mthp(void)
{
	return by_file(THP_DIR "/hugepages-64kB/enabled");
}

static enum trial try_underused(void)
{
	return by_file(THP_DIR "/shrink_underused");
}

#define DEBUGFS "/sys/kernel/debug"

static bool debugfs(void)
{
	struct statfs fs;

	return !statfs(DEBUGFS, &fs) && fs.f_type == DEBUGFS_MAGIC;
}

static enum trial try_split(void)
{
	if (!debugfs())
		return said(UNSET, "debugfs on " DEBUGFS);
	return by_file(DEBUGFS "/split_huge_pages");
}

/* Nothing, of ourselves. Older ones take a "1", and that is all of the system's. */
static enum trial try_split_range(void)
{
	char text[64];
	int err;

	snprintf(text, sizeof(text), "%d,0x%lx,0x%lx", getpid(), PAGE_4K, PAGE_4K);
	err = file_put(DEBUGFS "/split_huge_pages", text);
	return err ? refused("split_huge_pages", -err) : THERE;
}

static enum trial try_failures(void)
{
	enum trial t = by_file("/proc/self/fail-nth");

	if (t != THERE)
		return t;
	if (!debugfs())
		return said(UNSET, "debugfs on " DEBUGFS);
	t = by_file(DEBUGFS "/failslab/verbose");
	return t == THERE ? by_file(DEBUGFS "/fail_page_alloc/min-order") : t;
}

static enum trial try_ksm(void)
{
	return by_file("/sys/kernel/mm/ksm/run");
}

static enum trial try_move_pages(void)
{
	return syscall(SYS_move_pages, 0, 0UL, NULL, NULL, NULL, 0) ?
		       refused("move_pages()", errno) :
		       THERE;
}

static enum trial try_two_nodes(void)
{
	if (!access("/sys/devices/system/node/node1", F_OK))
		return THERE;
	return said(UNSET, "numa=fake=2");
}

static enum trial try_movable_zone(void)
{
	return has_movable_zone() ? THERE : said(UNSET, "movablecore=");
}

static enum trial try_numa_balancing(void)
{
	return by_file("/proc/sys/kernel/numa_balancing");
}

static enum trial try_compaction(void)
{
	return by_file("/proc/sys/vm/compact_memory");
}

static enum trial try_swap(void)
{
	return file_number("/proc/meminfo", "SwapTotal") > 0 ? THERE : said(UNSET, "swapon");
}

/* The kernel has it of the device, and shows it nowhere. */
static bool swaps_at_once(void)
{
	char device[64];

	return swap_device(device, sizeof(device)) && strstr(device, "/zram");
}

static enum trial try_swap_at_once(void)
{
	return swaps_at_once() ? THERE : said(UNSET, "swapon of zram");
}

static enum trial try_swap_queued(void)
{
	if (swaps_at_once())
		return said(UNSET, "swapon of a disk");
	return zswap_is_on() ? said(UNSET, "zswap that is off") : try_swap();
}

static enum trial try_swap_stops(void)
{
	if (!disk_is_ours())
		return said(UNSET, "the device-mapper of its disk");
	return zswap_is_on() ? said(UNSET, "zswap that is off") : THERE;
}

/* One of the trial's own, which has nobody in it. */
static enum trial try_memcg_file(const char *name)
{
	char group[64], file[96];
	bool yes;

	snprintf(group, sizeof(group), CGROUPS "/cowpen-try-%d", getpid());
	if (mkdir(group, 0755))
		return said(UNSET, "mkdir in " CGROUPS " (%s)", strerrorname_np(errno));
	snprintf(file, sizeof(file), "%s/%s", group, name);
	yes = !access(file, W_OK);
	rmdir(group);
	return yes ? THERE : said(UNSET, "%s", name);
}

static enum trial try_memcg(void)
{
	return try_memcg_file("memory.max");
}

static enum trial try_memcg_swap(void)
{
	return try_memcg_file("memory.swap.max");
}

static enum trial try_files(void)
{
	struct statfs fs;

	if (!statfs(FILES, &fs) && fs.f_type == EXT4_SUPER_MAGIC)
		return THERE;
	return said(UNSET, "ext2 or ext4 on " FILES);
}

static enum trial try_dax(void)
{
	int fd = open(DAX_FILES, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	struct statx st = { 0 };

	if (fd < 0)
		return said(UNSET, "a file system on memory that is a disk, on " DAX_FILES);
	statx(fd, "", AT_EMPTY_PATH, STATX_BASIC_STATS, &st);
	close(fd);
	return st.stx_attributes & STATX_ATTR_DAX ? THERE :
						    said(UNSET, "DAX of files on " DAX_FILES);
}

static enum trial try_devdax(void)
{
	return access(DEVDAX, R_OK | W_OK) ? said(UNSET, DEVDAX) : THERE;
}

/* A page in a file of the trial's own on that file system; negative errno. */
static int own_file(void)
{
	char name[] = FILES "/cowpen-trial-XXXXXX";
	int fd = mkostemp(name, O_CLOEXEC), err;

	if (fd < 0)
		return -errno;
	unlink(name);
	if (!ftruncate(fd, PAGE_4K) && pwrite(fd, "x", 1, 0) == 1)
		return fd;
	err = -errno;
	close(fd);
	return err;
}

static enum trial try_punch(void)
{
	enum trial t = try_files();
	int fd, err = 0;

	if (t != THERE)
		return t;
	fd = own_file();
	if (fd < 0)
		return refused(FILES, -fd);
	if (fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, PAGE_4K))
		err = errno;
	close(fd);
	return err ? refused("fallocate()", err) : THERE;
}

static enum trial try_io_uring(void)
{
	struct io_uring ring;
	char line[16];
	int err = io_uring_queue_init(1, &ring, 0);

	if (!err)
		io_uring_queue_exit(&ring);
	if (err == -EPERM && file_get("/proc/sys/kernel/io_uring_disabled", line, sizeof(line)) &&
	    *line != '0')
		return said(OFF, "kernel.io_uring_disabled is %s", line);
	return err ? refused("io_uring_setup()", -err) : THERE;
}

static enum trial try_io_uring_sparse(void)
{
	struct io_uring ring;
	int err = io_uring_queue_init(1, &ring, 0);

	if (err)
		return refused("io_uring_setup()", -err);
	err = io_uring_register_buffers_sparse(&ring, 1);
	io_uring_queue_exit(&ring);
	return err ? refused("IORING_REGISTER_BUFFERS2", -err) : THERE;
}

/* Of a ring without a table: ENXIO from a kernel that knows how. */
static enum trial try_io_uring_clone(void)
{
	struct io_uring from, to;
	int err = io_uring_queue_init(1, &from, 0);

	if (err)
		return refused("io_uring_setup()", -err);
	err = io_uring_queue_init(1, &to, 0);
	if (!err) {
		err = io_uring_clone_table(to.ring_fd, from.ring_fd);
		io_uring_queue_exit(&to);
	}
	io_uring_queue_exit(&from);
	return err == -ENXIO || !err ? THERE : refused("IORING_REGISTER_CLONE_BUFFERS", -err);
}

static enum trial try_io_uring_files(void)
{
	struct io_uring ring;
	struct iovec iov = { MAP_FAILED, PAGE_4K };
	int fd = own_file(), err;

	if (fd < 0)
		return said(UNSET, "ext2 or ext4 on " FILES);
	err = io_uring_queue_init(1, &ring, 0);
	if (!err) {
		iov.iov_base = own_page(MAP_PRIVATE, fd);
		err = iov.iov_base == MAP_FAILED ? -errno :
						   io_uring_register_buffers(&ring, &iov, 1);
		if (!err)
			io_uring_unregister_buffers(&ring);
		io_uring_queue_exit(&ring);
	}
	if (iov.iov_base != MAP_FAILED)
		munmap(iov.iov_base, PAGE_4K);
	close(fd);
	return err ? refused("IORING_REGISTER_BUFFERS", -err) : THERE;
}

static enum trial try_io_uring_pbuf(void)
{
	struct io_uring_buf_reg reg = { .ring_entries = 256 };
	char *p = own_page(MAP_PRIVATE | MAP_ANONYMOUS, -1);
	struct io_uring ring;
	int err = p == MAP_FAILED ? -errno : io_uring_queue_init(1, &ring, 0);

	if (!err) {
		reg.ring_addr = (uintptr_t)p;
		err = io_uring_register_buf_ring(&ring, &reg, 0);
		/* At once: what a ring still has when it goes, a worker gives back. */
		if (!err)
			io_uring_unregister_buf_ring(&ring, 0);
		io_uring_queue_exit(&ring);
	}
	if (p != MAP_FAILED)
		munmap(p, PAGE_4K);
	return err ? refused("IORING_REGISTER_PBUF_RING", -err) : THERE;
}

/* More than a page of it, which need not be in a row: what v6.5 has takes no such thing. */
static enum trial try_io_uring_in_memory(void)
{
	size_t len = 3 * PAGE_4K + RINGS_LEN(2 * PAGE_4K), rings_len;
	char *p = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	long before = pins_outstanding();
	int fd = -errno;

	if (p == MAP_FAILED)
		return refused("mmap()", errno);
	/* The last of three is moved to the first: two that are not in a row. */
	for (int i = 0; i < 3; i++)
		p[i * PAGE_4K] = 1;
	if (mremap(p + 2 * PAGE_4K, PAGE_4K, PAGE_4K, MREMAP_MAYMOVE | MREMAP_FIXED, p) == p)
		fd = io_uring_in_memory(p, 2 * PAGE_4K, p + 3 * PAGE_4K, &rings_len);
	/* A worker gives it back: not while the test counts. */
	if (fd >= 0) {
		close(fd);
		wait_until(pins_outstanding() <= before);
	}
	munmap(p, len);
	return fd < 0 ? refused("io_uring_setup()", -fd) : THERE;
}

/*
 * Of no memory: EFAULT from a kernel that knows how. What it had pinned a worker would give back,
 * while the test counts.
 */
static enum trial try_io_uring_zcrx(void)
{
	struct zcrx_refill refill;
	struct io_uring ring;
	int err = io_uring_queue_init(1, &ring,
				      IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN |
					      IORING_SETUP_CQE32);

	if (err)
		return refused("io_uring_setup()", -err);
	err = io_uring_zcrx(ring.ring_fd, NULL, PAGE_4K, &refill);
	io_uring_queue_exit(&ring);
	return err == -EFAULT ? THERE : refused("IORING_REGISTER_ZCRX_IFQ", -err);
}

/*
 * Stopping what was never started is no error. Kernels have, or had, one set of pins
 * for all who open it: nobody has any when this is asked.
 */
static enum trial try_gup_test(void)
{
	int fd, err = 0;

	if (!debugfs())
		return said(UNSET, "debugfs on " DEBUGFS);
	fd = open(DEBUGFS "/gup_test", O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return refused(DEBUGFS "/gup_test", errno);
	if (ioctl(fd, _IO('g', 8)))
		err = errno;
	close(fd);
	return err ? refused("PIN_LONGTERM_TEST_STOP", err) : THERE;
}

static enum trial try_rxe(void)
{
	return rdma_trial(F_RXE, why, sizeof(why));
}

static enum trial try_odp(void)
{
	return rdma_trial(F_RXE_ODP, why, sizeof(why));
}

static enum trial try_rereg(void)
{
	return rdma_trial(F_RXE_REREG, why, sizeof(why));
}

static enum trial try_device(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC);

	if (fd < 0)
		return said(UNSET, "%s (%s)", path, strerrorname_np(errno));
	close(fd);
	return THERE;
}

static enum trial try_ramdisk(void)
{
	return try_device("/dev/ram0", O_RDWR | O_DIRECT);
}

static enum trial try_dm(void)
{
	return try_device("/dev/" DM_DIR "/" DM_CONTROL_NODE, O_RDWR);
}

static enum trial try_af_xdp(void)
{
	int fd = socket(AF_XDP, SOCK_RAW | SOCK_CLOEXEC, 0), err = errno;

	if (fd < 0)
		return refused("socket(AF_XDP)", err);
	close(fd);
	return THERE;
}

static enum trial try_udmabuf(void)
{
	return by_file("/dev/udmabuf");
}

/* A DEC 21143. */
bool vfio_card(char *address, size_t size)
{
	char path[PATH_MAX], id[16];
	DIR *d = opendir(PCI_DEVICES);
	bool found = false;

	for (struct dirent *e; d && !found && (e = readdir(d));) {
		snprintf(path, sizeof(path), PCI_DEVICES "/%s/vendor", e->d_name);
		if (!file_get(path, id, sizeof(id)) || strtoul(id, NULL, 0) != 0x1011)
			continue;
		snprintf(path, sizeof(path), PCI_DEVICES "/%s/device", e->d_name);
		found = file_get(path, id, sizeof(id)) && strtoul(id, NULL, 0) == 0x19;
		snprintf(address, size, "%s", e->d_name);
	}
	if (d)
		closedir(d);
	return found;
}

static enum trial try_kvm(void)
{
	char *cpu = text_of("/proc/cpuinfo");
	bool can = cpu && (strstr(cpu, " svm ") || strstr(cpu, " vmx "));

	free(cpu);
	if (!can)
		return said(OFF, "the processor has neither SVM nor VMX");
	return access("/dev/kvm", R_OK | W_OK) ? said(ABSENT, "there is no /dev/kvm") : THERE;
}

static enum trial try_vfio(void)
{
	char address[64], path[128];

	if (access("/dev/vfio/vfio", F_OK))
		return said(ABSENT, "there is no /dev/vfio/vfio");
	if (!vfio_card(address, sizeof(address)))
		return said(UNSET, "a DEC 21143 on the PCI bus");
	snprintf(path, sizeof(path), PCI_DEVICES "/%s/iommu_group", address);
	return access(path, F_OK) ? said(UNSET, "an IOMMU before %s", address) : THERE;
}

int vfio_container = -1;

static enum trial try_vfio_vaddr(void)
{
	if (vfio_container < 0)
		return said(UNSET, "a container that has a device");
	return ioctl(vfio_container, VFIO_CHECK_EXTENSION, VFIO_UPDATE_VADDR) > 0 ?
		       THERE :
		       said(ABSENT, "VFIO_CHECK_EXTENSION of VFIO_UPDATE_VADDR: none");
}

static enum trial try_iommufd(void)
{
	char address[64], path[128];

	if (access(IOMMUFD_DEVICE, F_OK))
		return said(ABSENT, "there is no " IOMMUFD_DEVICE);
	if (!vfio_card(address, sizeof(address)))
		return said(UNSET, "a DEC 21143 on the PCI bus");
	snprintf(path, sizeof(path), PCI_DEVICES "/%s/iommu_group", address);
	return access(path, F_OK) ? said(UNSET, "an IOMMU before %s", address) : THERE;
}

/* Asked for what it cannot have: what it is not is never looked at by a kernel that lacks it. */
static enum trial try_iommufd_file(void)
{
	struct iommufd_ioas_map_file map = { .size = sizeof(map), .flags = ~0U };
	int fd = open(IOMMUFD_DEVICE, O_RDWR | O_CLOEXEC), err = errno;

	if (fd < 0)
		return refused(IOMMUFD_DEVICE, err);
	err = ioctl(fd, IOMMUFD_IOAS_MAP_FILE, &map) ? errno : 0;
	close(fd);
	return err == ENOTTY ? said(ABSENT, "IOMMU_IOAS_MAP_FILE: ENOTTY") : THERE;
}

static int vivid_node(unsigned int can)
{
	struct v4l2_capability cap;
	char path[32];

	for (int i = 0; i < 64; i++) {
		int fd;

		snprintf(path, sizeof(path), "/dev/video%d", i);
		fd = open(path, O_RDWR | O_CLOEXEC);
		if (fd < 0)
			continue;
		if (!ioctl(fd, VIDIOC_QUERYCAP, &cap) && !strcmp((char *)cap.driver, "vivid") &&
		    cap.device_caps & can)
			return fd;
		close(fd);
	}
	return -1;
}

int vivid_camera(void)
{
	return vivid_node(V4L2_CAP_VIDEO_CAPTURE);
}

int vivid_screen(void)
{
	return vivid_node(V4L2_CAP_VIDEO_OUTPUT);
}

/* Of the camera's node that is opened and closed nothing is left. */
static enum trial try_v4l2(void)
{
	int fd = vivid_camera();

	if (fd < 0)
		return said(UNSET, "a camera of vivid's");
	close(fd);
	return THERE;
}

static enum trial try_hmm(void)
{
	return by_file(HMM_DEVICE);
}

static enum trial try_hmm_coherent(void)
{
	return by_file(HMM_COHERENT);
}

static enum trial try_kprobe(void)
{
	/* A function that all kernels have, and that is called by pointer. */
	struct perf_event_attr attr = { .size = sizeof(attr), .disabled = 1 };
	char text[16];
	int fd;

	if (!file_get(KPROBE_PMU "/type", text, sizeof(text)))
		return said(ABSENT, KPROBE_PMU);
	attr.type = atoi(text);
	attr.kprobe_func = (uintptr_t) "remove_migration_pte";
	fd = syscall(SYS_perf_event_open, &attr, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
	if (fd < 0)
		return refused("a kprobe", errno);
	close(fd);
	return THERE;
}

static enum trial try_watch_kernel(void)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_BREAKPOINT,
		.size = sizeof(attr),
		.disabled = 1,
		.bp_type = HW_BREAKPOINT_W,
		.bp_addr = VMEMMAP,
		.bp_len = HW_BREAKPOINT_LEN_4,
	};
	char line[4096] = "";
	int fd;

	/* Where struct pages are no file tells. */
	file_get("/proc/cmdline", line, sizeof(line));
	if (symbol_state("RANDOMIZE_MEMORY", 16) != SYMBOL_OFF && !strstr(line, "nokaslr"))
		return said(OFF, "kernel addresses are random, and nokaslr is not set");
	fd = syscall(SYS_perf_event_open, &attr, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
	if (fd < 0 && (errno == ENOSPC || errno == EBUSY))
		return said(OFF, "all debug registers are taken (%s)", strerrorname_np(errno));
	if (fd < 0)
		return refused("a write watch", errno);
	close(fd);
	return THERE;
}

static enum trial try_preempt(void)
{
	char text[64];

	/* Who is woken is SCHED_FIFO: that is not lazy. */
	if (symbol_state("PREEMPT|PREEMPT_LAZY", 20) == SYMBOL_ON)
		return THERE;
	if (!file_get(PREEMPT_MODE, text, sizeof(text)))
		return said(ABSENT, PREEMPT_MODE);
	return THERE;
}

static enum trial try_preempt_rcu(void)
{
	char text[64];

	if (symbol_state("PREEMPT_RCU", 11) == SYMBOL_ON)
		return THERE;
	/* Who may choose at boot has it. */
	if (!file_get(PREEMPT_MODE, text, sizeof(text)))
		return said(ABSENT, PREEMPT_MODE);
	return THERE;
}

/* --- the table ----------------------------------------------------------------------------- */

/*
 * @since: of mainline, and behind it stable branches that were given it, see
 * kernel_since(). @config: symbols that all must be set, without CONFIG_; modules: where
 * that says m, these have to be loaded. @lacks: by any of these words of GUEST= a
 * guest is without. A feature with @bit or @scan is tried by that alone.
 */
static const struct {
	const char *name, *since, *config, *modules, *lacks;
	uint64_t bit, scan;
	enum trial (*try)(void);
} table[NR_FEATURES] = {
#define UFFD_BIT(_bit, _since, _config)                                                      \
	{                                                                                    \
		.name = #_bit, .since = _since, .config = "USERFAULTFD" _config, .bit = _bit \
	}
	[F_USERFAULTFD] = { "userfaultfd", "4.3", "USERFAULTFD", .try = try_userfaultfd },
	[F_UFFD_WP] = UFFD_BIT(UFFD_FEATURE_PAGEFAULT_FLAG_WP, "5.7", " HAVE_ARCH_USERFAULTFD_WP"),
	[F_UFFD_WP_HUGETLBFS_SHMEM] =
		UFFD_BIT(UFFD_FEATURE_WP_HUGETLBFS_SHMEM, "5.19", " PTE_MARKER_UFFD_WP"),
	[F_UFFD_WP_UNPOPULATED] =
		UFFD_BIT(UFFD_FEATURE_WP_UNPOPULATED, "6.4", " PTE_MARKER_UFFD_WP"),
	[F_UFFD_EVENT_FORK] = UFFD_BIT(UFFD_FEATURE_EVENT_FORK, "4.11", ""),
	[F_UFFD_EVENT_REMAP] = UFFD_BIT(UFFD_FEATURE_EVENT_REMAP, "4.11", ""),
	[F_UFFD_EVENT_REMOVE] = UFFD_BIT(UFFD_FEATURE_EVENT_REMOVE, "4.11", ""),
	[F_UFFD_EVENT_UNMAP] = UFFD_BIT(UFFD_FEATURE_EVENT_UNMAP, "4.11", ""),
	[F_UFFD_WP_ASYNC] = UFFD_BIT(UFFD_FEATURE_WP_ASYNC, "6.7", " PTE_MARKER_UFFD_WP"),
	/* 824ddc601adc */
	[F_UFFD_EXACT_ADDRESS] = UFFD_BIT(UFFD_FEATURE_EXACT_ADDRESS, "5.18", ""),
	[F_UFFD_MINOR_HUGETLBFS] =
		UFFD_BIT(UFFD_FEATURE_MINOR_HUGETLBFS, "5.13", " HAVE_ARCH_USERFAULTFD_MINOR"),
	[F_UFFD_MINOR_SHMEM] =
		UFFD_BIT(UFFD_FEATURE_MINOR_SHMEM, "5.14", " HAVE_ARCH_USERFAULTFD_MINOR"),
	[F_UFFD_RWP] = UFFD_BIT(UFFD_FEATURE_RWP, "7.3", " USERFAULTFD_RWP"),
	[F_UFFD_RWP_ASYNC] = UFFD_BIT(UFFD_FEATURE_RWP_ASYNC, "7.3", " USERFAULTFD_RWP"),
	/* 37cd0575b851 */
	[F_UFFD_USER_MODE] = { "UFFD_USER_MODE_ONLY", "5.11", "USERFAULTFD",
			       .try = try_uffd_user_mode },
	[F_UFFD_MOVE] = { "UFFDIO_MOVE", "6.8", "USERFAULTFD", .try = try_move },
	[F_UFFD_POISON] = { "UFFDIO_POISON", "6.6", "USERFAULTFD", .try = try_poison },
	[F_UFFD_CONTINUE_WP] = { "UFFDIO_CONTINUE_MODE_WP", "6.4",
				 "USERFAULTFD HAVE_ARCH_USERFAULTFD_MINOR PTE_MARKER_UFFD_WP",
				 .try = try_continue_wp },
	/* fb8e37f35a2f */
	[F_PAGEMAP_UFFD_WP] = { "bit of pagemap for write-protect marks", "5.13",
				"USERFAULTFD HAVE_ARCH_USERFAULTFD_WP PROC_PAGE_MONITOR",
				.try = try_pagemap_mark },
	[F_PAGEMAP_SCAN] = { "PAGEMAP_SCAN", "6.7", "PROC_PAGE_MONITOR", .scan = PAGE_IS_PRESENT },
	[F_PAGEMAP_SCAN_SOFT_DIRTY] = { "PAGEMAP_SCAN for soft-dirty bits", "6.8",
					"PROC_PAGE_MONITOR MEM_SOFT_DIRTY",
					.scan = PAGE_IS_SOFT_DIRTY },
	[F_PAGEMAP_SCAN_GUARD] = { "PAGEMAP_SCAN for guard pages", "6.16", "PROC_PAGE_MONITOR",
				   .scan = 1 << 8 /* PAGE_IS_GUARD */ },
	[F_SOFT_DIRTY] = { "soft-dirty bits", "3.11", "MEM_SOFT_DIRTY", .try = try_soft_dirty },
	/* c4608d1bf7c6 */
	[F_STACK_NOHUGE] = { "MAP_STACK that means no huge pages", "6.7", "TRANSPARENT_HUGEPAGE",
			     .try = try_stack_nohuge },
	/* 9651fcedf7b9 */
	[F_DROPPABLE] = { "MAP_DROPPABLE", "6.11", "64BIT", .try = try_droppable },
	[F_POPULATE] = { "MADV_POPULATE_WRITE", "5.14", "ADVISE_SYSCALLS", .try = try_populate },
	[F_GUARD] = { "MADV_GUARD_INSTALL", "6.13", "ADVISE_SYSCALLS", .try = try_guard },
	[F_MEMORY_FAILURE] = { "MADV_HWPOISON", "2.6", "MEMORY_FAILURE",
			       .try = try_memory_failure },
	[F_MADVISE_SELF] = { "process_madvise() of any advice, of oneself", "6.13",
			     "ADVISE_SYSCALLS", .try = try_madvise_self },
	[F_GUARD_FILES] = { "guard pages in memory of files", "6.15", "ADVISE_SYSCALLS SHMEM",
			    .try = try_guard_files },
	[F_PAGEMAP_GUARD] = { "bit of pagemap for guard pages", "6.15",
			      "ADVISE_SYSCALLS PROC_PAGE_MONITOR", .try = try_pagemap_guard },
	[F_CORE_DUMP] = { "core dumps", "2.6", "COREDUMP ELF_CORE", .try = try_core_dump },
	[F_DONTNEED_HUGETLB] = { "MADV_DONTNEED for huge pages of hugetlbfs", "5.18",
				 "ADVISE_SYSCALLS HUGETLBFS", .try = try_dontneed_hugetlb },
	[F_MREMAP_HUGETLB] = { "mremap of huge pages of hugetlbfs", "5.16", "HUGETLBFS",
			       .try = try_mremap_hugetlb },
	[F_MREMAP_PIECES] = { "mremap of several mappings at once", "6.17", "",
			      .try = try_mremap_pieces },
	[F_DONTUNMAP] = { "MREMAP_DONTUNMAP", "5.7", "", .try = try_dontunmap },
	[F_DONTUNMAP_FILE] = { "MREMAP_DONTUNMAP for memory of a file", "5.13", "SHMEM",
			       .try = try_dontunmap_file },
	/* Before b758fe6df50d, which is that version, only if secretmem.enable=1 asks for it. */
	[F_SECRETMEM] = { "memfd_secret() that is on by default", "6.5", "SECRETMEM",
			  .try = try_secretmem },
	[F_VM_READV] = { "process_vm_readv and _writev", "3.2", "CROSS_MEMORY_ATTACH",
			 .try = try_vm_readv },
	/* a7f226604170 */
	[F_UNSHARE] = { "pins for reading that unshare", "5.19", "CROSS_MEMORY_ATTACH",
			.try = try_unshare },
	[F_HUGETLB] = { "hugetlbfs", "2.6", "HUGETLBFS", .try = try_hugetlb },
	[F_HUGE_POOL] = { "pool of huge pages", "2.6", "HUGETLBFS", "", "huge=off",
			  .try = try_huge_pool },
	[F_THP] = { "transparent huge pages", "2.6.38", "TRANSPARENT_HUGEPAGE", "", "thp=never",
		    .try = try_thp },
	[F_SHMEM_HUGE] = { "huge pages for shmem", "4.8", "SHMEM TRANSPARENT_HUGEPAGE",
			   .try = try_shmem_huge },
	/* 19eaf44954df */
	[F_MTHP] = { "huge pages of 64 KiB", "6.8", "TRANSPARENT_HUGEPAGE", .try = try_mthp },
	[F_COLLAPSE] = { "MADV_COLLAPSE", "6.1", "ADVISE_SYSCALLS TRANSPARENT_HUGEPAGE",
			 .try = try_collapse },
	[F_SPLIT] = { "split_huge_pages in debugfs", "4.5", "DEBUG_FS TRANSPARENT_HUGEPAGE",
		      .try = try_split },
	/* fa6c02315f745 */
	[F_SPLIT_RANGE] = { "split_huge_pages by process and range", "5.13",
			    "DEBUG_FS TRANSPARENT_HUGEPAGE", .try = try_split_range },
	/* dafff3f4c850 */
	[F_FAILURES] = { "allocations that fail when one asks for it", "4.13",
			 "FAULT_INJECTION_DEBUG_FS FAILSLAB FAIL_PAGE_ALLOC", .try = try_failures },
	[F_UNDERUSED] = { "splitting of hardly used huge pages", "6.12", "TRANSPARENT_HUGEPAGE",
			  .try = try_underused },
	[F_KSM] = { "merging of equal pages", "2.6.32", "KSM", "", "ksm=off", .try = try_ksm },
	[F_MOVE_PAGES] = { "move_pages()", "2.6.18", "NUMA MIGRATION", .try = try_move_pages },
	[F_TWO_NODES] = { "second NUMA node", "2.6", "NUMA NUMA_EMU", .try = try_two_nodes },
	[F_MOVABLE_ZONE] = { "ZONE_MOVABLE", "2.6.23", "MIGRATION", "", "movable=off",
			     .try = try_movable_zone },
	[F_NUMA_BALANCING] = { "balancing of memory between nodes", "3.8", "NUMA_BALANCING",
			       .try = try_numa_balancing },
	[F_COMPACTION] = { "compaction of memory", "2.6.35", "COMPACTION", .try = try_compaction },
	[F_SWAP] = { "swap", "3.14", "SWAP ZRAM", "zram", "swap=off", .try = try_swap },
	[F_SWAP_AT_ONCE] = { "swap without a queue, of which nothing stays in the swap cache",
			     "3.14", "SWAP ZRAM", "zram", "swap=queued", .try = try_swap_at_once },
	[F_SWAP_STOPS] = { "a disk under swap that can be stopped", "3.14", "SWAP ZRAM BLK_DEV_DM",
			   "zram", "swap=zram zswap=on", .try = try_swap_stops },
	[F_SWAP_QUEUED] = { "swap with a queue, of which something stays in the swap cache", "3.14",
			    "SWAP ZRAM", "zram", "swap=zram zswap=on", .try = try_swap_queued },
	[F_MEMCG] = { "memory cgroups of version 2", "4.5", "MEMCG", .try = try_memcg },
	/* Before v6.1 swapaccount=1 may have to ask for it. */
	[F_MEMCG_SWAP] = { "limits of the swap of memory cgroups", "6.1", "MEMCG SWAP",
			   .try = try_memcg_swap },
	[F_FILES] = { "file system that writes back", "4.4", "BLK_DEV_RAM EXT4_FS|EXT2_FS",
		      "brd ext4", .try = try_files },
	[F_PUNCH] = { "file system that punches holes", "4.4", "BLK_DEV_RAM EXT4_FS", "brd ext4",
		      .try = try_punch },
	[F_IO_URING] = { "io_uring", "5.1", "IO_URING", .try = try_io_uring },
	[F_IO_URING_SPARSE] = { "sparse buffer tables of io_uring", "5.19", "IO_URING",
				.try = try_io_uring_sparse },
	/* 7cc2a6eadcd7 */
	[F_IO_URING_CLONE] = { "cloning of io_uring's buffer tables", "6.12", "IO_URING",
			       .try = try_io_uring_clone },
	[F_DAX] = { "files without a page cache", "5.8",
		    "FS_DAX BLK_DEV_PMEM X86_PMEM_LEGACY EXT4_FS", "nd_e820 nd_pmem ext4",
		    "devices=off", .try = try_dax },
	[F_DEVDAX] = { "memory that is a device, mapped in huge pages", "5.1",
		       "DEV_DAX DEV_DAX_PMEM", "device_dax dax_pmem", "devices=off",
		       .try = try_devdax },
	[F_IO_URING_FILES] = { "buffers of io_uring in files on a disk", "6.5", "IO_URING",
			       .try = try_io_uring_files },
	/* c7fb19428d67 */
	[F_IO_URING_PBUF] = { "rings of buffers in user memory", "5.19", "IO_URING",
			      .try = try_io_uring_pbuf },
	/* 03d89a2de25b; 09fc75e0c035 */
	[F_IO_URING_IN_MEMORY] = { "rings in user memory, of more than a page", "6.10", "IO_URING",
				   .try = try_io_uring_in_memory },
	[F_IO_URING_ZCRX] = { "zero-copy receive of io_uring without a card", "7.1",
			      "IO_URING_ZCRX", .try = try_io_uring_zcrx },
	[F_GUP_TEST] = { "long-term pins by gup_test", "6.2", "DEBUG_FS GUP_TEST",
			 .try = try_gup_test },
	[F_RXE] = { "soft-RoCE", "4.8", "INFINIBAND_USER_ACCESS RDMA_RXE", "ib_uverbs rdma_rxe",
		    .try = try_rxe },
	[F_RXE_ODP] = { "on-demand paging of soft-RoCE", "6.15",
			"RDMA_RXE INFINIBAND_ON_DEMAND_PAGING", "rdma_rxe", .try = try_odp },
	[F_RXE_REREG] = { "registering anew by soft-RoCE", "6.5", "RDMA_RXE", "rdma_rxe",
			  .try = try_rereg },
	[F_RAMDISK] = { "RAM disk", "4.4", "BLK_DEV_RAM", "brd", .try = try_ramdisk },
	[F_DM] = { "device-mapper", "4.4", "BLK_DEV_DM", "dm_mod", .try = try_dm },
	/* XDP_UMEM_UNALIGNED_CHUNK_FLAG (c05cd3645814), BPF_LINK_CREATE of XDP (aa8d3a716b59) */
	[F_AF_XDP] = { "AF_XDP", "5.9", "XDP_SOCKETS BPF_SYSCALL PACKET", .try = try_af_xdp },
	[F_UDMABUF] = { "udmabuf", "4.20", "UDMABUF", "udmabuf", .try = try_udmabuf },
	[F_KVM] = { "virtual machines", "4.4", "KVM KVM_AMD", "kvm kvm_amd", "devices=off",
		    .try = try_kvm },
	[F_VFIO] = { "VFIO by a card behind an IOMMU", "4.4",
		     "VFIO VFIO_IOMMU_TYPE1 VFIO_PCI INTEL_IOMMU", "vfio vfio_iommu_type1 vfio_pci",
		     "devices=off", .try = try_vfio },
	/* c3cbab24db38 */
	[F_VFIO_VADDR] = { "memory of VFIO's that changes hands", "5.12", "VFIO_IOMMU_TYPE1", "",
			   "devices=off", .try = try_vfio_vaddr },
	/* By a device that is opened by itself: VFIO_DEVICE_BIND_IOMMUFD. */
	[F_IOMMUFD] = { "IOMMUFD by a card behind an IOMMU", "6.6",
			"IOMMUFD VFIO_DEVICE_CDEV VFIO_PCI INTEL_IOMMU", "iommufd vfio_pci",
			"devices=off", .try = try_iommufd },
	/* f4986a72d6e4 */
	[F_IOMMUFD_FILE] = { "IOMMU_IOAS_MAP_FILE", "6.13", "IOMMUFD", "iommufd", "devices=off",
			     .try = try_iommufd_file },
	[F_V4L2] = { "camera that is not there", "4.4", "VIDEO_VIVID", "vivid", "devices=off",
		     .try = try_v4l2 },
	[F_HMM] = { "device with memory of its own", "5.8", "TEST_HMM", "test_hmm",
		    .try = try_hmm },
	[F_HMM_COHERENT] = { "device with memory that the CPU reaches", "6.0", "TEST_HMM", "",
			     "coherent=off", .try = try_hmm_coherent },
	/* e12f03d7031a */
	[F_KPROBE] = { "probes at functions of the kernel", "4.17", "PERF_EVENTS KPROBE_EVENTS",
		       .try = try_kprobe },
	[F_WATCH_KERNEL] = { "debug registers for data of the kernel", "2.6.33",
			     "PERF_EVENTS HAVE_HW_BREAKPOINT", .try = try_watch_kernel },
	/* 826bfeb37bb4 */
	[F_PREEMPT] = { "preemption in the kernel", "5.12", "PREEMPT|PREEMPT_LAZY|PREEMPT_DYNAMIC",
			.try = try_preempt },
	[F_PREEMPT_RCU] = { "preemption of what reads under RCU", "5.12", "PREEMPT_RCU",
			    .try = try_preempt_rcu },
};

/* --- the verdict ---------------------------------------------------------------------------- */

static struct {
	bool known;
	enum trial trial;
	char why[sizeof(why)];
} seen[NR_FEATURES];

/* The library that a feature is used by, where this was built without it (ci/kselftest). */
static const char *unbuilt(enum feature f)
{
#ifdef NO_LIBURING
	if (f == F_IO_URING || f == F_IO_URING_SPARSE || f == F_IO_URING_CLONE ||
	    f == F_IO_URING_FILES || f == F_IO_URING_PBUF || f == F_IO_URING_IN_MEMORY ||
	    f == F_IO_URING_ZCRX)
		return "liburing";
#endif
#ifdef NO_LIBIBVERBS
	if (f == F_RXE || f == F_RXE_ODP || f == F_RXE_REREG)
		return "libibverbs";
#endif
	(void)f;
	return NULL;
}

static enum trial tried(enum feature f)
{
	if (!seen[f].known && unbuilt(f)) {
		seen[f].trial = OFF;
		snprintf(seen[f].why, sizeof(seen[f].why), "built without %s", unbuilt(f));
		seen[f].known = true;
	}
	if (!seen[f].known) {
		*why = '\0';
		if (table[f].bit)
			seen[f].trial = try_uffd_bit(table[f].bit);
		else if (table[f].scan)
			seen[f].trial = try_scan(table[f].scan);
		else
			seen[f].trial = table[f].try();
		snprintf(seen[f].why, sizeof(seen[f].why), "%s", why);
		seen[f].known = true;
	}
	return seen[f].trial;
}

/*
 * Why the kernel need not have it, by what its configuration says; "" if it must. Of a
 * module that was to be loaded *@owed is the name: then it must be there.
 */
static const char *unset_symbol(enum feature f, const char **owed)
{
	static char text[160];
	const char *p = table[f].config;

	*owed = NULL;
	for (int len; *p; p += len + (p[len] == ' ')) {
		len = strcspn(p, " ");
		switch (symbol_state(p, len)) {
		case SYMBOL_OFF:
			snprintf(text, sizeof(text), "CONFIG_%.*s is off", len, p);
			return text;
		case SYMBOL_UNKNOWN:
			snprintf(text, sizeof(text),
				 "CONFIG_%.*s may be off, COWPEN_CONFIG does not tell", len, p);
			return text;
		case SYMBOL_MODULE:
			*owed = table[f].modules;
			break;
		case SYMBOL_ON:
			break;
		}
	}
	for (p = *owed; p && *p; p += strcspn(p, " "), p += *p == ' ') {
		int len = strcspn(p, " ");

		if (promised(p, len))
			continue;
		snprintf(text, sizeof(text), "the module %.*s is not there", len, p);
		return text;
	}
	return "";
}

/* Why it may lack, as a text for SKIP; NULL if it must not, or if it is there. */
static const char *excuse(enum feature f, const char **owed)
{
	static char text[320];
	const char *unset, *lacks;

	*owed = NULL;
	if (tried(f) == THERE)
		return NULL;
	if (!kernel_since(table[f].since)) {
		snprintf(text, sizeof(text), "this kernel has no %s (v%.*s)", table[f].name,
			 (int)strcspn(table[f].since, " "), table[f].since);
		return text;
	}
	unset = unset_symbol(f, owed);
	/* A guest with devices is not booted for a kernel that cannot have them. */
	lacks = table[f].lacks ? guest_lacks_one(table[f].lacks) : NULL;
	if (lacks && (strcmp(lacks, "devices=off") != 0 || !strstr(unset, " is off"))) {
		snprintf(text, sizeof(text), "this guest has no %s (%s)", table[f].name, lacks);
		return text;
	}
	if (seen[f].trial == OFF) {
		snprintf(text, sizeof(text), "switched off: %s (%s)", table[f].name, seen[f].why);
		return text;
	}
	if (*unset) {
		snprintf(text, sizeof(text), "this kernel has no %s (%s)", table[f].name, unset);
		return text;
	}
	if (seen[f].trial == UNSET && !in_guest()) {
		snprintf(text, sizeof(text), "no %s is set up here (%s)", table[f].name,
			 seen[f].why);
		return text;
	}
	return NULL;
}

/* THERE, or with *@text why it may lack; else it does not return, or says FAIL. */
static bool there_or_lost(struct scene *s, enum feature f, const char **text)
{
	const char *owed;
	char wanted[160];

	*text = excuse(f, &owed);
	if (seen[f].trial == THERE)
		return true;
	if (*text)
		return false;
	if (seen[f].trial == UNSET)
		scene_error(s, "this guest should have %s, and has not: %s%s%s%s", table[f].name,
			    seen[f].why, owed ? " (modules: " : "", owed ?: "", owed ? ")" : "");
	snprintf(wanted, sizeof(wanted), "%s, there since v%.*s", table[f].name,
		 (int)strcspn(table[f].since, " "), table[f].since);
	scene_fail(s, CHECK("feature-lost"), "lost", wanted, "%s, and this is %s", seen[f].why,
		   kernel_version());
	/* Only where that is mute: what is said not to be there may do what it is to do. */
	return true;
}

bool feature_there(struct scene *s, enum feature f)
{
	const char *text;

	return there_or_lost(s, f, &text);
}

void feature_needed(struct scene *s, enum feature f)
{
	const char *text;

	if (!there_or_lost(s, f, &text))
		scene_skip(s, "%s", text);
}

void features_print(void)
{
	static const char *const words[] = { "there", "absent", "off", "not set up" };
	const char *owed, *text;

	printf("%s\n", kernel_version());
	for (enum feature f = 0; f < NR_FEATURES; f++) {
		tried(f);
		text = excuse(f, &owed);
		printf("%-10s %-44s v%-6.*s %s\n",
		       seen[f].trial != THERE && !text ? "LOST" : words[seen[f].trial],
		       table[f].name, (int)strcspn(table[f].since, " "), table[f].since,
		       text ?: seen[f].why);
	}
}
