// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "internal.h"
#include "tell.h"

static ssize_t file_text(const char *path, char *text, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, text, size - 1);

	if (fd >= 0)
		close(fd);
	text[n > 0 ? n : 0] = 0;
	return n;
}

static _Atomic uint64_t alive_at;

void wait_alive(void)
{
	alive_at = ms_now();
}

uint64_t wait_alive_at(void)
{
	return alive_at;
}

struct wait wait_begin(void)
{
	wait_alive();
	return (struct wait){ ms_now() + PATIENCE_MS };
}

bool wait_more(struct wait *w)
{
	if (ms_now() > w->end)
		return false;
	ms_sleep(1);
	return true;
}

/* --- threads of ours ------------------------------------------------------------- */

static void *helper_run(void *arg)
{
	struct helper_thread *t = arg;

	t->tid = syscall(SYS_gettid);
	t->run(t->arg);
	t->done = true;
	return NULL;
}

void helper_start_on(struct scene *s, struct helper_thread *t, void (*run)(void *arg), void *arg,
		     void *stack, size_t len)
{
	pthread_attr_t attr;

	t->run = run;
	t->arg = arg;
	t->tid = 0;
	t->done = false;
	pthread_attr_init(&attr);
	if ((stack && pthread_attr_setstack(&attr, stack, len)) ||
	    pthread_create(&t->thread, &attr, helper_run, t))
		scene_error(s, "cannot start a thread");
	pthread_attr_destroy(&attr);
}

void helper_start(struct scene *s, struct helper_thread *t, void (*run)(void *arg), void *arg)
{
	helper_start_on(s, t, run, arg, NULL, 0);
}

void helper_join(struct helper_thread *t)
{
	pthread_join(t->thread, NULL);
}

bool helper_wait(struct helper_thread *t)
{
	if (!wait_until(t->done))
		return false;
	helper_join(t);
	return true;
}

/*
 * How much it has worked since the last look, in ms. The clock of a virtual machine goes on while
 * its processors stand, and then a thread's time jumps: that counts as one look.
 */
#define APART_MS 20

static uint64_t worked(const struct helper_thread *t, uint64_t *until)
{
	uint64_t since = *until;
	struct timespec now;
	clockid_t clock;

	if (pthread_getcpuclockid(t->thread, &clock) || clock_gettime(clock, &now))
		return 0;
	*until = now.tv_sec * 1000 + now.tv_nsec / 1000000;
	return *until - since < APART_MS ? *until - since : APART_MS;
}

bool helper_wait_busy(struct helper_thread *t)
{
	uint64_t until = 0, ms = 0;

	if (!wait_until(t->done || (ms += worked(t, &until)) >= BUSY_MS) || !t->done)
		return false;
	helper_join(t);
	return true;
}

/* --- what the machine gets --------------------------------------------------------- */

#define CPUS  8
#define LOOKS 40
/* A tick of /proc/stat, in ms. */
#define TICK_MS 10

/*
 * The clock of a virtual machine goes on while its processors stand, for want of one of
 * the host's. Its ticks do not: those that come while a processor stands come once, later
 * (hrtimer_forward()), and /proc/stat counts what came, and idle time by the clock.
 */
struct machine {
	uint64_t at_ms;
	unsigned int ncpus;
	uint64_t ticks[CPUS];
};

static struct machine machine[LOOKS];
static _Atomic unsigned int machine_samples;

/* Of the text of /proc/stat. */
static void machine_read(struct machine *m, const char *text, uint64_t now)
{
	memset(m, 0, sizeof(*m));
	m->at_ms = now;
	for (const char *line = strchr(text, '\n'); line && !strncmp(line + 1, "cpu", 3);
	     line = strchr(line + 1, '\n')) {
		unsigned long long t[7];

		/* user nice system idle iowait irq softirq; what is stolen does not count */
		if (m->ncpus == CPUS ||
		    sscanf(line + 1, "cpu%*u %llu %llu %llu %llu %llu %llu %llu", &t[0], &t[1],
			   &t[2], &t[3], &t[4], &t[5], &t[6]) != 7)
			break;
		for (unsigned int i = 0; i < 7; i++)
			m->ticks[m->ncpus] += t[i];
		m->ncpus++;
	}
}

/* Had one of its processors less than a quarter of the time between the two? */
static bool machine_stood(const struct machine *from, const struct machine *to, char *how,
			  size_t size)
{
	uint64_t ms = to->at_ms - from->at_ms;

	if (to->ncpus != from->ncpus)
		return false;
	for (unsigned int i = 0; i < to->ncpus; i++) {
		uint64_t had = (to->ticks[i] - from->ticks[i]) * TICK_MS;

		if (had * 4 < ms) {
			snprintf(how, size,
				 "the machine hardly runs: processor %u had ticks for %llu of "
				 "%llu ms",
				 i, (unsigned long long)had, (unsigned long long)ms);
			return true;
		}
	}
	return false;
}

static void machine_now(struct machine *m)
{
	char text[2048];

	file_text("/proc/stat", text, sizeof(text));
	machine_read(m, text, ms_now());
}

void machine_look(void)
{
	machine_now(&machine[machine_samples % LOOKS]);
	machine_samples++;
}

bool machine_starved(char *how, size_t size)
{
	unsigned int n = machine_samples;
	struct machine from, to;

	/* The oldest may just be written over. */
	if (n)
		from = machine[n >= LOOKS ? (n + 1) % LOOKS : 0];
	else
		machine_now(&from);
	/* Few ticks say little. */
	if (ms_now() - from.at_ms < 1000)
		ms_sleep(1000);
	machine_now(&to);
	return machine_stood(&from, &to, how, size);
}

/* --- where a thread stands --------------------------------------------------------- */

#define FRAMES 24

struct stand {
	char state;		    /* of /proc/PID/stat, 0: it is gone */
	unsigned long user, kernel; /* ticks */
	unsigned long faults;
	bool runs; /* on a processor, or would if it had one */
	unsigned int nframes;
	char frame[FRAMES][64]; /* innermost first */
};

/* Of lines like "[<0>] handle_userfault+0x1c8/0x5a0". */
static void read_stack(const char *task, struct stand *st)
{
	char path[96], text[4096], *line, *save;

	snprintf(path, sizeof(path), "%s/stack", task);
	file_text(path, text, sizeof(text));
	st->nframes = 0;
	for (line = strtok_r(text, "\n", &save); line && st->nframes < FRAMES;
	     line = strtok_r(NULL, "\n", &save)) {
		char *name = strstr(line, "] ");

		name = name ? name + 2 : line;
		snprintf(st->frame[st->nframes++], sizeof(st->frame[0]), "%.*s",
			 (int)strcspn(name, "+ "), name);
	}
}

void go_first(struct scene *s, bool first)
{
	struct sched_param p = { .sched_priority = first };

	if (sched_setscheduler(0, first ? SCHED_FIFO | SCHED_RESET_ON_FORK : SCHED_OTHER, &p))
		scene_error(s, "a thread cannot be made to go first: %s", strerror(errno));
}

void look_again(void)
{
	struct timespec a_while = { .tv_nsec = 100000 };

	nanosleep(&a_while, NULL);
}

bool thread_stands_in(pid_t tid, const char *function)
{
	struct stand st;
	char task[32];

	snprintf(task, sizeof(task), "/proc/%d", tid);
	read_stack(task, &st);
	for (unsigned int i = 0; i < st.nframes; i++)
		if (!strcmp(st.frame[i], function))
			return true;
	return false;
}

unsigned long times_put_to_sleep(pid_t tid)
{
	char path[48], text[2048];
	unsigned long voluntary, forced;
	const char *p;

	snprintf(path, sizeof(path), "/proc/%d/status", tid);
	if (file_text(path, text, sizeof(text)) <= 0 || !strstr(text, "State:\tS"))
		return 0;
	p = strstr(text, "\nvoluntary_ctxt_switches:");
	if (!p || sscanf(p, " voluntary_ctxt_switches: %lu nonvoluntary_ctxt_switches: %lu",
			 &voluntary, &forced) != 2)
		return 0;
	return voluntary + forced;
}

/* Whom an interrupt put aside has frames of it above where it stood, and looks asleep else. */
static bool thread_waits_in(pid_t tid, const char *function)
{
	struct stand st;
	char task[32];

	snprintf(task, sizeof(task), "/proc/%d", tid);
	read_stack(task, &st);
	return st.nframes && !strcmp(st.frame[0], function);
}

bool thread_sleeps_in(pid_t tid, const char *function)
{
	unsigned long times = times_put_to_sleep(tid);

	if (!times || !thread_waits_in(tid, function))
		return false;
	ms_sleep(1);
	return times_put_to_sleep(tid) == times && thread_waits_in(tid, function);
}

static bool look(const char *task, struct stand *st)
{
	char path[96], text[1024], *p;

	memset(st, 0, sizeof(*st));
	snprintf(path, sizeof(path), "%s/stat", task);
	if (file_text(path, text, sizeof(text)) <= 0)
		return false;
	p = strrchr(text, ')');
	if (!p || sscanf(p + 1, " %c %*d %*d %*d %*d %*d %*u %lu %*u %*u %*u %lu %lu", &st->state,
			 &st->faults, &st->user, &st->kernel) != 4)
		return false;
	if (st->state == 'Z' || st->state == 'X') {
		st->state = 0;
		return false;
	}
	snprintf(path, sizeof(path), "%s/syscall", task);
	file_text(path, text, sizeof(text));
	st->runs = st->state == 'R' || !strncmp(text, "running", 7);
	read_stack(task, st);
	return true;
}

/*
 * Waits that only we can end: for a word of ours in a pipe or socket, for a lock,
 * a time, a tracer. The innermost frames say it; a read(2) that faults has pipe_read()
 * in its stack, too, but behind the fault.
 */
static bool waits_for_us(const struct stand *st)
{
	static const char *const names[] = {
		"futex_wait",
		"__futex_wait",
		"pipe_read",
		"anon_pipe_read",
		"pipe_wait",
		"eventfd_read",
		"eventfd_ctx_do_read",
		"__skb_wait_for_more_packets",
		"unix_stream_data_wait",
		"unix_stream_read_generic",
		"do_nanosleep",
		"poll_schedule_timeout",
		"do_sys_poll",
		"do_poll",
		"sigsuspend",
		"__do_sys_pause",
		"__x64_sys_pause",
		"ptrace_stop",
		"do_signal_stop",
		"do_wait",
		"kernel_wait4",
	};

	for (unsigned int f = 0; f < st->nframes && f < 4; f++)
		for (unsigned int n = 0; n < sizeof(names) / sizeof(names[0]); n++)
			if (!strncmp(st->frame[f], names[n], strlen(names[n])))
				return true;
	return false;
}

/*
 * Ticks that one must be seen to use before anything is said of where it runs. They are
 * many, and most of them decide: what a thread has used before a tick has found it in the
 * kernel is told as used in user space, all of it, and stays told (cputime_adjust()); and
 * a virtual machine's ticks come late, when it is out of the kernel again.
 */
#define TICKS	50
#define LOOK_MS 5000
/* Faults in that time that no code of ours has. */
#define FAULTS 1000

/* Is it in the kernel? In @how, in words, where it is. */
static bool in_kernel(const char *task, char *how, size_t size)
{
	uint64_t end = ms_now() + LOOK_MS;
	struct stand first, st;

	if (!look(task, &first)) {
		snprintf(how, size, "it is gone");
		return false;
	}
	st = first;
	/* One that runs shows where by the time that it uses. */
	while (st.runs && st.user - first.user + st.kernel - first.kernel < TICKS &&
	       ms_now() < end) {
		ms_sleep(10);
		if (!look(task, &st)) {
			snprintf(how, size, "it is gone by now");
			return false;
		}
	}
	if (st.runs) {
		unsigned long user = st.user - first.user, kernel = st.kernel - first.kernel;

		/* One instruction of ours that never gets on. */
		if (st.faults - first.faults >= FAULTS) {
			snprintf(how, size, "it faults over and over, %lu times",
				 st.faults - first.faults);
			return true;
		}
		snprintf(how, size, "it runs, %lu ticks in user space, %lu in the kernel", user,
			 kernel);
		return user + kernel >= TICKS && kernel > user;
	}
	if (!st.nframes || waits_for_us(&st) || st.state == 'T' || st.state == 't') {
		snprintf(how, size, "it waits for us in %s",
			 st.nframes ? st.frame[0] : "an unknown place");
		return false;
	}
	snprintf(how, size, "it sleeps in %.40s%s%.40s%s%.40s", st.frame[0],
		 st.nframes > 1 ? " < " : "", st.frame[1], st.nframes > 2 ? " < " : "",
		 st.frame[2]);
	return true;
}

/* One thread, for the log. */
static void tell_thread(const char *task, const char *whose)
{
	char path[96], comm[64];
	struct stand st;

	if (!look(task, &st))
		return;
	snprintf(path, sizeof(path), "%s/comm", task);
	file_text(path, comm, sizeof(comm));
	comm[strcspn(comm, "\n")] = 0;
	dprintf(STDOUT_FILENO,
		"# stands %s %s (%s): state %c%s, %lu ticks in user space, %lu in "
		"the kernel\n",
		whose, strrchr(task, '/') + 1, comm, st.state, st.runs ? ", running" : "", st.user,
		st.kernel);
	for (unsigned int f = 0; f < st.nframes; f++)
		dprintf(STDOUT_FILENO, "#        %s\n", st.frame[f]);
}

static void tell_process(pid_t pid, const char *whose)
{
	char path[64], task[96];
	struct dirent *e;
	DIR *d;

	snprintf(path, sizeof(path), "/proc/%d/task", pid);
	d = opendir(path);
	while (d && (e = readdir(d)))
		if (isdigit((unsigned char)*e->d_name)) {
			snprintf(task, sizeof(task), "%s/%.16s", path, e->d_name);
			tell_thread(task, whose);
		}
	if (d)
		closedir(d);
}

/* The kernel's threads of that name. */
static void tell_kernel_thread(const char *comm)
{
	DIR *d = opendir("/proc");
	char path[64], text[64];
	struct dirent *e;

	while (d && (e = readdir(d))) {
		if (!isdigit((unsigned char)*e->d_name))
			continue;
		snprintf(path, sizeof(path), "/proc/%.16s/comm", e->d_name);
		file_text(path, text, sizeof(text));
		text[strcspn(text, "\n")] = 0;
		if (strcmp(text, comm))
			continue;
		snprintf(path, sizeof(path), "/proc/%.16s", e->d_name);
		tell_thread(path, "kernel");
	}
	if (d)
		closedir(d);
}

/* Nothing here takes a lock of the memory map: who hangs may hold it. */
void tell_all(struct scene *s, struct awaited awaited)
{
	tell_process(getpid(), "parent");
	for (int i = CHILD; i < MODEL_PROCS; i++)
		if (s->proc[i].pid > 0)
			tell_process(s->proc[i].pid, who[i]);
	if (awaited.comm)
		tell_kernel_thread(awaited.comm);
}

/* --- the time is up ----------------------------------------------------------------- */

bool at_fault(struct awaited who, char *how, size_t size)
{
	char task[96];

	*how = 0;
	if (who.kind == A_KERNEL)
		return true;
	if (who.id <= 0) {
		snprintf(how, size, "it has not begun");
		return false;
	}
	if (who.kind == A_THREAD)
		snprintf(task, sizeof(task), "/proc/self/task/%d", who.id);
	else
		snprintf(task, sizeof(task), "/proc/%d/task/%d", who.id, who.id);
	return in_kernel(task, how, size);
}

void wait_failed(struct scene *s, const struct check *check, const char *clause, struct awaited who,
		 const char *wanted, const char *seen_fmt, ...)
{
	char seen[320], how[160];
	bool kernel;
	va_list ap;

	/* It is late, or will never come; then the deadline ends the run. */
	if (telling()) {
		ms_sleep(20);
		return;
	}

	va_start(ap, seen_fmt);
	vsnprintf(seen, sizeof(seen), seen_fmt, ap);
	va_end(ap);
	kernel = at_fault(who, how, sizeof(how));
	tell_all(s, who);
	if (!kernel || machine_starved(how, sizeof(how)))
		scene_error(s, "wanted: %s; %s, but that is not the kernel's fault: %s", wanted,
			    seen, how);
	scene_fail(s, check, clause, wanted, "%s%s%s", seen, *how ? ": " : "", how);
}

void wait_error(struct scene *s, struct awaited who, const char *fmt, ...)
{
	char why[320], how[160];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why, sizeof(why), fmt, ap);
	va_end(ap);
	at_fault(who, how, sizeof(how));
	tell_all(s, who);
	scene_error(s, "%s%s%s", why, *how ? ": " : "", how);
}
