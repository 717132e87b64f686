// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a case needs of the machine, and who runs kernel tests need not have set up: swap,
 * huge pages, a RAM disk with a file system, soft-RoCE, debugfs. Each program makes what is
 * not there and takes it away again. What cannot be made is left, and the tests that need it
 * are a SKIP that says what is not set up.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <rdma/rdma_netlink.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/swap.h>
#include <sys/wait.h>
#include <unistd.h>

#include "case_info.h"
#include "end.h"
#include "memory.h"

#define SWAP_SIZE  (256UL << 20)
#define HUGE_FREE  24 /* most that a test takes is 6, but they are spread over two nodes */
#define HUGE_PATH  "/proc/sys/vm/nr_hugepages"
#define KHUGEPAGED "/sys/kernel/mm/transparent_hugepage/khugepaged/"
#define FS_DEVICE  "/dev/ram1"
#define FS_LABEL   "cowpen"

extern char **environ;

static int get(const char *path, char *buf, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, buf, size - 1);

	if (fd >= 0)
		close(fd);
	buf[n > 0 ? n : 0] = '\0';
	buf[strcspn(buf, "\n")] = '\0';
	return n < 0 ? -1 : 0;
}

__attribute__((format(printf, 2, 3))) static int put(const char *path, const char *fmt, ...)
{
	char text[64];
	va_list ap;
	int fd, n, err;

	va_start(ap, fmt);
	n = vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	err = fd < 0 || write(fd, text, n) != n;
	if (fd >= 0)
		close(fd);
	return err;
}

static long meminfo(const char *key)
{
	FILE *f = fopen("/proc/meminfo", "re");
	size_t len = strlen(key);
	long value = -1;
	char line[128];

	while (f && value < 0 && fgets(line, sizeof(line), f))
		if (!strncmp(line, key, len) && line[len] == ':')
			value = atol(line + len + 1);
	if (f)
		fclose(f);
	return value;
}

/* 0 if it could be run and was content. What it has to say interests nobody. */
static int tool(char *const argv[])
{
	posix_spawn_file_actions_t quiet;
	int status = -1;
	pid_t pid;

	posix_spawn_file_actions_init(&quiet);
	posix_spawn_file_actions_addopen(&quiet, 0, "/dev/null", O_RDWR, 0);
	posix_spawn_file_actions_addopen(&quiet, 1, "/dev/null", O_RDWR, 0);
	posix_spawn_file_actions_addopen(&quiet, 2, "/dev/null", O_RDWR, 0);
	if (!posix_spawnp(&pid, argv[0], &quiet, NULL, argv, environ))
		waitpid(pid, &status, 0);
	posix_spawn_file_actions_destroy(&quiet);
	return status;
}

/* --- modules ------------------------------------------------------------------------------ */

static bool filesystem(const char *name)
{
	FILE *f = fopen("/proc/filesystems", "re");
	char line[64], *word;
	bool there = false;

	while (f && !there && fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = '\0';
		word = strchr(line, '\t');
		there = word && !strcmp(word + 1, name);
	}
	if (f)
		fclose(f);
	return there;
}

/* By what they bring, which is there as well if they are built in. One modprobe for all. */
static void modules(bool rdma)
{
	char *argv[16] = { "modprobe", "-q", "-a" };
	int n = 3;

	if (access("/sys/class/zram-control", F_OK))
		argv[n++] = "zram";
	if (access("/sys/block/ram0", F_OK))
		argv[n++] = "brd";
	if (access("/sys/class/misc/device-mapper", F_OK))
		argv[n++] = "dm_mod";
	if (access("/sys/class/misc/udmabuf", F_OK))
		argv[n++] = "udmabuf";
	if (!filesystem("ext4") && !filesystem("ext2"))
		argv[n++] = "ext4";
	if (rdma && access("/sys/class/infiniband_verbs", F_OK))
		argv[n++] = "ib_uverbs";
	if (rdma && access("/sys/module/rdma_rxe", F_OK))
		argv[n++] = "rdma_rxe";
	if (n > 3)
		tool(argv);
}

/* --- swap --------------------------------------------------------------------------------- */

static char zram[8]; /* the number of ours */

/* Compressed memory: pages really leave, and it needs no disk. */
static void swap_on(void)
{
	static uint32_t head[1024];
	char path[64];
	int fd;

	if (meminfo("SwapTotal") > 0 || get("/sys/class/zram-control/hot_add", zram, sizeof(zram)))
		return;
	snprintf(path, sizeof(path), "/sys/block/zram%s/disksize", zram);
	if (put(path, "%lu", SWAP_SIZE))
		return;
	/* What mkswap writes; include/linux/swap.h, union swap_header. */
	head[256] = 1;
	head[257] = SWAP_SIZE / 4096 - 1;
	memcpy((char *)head + 4096 - 10, "SWAPSPACE2", 10);
	snprintf(path, sizeof(path), "/dev/zram%s", zram);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	if (write(fd, head, sizeof(head)) == sizeof(head) && !fsync(fd))
		swapon(path, 0);
	close(fd);
}

static void swap_off(void)
{
	char path[64];

	if (!*zram)
		return;
	snprintf(path, sizeof(path), "/dev/zram%s", zram);
	swapoff(path);
	snprintf(path, sizeof(path), "/sys/block/zram%s/reset", zram);
	put(path, "1");
	put("/sys/class/zram-control/hot_remove", "%s", zram);
}

/* --- huge pages, and who makes them --------------------------------------------------------- */

static char huge_before[32], sleep_before[32];

static void huge_on(void)
{
	long lacking = HUGE_FREE - meminfo("HugePages_Free");

	if (lacking <= 0 || get(HUGE_PATH, huge_before, sizeof(huge_before)))
		return;
	put(HUGE_PATH, "%ld", atol(huge_before) + lacking);
}

static void huge_off(void)
{
	if (*huge_before)
		put(HUGE_PATH, "%s", huge_before);
}

/*
 * khugepaged would make one huge mapping again of what a test has split. It scans at once
 * when the first process asks for huge pages, and then every ten seconds: be that process,
 * and have it sleep until we are done.
 */
static void khugepaged_park(void)
{
	const size_t size = 4UL << 20;
	char before[32], now[32], *p;

	if (get(KHUGEPAGED "scan_sleep_millisecs", sleep_before, sizeof(sleep_before)) ||
	    put(KHUGEPAGED "scan_sleep_millisecs", "4294967295"))
		return;
	get(KHUGEPAGED "full_scans", before, sizeof(before));
	p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (p == MAP_FAILED)
		return;
	*(volatile char *)p = 1; /* it looks only at what has been touched */
	madvise(p, size, MADV_HUGEPAGE);
	madvise(p, size, MADV_DONTFORK); /* no test has it */
	for (int i = 0; i < 50; i++) {
		get(KHUGEPAGED "full_scans", now, sizeof(now));
		if (strcmp(now, before))
			break;
		usleep(10000);
	}
}

static void khugepaged_wake(void)
{
	if (*sleep_before)
		put(KHUGEPAGED "scan_sleep_millisecs", "%s", sleep_before);
}

/* --- files -------------------------------------------------------------------------------- */

/* The mounts are in a name space of our own, and go with it. */
static void mounts(void)
{
	static const char *const types[] = { "ext4", "ext2" };
	char *mke2fs[] = { "mke2fs", "-q", "-F", "-t",	   "ext2",    "-b", "4096",
			   "-m",     "0",  "-L", FS_LABEL, FS_DEVICE, "1M", NULL };
	char label[16] = "";
	int fd;

	if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL))
		return;
	if (access("/sys/kernel/debug/tracing", F_OK) &&
	    access("/sys/kernel/debug/split_huge_pages", F_OK))
		mount("debugfs", "/sys/kernel/debug", "debugfs", 0, NULL);
	fd = open(FS_DEVICE, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	/* s_volume_name of the super block */
	if (pread(fd, label, sizeof(label), 1024 + 120) != sizeof(label))
		*label = '\0';
	close(fd);
	if (strncmp(label, FS_LABEL, sizeof(label)) && tool(mke2fs))
		return;
	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
		if (!mount(FS_DEVICE, FILES, types[i], 0, NULL))
			break;
}

/* --- soft-RoCE ---------------------------------------------------------------------------- */

struct message {
	struct nlmsghdr head;
	char body[128];
};

static void *more(struct message *m, size_t len)
{
	void *at = (char *)m + NLMSG_ALIGN(m->head.nlmsg_len);

	m->head.nlmsg_len = NLMSG_ALIGN(m->head.nlmsg_len) + len;
	return at;
}

/* With the NUL: the kernel takes these as strings. */
static void name(struct message *m, int type, const char *text)
{
	struct nlattr *a = more(m, NLA_HDRLEN + strlen(text) + 1);

	a->nla_type = type;
	a->nla_len = NLA_HDRLEN + strlen(text) + 1;
	strcpy((char *)a + NLA_HDRLEN, text);
}

/* When it is answered it is done, or was refused. */
static void ask(int bus, struct message *m)
{
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, bus);
	char answer[4096];

	if (fd < 0)
		return;
	m->head.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
	if (send(fd, m, m->head.nlmsg_len, 0) == (ssize_t)m->head.nlmsg_len)
		recv(fd, answer, sizeof(answer), 0);
	close(fd);
}

/*
 * On lo: 127.0.0.1 is an address that needs no neighbour. It stays, as modules do: whoever
 * comes next needs it, too, and it is in nobody's way.
 */
static void rxe_on(void)
{
	struct message up = { .head = { NLMSG_HDRLEN, RTM_NEWLINK } };
	struct message add = { .head = { NLMSG_HDRLEN, RDMA_NL_GET_TYPE(RDMA_NL_NLDEV,
									RDMA_NLDEV_CMD_NEWLINK) } };
	struct ifinfomsg *lo = more(&up, sizeof(*lo));

	lo->ifi_index = 1; /* in every name space */
	lo->ifi_flags = lo->ifi_change = IFF_UP;
	ask(NETLINK_ROUTE, &up);
	name(&add, RDMA_NLDEV_ATTR_DEV_NAME, "rxe0");
	name(&add, RDMA_NLDEV_ATTR_LINK_TYPE, "rxe");
	name(&add, RDMA_NLDEV_ATTR_NDEV_NAME, "lo");
	ask(NETLINK_RDMA, &add);
}

/* --- all of it ---------------------------------------------------------------------------- */

static bool wants_rdma(const struct case_variant *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strstr(v[i].name, "-rdma"))
			return true;
	return false;
}

/* Whoever stops us has our tests stop, and finds the machine as it was. */
static int wait_for(pid_t tests, const sigset_t *set)
{
	int sig, status;

	for (;;) {
		sig = sigwaitinfo(set, NULL);
		if (sig == SIGCHLD && waitpid(tests, &status, WNOHANG) == tests)
			return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
		if (sig > 0 && sig != SIGCHLD)
			kill(tests, SIGKILL);
	}
}

/* The tests go on in a child, so that however they end, there is somebody to clear up. */
void machine_ready(const struct case_variant *v, size_t n)
{
	bool rdma = wants_rdma(v, n);
	sigset_t set, before;
	pid_t tests;
	int status;

	known_is_xfail = true;
	if (geteuid())
		return;
	modules(rdma);
	mounts();
	swap_on();
	huge_on();
	if (rdma)
		rxe_on();
	khugepaged_park();

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	sigprocmask(SIG_BLOCK, &set, &before);
	tests = fork();
	if (tests <= 0) {
		if (!tests)
			prctl(PR_SET_PDEATHSIG, SIGKILL);
		sigprocmask(SIG_SETMASK, &before, NULL);
		return;
	}
	status = wait_for(tests, &set);
	khugepaged_wake();
	huge_off();
	swap_off();
	_exit(status);
}
