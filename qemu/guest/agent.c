// SPDX-License-Identifier: GPL-2.0-only
/*
 * PID 1 of the guest. It brings the machine to the point where it is saved, and
 * after each restore runs one test, or several one after the other, and tells the
 * host how each went.
 *
 * In:	two fw_cfg files that exist only in a restored QEMU. That the command
 *	appears is the start signal. They are fetched by fw_cfg's DMA interface
 *	straight from user space, physical addresses taken from pagemap: no
 *	driver, the same on every kernel.
 * Out:	frames (proto.h) through an isa-debugcon. A byte is with the host when
 *	the port write returns, so nothing is lost when the kernel dies next.
 * End:	isa-debug-exit.
 */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/io.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/swap.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "proto.h"

#define PAGE		 4096UL
#define EXE_DIR		 "/exe"
#define EXE_SLOT	 EXE_DIR "/slot"
#define EXE_READY	 (4UL << 20) /* of the slot's pages are there before the save */
#define TAIL		 65536
#define KMSG_MAX	 (512 * 1024)
#define SWAP_SIZE	 (256UL << 20)
#define SWAP_BESIDE_SIZE (16 * PAGE)

static uint8_t token[16];
static uint16_t seq;

/* --- small things --------------------------------------------------------- */

static uint64_t rdtsc(void)
{
	uint32_t lo, hi;

	asm volatile("lfence; rdtsc" : "=a"(lo), "=d"(hi) : : "memory");
	return (uint64_t)hi << 32 | lo;
}

static uint64_t now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000ULL + t.tv_nsec / 1000;
}

static void leave(int value)
{
	outb(value, PORT_EXIT);
	for (;;)
		pause();
}

__attribute__((format(printf, 1, 2))) static void give_up(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fprintf(stderr, "cowpen agent: ");
	vfprintf(stderr, fmt, ap);
	fprintf(stderr, "\n");
	va_end(ap);
	fflush(stderr);
	leave(EXIT_GAVE_UP);
}

static void put_bytes(const void *data, size_t len)
{
	asm volatile("rep outsb" : "+S"(data), "+c"(len) : "d"(PORT_FRAMES) : "memory");
}

static void frame(int type, const void *data, size_t len)
{
	struct frame_head h = { .type = type };
	const char *p = data;

	memcpy(h.magic, FRAME_MAGIC, sizeof(h.magic));
	memcpy(h.token, token, sizeof(h.token));
	do {
		h.len = len > FRAME_MAX ? FRAME_MAX : len;
		h.seq = seq++;
		h.sum = frame_sum(&h, p);
		put_bytes(&h, sizeof(h));
		put_bytes(p, h.len);
		p += h.len;
		len -= h.len;
	} while (len);
}

/* A text that is put together and then sent as one frame. */
struct text {
	size_t len;
	char s[32768];
};

__attribute__((format(printf, 2, 3))) static void add(struct text *t, const char *fmt, ...)
{
	size_t room = sizeof(t->s) - t->len;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(t->s + t->len, room, fmt, ap);
	va_end(ap);
	if (n > 0)
		t->len += (size_t)n < room ? (size_t)n : room - 1;
}

/* The start of a small file without trailing blanks; "" if it cannot be read. */
static char *slurp(const char *path, char *buf, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	size_t len = 0;
	ssize_t n;

	if (fd >= 0) {
		while (len < size - 1 && (n = read(fd, buf + len, size - 1 - len)) > 0)
			len += n;
		close(fd);
	}
	while (len && isspace((unsigned char)buf[len - 1]))
		len--;
	buf[len] = '\0';
	return buf;
}

static int spit(const char *path, const char *s)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC), err = 0;

	if (fd < 0)
		return -errno;
	if (write(fd, s, strlen(s)) < 0)
		err = -errno;
	close(fd);
	return err;
}

static unsigned long taint(void)
{
	char buf[32];

	return strtoul(slurp("/proc/sys/kernel/tainted", buf, sizeof(buf)), NULL, 10);
}

/* --- bringing the machine up ---------------------------------------------- */

static void do_mount(const char *type, const char *where, unsigned long flags, const char *opt)
{
	mkdir(where, 0755);
	if (mount(type, where, type, flags, opt) && errno != EBUSY)
		fprintf(stderr, "cowpen agent: mount %s on %s: %s\n", type, where, strerror(errno));
}

static void load_modules(struct text *facts)
{
	FILE *f = fopen("/etc/modules", "re");
	char path[256], failed[1024] = "";
	int n = 0;

	while (f && fgets(path, sizeof(path), f)) {
		const char *name, *err = NULL;
		size_t len;
		int fd;

		path[strcspn(path, "\n")] = '\0';
		if (!*path)
			continue;
		fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd < 0 || (syscall(SYS_finit_module, fd, "", 0) && errno != EEXIST))
			err = strerrorname_np(errno);
		else
			n++;
		if (fd >= 0)
			close(fd);
		if (!err)
			continue;
		name = strrchr(path, '/');
		len = strlen(failed);
		if (sizeof(failed) - len > sizeof(path) + 32)
			sprintf(failed + len, "%s%s:%s", len ? "," : "", name ? name + 1 : path,
				err);
	}
	if (f)
		fclose(f);
	add(facts, "modules=%d\nmodules_failed=%s\n", n, failed);
}

/* Of the kernel; the host tells by it what this guest shall lack, too. */
static char cmdline[4096];

/*
 * A file system with pages of its own, for private mappings of files: on the
 * second RAM disk, the first is O_DIRECT's. ext4 mounts ext2, too.
 */
static const char *files_on(void)
{
	static const char *const types[] = { "ext4", "ext2" };
	static char block[PAGE], why[96];
	int from = open("/fs.img", O_RDONLY | O_CLOEXEC);
	int to = open("/dev/ram1", O_WRONLY | O_CLOEXEC);
	ssize_t n = 0;

	if (from < 0 || to < 0) {
		snprintf(why, sizeof(why), "%s", from < 0 ? "no image" : "no RAM disk");
	} else {
		while ((n = read(from, block, sizeof(block))) > 0 && write(to, block, n) == n)
			;
		snprintf(why, sizeof(why), "copy: %s", strerror(errno));
	}
	if (from >= 0)
		close(from);
	if (to >= 0)
		close(to);
	unlink("/fs.img");
	if (from < 0 || to < 0 || n)
		return why;
	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
		if (!mount("/dev/ram1", "/mnt", types[i], 0, NULL))
			return types[i];
	snprintf(why, sizeof(why), "mount: %s", strerror(errno));
	return why;
}

/* Make RAM disk @name, compressed, of @size bytes, an area for swap. 0 or why not. */
static const char *swap_make(const char *name, size_t size)
{
	static uint32_t head[PAGE / 4];
	static char why[96];
	char path[64], text[32];
	int fd, err;

	snprintf(path, sizeof(path), "/sys/block/%s/disksize", name);
	snprintf(text, sizeof(text), "%zu", size);
	err = spit(path, text);
	if (err) {
		snprintf(why, sizeof(why), "disksize: %s", strerror(-err));
		return why;
	}
	/* include/linux/swap.h, union swap_header: 1024 bytes, version, last_page, ... */
	head[256] = 1;
	head[257] = size / PAGE - 1;
	memcpy((char *)head + PAGE - 10, "SWAPSPACE2", 10);
	snprintf(path, sizeof(path), "/dev/%s", name);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	err = fd < 0 || write(fd, head, PAGE) != (ssize_t)PAGE || fsync(fd) ? errno : 0;
	if (fd >= 0)
		close(fd);
	if (!err && swapon(path, 0))
		err = errno;
	if (!err)
		return NULL;
	snprintf(why, sizeof(why), "%s: %s", path, strerror(err));
	return why;
}

/*
 * Kernels before v6.15 keep slots of swap for later, in caches of each CPU, and
 * count them as used (mm/swap_slots.c). swapoff() of any area empties them all; so
 * there is a small second one, which is off, for nothing but that.
 */
static char swap_beside[32];

static bool swap_slots_drain(void)
{
	return *swap_beside && !swapon(swap_beside, 0) && !swapoff(swap_beside);
}

static void swap_beside_make(void)
{
	char id[8], name[16];

	if (strlen(slurp("/sys/class/zram-control/hot_add", id, sizeof(id))) < 1)
		return;
	snprintf(name, sizeof(name), "zram%s", id);
	if (swap_make(name, SWAP_BESIDE_SIZE))
		return;
	snprintf(swap_beside, sizeof(swap_beside), "/dev/%s", name);
	if (swapoff(swap_beside) || !swap_slots_drain())
		*swap_beside = '\0';
}

/* Compressed RAM as swap: pages really leave, and it needs no disk. No util-linux here. */
static const char *swap_on(void)
{
	const char *why;

	if (strstr(cmdline, "cowpen.swap=off"))
		return "off";
	if (access("/sys/block/zram0", F_OK))
		return "no zram";
	why = swap_make("zram0", SWAP_SIZE);
	if (why)
		return why;
	swap_beside_make();
	return "zram";
}

/*
 * Start a program with @out as standard output and error. By vfork(): no page
 * tables to copy, and the child can tell by @exec_errno why exec failed.
 */
static __attribute__((noinline)) pid_t spawn(char *const argv[], char *const env[], int out,
					     int *exec_errno)
{
	volatile int err = 0;
	pid_t pid;

	pid = vfork();
	if (!pid) {
		int null = open("/dev/null", O_RDONLY);
		sigset_t none;

		sigemptyset(&none);
		sigprocmask(SIG_SETMASK, &none, NULL);
		setsid();
		if (null) {
			dup2(null, 0);
			close(null);
		}
		dup2(out, 1);
		dup2(out, 2);
		execve(argv[0], argv, env);
		err = errno;
		_exit(127);
	}
	*exec_errno = err;
	return pid;
}

/* Runs a helper and takes the first line that it prints. Returns the wait status. */
static int helper(char *const argv[], char *line, size_t size)
{
	char *env[] = { NULL };
	int p[2], status = -1, err;
	size_t len = 0;
	ssize_t n;
	pid_t pid;

	*line = '\0';
	if (pipe2(p, O_CLOEXEC))
		return -1;
	pid = spawn(argv, env, p[1], &err);
	close(p[1]);
	while (len < size - 1 && (n = read(p[0], line + len, size - 1 - len)) > 0)
		len += n;
	line[len] = '\0';
	line[strcspn(line, "\n")] = '\0';
	close(p[0]);
	if (pid > 0)
		waitpid(pid, &status, 0);
	return status;
}

#define KHUGEPAGED "/sys/kernel/mm/transparent_hugepage/khugepaged/"

/*
 * khugepaged would make one huge mapping again of what a test has split, and for
 * that time take its page table entries away. It scans at once when the first
 * process asks for huge pages, and then every ten seconds: be that process, and
 * have it sleep for good.
 */
static const char *park_khugepaged(void)
{
	const size_t size = 4UL << 20;
	char before[32], now[32], *p;

	if (spit(KHUGEPAGED "scan_sleep_millisecs", "4294967295"))
		return "none";
	slurp(KHUGEPAGED "full_scans", before, sizeof(before));
	p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (p == MAP_FAILED)
		return strerror(errno);
	*(volatile char *)p = 1; /* it looks only at what has been touched */
	if (madvise(p, size, MADV_HUGEPAGE))
		return strerror(errno);
	for (int i = 0; i < 200; i++) {
		if (strcmp(slurp(KHUGEPAGED "full_scans", now, sizeof(now)), before))
			return "parked";
		usleep(10000);
	}
	return "it does not scan";
}

/* A kernel without KSM has no such folder: to a test an empty one is the same. */
static const char *ksm(void)
{
	static const char path[] = "/sys/kernel/mm/ksm";

	if (access(path, F_OK))
		return "none";
	if (!strstr(cmdline, "cowpen.ksm=off"))
		return "ok";
	if (mount("tmpfs", path, "tmpfs", MS_RDONLY, "mode=555"))
		give_up("%s: %s", path, strerror(errno));
	return "off";
}

static void rdma_up(struct text *facts)
{
	char *argv[] = { "/bin/rdma-up", NULL }, line[256];
	int status;

	/* A driver that is built in has no folder in /sys/module; ib_core's class is there. */
	if (access("/sys/class/infiniband", F_OK)) {
		add(facts, "rdma=no rdma_rxe\n");
		return;
	}
	status = helper(argv, line, sizeof(line));
	if (status)
		add(facts, "rdma=%s\n", *line ? line : "rdma-up cannot be run");
	else
		add(facts, "rdma=ok\n");
}

/*
 * QEMU before 10 under TCG leaves wrong flags behind cmpxchg8b/16b: the old
 * operand becomes EFLAGS, which lets TF, NT or VM in. Wrong ones here are
 * harmless, the operand has only OF and bit 1 among the flags.
 */
static int bad_cmpxchg_flags(void)
{
	static uint64_t __attribute__((aligned(16))) mem;
	int bad = 0;

	for (int i = 0; i < 1000; i++) {
		uint64_t fl;
		uint32_t a = 0x802, d = 0;

		mem = 0x802;
		/* below the red zone; lea leaves the flags alone */
		asm volatile("lea -128(%%rsp), %%rsp\n\t"
			     "pushq $0x202; popfq\n\t"
			     "add $1, %%r8d\n\t"
			     "mov %[m], %%r9\n\t"
			     "xor %%r9d, %%r9d\n\t"
			     "lock cmpxchg8b %[m]\n\t"
			     "pushfq; popq %[fl]\n\t"
			     "lea 128(%%rsp), %%rsp"
			     : [fl] "=&r"(fl), [m] "+m"(mem), "+a"(a), "+d"(d)
			     : "b"(0x802), "c"(0)
			     : "r8", "r9", "cc", "memory");
		/* xor of equals: ZF and PF, nothing else; cmpxchg8b: ZF again */
		bad += (fl & 0xfff) != 0x246;
	}
	return bad;
}

static void emulator_facts(struct text *t)
{
	int bad = bad_cmpxchg_flags();

	if (bad)
		add(t, "emulator=cmpxchg8b flags wrong %d/1000\n", bad);
	else
		add(t, "emulator=ok\n");
}

/* --- fw_cfg --------------------------------------------------------------- */

/* docs/specs/fw_cfg.txt of QEMU: big endian throughout. */
#define FW_CFG_SELECTOR 0x510
#define FW_CFG_DATA	0x511
#define FW_CFG_DMA_HI	0x514
#define FW_CFG_DMA_LO	0x518
#define FW_CFG_FILE_DIR 0x19
#define FW_CFG_ID	0x01
#define DMA_ERROR	1
#define DMA_READ	2
#define DMA_SKIP	4
#define DMA_SELECT	8

struct fw_cfg_dma {
	uint32_t control, length;
	uint64_t address;
};

struct fw_cfg_file {
	uint32_t size;
	uint16_t select, reserved;
	char name[56];
};

static bool have_dma;

/*
 * Pages for the device to write to, with their physical addresses as they were
 * before the guest was saved: to ask pagemap after a restore would be a
 * millisecond of cold code. They are locked, and bound to a node so that NUMA
 * balancing leaves them alone; nothing compacts memory before the test runs.
 */
static struct fw_cfg_dma *dma;
static union {
	uint32_t count;
	struct {
		uint32_t count_be;
		struct fw_cfg_file f[63];
	} __attribute__((packed));
	char page[PAGE];
} * dir;
static char *text; /* of the command: one page, and more without DMA */
static uint64_t dma_pa, dir_pa, text_pa;

/* The slot for the executable: a file's pages, in as few pieces as they lie in. */
static const char *slot;
static struct extent {
	uint64_t pa;
	uint32_t len;
} slot_ext[EXE_READY / PAGE];

/* Physical addresses of @n pages from @p on, which are there. */
static bool phys(const void *p, uint64_t *pa, size_t n)
{
	int fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	bool ok = fd >= 0 && pread(fd, pa, n * 8, (uintptr_t)p / PAGE * 8) == (ssize_t)n * 8;

	for (size_t i = 0; ok && i < n; i++) {
		ok = (pa[i] >> 63) && (pa[i] & ((1ULL << 55) - 1));
		pa[i] = (pa[i] & ((1ULL << 55) - 1)) * PAGE;
	}
	if (fd >= 0)
		close(fd);
	return ok;
}

static void *pages(size_t len)
{
	unsigned long node0 = 1;
	char *p = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		give_up("no memory");
	madvise(p, len, MADV_NOHUGEPAGE);
	syscall(SYS_mbind, p, len, 2 /* MPOL_BIND */, &node0, 64, 0);
	memset(p, 0, len);
	mlock(p, len);
	return p;
}

/* One operation. The device is done when the second port write returns. */
static bool dma_run(uint32_t control, uint64_t to, uint32_t len)
{
	dma->control = __builtin_bswap32(control);
	dma->length = __builtin_bswap32(len);
	dma->address = __builtin_bswap64(to);
	asm volatile("" : : : "memory");
	outl(__builtin_bswap32(dma_pa >> 32), FW_CFG_DMA_HI);
	outl(__builtin_bswap32((uint32_t)dma_pa), FW_CFG_DMA_LO);
	asm volatile("" : : : "memory");
	return dma->control == 0;
}

static void pio_read(void *to, size_t len)
{
	asm volatile("rep insb" : "+D"(to), "+c"(len) : "d"(FW_CFG_DATA) : "memory");
}

static uint32_t item(uint16_t select)
{
	return (uint32_t)select << 16 | DMA_SELECT | DMA_READ;
}

/* Where its pages lie. */
static void fw_cfg_find_pages(void)
{
	uint64_t pa[3] = { 0 };

	have_dma = have_dma && phys(dma, pa, 3);
	dma_pa = pa[0];
	dir_pa = pa[1];
	text_pa = pa[2];
}

static void fw_cfg_init(void)
{
	char sig[4], *p = pages(3 * PAGE);
	uint32_t id;

	outw(0, FW_CFG_SELECTOR);
	pio_read(sig, 4);
	if (memcmp(sig, "QEMU", 4))
		give_up("no fw_cfg device");
	outw(FW_CFG_ID, FW_CFG_SELECTOR);
	pio_read(&id, 4);
	have_dma = id & 2;
	dma = (void *)p;
	dir = (void *)(p + PAGE);
	text = p + 2 * PAGE;
	fw_cfg_find_pages();
}

static void fw_cfg_scan(void)
{
	if (have_dma && dma_run(item(FW_CFG_FILE_DIR), dir_pa, PAGE))
		return;
	outw(FW_CFG_FILE_DIR, FW_CFG_SELECTOR);
	pio_read(dir, PAGE);
}

/* In what was scanned last. @size 0 if the file is not there. */
static uint16_t fw_cfg_find(const char *name, size_t *size)
{
	uint32_t n = __builtin_bswap32(dir->count);

	*size = 0;
	for (uint32_t i = 0; i < n && i < 63; i++) {
		if (strncmp(dir->f[i].name, name, sizeof(dir->f[i].name)))
			continue;
		*size = __builtin_bswap32(dir->f[i].size);
		return __builtin_bswap16(dir->f[i].select);
	}
	return 0;
}

/* The command, NUL-terminated. */
static char *fw_cfg_text(uint16_t select, size_t size)
{
	if (size < PAGE && have_dma && dma_run(item(select), text_pa, size)) {
		text[size] = '\0';
		return text;
	}
	text = calloc(1, size + 1);
	if (!text)
		give_up("no memory");
	outw(select, FW_CFG_SELECTOR);
	pio_read(text, size);
	return text;
}

/* --- the executable ------------------------------------------------------- */

/* Where the slot's pages lie. */
static void slot_find(void)
{
	static uint64_t pa[EXE_READY / PAGE];

	have_dma = have_dma && phys(slot, pa, EXE_READY / PAGE);
	for (size_t i = 0, n = 0; i < EXE_READY / PAGE; i++) {
		if (i && pa[i] == pa[i - 1] + PAGE) {
			slot_ext[n - 1].len += PAGE;
		} else {
			slot_ext[n].pa = pa[i];
			slot_ext[n++].len = PAGE;
		}
	}
}

/*
 * The file that the executable will be read into, with its pages, before the
 * guest is saved: handing in then allocates, clears, copies and unmaps nothing.
 * The mapping that is kept is read-only, since a writable one would make exec
 * fail with ETXTBSY; the device does not care.
 */
static void slot_make(void)
{
	unsigned long node0 = 1;
	char *p;
	int fd;

	do_mount("tmpfs", EXE_DIR, 0, "mode=755,huge=never");
	fd = open(EXE_SLOT, O_RDWR | O_CREAT | O_CLOEXEC, 0755);
	if (fd < 0 || ftruncate(fd, EXE_READY))
		give_up("%s: %s", EXE_SLOT, strerror(errno));
	p = mmap(NULL, EXE_READY, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (p == MAP_FAILED)
		give_up("%s: %s", EXE_SLOT, strerror(errno));
	syscall(SYS_mbind, p, EXE_READY, 2 /* MPOL_BIND */, &node0, 64, 0);
	memset(p, 0, EXE_READY);
	munmap(p, EXE_READY);
	close(fd);

	fd = open(EXE_SLOT, O_RDONLY | O_CLOEXEC);
	p = mmap(NULL, EXE_READY, PROT_READ, MAP_SHARED | MAP_POPULATE, fd, 0);
	if (fd < 0 || p == MAP_FAILED || mlock(p, EXE_READY))
		give_up("%s: %s", EXE_SLOT, strerror(errno));
	close(fd);
	slot = p;
	slot_find();
}

static char exe_path[PATH_MAX]; /* what was fetched last */
static bool exe_in_slot;

/* The next read of the item begins at @offset. */
static void item_seek(uint16_t select, size_t offset)
{
	static char buf[65536];

	outw(select, FW_CFG_SELECTOR);
	if (!offset || (have_dma && dma_run(DMA_SKIP, 0, offset)))
		return;
	outw(select, FW_CFG_SELECTOR);
	for (size_t n; offset; offset -= n) {
		n = offset < sizeof(buf) ? offset : sizeof(buf);
		pio_read(buf, n);
	}
}

/* The next @len bytes of the item into the slot. */
static bool slot_read(size_t len)
{
	for (size_t i = 0; len; i++) {
		size_t n = slot_ext[i].len < len ? slot_ext[i].len : len;

		if (!dma_run(DMA_READ, slot_ext[i].pa, n))
			return false;
		len -= n;
	}
	return true;
}

static void write_all(int fd, const char *p, size_t len)
{
	for (ssize_t n; len; p += n, len -= n) {
		n = write(fd, p, len);
		if (n <= 0)
			give_up("room for the executable: %s", strerror(errno));
	}
}

/*
 * The slot is the file of the executable before, which may go now. That one ran,
 * and what it made the kernel do (compaction, say) may have moved pages that the
 * device must find.
 */
static void slot_again(void)
{
	if (!exe_in_slot)
		unlink(exe_path);
	else if (rename(exe_path, EXE_SLOT))
		give_up("%s: %s", exe_path, strerror(errno));
	exe_in_slot = false;
	fw_cfg_find_pages();
	slot_find();
}

/* Bring the executable in as EXE_DIR/@name. */
static void exe_fetch(uint16_t select, size_t offset, size_t size, const char *name)
{
	static char buf[65536];
	int fd;

	if (*exe_path)
		slot_again();
	/* The name shows in kernel messages; a memfd would be "memfd:t" there. */
	snprintf(exe_path, sizeof(exe_path), EXE_DIR "/%s", name);
	item_seek(select, offset);
	/* what follows the executable in the slot nobody minds */
	if (have_dma && size <= EXE_READY && slot_read(size) && !memcmp(slot, "\177ELF", 4)) {
		if (rename(EXE_SLOT, exe_path))
			give_up("%s: %s", exe_path, strerror(errno));
		exe_in_slot = true;
		return;
	}
	fd = open(exe_path, O_WRONLY | O_CREAT | O_CLOEXEC, 0755);
	if (fd < 0)
		give_up("%s: %s", exe_path, strerror(errno));
	item_seek(select, offset);
	while (size) {
		size_t n = size < EXE_READY ? size : EXE_READY;

		if (have_dma && slot_read(n)) {
			write_all(fd, slot, n);
		} else {
			n = size < sizeof(buf) ? size : sizeof(buf);
			pio_read(buf, n);
			write_all(fd, buf, n);
		}
		size -= n;
	}
	close(fd);
}

/* --- after a test, before another one ------------------------------------- */

/*
 * Tests in company share one kernel, and what is not put back here is not: the
 * layout of memory, what is on which LRU list, KSM's trees, the caches, counters.
 * Put back are the processes, what stands in folders that everybody writes to,
 * and these settings, all of which a test may have a reason to turn. None of it
 * costs more than reading a file where a test left things as they were.
 */
static struct knob {
	const char *path;
	char was[128];
} knobs[] = {
	{ .path = "/proc/sys/vm/nr_hugepages" },
	{ .path = "/proc/sys/vm/nr_overcommit_hugepages" },
	{ .path = "/proc/sys/vm/swappiness" },
	{ .path = "/proc/sys/vm/overcommit_memory" },
	{ .path = "/proc/sys/vm/compact_unevictable_allowed" },
	{ .path = "/proc/sys/vm/unprivileged_userfaultfd" },
	{ .path = "/proc/sys/kernel/numa_balancing" },
	{ .path = "/proc/sys/kernel/printk" },
	{ .path = "/sys/kernel/mm/ksm/run" },
	{ .path = "/sys/kernel/mm/ksm/sleep_millisecs" },
	{ .path = "/sys/kernel/mm/ksm/pages_to_scan" },
	{ .path = "/sys/kernel/mm/ksm/merge_across_nodes" },
	{ .path = "/sys/kernel/mm/ksm/use_zero_pages" },
	{ .path = "/sys/kernel/mm/ksm/smart_scan" },
	{ .path = "/sys/kernel/mm/numa/demotion_enabled" },
	{ .path = "/sys/kernel/mm/transparent_hugepage/enabled" },
	{ .path = "/sys/kernel/mm/transparent_hugepage/defrag" },
	{ .path = "/sys/kernel/mm/transparent_hugepage/shmem_enabled" },
	{ .path = "/sys/kernel/mm/transparent_hugepage/use_zero_page" },
	{ .path = "/sys/kernel/mm/transparent_hugepage/hugepages-16kB/enabled" },
	{ .path = "/sys/kernel/mm/transparent_hugepage/hugepages-32kB/enabled" },
	{ .path = "/sys/kernel/mm/transparent_hugepage/hugepages-64kB/enabled" },
	{ .path = "/sys/kernel/mm/transparent_hugepage/hugepages-128kB/enabled" },
	{ .path = "/sys/kernel/mm/transparent_hugepage/hugepages-256kB/enabled" },
	{ .path = "/sys/kernel/mm/transparent_hugepage/hugepages-512kB/enabled" },
	{ .path = "/sys/kernel/mm/transparent_hugepage/hugepages-1024kB/enabled" },
	{ .path = "/sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled" },
	{ .path = KHUGEPAGED "defrag" },
	{ .path = KHUGEPAGED "max_ptes_none" },
	{ .path = KHUGEPAGED "max_ptes_shared" },
	{ .path = KHUGEPAGED "max_ptes_swap" },
	{ .path = KHUGEPAGED "pages_to_scan" },
	/* last: to write it wakes khugepaged, which scans once and sleeps for good again */
	{ .path = KHUGEPAGED "scan_sleep_millisecs" },
};

static const char *const emptied[] = { "/tmp", "/dev/shm", "/mnt" };

/* What all tests draw on, and no test may keep (clause C8). */
static struct common {
	long huge_free, huge_reserved, swap, swap_free, swap_cached, pins;
} common_was;

/* Of "a [b] c" the "b", else all of it. */
static char *knob_read(const char *path, char *buf, size_t size)
{
	char *open = strchr(slurp(path, buf, size), '['), *close = open ? strchr(open, ']') : NULL;

	if (!close)
		return buf;
	*close = '\0';
	return open + 1;
}

/* "@name" and the number that follows it on its line. */
static long number(const char *text, const char *name)
{
	const char *at = strstr(text, name);

	return at ? strtol(at + strlen(name), NULL, 10) : 0;
}

static void common_read(struct common *c)
{
	static char buf[16384];

	spit("/proc/sys/vm/stat_refresh", "1"); /* counts are kept per CPU until then */
	slurp("/proc/meminfo", buf, sizeof(buf));
	c->huge_free = number(buf, "HugePages_Free:");
	c->huge_reserved = number(buf, "HugePages_Rsvd:");
	c->swap = number(buf, "SwapTotal:");
	c->swap_free = number(buf, "SwapFree:");
	c->swap_cached = number(buf, "SwapCached:");
	slurp("/proc/vmstat", buf, sizeof(buf));
	c->pins = number(buf, "nr_foll_pin_acquired ") - number(buf, "nr_foll_pin_released ");
}

/* While all is as it should be. */
static void remember(void)
{
	char buf[128];

	for (size_t i = 0; i < sizeof(knobs) / sizeof(*knobs); i++)
		snprintf(knobs[i].was, sizeof(knobs[i].was), "%s",
			 knob_read(knobs[i].path, buf, sizeof(buf)));
	common_read(&common_was);
}

/* All that is in folder @path, also in what is mounted there, but not the folder. */
static void empty(const char *path)
{
	DIR *d = opendir(path);
	struct dirent *e;

	while (d && (e = readdir(d))) {
		char sub[PATH_MAX];

		if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, ".."))
			continue;
		snprintf(sub, sizeof(sub), "%s/%s", path, e->d_name);
		if (!unlink(sub) || (errno != EISDIR && errno != EPERM))
			continue;
		empty(sub);
		rmdir(sub);
	}
	if (d)
		closedir(d);
}

__attribute__((format(printf, 2, 3))) static void left(struct text *t, const char *fmt, ...)
{
	char what[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	add(t, "%s%s", t->len ? ", " : "", what);
}

/* Turn back what was turned, and tell in @t what cannot be. */
static void knobs_back(struct text *t)
{
	char buf[128], *now;

	for (size_t i = 0; i < sizeof(knobs) / sizeof(*knobs); i++) {
		const struct knob *k = &knobs[i];

		if (!strcmp(knob_read(k->path, buf, sizeof(buf)), k->was))
			continue;
		spit(k->path, k->was);
		now = knob_read(k->path, buf, sizeof(buf));
		if (strcmp(now, k->was))
			left(t, "%s is %s, was %s", k->path, now, k->was);
	}
}

/* What may wait in the caches of each CPU where they cannot be emptied. */
static long swap_slack_kib(void)
{
	return *swap_beside ? 0 : 2048;
}

/*
 * Of the swap that is in use, what no page in memory has, too: the kernel may leave
 * one to reclaim with the slot that it had.
 */
static long swap_gone_kib(const struct common *c)
{
	long gone = common_was.swap_free + common_was.swap_cached - c->swap_free - c->swap_cached;

	return gone > swap_slack_kib() ? gone : 0;
}

static bool common_is_back(const struct common *c)
{
	return c->huge_free >= common_was.huge_free &&
	       c->huge_reserved <= common_was.huge_reserved && c->swap >= common_was.swap &&
	       !swap_gone_kib(c) && c->pins <= common_was.pins;
}

/* What is missing of what all draw on. Some of it comes back by a work queue: give it a second. */
static void common_back(struct text *t)
{
	uint64_t until = now_us() + 1000000;
	struct common c;

	for (common_read(&c); !common_is_back(&c) && now_us() < until; common_read(&c)) {
		if (c.swap < common_was.swap)
			swapon("/dev/zram0", 0);
		if (!swap_gone_kib(&c) || !swap_slots_drain())
			usleep(5000);
	}
	if (c.huge_free < common_was.huge_free)
		left(t, "%ld of %ld free huge pages are gone", common_was.huge_free - c.huge_free,
		     common_was.huge_free);
	if (c.huge_reserved > common_was.huge_reserved)
		left(t, "%ld huge pages are reserved", c.huge_reserved - common_was.huge_reserved);
	if (c.swap < common_was.swap)
		left(t, "swap is off");
	else if (swap_gone_kib(&c))
		left(t, "%ld KiB of swap are in use", swap_gone_kib(&c));
	if (c.pins > common_was.pins)
		left(t, "%ld pins stand", c.pins - common_was.pins);
	/* what this one has left is not to be laid at the next one's door */
	common_was = c;
}

/* --- a test --------------------------------------------------------------- */

struct test {
	size_t offset, size; /* of the executable in its item */
	uint64_t seed;
	char *name, *args;
};

struct command {
	char mode[16];
	struct test *test;
	size_t ntests;
	char *env[64];
	size_t nenv;
	uint64_t deadline_ms, max_output;
	bool together; /* there was, or will be, another test in this guest */
};

static struct {
	uint64_t total;	 /* bytes that the test wrote */
	size_t head_max; /* of them sent as they came */
	char ring[TAIL]; /* the last ones of the rest */
} out;

/* Made before the guest is saved, so that no test pays for it. */
static int kmsg_fd = -1, pipe_fd[2], signal_fd;
static unsigned long taint_before;
static size_t kmsg_sent;

/* All kernel messages since the last call. */
static void kmsg_send(void)
{
	static char rec[8192 + 1];
	static struct text t;
	ssize_t n;

	t.len = 0;
	for (;;) {
		unsigned long prio, us;
		char *text, *nl, *p;

		n = read(kmsg_fd, rec, sizeof(rec) - 1);
		if (n < 0 && errno == EPIPE) {
			add(&t, "<4>[lost] cowpen agent: the kernel's ring buffer was overrun\n");
			continue;
		}
		if (n <= 0)
			break;
		rec[n] = '\0';
		/* Documentation/ABI/testing/dev-kmsg: "prio,seq,us,flags;text\n KEY=value\n" */
		text = strchr(rec, ';');
		if (!text)
			continue;
		*text++ = '\0';
		if (!strncmp(text, KMSG_CUT, strlen(KMSG_CUT)))
			continue;
		nl = strchr(text, '\n');
		if (nl)
			*nl = '\0';
		prio = strtoul(rec, &p, 10);
		if (*p == ',')
			p = strchr(p + 1, ',');
		us = p && *p ? strtoul(p + 1, NULL, 10) : 0;
		if (kmsg_sent > KMSG_MAX)
			continue;
		if (t.len + n + 64 > sizeof(t.s)) {
			frame(FRAME_KMSG, t.s, t.len);
			kmsg_sent += t.len;
			t.len = 0;
			if (kmsg_sent > KMSG_MAX) {
				add(&t, "<4>[cut] cowpen agent: more kernel messages than are "
					"kept\n");
				continue;
			}
		}
		add(&t, "<%lu>[%5lu.%06lu] %s\n", prio, us / 1000000, us % 1000000, text);
	}
	if (t.len)
		frame(FRAME_KMSG, t.s, t.len);
	kmsg_sent += t.len;
}

static void out_add(const char *p, size_t len)
{
	size_t n = out.total < out.head_max ? out.head_max - out.total : 0;

	if (n > len)
		n = len;
	if (n)
		frame(FRAME_OUT, p, n);
	out.total += n;
	p += n;
	len -= n;
	if (len > TAIL) {
		out.total += len - TAIL;
		p += len - TAIL;
		len = TAIL;
	}
	for (; len; len -= n, p += n, out.total += n) {
		size_t at = out.total % TAIL;

		n = TAIL - at < len ? TAIL - at : len;
		memcpy(out.ring + at, p, n);
	}
}

static void out_tail(void)
{
	uint64_t len = out.total > out.head_max ? out.total - out.head_max : 0;
	size_t at = out.total % TAIL;

	if (!len)
		return;
	if (len < TAIL) {
		size_t from = (out.total - len) % TAIL;

		if (from + len <= TAIL) {
			frame(FRAME_TAIL, out.ring + from, len);
			return;
		}
		frame(FRAME_TAIL, out.ring + from, TAIL - from);
	} else {
		frame(FRAME_TAIL, out.ring + at, TAIL - at);
	}
	if (at)
		frame(FRAME_TAIL, out.ring, at);
}

static void hang_thread(const char *pid, const char *tid)
{
	static struct text t;
	static char buf[8192];
	static const char *const files[] = { "comm", "wchan", "syscall", "stack" };
	char path[600], *p;

	t.len = 0;
	add(&t, "pid %s tid %s\n", pid, tid);
	snprintf(path, sizeof(path), "/proc/%s/task/%s/stat", pid, tid);
	p = strrchr(slurp(path, buf, sizeof(buf)), ')');
	add(&t, "state %c\n", p && p[1] && p[2] ? p[2] : '?');
	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
		snprintf(path, sizeof(path), "/proc/%s/task/%s/%s", pid, tid, files[i]);
		slurp(path, buf, sizeof(buf));
		add(&t, "%s%c%s\n", files[i], strchr(buf, '\n') ? '\n' : ' ', buf);
	}
	add(&t, "\n");
	frame(FRAME_HANG, t.s, t.len);
}

/*
 * Shortly before the deadline: what is everybody doing? A frame for each thread
 * as it is looked at, since to look may itself get stuck. Nothing that takes a
 * lock of the memory map (maps, smaps, cmdline) is read.
 */
static void hang_send(void)
{
	DIR *d = opendir("/proc"), *dt;
	struct dirent *e, *et;

	while (d && (e = readdir(d))) {
		char path[300], buf[1024], *p;
		unsigned long flags = 0;

		if (!isdigit((unsigned char)*e->d_name) || !strcmp(e->d_name, "1"))
			continue;
		snprintf(path, sizeof(path), "/proc/%s/stat", e->d_name);
		/* after "(comm) ": state ppid pgrp session tty tpgid flags */
		p = strrchr(slurp(path, buf, sizeof(buf)), ')');
		if (!p || sscanf(p + 1, " %*c %*d %*d %*d %*d %*d %lu", &flags) != 1)
			continue;
		if (flags & 0x00200000) /* PF_KTHREAD */
			continue;
		snprintf(path, sizeof(path), "/proc/%s/task", e->d_name);
		dt = opendir(path);
		while (dt && (et = readdir(dt)))
			if (isdigit((unsigned char)*et->d_name))
				hang_thread(e->d_name, et->d_name);
		if (dt)
			closedir(dt);
	}
	if (d)
		closedir(d);
	/* every CPU's stack, and every task that waits uninterruptibly */
	spit("/proc/sysrq-trigger", "l");
	spit("/proc/sysrq-trigger", "w");
	kmsg_send();
	frame(FRAME_HUNG, NULL, 0);
}

/* Restored guests are replays of each other; the seed makes starts differ a little. */
static void vary(uint64_t seed)
{
	size_t pages = seed % 61;
	char *p;

	if (!seed)
		return;
	p = mmap(NULL, (pages + 1) * PAGE, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	if (p != MAP_FAILED)
		munmap(p, (pages + 1) * PAGE);
	for (uint64_t t = rdtsc() + (seed >> 8) % 200000; rdtsc() < t;)
		;
}

static void pipe_make(void)
{
	if (pipe2(pipe_fd, O_CLOEXEC))
		give_up("pipe: %s", strerror(errno));
	fcntl(pipe_fd[0], F_SETFL, O_NONBLOCK);
}

/* The test that runs. */
static struct {
	pid_t pid;
	int pipe; /* its output, -1 after end of file */
	int status, exec_errno;
	uint64_t start, hang_at;
	bool over, hung;
} now_runs;

/* What it wrote since the last time. False if there was nothing. */
static bool take_output(ssize_t *len)
{
	static char buf[32768];

	*len = read(now_runs.pipe, buf, sizeof(buf));
	if (*len > 0)
		out_add(buf, *len);
	return *len > 0;
}

/* Reap whoever is gone. False if there is nobody left to wait for. */
static bool reap(void)
{
	struct signalfd_siginfo si;
	int st;
	pid_t w;

	while (read(signal_fd, &si, sizeof(si)) > 0)
		;
	while ((w = waitpid(-1, &st, WNOHANG)) > 0)
		if (w == now_runs.pid) {
			now_runs.status = st;
			now_runs.over = true;
		}
	return !w;
}

/* Wait for output or for somebody's end. */
static void wait_for_it(uint64_t deadline_ms)
{
	struct pollfd pf[2] = { { .fd = signal_fd, .events = POLLIN },
				{ .fd = now_runs.pipe, .events = POLLIN } };
	uint64_t now = now_us();
	int wait = -1;
	ssize_t len;

	if (!now_runs.hung && deadline_ms)
		wait = now < now_runs.hang_at ? (int)((now_runs.hang_at - now + 999) / 1000) : 0;
	poll(pf, now_runs.pipe < 0 ? 1 : 2, wait);
	if (now_runs.pipe >= 0 && pf[1].revents && !take_output(&len) && !len) {
		close(now_runs.pipe);
		now_runs.pipe = -1;
	}
}

static void look_at_clock(uint64_t deadline_ms)
{
	if (now_runs.hung || !deadline_ms || now_us() < now_runs.hang_at)
		return;
	now_runs.hung = true;
	hang_send();
}

/*
 * Not until end of file: a forgotten child may keep the pipe open, and may even
 * go on writing. What the pipe can hold is all that the test itself can have
 * left there.
 */
static void last_output(void)
{
	ssize_t len;

	if (now_runs.pipe < 0)
		return;
	for (long room = fcntl(now_runs.pipe, F_GETPIPE_SZ); room > 0 && take_output(&len);)
		room -= len;
	close(now_runs.pipe);
	now_runs.pipe = -1;
}

/*
 * Whoever is still there belongs to the test, and is our child by now or will be.
 * Some take their time to die, and so does this.
 */
static void kill_all(uint64_t deadline_ms)
{
	while (reap()) {
		struct pollfd pf = { .fd = signal_fd, .events = POLLIN };

		kill(-1, SIGKILL);
		poll(&pf, 1, 100);
		look_at_clock(deadline_ms);
	}
}

/* Bring the machine back to where the next test may start; tell in @t what cannot be. */
static void clear_up(struct text *t, uint64_t deadline_ms)
{
	kill_all(deadline_ms);
	for (size_t i = 0; i < sizeof(emptied) / sizeof(*emptied); i++)
		empty(emptied[i]);
	knobs_back(t);
	common_back(t);
}

/* Lines that tell the host where the next one's marks, and its part of the console, begin. */
static void cut(size_t nr)
{
	char hex[33] = "", line[128];
	const char *p = line;
	size_t len;

	for (int i = 0; i < 16; i++)
		sprintf(hex + 2 * i, "%02x", token[i]);
	/* the one before may have been killed in the middle of a line */
	len = snprintf(line, sizeof(line), "\n" MARKS_CUT "%s %zu\n", hex, nr);
	asm volatile("rep outsb" : "+S"(p), "+c"(len) : "d"(PORT_MARKS) : "memory");
	snprintf(line, sizeof(line), "<6>" KMSG_CUT "%zu\n", nr);
	spit("/dev/kmsg", line);
}

/*
 * What a test may take for granted of this guest: the kernel's configuration, the
 * modules that were to be loaded, and by the host's words what it is to lack.
 */
static size_t say_guest(char *env[])
{
	static char beside[64];
	static const struct {
		const char *cmdline, *word;
	} lacks[] = {
		{ "cowpen.swap=off", " swap=off" },
		{ "cowpen.ksm=off", " ksm=off" },
		{ "transparent_hugepage=never", " thp=never" },
		{ "hugepages=0", " huge=off" },
	};
	static char guest[128];
	size_t n = 0;

	strcpy(guest, "COWPEN_GUEST=");
	for (size_t i = 0; i < sizeof(lacks) / sizeof(*lacks); i++) {
		const char *at = strstr(cmdline, lacks[i].cmdline);

		if (at && strchr(" ", at[strlen(lacks[i].cmdline)]))
			strcat(guest, lacks[i].word);
	}
	env[n++] = guest;
	if (*swap_beside) {
		snprintf(beside, sizeof(beside), "COWPEN_SWAP_BESIDE=%s", swap_beside);
		env[n++] = beside;
	}
	env[n++] = "COWPEN_MODULES=/etc/modules";
	if (!access("/etc/config", R_OK))
		env[n++] = "COWPEN_CONFIG=/etc/config";
	return n;
}

static void start(const struct command *c, const struct test *test, uint64_t t0)
{
	static struct text t;
	char seed[64], *argv[128], *env[72], *save = NULL;
	size_t argc = 0, n = 0;

	argv[argc++] = exe_path;
	for (char *w = strtok_r(test->args, " \t", &save); w; w = strtok_r(NULL, " \t", &save))
		if (argc < sizeof(argv) / sizeof(*argv) - 1)
			argv[argc++] = w;
	argv[argc] = NULL;
	snprintf(seed, sizeof(seed), "COWPEN_SEED=%llu", (unsigned long long)test->seed);
	env[n++] = "PATH=/bin:/sbin";
	env[n++] = "HOME=/tmp";
	env[n++] = "COWPEN_MARK_PORT=0x402";
	env[n++] = seed;
	n += say_guest(env + n);
	for (size_t i = 0; i < c->nenv; i++)
		env[n++] = c->env[i];
	env[n] = NULL;

	vary(test->seed);
	out.total = 0;
	out.head_max = c->max_output > TAIL ? c->max_output - TAIL : 0;
	kmsg_sent = 0;
	memset(&now_runs, 0, sizeof(now_runs));
	now_runs.start = now_us();
	now_runs.hang_at =
		now_runs.start +
		(c->deadline_ms > 4000 ? c->deadline_ms - 2000 : c->deadline_ms / 2) * 1000;
	t.len = 0;
	add(&t, "test=%zu\ntaint_before=%lu\nhandin_us=%llu\n", test - c->test, taint_before,
	    (unsigned long long)(now_runs.start - t0));
	frame(FRAME_START, t.s, t.len);

	now_runs.pipe = pipe_fd[0];
	now_runs.pid = spawn(argv, env, pipe_fd[1], &now_runs.exec_errno);
	if (now_runs.pid < 0)
		give_up("fork: %s", strerror(errno));
	close(pipe_fd[1]);
}

static void finish(const struct command *c)
{
	static struct text t, missing;
	uint64_t took = now_us() - now_runs.start;

	last_output();
	out_tail();
	missing.len = 0;
	missing.s[0] = '\0';
	if (c->together)
		clear_up(&missing, c->deadline_ms);
	kmsg_send();
	taint_before = taint();
	t.len = 0;
	add(&t, "status=%d\nexec_errno=%d\noutput_total=%llu\ntaint_after=%lu\ntest_us=%llu\n",
	    now_runs.status, now_runs.exec_errno, (unsigned long long)out.total, taint_before,
	    (unsigned long long)took);
	add(&t, "left=%.4000s\n", missing.s);
	frame(FRAME_END, t.s, t.len);
}

static void run(const struct command *c, uint16_t select, uint64_t t0)
{
	for (size_t i = 0; i < c->ntests; i++) {
		const struct test *test = &c->test[i];

		if (i) {
			t0 = now_us();
			cut(i);
			pipe_make();
		}
		if (!i || test->offset != test[-1].offset)
			exe_fetch(select, test->offset, test->size, test->name);
		start(c, test, t0);
		while (!now_runs.over) {
			wait_for_it(c->deadline_ms);
			reap();
			if (!now_runs.over)
				look_at_clock(c->deadline_ms);
		}
		finish(c);
	}
	leave(EXIT_DONE);
}

/* --- the rest ------------------------------------------------------------- */

/* The proof of a saved state: does time run right, and is the emulator sane? */
static void clock_check(void)
{
	static struct text t;
	uint64_t c0, c1, us0, us1;

	c0 = rdtsc();
	us0 = now_us();
	while (now_us() - us0 < 200000)
		usleep(1000);
	us1 = now_us();
	c1 = rdtsc();
	add(&t, "tsc_khz=%llu\nus=%llu\n", (unsigned long long)((c1 - c0) * 1000 / (us1 - us0)),
	    (unsigned long long)(us1 - us0));
	emulator_facts(&t);
	add(&t, "taint=%lu\n", taint());
	frame(FRAME_CLOCK, t.s, t.len);
	frame(FRAME_END, "status=0\n", 9);
	leave(EXIT_DONE);
}

static void ready_fds(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal_fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
	if (signal_fd < 0)
		give_up("signalfd: %s", strerror(errno));
	pipe_make();
}

static int unhex(int ch)
{
	return isdigit(ch) ? ch - '0' : isxdigit(ch) ? tolower(ch) - 'a' + 10 : -1;
}

/* OFFSET SIZE SEED NAME [ARGS...] */
static void test_parse(char *v, struct command *c)
{
	struct test *t;

	if (!(c->ntests & (c->ntests - 1))) {
		c->test = realloc(c->test, (c->ntests ? 2 * c->ntests : 1) * sizeof(*c->test));
		if (!c->test)
			give_up("no memory");
	}
	t = &c->test[c->ntests++];
	t->offset = strtoull(v, &v, 10);
	t->size = strtoull(v, &v, 10);
	t->seed = strtoull(v, &v, 10);
	t->name = v + (*v == ' ');
	t->args = t->name + strcspn(t->name, " ");
	if (*t->args)
		*t->args++ = '\0';
}

static void command_parse(char *text, struct command *c)
{
	char *save = NULL;

	for (char *l = strtok_r(text, "\n", &save); l; l = strtok_r(NULL, "\n", &save)) {
		char *v = strchr(l, '=');

		if (!v)
			continue;
		*v++ = '\0';
		if (!strcmp(l, "token")) {
			for (int i = 0; i < 16 && v[2 * i] && v[2 * i + 1]; i++)
				token[i] = unhex(v[2 * i]) << 4 | unhex(v[2 * i + 1]);
		} else if (!strcmp(l, "mode")) {
			snprintf(c->mode, sizeof(c->mode), "%s", v);
		} else if (!strcmp(l, "test")) {
			test_parse(v, c);
		} else if (!strcmp(l, "together")) {
			c->together = *v == '1';
		} else if (!strcmp(l, "deadline_ms")) {
			c->deadline_ms = strtoull(v, NULL, 10);
		} else if (!strcmp(l, "max_output")) {
			c->max_output = strtoull(v, NULL, 10);
		} else if (!strcmp(l, "env")) {
			if (c->nenv < sizeof(c->env) / sizeof(*c->env))
				c->env[c->nenv++] = v;
		}
	}
}

static void serve(void)
{
	static struct command c;
	uint16_t select;
	size_t size;
	uint64_t t0;

	/*
	 * Spin first: the guest is saved within this time, and a restored one
	 * then goes on here without an idle task, a timer and a scheduler, all
	 * of which would be cold code to the emulator.
	 */
	for (uint64_t spin = now_us() + 5000000;;) {
		fw_cfg_scan();
		select = fw_cfg_find(FW_CFG_CMD, &size);
		if (size)
			break;
		if (now_us() > spin)
			usleep(1000);
	}
	t0 = now_us();
	command_parse(fw_cfg_text(select, size), &c);
	seq = 0;
	if (!strcmp(c.mode, "clock"))
		clock_check();
	select = fw_cfg_find(FW_CFG_EXE, &size);
	if (!size)
		give_up("no executable was handed in");
	run(&c, select, t0);
}

static void shell(const struct text *facts)
{
	char *argv[] = { "/bin/sh", "-i", NULL };
	char *env[10] = { "PATH=/bin:/sbin:/cases", "HOME=/",	     "TERM=linux",
			  "PS1=cowpen# ",	    "COWPEN_SEED=1", "COWPEN_MARK_PORT=0x402" };
	int status;
	pid_t pid;

	say_guest(env + 6);
	printf("%s", facts->s);
	printf("cowpen: the cases are in /cases. Leave with \"exit\", or with Ctrl-A x at once.\n");
	fflush(stdout);
	pid = fork();
	if (!pid) {
		int fd;

		setsid();
		fd = open("/dev/ttyS0", O_RDWR);
		if (fd >= 0) {
			ioctl(fd, TIOCSCTTY, 1);
			dup2(fd, 0);
			dup2(fd, 1);
			dup2(fd, 2);
			if (fd > 2)
				close(fd);
		}
		execve(argv[0], argv, env);
		printf("cowpen: no shell in this image: %s\n", strerror(errno));
		_exit(127);
	}
	for (pid_t w; (w = waitpid(-1, &status, 0)) != pid;)
		if (w < 0 && errno != EINTR)
			break;
	leave(EXIT_DONE);
}

/*
 * "tsc-early" becomes "tsc" a second after boot, by stopping the whole machine:
 * not in the first test, and so in all of them.
 */
static void settle(struct text *t)
{
	static const char path[] = "/sys/devices/system/clocksource/clocksource0/"
				   "current_clocksource";
	char buf[64];

	for (uint64_t until = now_us() + 5000000; now_us() < until; usleep(20000))
		if (strcmp(slurp(path, buf, sizeof(buf)), "tsc-early"))
			break;
	add(t, "clocksource=%s\n", slurp(path, buf, sizeof(buf)));
}

static void start_facts(struct text *t)
{
	char buf[1024];
	struct utsname u;

	uname(&u);
	add(t, "release=%s\n", u.release);
	add(t, "proc_version=%s\n", slurp("/proc/version", buf, sizeof(buf)));
	add(t, "cmdline=%s\n", cmdline);
	add(t, "cpus=%s\n", slurp("/sys/devices/system/cpu/online", buf, sizeof(buf)));
	add(t, "nodes=%s\n", slurp("/sys/devices/system/node/online", buf, sizeof(buf)));
	add(t, "thp=%s\n", slurp("/sys/kernel/mm/transparent_hugepage/enabled", buf, sizeof(buf)));
	/* how many there are; how many were asked for stands in the command line */
	add(t, "mem_kib=%ld\n", number(slurp("/proc/meminfo", buf, sizeof(buf)), "MemTotal:"));
	add(t, "hugepages=%s\n", slurp("/proc/sys/vm/nr_hugepages", buf, sizeof(buf)));
}

int main(int argc, char **argv)
{
	static struct text facts;
	uint64_t t0, us0;

	if (argc > 1 && !strcmp(argv[1], "--noop"))
		return 0;
	if (getpid() != 1) {
		fprintf(stderr, "cowpen agent: I am PID 1 of a guest and nothing else\n");
		return 1;
	}
	umask(022);
	do_mount("devtmpfs", "/dev", 0, NULL);
	/* the kernel found no /dev/console for us if the image has none */
	for (int fd = open("/dev/console", O_RDWR); fd >= 0 && fd < 2;)
		fd = dup(fd);
	if (iopl(3))
		give_up("iopl: %s", strerror(errno));
	do_mount("proc", "/proc", 0, NULL);
	do_mount("sysfs", "/sys", 0, NULL);
	do_mount("tmpfs", "/tmp", 0, "mode=1777");
	do_mount("tmpfs", "/dev/shm", 0, "mode=1777");
	do_mount("debugfs", "/sys/kernel/debug", 0, NULL);
	us0 = now_us();
	t0 = rdtsc();

	slurp("/proc/cmdline", cmdline, sizeof(cmdline));
	start_facts(&facts);
	load_modules(&facts);
	add(&facts, "files=%s\n", files_on());
	add(&facts, "swap=%s\n", swap_on());
	add(&facts, "ksm=%s\n", ksm());
	add(&facts, "khugepaged=%s\n", park_khugepaged());
	rdma_up(&facts);

	/*
	 * An Oops ends the guest at once, with its whole text on the console:
	 * what a kernel says after one is worth nothing, and it costs only the
	 * test that caused it. The NMI is the host's way to ask a guest that
	 * hangs for a stack; panic_print=64 adds those of all other CPUs.
	 */
	spit("/proc/sys/kernel/panic_on_oops", "1");
	spit("/proc/sys/kernel/unknown_nmi_panic", "1");
	spit("/proc/sys/kernel/panic_print", "64");
	spit("/proc/sys/kernel/printk", "8");
	kmsg_fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (kmsg_fd < 0)
		give_up("/dev/kmsg: %s", strerror(errno));

	if (strstr(cmdline, "cowpen.mode=shell"))
		shell(&facts);

	mlockall(MCL_CURRENT); /* tests make memory short */
	fw_cfg_init();
	slot_make();
	/* Once round through what every test needs, so that its first use is not the test's. */
	for (int i = 0; i < 3; i++) {
		char *noop[] = { "/init", "--noop", NULL }, line[8];

		helper(noop, line, sizeof(line));
		fw_cfg_scan();
	}
	settle(&facts);
	emulator_facts(&facts);
	add(&facts, "tsc_khz=%llu\n",
	    (unsigned long long)((rdtsc() - t0) * 1000 / (now_us() - us0)));
	add(&facts, "taint=%lu\n", taint());
	ready_fds();
	taint_before = taint();
	remember();
	lseek(kmsg_fd, 0, SEEK_END);
	frame(FRAME_READY, facts.s, facts.len);
	serve();
}
