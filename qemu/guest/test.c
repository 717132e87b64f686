// SPDX-License-Identifier: GPL-2.0-only
/* A test, or several one after the other: started, waited for, told. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "agent.h"

static int pipe_fd[2], signal_fd;
static unsigned long taint_before;

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

void tests_ready(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal_fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
	if (signal_fd < 0)
		give_up("signalfd: %s", strerror(errno));
	pipe_make();
	taint_before = taint();
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

/* Bring the machine back to where the next test may start; see put_back(). */
static bool clear_up(struct text *t, uint64_t deadline_ms)
{
	kill_all(deadline_ms);
	return put_back(t);
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
	out_begin(c->max_output);
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
	mutant_on(c);
	now_runs.pid = spawn(argv, env, pipe_fd[1], &now_runs.exec_errno);
	if (now_runs.pid < 0)
		give_up("fork: %s", strerror(errno));
	close(pipe_fd[1]);
}

static void finish(const struct command *c)
{
	static struct text t, missing;
	uint64_t took = now_us() - now_runs.start;
	bool fit = true;

	last_output();
	mutant_off(c);
	out_tail();
	missing.len = 0;
	missing.s[0] = '\0';
	if (c->together)
		fit = clear_up(&missing, c->deadline_ms);
	kmsg_send();
	taint_before = taint();
	t.len = 0;
	add(&t, "status=%d\nexec_errno=%d\noutput_total=%llu\ntaint_after=%lu\ntest_us=%llu\n",
	    now_runs.status, now_runs.exec_errno, (unsigned long long)out_total(), taint_before,
	    (unsigned long long)took);
	add(&t, "left=%.4000s\nunfit=%d\n", missing.s, !fit);
	frame(FRAME_END, t.s, t.len);
}

void tests_run(const struct command *c, uint16_t select, uint64_t t0)
{
	for (size_t i = 0; i < c->ntests; i++) {
		const struct test *test = &c->test[i];

		if (i) {
			t0 = now_us();
			cut(i);
			pipe_make();
		}
		if (!i || test->offset != test[-1].offset)
			exe_fetch(select, test->offset, test->size, test->name, c->here && !i);
		else
			exe_call(test->name);
		start(c, test, t0);
		while (!now_runs.over) {
			wait_for_it(c->deadline_ms);
			reap();
			if (!now_runs.over)
				look_at_clock(c->deadline_ms);
		}
		finish(c);
	}
	while (c->stay)
		pause();
	leave(EXIT_DONE);
}
