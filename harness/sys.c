// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <linux/io_uring.h>
#include <linux/userfaultfd.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "sys.h"

static uint64_t read_u64(const char *path, off_t at)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	uint64_t v;

	if (fd < 0)
		return 0;
	if (pread(fd, &v, sizeof(v), at) != sizeof(v))
		v = 0;
	close(fd);
	return v;
}

uint64_t pagemap(pid_t pid, const void *addr)
{
	char path[64];

	if (pid)
		snprintf(path, sizeof(path), "/proc/%d/pagemap", pid);
	else
		snprintf(path, sizeof(path), "/proc/self/pagemap");
	return read_u64(path, (uintptr_t)addr / 4096 * 8);
}

uint64_t kpageflags(uint64_t pfn)
{
	return pfn ? read_u64("/proc/kpageflags", pfn * 8) : 0;
}

uint64_t kpagecgroup(uint64_t pfn)
{
	return pfn ? read_u64("/proc/kpagecgroup", pfn * 8) : 0;
}

uint64_t kpagecount(uint64_t pfn)
{
	return pfn ? read_u64("/proc/kpagecount", pfn * 8) : 0;
}

/* Of a file of 64-bit numbers the @n from the one numbered @first on; zeros where it ends. */
static void read_u64s(int fd, uint64_t first, uint64_t v[], size_t n)
{
	ssize_t len = fd < 0 ? 0 : pread(fd, v, n * sizeof(*v), first * sizeof(*v));

	if (len < 0)
		len = 0;
	memset((char *)v + len, 0, n * sizeof(*v) - len);
}

void pagemap_all(pid_t pid, const void *const addr[], uint64_t e[], size_t n)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/pagemap", pid ?: getpid());
	fd = open(path, O_RDONLY | O_CLOEXEC);
	for (size_t i = 0; i < n; i++)
		read_u64s(fd, (uintptr_t)addr[i] / 4096, &e[i], 1);
	if (fd >= 0)
		close(fd);
}

void marks_all(pid_t pid, const void *const addr[], uint64_t e[], size_t n)
{
	pagemap_all(pid, addr, e, n);
}

static sigjmp_buf raised;

static void on_raised(int sig)
{
	siglongjmp(raised, sig);
}

bool read_raises(const char *addr, int sig)
{
	struct sigaction act = { .sa_handler = on_raised }, old;
	volatile bool refused = false;

	sigaction(sig, &act, &old);
	if (!sigsetjmp(raised, 1))
		(void)*(volatile const uint64_t *)addr;
	else
		refused = true;
	sigaction(sig, &old, NULL);
	return refused;
}

/* Page frames of ZONE_MOVABLE: a range a node. */
static struct {
	bool known;
	unsigned int n;
	struct {
		uint64_t first, frames;
	} at[8];
} movable;

static void learn_movable(void)
{
	unsigned long n;
	char line[256];
	bool here = false;
	FILE *f;

	movable.known = true;
	/* It names zones that have pages, and is made anew in less time than what tells where they are. */
	f = fopen("/proc/buddyinfo", "re");
	while (f && !here && fgets(line, sizeof(line), f))
		here = strstr(line, " Movable ");
	if (f)
		fclose(f);
	f = here ? fopen("/proc/zoneinfo", "re") : NULL;
	here = false;
	while (f && fgets(line, sizeof(line), f) && movable.n < 8) {
		if (!strncmp(line, "Node ", 5))
			here = strstr(line, " Movable");
		if (here && sscanf(line, " spanned %lu", &n) == 1)
			movable.at[movable.n].frames = n;
		if (here && sscanf(line, " start_pfn: %lu", &n) == 1)
			movable.at[movable.n++].first = n;
	}
	if (f)
		fclose(f);
}

bool has_movable_zone(void)
{
	if (!movable.known)
		learn_movable();
	return movable.n;
}

static bool is_movable(uint64_t pfn)
{
	for (unsigned int i = 0; has_movable_zone() && i < movable.n; i++)
		if (pfn - movable.at[i].first < movable.at[i].frames)
			return true;
	return false;
}

struct pages pages_at(pid_t pid, const void *addr, size_t len)
{
	uintptr_t first = (uintptr_t)addr / 4096, end = ((uintptr_t)addr + len + 4095) / 4096;
	uint64_t entry[512], flags[512], before = 0;
	struct pages p = { 0 };
	char path[64];
	int map, kpf;

	snprintf(path, sizeof(path), "/proc/%d/pagemap", pid ? pid : getpid());
	map = open(path, O_RDONLY | O_CLOEXEC);
	kpf = open("/proc/kpageflags", O_RDONLY | O_CLOEXEC);
	for (size_t n; first < end; first += n) {
		n = end - first < 512 ? end - first : 512;
		read_u64s(map, first, entry, n);
		for (size_t i = 0, run; i < n; i += run) {
			uint64_t pfn = PM_PFN(entry[i]);

			/* Frames in a row are asked for in one go. */
			for (run = 1; i + run < n && PM_PFN(entry[i + run]) == pfn + run; run++)
				;
			if (!(entry[i] & PM_PRESENT))
				continue;
			read_u64s(kpf, pfn, flags, run);
			for (size_t r = 0; r < run; r++) {
				p.pages++;
				p.folios += !(flags[r] & KPF_TAIL) || pfn + r != before + 1;
				p.zero += !!(flags[r] & KPF_ZERO_PAGE);
				p.movable += !(flags[r] & KPF_ZERO_PAGE) && is_movable(pfn + r);
				/* It says nothing of what is no memory of the system's. */
				p.device += kpf >= 0 && !(flags[r] & ~KPF_NOPAGE);
				before = pfn + r;
			}
		}
	}
	if (map >= 0)
		close(map);
	if (kpf >= 0)
		close(kpf);
	return p;
}

bool same_folio(uint64_t a, uint64_t b)
{
	uint64_t low = a < b ? a : b, n = a < b ? b - a : a - b, flags[512];
	int kpf;

	if (!low || n > sizeof(flags) / sizeof(flags[0]))
		return false;
	kpf = open("/proc/kpageflags", O_RDONLY | O_CLOEXEC);
	read_u64s(kpf, low + 1, flags, n);
	if (kpf >= 0)
		close(kpf);
	/* All behind the first one are tails. */
	for (uint64_t i = 0; i < n; i++)
		if (!(flags[i] & KPF_TAIL))
			return false;
	return true;
}

/* procfs files are made anew at each open, so read them in one go. */
static bool slurp_into(const char *path, char *text, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t len = 0;
	ssize_t n;

	if (fd < 0)
		return false;
	while (len < size - 1 && (n = read(fd, text + len, size - 1 - len)) > 0)
		len += n;
	text[len] = 0;
	close(fd);
	return true;
}

static char *slurp(const char *path, size_t size)
{
	char *text = malloc(size + 1);

	if (text && !slurp_into(path, text, size + 1)) {
		free(text);
		text = NULL;
	}
	return text;
}

static long number_after(const char *text, const char *key)
{
	size_t len = strlen(key);

	for (const char *line = text; line && *line; line = strchr(line, '\n')) {
		if (*line == '\n')
			line++;
		if (!strncmp(line, key, len) && (line[len] == ':' || line[len] == ' '))
			return strtol(line + len + 1, NULL, 10);
	}
	return -1;
}

void file_numbers(const char *path, unsigned int n, const char *const key[], long value[])
{
	char *text = slurp(path, 256 << 10);

	for (unsigned int i = 0; i < n; i++)
		value[i] = text ? number_after(text, key[i]) : -1;
	free(text);
}

bool swap_device(char *device, size_t size)
{
	char *text = slurp("/proc/swaps", 4096), *line = text ? strchr(text, '\n') : NULL;
	char name[64];
	bool is = line && sscanf(line + 1, "%63s", name) == 1;

	if (is)
		snprintf(device, size, "%s", name);
	free(text);
	return is;
}

long file_number(const char *path, const char *key)
{
	long value;

	file_numbers(path, 1, &key, &value);
	return value;
}

/* What maps or smaps @text says of the mapping that holds @addr: from its line on. */
static char *mapping_of(char *text, const void *addr)
{
	for (char *line = text; line && *line;) {
		char *end = strchr(line, '\n');
		unsigned long from, to;

		if (sscanf(line, "%lx-%lx ", &from, &to) == 2 && (uintptr_t)addr >= from &&
		    (uintptr_t)addr < to)
			return line;
		line = end ? end + 1 : NULL;
	}
	return NULL;
}

static void count_mapping(const char *line, struct accounts *a)
{
	unsigned long from, to;
	char may[5];

	/* The last is of no process: a page of the kernel's. */
	if (sscanf(line, "%lx-%lx %4s", &from, &to, may) != 3 || strstr(line, "[vsyscall]"))
		return;
	a->mapped += (to - from) / 1024;
	if (may[1] == 'w' && may[3] == 'p' && !strstr(line, "[stack]"))
		a->mapped_data += (to - from) / 1024;
}

bool accounts_of(pid_t pid, struct accounts *a)
{
	/* Whatever is allocated meanwhile would be counted, or not. */
	static char text[64 << 10];
	char path[32];

	*a = (struct accounts){ 0 };
	snprintf(path, sizeof(path), "/proc/%d/maps", pid);
	if (!slurp_into(path, text, sizeof(text)) || strlen(text) == sizeof(text) - 1)
		return false;
	for (char *line = text, *end; line && *line; line = end) {
		end = strchr(line, '\n');
		if (end)
			*end++ = 0;
		count_mapping(line, a);
	}
	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	if (!slurp_into(path, text, sizeof(text)))
		return false;
	a->size = number_after(text, "VmSize");
	a->data = number_after(text, "VmData");
	a->hugetlb = number_after(text, "HugetlbPages");
	return a->mapped;
}

bool maps_has(pid_t pid, const void *addr)
{
	char path[32], *text;
	bool has;

	snprintf(path, sizeof(path), "/proc/%d/maps", pid ?: getpid());
	text = slurp(path, 1 << 20);
	has = mapping_of(text, addr);
	free(text);
	return has;
}

long smaps_kib(const void *addr, const char *key)
{
	char *text = slurp("/proc/self/smaps", 1 << 20), *m = mapping_of(text, addr);
	long v = m ? number_after(m, key) : -1;

	free(text);
	return v;
}

long anon_huge_kib(const void *addr)
{
	return smaps_kib(addr, "AnonHugePages");
}

/* Of smaps, all lines but the first of a mapping begin with a capital letter. */
static bool begins_mapping(const char *line, uintptr_t *from, uintptr_t *to)
{
	char *end;

	if (*line >= 'A' && *line <= 'Z')
		return false;
	*from = strtoul(line, &end, 16);
	if (*end != '-')
		return false;
	*to = strtoul(end + 1, &end, 16);
	return *end == ' ';
}

/*
 * Read no farther than asked for: the kernel walks the page tables of each mapping
 * that it tells of, and what is mapped last is told first.
 */
bool vm_flags_over(pid_t pid, const void *addr, size_t len, vm_flags_told *tell, void *arg)
{
	uintptr_t first = (uintptr_t)addr, last = first + len, from = 0, to = 0;
	char path[32], text[8192], *line, *end;
	size_t have = 0;
	ssize_t n = 0;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/smaps", pid ?: getpid());
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	while (from < last && (n = read(fd, text + have, sizeof(text) - have)) > 0) {
		have += n;
		for (line = text; (end = memchr(line, '\n', text + have - line)); line = end + 1) {
			*end = 0;
			if (!begins_mapping(line, &from, &to) && from < last && to > first &&
			    !strncmp(line, "VmFlags:", 8))
				tell(arg, from, to, line + 8);
		}
		have -= line - text;
		memmove(text, line, have);
	}
	close(fd);
	return n >= 0;
}

struct flag {
	char word[8];
	bool has;
};

static void look_for_flag(void *arg, uintptr_t from, uintptr_t to, const char *flags)
{
	struct flag *f = arg;

	(void)from;
	(void)to;
	f->has = strstr(flags, f->word);
}

bool vm_flag(const void *addr, const char *name)
{
	struct flag f = { 0 };

	snprintf(f.word, sizeof(f.word), " %s", name);
	return vm_flags_over(0, addr, 1, look_for_flag, &f) && f.has;
}

bool file_get(const char *path, char *line, size_t size)
{
	char *text = slurp(path, size - 1);

	if (!text)
		return false;
	snprintf(line, size, "%.*s", (int)strcspn(text, "\n"), text);
	free(text);
	return true;
}

long pins_outstanding(void)
{
	static const char *const keys[] = { "nr_foll_pin_acquired", "nr_foll_pin_released" };
	long value[2];

	/* The counters are per-CPU and folded in lazily: they drift by hundreds. */
	file_put("/proc/sys/vm/stat_refresh", "1");
	file_numbers("/proc/vmstat", 2, keys, value);
	return value[0] - value[1];
}

long pins_acquired(void)
{
	file_put("/proc/sys/vm/stat_refresh", "1");
	return file_number("/proc/vmstat", "nr_foll_pin_acquired");
}

unsigned long kernel_taint(void)
{
	char *text = slurp("/proc/sys/kernel/tainted", 64);
	unsigned long v = text ? strtoul(text, NULL, 10) : 0;

	free(text);
	return v;
}

int file_put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC), err = 0;

	if (fd < 0)
		return -errno;
	if (write(fd, text, strlen(text)) < 0)
		err = -errno;
	close(fd);
	return err;
}

bool process_gone(pid_t pid)
{
	char path[32], state = 0;
	FILE *f;

	if (pid <= 0)
		return true;
	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	f = fopen(path, "re");
	if (!f)
		return true;
	/* The name in brackets is ours: no bracket in it. */
	if (fscanf(f, "%*d (%*[^)]) %c", &state) != 1)
		state = 0;
	fclose(f);
	return state == 'Z' || state == 'X';
}

uint64_t ms_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000ULL + t.tv_nsec / 1000000;
}

void ms_sleep(unsigned int ms)
{
	struct timespec t = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L };

	nanosleep(&t, NULL);
}

/* --- system calls that a library does not have, or not as we need them ------------- */

int uffd_register(int uffd, void *addr, size_t len, uint64_t mode)
{
	struct uffdio_register reg = { .range = { (uintptr_t)addr, len }, .mode = mode };

	if (ioctl(uffd, UFFDIO_REGISTER, &reg))
		return -errno;
	if (mode & UFFDIO_REGISTER_MODE_WP && !(reg.ioctls & 1ULL << _UFFDIO_WRITEPROTECT))
		return -EOPNOTSUPP;
	return 0;
}

/* Newer than the liburing that we build with (7cc2a6eadcd7, v6.12). */
#define REGISTER_CLONE_BUFFERS 30
struct clone_buffers {
	uint32_t source_fd, flags, source_first, first, n, zero[3];
};

int io_uring_clone_table(int to, int from)
{
	struct clone_buffers c = { .source_fd = from };

	return syscall(SYS_io_uring_register, to, REGISTER_CLONE_BUFFERS, &c, 1) ? -errno : 0;
}

/* Newer, too (03d89a2de25b, v6.5); where it goes in the offsets was reserved, and is last there. */
#define SETUP_NO_MMAP (1U << 14)

int io_uring_in_memory(void *sqes, size_t len, void *rings, size_t *rings_len)
{
	struct io_uring_params p = { .flags = SETUP_NO_MMAP };
	const uint64_t at[] = { (uintptr_t)sqes, (uintptr_t)rings };
	int fd;

	memcpy((char *)(&p.sq_off + 1) - sizeof(at[0]), &at[0], sizeof(at[0]));
	memcpy((char *)(&p.cq_off + 1) - sizeof(at[1]), &at[1], sizeof(at[1]));
	fd = syscall(SYS_io_uring_setup, len / sizeof(struct io_uring_sqe), &p);
	/* What comes last. */
	*rings_len = p.sq_off.array + p.sq_entries * sizeof(uint32_t);
	return fd < 0 ? -errno : fd;
}

/* Of v6.15, and that it works without a card is newer yet. */
#define REGISTER_ZCRX_IFQ   32
#define REGISTER_ZCRX_CTRL  36
#define ZCRX_WITHOUT_A_CARD 2
struct zcrx_area {
	uint64_t addr, len, token;
	uint32_t flags, dmabuf;
	uint64_t zero[2];
};
struct zcrx_region {
	uint64_t addr, len;
	uint32_t flags, id;
	uint64_t offset, zero[4];
};
struct zcrx_ifq {
	uint32_t card, queue, entries, flags;
	uint64_t area, region;
	uint32_t head, tail, entry, zero;
	uint64_t zeros[2];
	uint32_t id, buf_len;
	uint64_t event, more_zeros[2];
};

int io_uring_zcrx(int ring, void *addr, size_t len, struct zcrx_refill *r)
{
	struct zcrx_area area = { .addr = (uintptr_t)addr, .len = len };
	struct zcrx_region region = { .len = 4096 };
	struct zcrx_ifq ifq = { .entries = ZCRX_REFILLS,
				.flags = ZCRX_WITHOUT_A_CARD,
				.area = (uintptr_t)&area,
				.region = (uintptr_t)&region };
	char *map;

	if (syscall(SYS_io_uring_register, ring, REGISTER_ZCRX_IFQ, &ifq, 1))
		return -errno;
	map = mmap(NULL, region.len, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring,
		   region.offset);
	/* Who has it mapped has the ring. */
	if (map == MAP_FAILED || madvise(map, region.len, MADV_DONTFORK))
		return -errno;
	*r = (struct zcrx_refill){ .id = ifq.id,
				   .map = map,
				   .len = region.len,
				   .tail = (uint32_t *)(map + ifq.tail),
				   .entry = (struct zcrx_entry *)(map + ifq.entry) };
	return 0;
}

int io_uring_zcrx_flush(int ring, uint32_t id)
{
	struct {
		uint32_t id, op;
		uint64_t zero[2], flush[6];
	} ctrl = { .id = id };

	return syscall(SYS_io_uring_register, ring, REGISTER_ZCRX_CTRL, &ctrl, 0) ? -errno : 0;
}
