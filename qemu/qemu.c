// SPDX-License-Identifier: GPL-2.0-only
/* A QEMU: started, listened to, ended. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "err.h"
#include "interrupt.h"
#include "qemu.h"
#include "text.h"
#include "util.h"

#define CONSOLE_HEAD (512 << 10)
#define CONSOLE_TAIL (256 << 10)

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

void token_hex(const uint8_t *token, char *out)
{
	*out = '\0';
	for (int i = 0; token && i < 16; i++)
		sprintf(out + 2 * i, "%02x", token[i]);
}

void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

void qemu_none(struct qemu *q)
{
	memset(q, 0, sizeof(*q));
	q->pidfd = q->slot = q->warm_fd = q->stub_fd = -1;
	for (int i = 0; i < CH_N; i++)
		q->fd[i] = -1;
}

void qemu_renew(struct qemu *q, const uint8_t *token, size_t ntests, frame_cb *on_frame, void *arg)
{
	char marks_cut[64];

	q->on_frame = on_frame;
	q->arg = arg;
	q->stopped = q->resumed = false;
	strcpy(marks_cut, MARKS_CUT);
	token_hex(token, marks_cut + strlen(marks_cut));
	frame_reader_init(q->frames, token);
	split_free(&q->console);
	split_free(&q->marks);
	split_init(&q->console, KMSG_CUT, ntests, CONSOLE_HEAD, CONSOLE_TAIL);
	split_init(&q->marks, marks_cut, ntests, 64 << 10, 64 << 10);
}

int qemu_start(struct qemu *q, const struct qemu_setup *s, const uint8_t *token, frame_cb *on_frame,
	       void *arg)
{
	int from[FD_END], kernel_fd = -1, err = 0, pair[2], errs[2] = { -1, -1 };
	static const int ends[] = {
		[CH_QMP] = FD_QMP, [CH_CONSOLE] = FD_CONSOLE, [CH_FRAMES] = FD_FRAMES, [CH_MARKS] = FD_MARKS
	};
	char **argv = qemu_argv(s);
	pid_t parent = getpid();
	uid_t uid = 0;
	gid_t gid = 0;

	qemu_none(q);
	for (int i = 0; i < FD_END; i++)
		from[i] = -1;
	q->frames = xcalloc(1, sizeof(*q->frames));
	qemu_renew(q, token, s->ntests, on_frame, arg);
	keep_init(&q->errors, 16 << 10, 16 << 10);

	for (int i = 0; !err && i < (int)ARRAY_SIZE(ends); i++) {
		if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair)) {
			err = err_set(-errno, "socketpair: %s", strerror(errno));
			break;
		}
		q->fd[i] = pair[0];
		from[ends[i]] = pair[1];
	}
	if (!err && s->stub) {
		if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair)) {
			err = err_set(-errno, "socketpair: %s", strerror(errno));
		} else {
			q->stub_fd = pair[0];
			from[FD_STUB] = pair[1];
		}
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
		if (s->reach_fd > 0) {
			from[FD_PLUGIN] = s->plugin_fd;
			from[FD_REACH] = s->reach_fd;
		} else if (s->warm_fd > 0) {
			from[FD_PLUGIN] = s->plugin_fd;
			from[FD_WARM] = s->warm_fd;
		}
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
	close_fd(&from[FD_STUB]);
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
		q->stopped = false;
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

void qemu_drain(struct qemu *q, enum qemu_channel ch)
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
	slot_free(q->slot);
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
	struct pollfd pf[CH_N + 3];
	int n = 0;

	if (!q->pid)
		return false;
	for (int i = 0; i < CH_N; i++)
		pf[n++] = (struct pollfd){ .fd = q->fd[i], .events = POLLIN };
	pf[n++] = (struct pollfd){ .fd = q->pidfd, .events = POLLIN };
	pf[n++] = (struct pollfd){ .fd = q->warm_fd, .events = POLLIN }; /* its reader looks */
	pf[n++] = (struct pollfd){ .fd = q->stub_fd, .events = POLLIN }; /* likewise */
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
	close_fd(&q->warm_fd);
	close_fd(&q->stub_fd);
	qmp_free(&q->qmp);
	free(q->frames);
	split_free(&q->console);
	split_free(&q->marks);
	keep_free(&q->errors);
	qemu_none(q);
}

uint64_t qemu_cpu_us(const struct qemu *q)
{
	struct timespec t;
	clockid_t c;

	if (!q->pid || clock_getcpuclockid(q->pid, &c) || clock_gettime(c, &t))
		return q->usage.ru_utime.tv_sec * 1000000ULL + q->usage.ru_utime.tv_usec +
		       q->usage.ru_stime.tv_sec * 1000000ULL + q->usage.ru_stime.tv_usec;
	return t.tv_sec * 1000000ULL + t.tv_nsec / 1000;
}

uint64_t threads_waited_ms(const char *tasks)
{
	unsigned long long ran, waited, sum = 0;
	DIR *d = opendir(tasks);
	struct dirent *e;

	while (d && (e = readdir(d))) {
		char *path = xasprintf("%s/%s/schedstat", tasks, e->d_name);
		FILE *f = *e->d_name == '.' ? NULL : fopen(path, "re");

		if (f && fscanf(f, "%llu %llu", &ran, &waited) == 2)
			sum += waited;
		if (f)
			fclose(f);
		free(path);
	}
	if (d)
		closedir(d);
	return sum / 1000000;
}

uint64_t qemu_waited_ms(const struct qemu *q)
{
	char path[32];

	snprintf(path, sizeof(path), "/proc/%d/task", (int)q->pid);
	return q->pid ? threads_waited_ms(path) : 0;
}

uint64_t qemu_cpu_ms(const struct qemu *q)
{
	return q->pid ? qemu_cpu_us(q) / 1000 : 0;
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
