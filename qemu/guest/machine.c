// SPDX-License-Identifier: GPL-2.0-only
/* What the guest has before it is saved. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "agent.h"

char cmdline[4096];

void do_mount(const char *type, const char *where, unsigned long flags, const char *opt)
{
	mkdir(where, 0755);
	if (mount(type, where, type, flags, opt) && errno != EBUSY)
		fprintf(stderr, "cowpen agent: mount %s on %s: %s\n", type, where, strerror(errno));
}

void load_modules(struct text *facts)
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
		/* One that looks for a processor that this is not has come, and does nothing. */
		if (fd < 0 || (syscall(SYS_finit_module, fd, "", 0) && errno != EEXIST &&
			       errno != ENODEV && errno != EOPNOTSUPP))
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

/* The image of a file system to a disk of the guest's, which is empty; NULL, or why not. */
static const char *copy_image(const char *image, const char *disk)
{
	static char block[PAGE], why[96];
	int from = open(image, O_RDONLY | O_CLOEXEC);
	int to = open(disk, O_WRONLY | O_CLOEXEC);
	ssize_t n = 0;

	if (from < 0 || to < 0) {
		snprintf(why, sizeof(why), "%s", from < 0 ? "no image" : "no disk");
	} else {
		while ((n = read(from, block, sizeof(block))) > 0 && write(to, block, n) == n)
			;
		snprintf(why, sizeof(why), "copy: %s", strerror(errno));
	}
	if (from >= 0)
		close(from);
	if (to >= 0)
		close(to);
	unlink(image);
	return from < 0 || to < 0 || n ? why : NULL;
}

const char *files_on(void)
{
	static const char *const types[] = { "ext4", "ext2" };
	static char failed[96];
	const char *why = copy_image("/fs.img", "/dev/ram1");

	if (why)
		return why;
	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
		if (!mount("/dev/ram1", "/mnt", types[i], 0, NULL))
			return types[i];
	snprintf(failed, sizeof(failed), "mount: %s", strerror(errno));
	return failed;
}

/* Its driver looks for it in a thread of its own. */
static void wait_for_disk(const char *disk)
{
	for (int i = 0; i < 200 && !access("/sys/bus/nd", F_OK) && access(disk, F_OK); i++)
		usleep(10000);
}

const char *dax_on(void)
{
	static char failed[96];
	const char *why;

	wait_for_disk("/dev/pmem0");
	why = copy_image("/dax.img", "/dev/pmem0");
	if (why)
		return why;
	mkdir("/dax", 0700);
	if (!mount("/dev/pmem0", "/dax", "ext4", 0, "dax"))
		return "ok";
	snprintf(failed, sizeof(failed), "mount: %s", strerror(errno));
	return failed;
}

const char *devdax_on(void)
{
	/* What ndctl writes. Where the map of its pages is kept is all that there is to choose. */
	static const struct {
		const char *file, *text;
	} steps[] = {
		{ "drivers/nd_pmem/unbind", "namespace1.0" },
		{ "devices/dax1.0/uuid", "00000000-0000-4000-8000-000000000003" },
		{ "devices/dax1.0/align", "2097152" },
		{ "devices/dax1.0/mode", "ram" },
		{ "devices/dax1.0/namespace", "namespace1.0" },
		{ "drivers/dax_pmem/bind", "dax1.0" },
	};
	static char failed[96];
	char path[64];

	wait_for_disk("/dev/pmem1");
	for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++) {
		int err;

		snprintf(path, sizeof(path), "/sys/bus/nd/%s", steps[i].file);
		err = spit(path, steps[i].text);
		if (err) {
			snprintf(failed, sizeof(failed), "%s: %s", steps[i].file, strerror(-err));
			return failed;
		}
	}
	return access("/dev/dax1.0", F_OK) ? "no device" : "ok";
}

const char *park_khugepaged(void)
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

const char *ksm(void)
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

void settings(struct text *facts)
{
	char buf[32];

	if (strstr(cmdline, "zswap.enabled="))
		add(facts, "zswap=%s\n",
		    slurp("/sys/module/zswap/parameters/enabled", buf, sizeof(buf)));
}

void rdma_up(struct text *facts)
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

void settle(struct text *t)
{
	static const char path[] = "/sys/devices/system/clocksource/clocksource0/"
				   "current_clocksource";
	char buf[64];

	for (uint64_t until = now_us() + 5000000; now_us() < until; usleep(20000))
		if (strcmp(slurp(path, buf, sizeof(buf)), "tsc-early"))
			break;
	add(t, "clocksource=%s\n", slurp(path, buf, sizeof(buf)));
}

void start_facts(struct text *t)
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

size_t say_guest(char *env[])
{
	static char beside[64];
	static const struct {
		const char *cmdline, *word;
	} lacks[] = {
		{ "cowpen.swap=off", " swap=off" }, { "cowpen.swap=queued", " swap=queued" },
		{ "cowpen.ksm=off", " ksm=off" },   { "transparent_hugepage=never", " thp=never" },
		{ "hugepages=0", " huge=off" },	    { "zswap.enabled=1", " zswap=on" },
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
