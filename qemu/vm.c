// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "err.h"
#include "splat.h"
#include "vmint.h"

#define START_DEADLINE	 30000 /* ms from exec to the restored guest's START */
#define DEFAULT_DEADLINE 30000
#define DEFAULT_OUTPUT	 (1 << 20)
#define COMMAND_MAX	 (1 << 20)
#define NMI_GRACE	 2000
#define LEAVE_GRACE	 5000 /* from the end frame to QEMU's exit */
#define CONSOLE_HEAD	 (512 << 10)
#define CONSOLE_TAIL	 (256 << 10)

/* --- ending all of them from a signal handler ------------------------------- */

#define SLOTS 512
static atomic_int slots[SLOTS]; /* pids of running QEMUs, 0 if free */
static atomic_bool interrupted;

void vm_interrupt_all(void)
{
	interrupted = true;
	for (int i = 0; i < SLOTS; i++) {
		int pid = slots[i];

		/* not reaped before its slot is cleared, so the number is still its own */
		if (pid > 0)
			kill(pid, SIGKILL);
	}
}

bool vm_interrupted(void)
{
	return interrupted;
}

int vm_running(int *pids, int max)
{
	int n = 0;

	for (int i = 0; i < SLOTS && n < max; i++) {
		pids[n] = slots[i];
		n += pids[n] > 0;
	}
	return n;
}

static int slot_take(pid_t pid)
{
	for (int i = 0; i < SLOTS; i++) {
		int none = 0;

		if (atomic_compare_exchange_strong(&slots[i], &none, pid))
			return i;
	}
	return -1;
}

/* --- small things ----------------------------------------------------------- */

void qemu_user(uid_t *uid, gid_t *gid)
{
	struct passwd pw, *res = NULL;
	char buf[1024];

	*uid = *gid = 65534;
	if (!getpwnam_r("nobody", &pw, buf, sizeof(buf), &res) && res) {
		*uid = res->pw_uid;
		*gid = res->pw_gid;
	}
}

int memory_file(const char *name, const void *data, size_t len)
{
	int fd = memfd_create(name, MFD_CLOEXEC);
	size_t done = 0;

	if (fd < 0)
		return err_set(-errno, "memory file %s: %s", name, strerror(errno));
	while (done < len) {
		ssize_t n = write(fd, (const char *)data + done, len - done);

		if (n < 0) {
			int err = -errno;

			close(fd);
			return err_set(err, "memory file %s: %s", name, strerror(-err));
		}
		done += n;
	}
	/* opened again by the user that QEMU runs as */
	fchmod(fd, 0444);
	return fd;
}

char *safe_name(const char *name)
{
	size_t len = strlen(name), skip = len > 60 ? len - 60 : 0;
	char *s = xstrdup(name + skip);

	for (char *p = s; *p; p++)
		if (!isalnum((unsigned char)*p) && !strchr("._-+", *p))
			*p = '_';
	if (*s == '.')
		*s = '_';
	return s;
}

char *last_line(const char *text)
{
	const char *end = text + strlen(text), *p;

	while (end > text && isspace((unsigned char)end[-1]))
		end--;
	for (p = end; p > text && p[-1] != '\n'; p--)
		;
	if (end - p > 200)
		end = p + 200;
	return xasprintf("%.*s", (int)(end - p), p);
}

char *guest_append(const struct host *h, bool shell)
{
	/*
	 * The guest must not calibrate its TSC against the emulated PIT: on a
	 * busy host it came out 2.7 times too fast, and a saved state keeps that
	 * for ever. nokaslr: addresses in splats can be looked up, and saved
	 * states of one kernel are alike.
	 */
	return xasprintf(
		"console=ttyS0 %spanic=-1 mitigations=off nokaslr no_timer_check "
		"tsc_early_khz=%u tsc=reliable random.trust_cpu=on numa=fake=2 "
		"hugepages=%u%s%s%s%s",
		shell && h->verbose ? "" : "quiet ", h->tsc_khz, guest_huge_pages(&h->guest),
		h->guest.no_thp ? " transparent_hugepage=never" : "",
		h->guest.no_swap ? " cowpen.swap=off" : "",
		h->guest.no_ksm ? " cowpen.ksm=off" : "", shell ? " cowpen.mode=shell" : "");
}

/* --- QEMU's command line ---------------------------------------------------- */

/* Descriptors in QEMU, the same in every run so that the command line is. */
enum {
	FD_QMP = 3,
	FD_CONSOLE,
	FD_FRAMES,
	FD_MARKS,
	FD_RAM,
	FD_VMSTATE,
	FD_CMD,
	FD_EXE,
	FD_KERNEL,
	FD_INITRD,
	FD_END
};

struct args {
	char **v;
	size_t n;
};

__attribute__((format(printf, 2, 3))) static void arg(struct args *a, const char *fmt, ...)
{
	va_list ap;
	char *s;

	va_start(ap, fmt);
	if (vasprintf(&s, fmt, ap) < 0)
		abort();
	va_end(ap);
	a->v = xrealloc(a->v, (a->n + 2) * sizeof(*a->v));
	a->v[a->n++] = s;
	a->v[a->n] = NULL;
}

void argv_free(char **argv)
{
	for (char **p = argv; p && *p; p++)
		free(*p);
	free(argv);
}

char *argv_text(char *const argv[])
{
	struct buf b = { 0 };

	for (; *argv; argv++)
		buf_printf(&b, strpbrk(*argv, " ()") ? "%s'%s'" : "%s%s", b.len ? " " : "", *argv);
	return b.data;
}

char **qemu_argv(const struct qemu_setup *s)
{
	const struct host *h = s->host;
	bool kvm = s->accel ? !strcmp(s->accel, "kvm") : h->kvm;
	struct args a = { 0 };

	arg(&a, "%s", h->qemu);
	arg(&a, "-nodefaults");
	arg(&a, "-no-user-config");
	arg(&a, "-no-reboot");
	arg(&a, "-display");
	arg(&a, "none");
	arg(&a, "-sandbox");
	arg(&a, "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny");
	arg(&a, "-accel");
	arg(&a, "%s", kvm ? "kvm" : "tcg,thread=multi");
	arg(&a, "-cpu");
	/*
	 * TCG of QEMU before 10 leaves wrong flags behind cmpxchg16b, which SLUB
	 * uses from 6.12 on if it is there. la57: another level of page tables
	 * that only costs.
	 */
	arg(&a, "%s",
	    kvm			       ? "host" :
	    atoi(h->qemu_version) < 10 ? "max,la57=off,cx16=off" :
					 "max,la57=off");
	arg(&a, "-smp");
	arg(&a, "%u", h->guest.smp);
	arg(&a, "-m");
	arg(&a, "%uM", h->guest.mem_mib);
	arg(&a, "-machine");
	arg(&a, "%s%s", h->machine, s->ram_fd >= 0 ? ",memory-backend=m0" : "");
	if (s->ram_fd >= 0) {
		/* shared to save, private to restore: the file stays as it was saved */
		arg(&a, "-object");
		arg(&a, "memory-backend-file,id=m0,size=%uM,mem-path=/proc/self/fd/%d,share=%s",
		    h->guest.mem_mib, FD_RAM, s->append ? "on" : "off");
	}
	if (s->terminal) {
		arg(&a, "-chardev");
		arg(&a, "stdio,id=con,mux=on,signal=off");
		arg(&a, "-mon");
		arg(&a, "chardev=con");
	} else {
		arg(&a, "-chardev");
		arg(&a, "socket,id=con,fd=%d", FD_CONSOLE);
	}
	arg(&a, "-serial");
	arg(&a, "chardev:con");
	arg(&a, "-chardev");
	arg(&a, "socket,id=qmp,fd=%d", FD_QMP);
	arg(&a, "-mon");
	arg(&a, "chardev=qmp,mode=control");
	arg(&a, "-chardev");
	arg(&a, "socket,id=frames,fd=%d", FD_FRAMES);
	arg(&a, "-device");
	arg(&a, "isa-debugcon,iobase=0x%x,chardev=frames", PORT_FRAMES);
	arg(&a, "-chardev");
	arg(&a, "socket,id=marks,fd=%d", FD_MARKS);
	arg(&a, "-device");
	arg(&a, "isa-debugcon,iobase=0x%x,chardev=marks", PORT_MARKS);
	arg(&a, "-device");
	arg(&a, "isa-debug-exit,iobase=0x%x,iosize=1", PORT_EXIT);
	if (s->append) {
		arg(&a, "-kernel");
		arg(&a, "/proc/self/fd/%d", FD_KERNEL);
		arg(&a, "-initrd");
		arg(&a, "/proc/self/fd/%d", FD_INITRD);
		arg(&a, "-append");
		arg(&a, "%s", s->append);
	} else {
		/*
		 * The kernel is in the saved memory. Only the option ROM that
		 * QEMU adds for -kernel must be there too: its block of memory
		 * is part of the state.
		 */
		arg(&a, "-option-rom");
		arg(&a, "%s", s->elf ? "pvh.bin" : "linuxboot_dma.bin");
		arg(&a, "-incoming");
		arg(&a, "defer");
	}
	if (s->cmd_fd >= 0) {
		arg(&a, "-fw_cfg");
		arg(&a, "name=%s,file=/proc/self/fd/%d", FW_CFG_CMD, FD_CMD);
	}
	if (s->exe_fd >= 0) {
		arg(&a, "-fw_cfg");
		arg(&a, "name=%s,file=/proc/self/fd/%d", FW_CFG_EXE, FD_EXE);
	}
	if (s->gdb) {
		arg(&a, "-gdb");
		arg(&a, "unix:%s,server=on,wait=off", s->gdb);
	}
	return a.v;
}

/* --- starting it ------------------------------------------------------------ */

/* Between fork() and exec in a process with threads: system calls only. */
static void child(char *const argv[], const int from[FD_END], int err, bool terminal, uid_t uid,
		  gid_t gid, pid_t parent)
{
	static const char sorry[] = "cannot be executed\n";
	int moved[FD_END], e, null;
	sigset_t none;

	if (!terminal)
		setpgid(0, 0); /* Ctrl-C at the terminal is for us */
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);

	/* out of the way first, since source and target numbers may overlap */
	e = fcntl(err, F_DUPFD_CLOEXEC, 100);
	for (int i = 0; i < FD_END; i++)
		moved[i] = from[i] >= 0 ? fcntl(from[i], F_DUPFD_CLOEXEC, 100) : -1;
	for (int i = FD_QMP; i < FD_END; i++) {
		close(i);
		if (moved[i] >= 0)
			dup2(moved[i], i);
	}
	if (!terminal) {
		null = open("/dev/null", O_RDWR | O_CLOEXEC);
		dup2(null, 0);
		dup2(null, 1);
		dup2(e, 2);
	}
	if (uid) {
		syscall(SYS_setgroups, 0, NULL);
		syscall(SYS_setresgid, gid, gid, gid);
		syscall(SYS_setresuid, uid, uid, uid);
	}
	/* after the change of user, which clears it */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() == parent)
		execv(argv[0], argv);
	(void)!write(e, sorry, sizeof(sorry) - 1);
	_exit(127);
}

/* To 33 bytes; "" if there is none. */
static void token_hex(const uint8_t *token, char *out)
{
	*out = '\0';
	for (int i = 0; token && i < 16; i++)
		sprintf(out + 2 * i, "%02x", token[i]);
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

int qemu_start(struct qemu *q, const struct qemu_setup *s, const uint8_t *token, frame_cb *on_frame,
	       void *arg)
{
	int from[FD_END], kernel_fd = -1, err = 0, pair[2], errs[2] = { -1, -1 };
	static const int ends[] = {
		[CH_QMP] = FD_QMP, [CH_CONSOLE] = FD_CONSOLE, [CH_FRAMES] = FD_FRAMES, [CH_MARKS] = FD_MARKS
	};
	char **argv = qemu_argv(s), marks_cut[64];
	pid_t parent = getpid();
	uid_t uid = 0;
	gid_t gid = 0;

	memset(q, 0, sizeof(*q));
	q->pidfd = q->slot = -1;
	for (int i = 0; i < CH_N; i++)
		q->fd[i] = -1;
	for (int i = 0; i < FD_END; i++)
		from[i] = -1;
	q->on_frame = on_frame;
	q->arg = arg;
	strcpy(marks_cut, MARKS_CUT);
	token_hex(token, marks_cut + strlen(marks_cut));
	q->frames = xcalloc(1, sizeof(*q->frames));
	frame_reader_init(q->frames, token);
	split_init(&q->console, KMSG_CUT, s->ntests, CONSOLE_HEAD, CONSOLE_TAIL);
	split_init(&q->marks, marks_cut, s->ntests, 64 << 10, 64 << 10);
	keep_init(&q->errors, 16 << 10, 16 << 10);

	for (int i = 0; !err && i < (int)ARRAY_SIZE(ends); i++) {
		if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair)) {
			err = err_set(-errno, "socketpair: %s", strerror(errno));
			break;
		}
		q->fd[i] = pair[0];
		from[ends[i]] = pair[1];
	}
	if (!err && pipe2(errs, O_CLOEXEC | O_NONBLOCK))
		err = err_set(-errno, "pipe: %s", strerror(errno));
	q->fd[CH_STDERR] = errs[0];
	if (!err && s->append && s->kernel) {
		kernel_fd = open(s->kernel, O_RDONLY | O_CLOEXEC);
		if (kernel_fd < 0)
			err = err_set(-errno, "%s: %s", s->kernel, strerror(errno));
	}
	if (!err && vm_interrupted())
		err = err_set(-EINTR, "interrupted");
	if (!err) {
		from[FD_RAM] = s->ram_fd;
		from[FD_VMSTATE] = s->vmstate_fd;
		from[FD_CMD] = s->cmd_fd;
		from[FD_EXE] = s->exe_fd;
		from[FD_KERNEL] = kernel_fd;
		from[FD_INITRD] = s->append ? s->initrd_fd : -1;
		/* KVM's device is not for everybody */
		if (!geteuid() && !s->host->kvm)
			qemu_user(&uid, &gid);
		q->pid = fork();
		if (!q->pid)
			child(argv, from, errs[1], s->terminal, uid, gid, parent);
		if (q->pid < 0) {
			err = err_set(-errno, "fork: %s", strerror(errno));
			q->pid = 0;
		}
	}
	for (int i = 0; i < (int)ARRAY_SIZE(ends); i++)
		close_fd(&from[ends[i]]);
	close_fd(&errs[1]);
	close_fd(&kernel_fd);
	argv_free(argv);
	if (err) {
		qemu_end(q);
		return err;
	}
	q->slot = slot_take(q->pid);
	if (vm_interrupted())
		kill(q->pid, SIGKILL);
	q->pidfd = syscall(SYS_pidfd_open, q->pid, 0);
	if (q->pidfd >= 0)
		fcntl(q->pidfd, F_SETFD, FD_CLOEXEC);
	qmp_init(&q->qmp, q->fd[CH_QMP]);
	return 0;
}

/* --- listening to it -------------------------------------------------------- */

static void on_qmp(void *arg, json_t *msg)
{
	const char *event = json_string_value(json_object_get(msg, "event"));
	json_t *data = json_object_get(msg, "data"), *error = json_object_get(msg, "error");
	struct qemu *q = arg;

	if (error && !*q->qmp_error) {
		const char *desc = json_string_value(json_object_get(error, "desc"));

		snprintf(q->qmp_error, sizeof(q->qmp_error), "%s", desc ? desc : "?");
		q->failed = true;
	}
	if (!event)
		return;
	if (!strcmp(event, "RESUME")) {
		q->resumed = true;
	} else if (!strcmp(event, "STOP")) {
		q->stopped = true;
	} else if (!strcmp(event, "MIGRATION")) {
		const char *st = json_string_value(json_object_get(data, "status"));

		if (st && !strcmp(st, "completed"))
			q->migrated = true;
		else if (st && !strcmp(st, "failed"))
			q->failed = true;
	} else if (!strcmp(event, "SHUTDOWN")) {
		const char *why = json_string_value(json_object_get(data, "reason"));

		snprintf(q->shutdown, sizeof(q->shutdown), "%s", why ? why : "?");
	}
}

/* Take in what there is; false at the end of the stream. */
static bool channel_read(struct qemu *q, enum qemu_channel ch)
{
	char buf[65536]; /* not static: a frame may make us read another channel */
	ssize_t n;

	if (ch == CH_STDERR)
		n = read(q->fd[ch], buf, sizeof(buf));
	else
		n = recv(q->fd[ch], buf, sizeof(buf), MSG_DONTWAIT);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return true;
	if (n <= 0) {
		close_fd(&q->fd[ch]);
		return false;
	}
	switch (ch) {
	case CH_QMP:
		if (qmp_feed(&q->qmp, buf, n, on_qmp, q) && !*q->qmp_error)
			snprintf(q->qmp_error, sizeof(q->qmp_error), "%s", err_msg());
		break;
	case CH_CONSOLE:
		split_add(&q->console, buf, n);
		break;
	case CH_FRAMES:
		frame_feed(q->frames, buf, n, q->on_frame, q->arg);
		break;
	case CH_MARKS:
		split_add(&q->marks, buf, n);
		break;
	default:
		keep_add(&q->errors, buf, n);
	}
	return true;
}

/* All that is there by now; a guest that does not stop writing is left to the next time. */
static void qemu_drain(struct qemu *q, enum qemu_channel ch)
{
	struct pollfd pf = { .events = POLLIN };

	for (int i = 0; i < 64 && (pf.fd = q->fd[ch]) >= 0 && poll(&pf, 1, 0) > 0; i++)
		channel_read(q, ch);
}

static void reap(struct qemu *q)
{
	siginfo_t si;

	/* first only looked at: its number is given back when nobody can signal it any more */
	while (waitid(P_PID, q->pid, &si, WEXITED | WNOWAIT) && errno == EINTR)
		;
	if (q->slot >= 0)
		slots[q->slot] = 0;
	q->slot = -1;
	while (wait4(q->pid, &q->status, 0, &q->usage) < 0 && errno == EINTR)
		;
	q->pid = 0;
	close_fd(&q->pidfd);
	/* nobody else has the other ends, so these end */
	for (int i = 0; i < CH_N; i++) {
		uint64_t until = now_ms() + 1000;

		while (q->fd[i] >= 0 && now_ms() < until) {
			struct pollfd pf = { .fd = q->fd[i], .events = POLLIN };

			if (poll(&pf, 1, 100) > 0)
				channel_read(q, i);
		}
	}
}

bool qemu_pump(struct qemu *q, int timeout_ms)
{
	struct pollfd pf[CH_N + 1];
	int n = 0;

	if (!q->pid)
		return false;
	for (int i = 0; i < CH_N; i++)
		pf[n++] = (struct pollfd){ .fd = q->fd[i], .events = POLLIN };
	pf[n++] = (struct pollfd){ .fd = q->pidfd, .events = POLLIN };
	if (q->pidfd < 0 && (timeout_ms < 0 || timeout_ms > 10))
		timeout_ms = 10; /* no such thing in this kernel: look now and then */
	if (poll(pf, n, timeout_ms) < 0)
		return true;
	for (int i = 0; i < CH_N; i++)
		if (pf[i].revents)
			channel_read(q, i);
	if (q->pidfd < 0) {
		siginfo_t si = { 0 };

		if (waitid(P_PID, q->pid, &si, WEXITED | WNOWAIT | WNOHANG) || !si.si_pid)
			return true;
	} else if (!pf[CH_N].revents) {
		return true;
	}
	reap(q);
	return false;
}

void qemu_kill(struct qemu *q)
{
	if (q->pid) {
		q->killed = true;
		kill(q->pid, SIGKILL);
	}
}

void qemu_end(struct qemu *q)
{
	if (q->pid) {
		qemu_kill(q);
		reap(q);
	}
	for (int i = 0; i < CH_N; i++)
		close_fd(&q->fd[i]);
	close_fd(&q->pidfd);
	qmp_free(&q->qmp);
	free(q->frames);
	split_free(&q->console);
	split_free(&q->marks);
	keep_free(&q->errors);
	memset(q, 0, sizeof(*q));
}

uint64_t qemu_cpu_ms(const struct qemu *q)
{
	struct timespec t;
	clockid_t c;

	if (!q->pid || clock_getcpuclockid(q->pid, &c) || clock_gettime(c, &t))
		return 0;
	return t.tv_sec * 1000ULL + t.tv_nsec / 1000000;
}

char *qemu_complaint(const struct qemu *q)
{
	struct buf b = { 0 };
	char *line, *res;

	keep_text(&q->errors, &b);
	line = last_line(b.data);
	buf_free(&b);
	if (*line)
		res = xasprintf("QEMU: %s", line);
	else if (*q->qmp_error)
		res = xasprintf("QEMU: %s", q->qmp_error);
	else if (WIFSIGNALED(q->status) && WTERMSIG(q->status) == SIGBUS)
		res = xasprintf("QEMU was killed by SIGBUS: the memory or the disk that backs the "
				"guest's memory is full");
	else if (WIFSIGNALED(q->status) && WTERMSIG(q->status) == SIGSYS)
		res = xasprintf("QEMU was killed by its sandbox (SIGSYS)");
	else if (WIFSIGNALED(q->status))
		res = xasprintf("QEMU was killed by signal %d (%s)%s", WTERMSIG(q->status),
				strsignal(WTERMSIG(q->status)),
				WTERMSIG(q->status) == SIGKILL ? "; out of memory?" : "");
	else
		res = xasprintf("QEMU left with status %d", WEXITSTATUS(q->status));
	free(line);
	return res;
}

/* --- tests ------------------------------------------------------------------ */

/* A guest, and the test that runs in it now. */
struct session {
	const struct vm_job *job;
	size_t n, at; /* tests; the one that runs, or comes next */
	vm_done_fn *done;
	void *arg;
	struct buf *clock;
	char *cmdline;
	unsigned int deadline; /* ms */
	size_t max_output;
	struct qemu q;
	bool cont, no_more;
	uint64_t t_resumed, cpu_resumed;

	/* of the test that runs */
	struct vm_result r;
	struct buf end, start;
	bool started, ended, hang, hung;
	uint64_t t0, t_start, t_end, until;
	uint64_t cpu; /* QEMU's, when it was started */
	bool base, nmi, no_start, leaving;
	int extended;
	size_t gap;		    /* where in the output something is left out */
	unsigned int lost, damaged; /* frames, before it */
};

static void text_limited(struct buf *b, const uint8_t *data, size_t len, size_t max)
{
	if (b->len < max)
		buf_add(b, data, b->len + len > max ? max - b->len : len);
}

/* Nothing is known yet of test @at. */
static void test_begin(struct session *s, size_t at)
{
	struct buf *texts[] = { &s->r.output, &s->r.marks, &s->r.kmsg, &s->r.console,
				&s->r.hang,   &s->start,   &s->end };

	memset(&s->r, 0, sizeof(s->r));
	s->start.len = s->end.len = 0;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		buf_add(texts[i], "", 0);
	s->r.cmdline = xstrdup(s->cmdline);
	s->at = at;
	s->started = s->ended = s->hang = s->hung = false;
	s->base = s->nmi = s->no_start = s->leaving = false;
	s->extended = 0;
	s->gap = 0;
	s->t0 = now_ms();
	s->until = s->t0 + START_DEADLINE;
	if (s->q.frames) {
		s->lost = s->q.frames->lost;
		s->damaged = s->q.frames->damaged;
	}
}

static bool bad_frames(struct session *s)
{
	unsigned int lost = s->q.frames->lost - s->lost;
	unsigned int damaged = s->q.frames->damaged - s->damaged;

	if (!lost && !damaged)
		return false;
	s->r.end = VM_BAD_FRAMES;
	s->r.why = xasprintf("of the agent's frames %u are damaged and there are %u gaps: "
			     "something else wrote to port 0x%x",
			     damaged, lost, PORT_FRAMES);
	return true;
}

/* Its end frame is there. */
static void judge_ended(struct session *s)
{
	int n = frame_number(s->end.data, "exec_errno", 0);

	s->r.end = VM_ENDED;
	if (!n)
		return;
	s->r.end = VM_NO_START;
	s->r.why = xasprintf("the executable cannot be run in the guest: %s", strerror(n));
}

/* What was it that ended the guest? qemu/test/vmtest.c makes all of these happen. */
static void judge_guest(struct session *s)
{
	struct vm_result *r = &s->r;
	struct qemu *q = &s->q;
	char *splat = kernel_splat(r->console.data, NULL);
	int rc = WIFEXITED(q->status) ? WEXITSTATUS(q->status) : -1;
	bool left = s->ended && rc == QEMU_RC(EXIT_DONE);

	if (vm_interrupted()) {
		r->end = VM_INTERRUPTED;
		r->why = xstrdup("interrupted");
	} else if (left && bad_frames(s)) {
		;
	} else if (left) {
		judge_ended(s);
	} else if (s->no_start || (!s->started && !q->resumed)) {
		r->end = VM_NO_START;
		if (q->killed)
			r->why =
				xasprintf("the guest did not start the test within %d s (%s)",
					  START_DEADLINE / 1000,
					  q->resumed ? "it is restored" : "it is not restored yet");
		else
			r->why = qemu_complaint(q);
	} else if (s->ended && q->killed) {
		r->end = VM_DIED;
		r->why = xasprintf("QEMU did not leave within %d s", LEAVE_GRACE / 1000);
	} else if (q->stopped && !s->nmi) {
		r->end = VM_DIED;
		r->why = xstrdup("QEMU stopped the guest (internal error)");
	} else if (s->nmi || q->killed) {
		r->end = VM_TIMEOUT;
		r->why = xasprintf("the deadline passed after %u ms%s", r->test_ms,
				   q->killed ? "; not even an NMI got an answer" : "");
	} else if (rc == 0 && !strcmp(q->shutdown, "guest-shutdown")) {
		r->end = VM_POWEROFF;
		r->why = xstrdup("the guest was powered off");
	} else if (rc == 0 && splat) {
		r->end = VM_PANIC;
		r->why = splat;
		splat = NULL;
	} else if (rc == 0) {
		r->end = VM_RESET;
		r->why = xstrdup("the guest was reset without a word (triple fault, reboot)");
	} else if (rc == QEMU_RC(EXIT_GAVE_UP)) {
		char *l = last_line(r->console.data);

		r->end = VM_NO_START;
		r->why = xasprintf("the agent gave up: %s", l);
		free(l);
	} else if (WIFEXITED(q->status) && (rc & 1) && rc > 1) {
		r->end = VM_BAD_FRAMES;
		r->why = xasprintf("the guest was left by port 0x%x (status %d) without the "
				   "agent's "
				   "end frame",
				   PORT_EXIT, rc);
	} else {
		r->end = VM_DIED;
		r->why = qemu_complaint(q);
	}
	free(splat);
}

/* What the frames and the other channels brought of the test that ran. */
static void test_gather(struct session *s)
{
	struct vm_result *r = &s->r;
	uint64_t ready = s->at ? s->t0 : s->t_resumed;
	struct buf b = { 0 };

	if (s->started && ready)
		r->handin_ms = s->t_start > ready ? s->t_start - ready : 0;
	if (s->ended)
		r->test_ms = s->t_end - s->t_start;
	else if (s->started && !r->test_ms)
		r->test_ms = now_ms() - s->t_start;
	split_text(&s->q.console, s->at, &r->console);
	split_text(&s->q.marks, s->at, &r->marks);
	r->wait_status = frame_number(s->end.data, "status", 0);
	r->output_total = frame_number(s->end.data, "output_total", r->output.len);
	r->taint_before = frame_number(s->start.data, "taint_before", 0);
	r->taint_after = frame_number(s->end.data, "taint_after", r->taint_before);
	r->left = frame_string(s->end.data, "left");
	r->rss_kib = s->q.usage.ru_maxrss;
	if (!s->gap || r->output_total <= r->output.len)
		return;
	buf_add(&b, r->output.data, s->gap - 1);
	buf_printf(&b, "\n[cowpen: %llu bytes left out]\n",
		   (unsigned long long)(r->output_total - r->output.len));
	buf_add(&b, r->output.data + s->gap - 1, r->output.len - (s->gap - 1));
	buf_free(&r->output);
	r->output = b;
}

/* Hand the result over. */
static void test_end(struct session *s)
{
	struct vm_result *r = &s->r;

	if (r->end == VM_ENDED && !s->job->save_console) {
		r->console.len = 0;
		r->console.data[0] = '\0';
	}
	if (!r->why)
		r->why = xstrdup("");
	if (!r->left)
		r->left = xstrdup("");
	r->total_ms = now_ms() - s->t0;
	s->no_more |= !s->done(s->arg, s->at, r);
}

/* A test has ended in a guest that goes on with the next one. */
static void test_next(struct session *s)
{
	/* what it wrote elsewhere was written before its end frame, and so is there */
	qemu_drain(&s->q, CH_CONSOLE);
	qemu_drain(&s->q, CH_MARKS);
	test_gather(s);
	if (!bad_frames(s))
		judge_ended(s);
	test_end(s);
	test_begin(s, s->at + 1);
}

static void on_frame(void *arg, enum frame_type type, const uint8_t *data, size_t len)
{
	struct session *s = arg;
	struct vm_result *r = &s->r;

	if (s->no_more)
		return;
	switch (type) {
	case FRAME_START:
		s->started = true;
		s->t_start = now_ms();
		text_limited(&s->start, data, len, 4096);
		break;
	case FRAME_TAIL:
		if (!s->gap)
			s->gap = r->output.len + 1;
		/* fall through */
	case FRAME_OUT:
		/* the agent keeps to the limit; a broken one must not fill our memory */
		text_limited(&r->output, data, len, s->max_output + (1 << 20));
		break;
	case FRAME_KMSG:
		text_limited(&r->kmsg, data, len, 2 << 20);
		break;
	case FRAME_HANG:
		s->hang = true;
		text_limited(&r->hang, data, len, 1 << 20);
		break;
	case FRAME_HUNG:
		s->hung = true;
		break;
	case FRAME_CLOCK:
		if (s->clock)
			text_limited(s->clock, data, len, 4096);
		break;
	case FRAME_END:
		s->ended = true;
		s->t_end = now_ms();
		text_limited(&s->end, data, len, 8192);
		if (s->at + 1 < s->n)
			test_next(s);
		break;
	default:
		break;
	}
}

/* Where the executable of each job is in what is handed in. */
struct place {
	size_t offset, size;
};

/* The one executable of all jobs, or a file with all of them behind each other. */
static int exes_open(const struct vm_job *job, size_t n, struct place *place)
{
	struct buf all = { 0 };
	struct stat st;
	bool one = true;
	int fd, err = 0;

	for (size_t i = 1; i < n; i++)
		one &= !strcmp(job[i].exe, job[0].exe);
	if (one) {
		fd = open(job->exe, O_RDONLY | O_CLOEXEC);
		if (fd < 0 || fstat(fd, &st)) {
			err = err_set(-errno, "%s: %s", job->exe, strerror(errno));
			close_fd(&fd);
			return err;
		}
		for (size_t i = 0; i < n; i++)
			place[i] = (struct place){ .offset = 0, .size = st.st_size };
		return fd;
	}
	for (size_t i = 0; !err && i < n; i++) {
		size_t same = 0;

		while (same < i && strcmp(job[same].exe, job[i].exe))
			same++;
		place[i] = place[same];
		if (same < i)
			continue;
		place[i].offset = all.len;
		err = read_file(job[i].exe, &all);
		place[i].size = all.len - place[i].offset;
	}
	fd = err ? err : memory_file("cowpen-exes", all.data, all.len);
	buf_free(&all);
	return fd;
}

static void put_env(struct buf *b, const char *env)
{
	while (env && *env) {
		size_t n = strcspn(env, "\n");

		if (n)
			buf_printf(b, "env=%.*s\n", (int)n, env);
		env += n + (env[n] == '\n');
	}
}

static void put_test(struct buf *b, const struct vm_job *job, const struct place *place)
{
	const char *base = strrchr(job->exe, '/');
	char *name = safe_name(base ? base + 1 : job->exe);
	char *args = xstrdup(job->args ? job->args : "");

	for (char *c = args; *c; c++)
		if (*c == '\n')
			*c = ' ';
	buf_printf(b, "test=%zu %zu %llu %s %s\n", place->offset, place->size,
		   (unsigned long long)job->seed, name, args);
	free(name);
	free(args);
}

/* Text of the command for the agent; proto.h says what may be in it. */
static void put_command(struct buf *b, const struct session *s, const uint8_t *token,
			const struct place *place)
{
	char hex[33];

	token_hex(token, hex);
	buf_printf(b, "token=%s\nmode=%s\ndeadline_ms=%u\nmax_output=%zu\ntogether=%d\n", hex,
		   s->clock ? "clock" : "run", s->deadline, s->max_output, s->n > 1);
	put_env(b, s->job->env);
	for (size_t i = 0; !s->clock && i < s->n; i++)
		put_test(b, &s->job[i], &place[i]);
}

static int open_in(const char *dir, const char *name, int flags)
{
	char *path = xasprintf("%s/%s", dir, name);
	int fd = open(path, flags | O_CLOEXEC);

	if (fd < 0)
		fd = err_set(-errno, "%s: %s", path, strerror(errno));
	free(path);
	return fd;
}

static int session_start(struct session *s, const struct state *state)
{
	struct qemu_setup setup = { .host = state->host,
				    .initrd_fd = -1,
				    .ram_fd = -1,
				    .vmstate_fd = -1,
				    .cmd_fd = -1,
				    .exe_fd = -1,
				    .ntests = s->n };
	struct place *place = xcalloc(s->n, sizeof(*place));
	struct buf cmd = { 0 };
	uint8_t token[16];
	char **argv, *boot;
	int err = 0;

	if (getrandom(token, sizeof(token), 0) != sizeof(token))
		err = err_set(-errno, "getrandom: %s", strerror(errno));
	if (!err && !s->clock)
		err = setup.exe_fd = exes_open(s->job, s->n, place);
	if (err >= 0) {
		put_command(&cmd, s, token, place);
		err = cmd.len < COMMAND_MAX ? 0 :
					      err_set(-E2BIG, "arguments and environment are too "
							      "long");
	}
	if (!err)
		err = setup.cmd_fd = memory_file("cowpen-cmd", cmd.data, cmd.len);
	if (err >= 0)
		err = setup.ram_fd = open_in(state->dir, "ram", O_RDWR);
	if (err >= 0)
		err = setup.vmstate_fd = open_in(state->dir, "vmstate", O_RDONLY);
	boot = frame_string(state->facts, "boot");
	setup.elf = !strcmp(boot, "pvh");
	free(boot);
	argv = qemu_argv(&setup);
	s->cmdline = argv_text(argv);
	argv_free(argv);
	if (err >= 0)
		err = qemu_start(&s->q, &setup, token, on_frame, s);
	close_fd(&setup.cmd_fd);
	close_fd(&setup.exe_fd);
	close_fd(&setup.ram_fd);
	close_fd(&setup.vmstate_fd);
	buf_free(&cmd);
	free(place);
	return err < 0 ? err : 0;
}

/* What came in may be a reason to do something now. */
static void session_look(struct session *s, uint64_t now)
{
	struct qemu *q = &s->q;

	if (!s->r.start_ms && !s->at && q->qmp.in.cap)
		s->r.start_ms = now - s->t0;
	if (q->migrated && !s->cont) {
		/* it was saved stopped, so it comes back paused */
		qmp_send(&q->qmp, "cont", NULL);
		s->cont = true;
	}
	/* KVM's way to say that it cannot go on is to stop the guest for ever */
	if ((q->failed && !q->resumed) || (q->stopped && q->resumed && !s->nmi && !s->ended))
		qemu_kill(q);
	if (s->no_more)
		qemu_kill(q);
	if (q->resumed && !s->t_resumed) {
		s->t_resumed = now;
		s->cpu_resumed = qemu_cpu_ms(q);
		s->r.restore_ms = now - s->t0 - s->r.start_ms;
	}
	if (s->started && !s->base) {
		s->base = true;
		s->cpu = s->at ? qemu_cpu_ms(q) : s->cpu_resumed;
		s->until = s->t_start + s->deadline;
	}
	if (s->ended && !s->leaving) {
		s->leaving = true;
		s->until = now + LEAVE_GRACE;
	}
}

/* The time is up. */
static void session_deadline(struct session *s, uint64_t now)
{
	struct qemu *q = &s->q;

	if (s->nmi || s->leaving || q->killed || !s->started) {
		s->no_start = !s->started;
		qemu_kill(q);
		s->until = now + 10000;
	} else if (!s->hang && s->extended < 2 &&
		   qemu_cpu_ms(q) - s->cpu < (now - s->t_start) / 3) {
		/*
		 * The agent, which lives on the guest's clock, has not said that
		 * the time is up, and QEMU hardly got a CPU: the host is busy.
		 */
		s->extended++;
		s->until = now + s->deadline;
	} else {
		s->nmi = true;
		s->r.test_ms = now - s->t_start;
		qmp_send(&q->qmp, "inject-nmi", NULL);
		s->until = now + NMI_GRACE;
	}
}

static void session_run(struct session *s)
{
	struct qemu *q = &s->q;

	qmp_send(&q->qmp, "qmp_capabilities", NULL);
	qmp_send(&q->qmp, "migrate-set-capabilities",
		 json_pack("{s:[{s:s,s:b},{s:s,s:b}]}", "capabilities", "capability",
			   "x-ignore-shared", "state", 1, "capability", "events", "state", 1));
	qmp_send(&q->qmp, "migrate-incoming", json_pack("{s:s}", "uri", "fd:8"));
	for (;;) {
		uint64_t now = now_ms();

		if (!qemu_pump(q, s->until > now ? (int)(s->until - now) : 0))
			break;
		now = now_ms();
		session_look(s, now);
		if (now >= s->until)
			session_deadline(s, now);
	}
}

/* How many have a result. */
static size_t session(const struct state *state, struct session *s)
{
	uint64_t t0 = now_ms();
	int err;

	s->deadline = s->job->deadline_ms ? s->job->deadline_ms : DEFAULT_DEADLINE;
	s->max_output = s->job->max_output ? s->job->max_output : DEFAULT_OUTPUT;
	err = session_start(s, state);
	test_begin(s, 0);
	s->t0 = t0;
	if (err < 0) {
		s->r.end = vm_interrupted() ? VM_INTERRUPTED : VM_NO_START;
		s->r.why = xstrdup(err_msg());
		test_end(s);
	} else {
		session_run(s);
		if (!s->no_more) {
			split_end(&s->q.console);
			split_end(&s->q.marks);
			test_gather(s);
			judge_guest(s);
			test_end(s);
		} else {
			/* it was begun, or not; nobody wants to know */
			vm_result_free(&s->r);
			s->at--;
		}
		qemu_end(&s->q);
	}
	buf_free(&s->start);
	buf_free(&s->end);
	free(s->cmdline);
	return s->at + 1;
}

static bool take_result(void *arg, size_t nr, struct vm_result *r)
{
	*(struct vm_result *)arg = *r;
	return true;
}

void vm_run_clock(const struct state *state, unsigned int deadline_ms, struct vm_result *r,
		  struct buf *clock)
{
	struct vm_job job = { .deadline_ms = deadline_ms };
	struct session s = { .job = &job, .n = 1, .done = take_result, .arg = r, .clock = clock };

	session(state, &s);
}

void vm_run(const struct state *state, const struct vm_job *job, struct vm_result *r)
{
	struct session s = { .job = job, .n = 1, .done = take_result, .arg = r };

	session(state, &s);
}

size_t vm_run_several(const struct state *state, const struct vm_job *job, size_t n,
		      vm_done_fn *done, void *arg)
{
	struct session s = { .job = job, .n = n, .done = done, .arg = arg };

	return session(state, &s);
}

void vm_result_free(struct vm_result *r)
{
	buf_free(&r->output);
	buf_free(&r->marks);
	buf_free(&r->kmsg);
	buf_free(&r->console);
	buf_free(&r->hang);
	free(r->why);
	free(r->left);
	free(r->cmdline);
	memset(r, 0, sizeof(*r));
}

const char *vm_end_name(enum vm_end end)
{
	static const char *const names[] = {
		[VM_ENDED] = "ended",
		[VM_PANIC] = "panic",
		[VM_RESET] = "reset",
		[VM_POWEROFF] = "poweroff",
		[VM_TIMEOUT] = "timeout",
		[VM_DIED] = "qemu-died",
		[VM_BAD_FRAMES] = "bad-frames",
		[VM_NO_START] = "no-start",
		[VM_INTERRUPTED] = "interrupted",
	};

	return end < ARRAY_SIZE(names) ? names[end] : "?";
}
