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
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/io.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "agent.h"
#include "fw_cfg.h"

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
	tests_run(&c, select, t0);
}

static void shell(const struct text *facts)
{
	char *argv[] = { "/bin/sh", "-i", NULL };
	char *env[11] = { "PATH=/bin:/sbin:/cases", "HOME=/",	     "TERM=linux",
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
	do_mount("cgroup2", CGROUPS, 0, NULL);
	spit(CGROUPS "/cgroup.subtree_control", "+memory");
	us0 = now_us();
	t0 = rdtsc();

	slurp("/proc/cmdline", cmdline, sizeof(cmdline));
	start_facts(&facts);
	load_modules(&facts);
	add(&facts, "files=%s\n", files_on());
	if (strstr(cmdline, "cowpen.devices=on")) {
		add(&facts, "dax=%s\n", dax_on());
		add(&facts, "devdax=%s\n", devdax_on());
	}
	settings(&facts);
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
	/*
	 * NUMA balancing looks at a process for the first time as long after fork() as was set
	 * then, a second. It is off until a test asks for it. In debugfs since 8a99b6833c88.
	 */
	spit("/proc/sys/kernel/numa_balancing_scan_delay_ms", "1");
	spit("/sys/kernel/debug/sched/numa_balancing/scan_delay_ms", "1");
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
	slot_facts(&facts);
	add(&facts, "taint=%lu\n", taint());
	tests_ready();
	remember();
	lseek(kmsg_fd, 0, SEEK_END);
	frame(FRAME_READY, facts.s, facts.len);
	serve();
}
