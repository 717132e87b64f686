// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include "case_info.h"
#include "internal.h"

/*
 * All CPU writes of the parent are done by one thread, so that the thread
 * which drives the scene can read the notification that a write makes, and can
 * tell a write that never ends. Its store is one instruction whose bytes are
 * known, so that a tracer can do it in its stead.
 */
static struct {
	pthread_t thread;
	_Atomic pid_t tid;
	int go, done; /* eventfds */
	enum write_way way;
	pid_t pid; /* whose memory, where the way can tell: 0 is ours */
	_Atomic int err;
	unsigned int n;
	uint64_t *addr[MODEL_PAGES];
	uint64_t value[MODEL_PAGES];
	volatile sig_atomic_t faulted;
} w;

static void __attribute__((noinline)) store(uint64_t *addr, uint64_t value)
{
	/* 48 89 07: mov %rax,(%rdi) */
	asm volatile(".byte 0x48, 0x89, 0x07" : : "D"(addr), "a"(value) : "memory");
}

static void *writer(void *arg)
{
	uint64_t one;

	w.tid = syscall(SYS_gettid);
	write(w.done, &(uint64_t){ 1 }, sizeof(one));
	while (read(w.go, &one, sizeof(one)) == sizeof(one)) {
		w.err = 0;
		for (unsigned int i = 0; i < w.n && !w.err; i++)
			if (w.way == STORE)
				store(w.addr[i], w.value[i]);
			else
				w.err = way_write(w.way, w.pid, w.addr[i], w.value[i]);
		one = 1;
		write(w.done, &one, sizeof(one));
	}
	return arg;
}

void writer_start_thread(struct scene *s)
{
	w.go = eventfd(0, EFD_CLOEXEC);
	w.done = eventfd(0, EFD_CLOEXEC);
	if (w.go < 0 || w.done < 0 || pthread_create(&w.thread, NULL, writer, NULL))
		scene_error(s, "cannot start the writer thread");
	if (writer_wait(s, -1, PATIENCE_MS) != WRITER_DONE)
		wait_error(s, by_tid(w.tid), "the writer thread does not start");
}

void writer_begin_by(struct scene *s, enum write_way way, pid_t pid, unsigned int n,
		     uint64_t *const addr[], const uint64_t value[])
{
	uint64_t one = 1;

	w.way = way;
	w.pid = pid;
	w.n = n;
	memcpy(w.addr, addr, n * sizeof(*addr));
	memcpy(w.value, value, n * sizeof(*value));
	if (write(w.go, &one, sizeof(one)) != sizeof(one))
		scene_error(s, "writer: %s", strerror(errno));
}

void writer_begin(struct scene *s, unsigned int n, uint64_t *const addr[], const uint64_t value[])
{
	writer_begin_by(s, STORE, 0, n, addr, value);
}

int writer_error(void)
{
	return w.err;
}

/* Is @what in the file @name of the writer's thread? */
static bool thread_says(const char *name, const char *what)
{
	char path[64], text[2048];
	int fd, n;

	snprintf(path, sizeof(path), "/proc/self/task/%d/%s", w.tid, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	if (fd >= 0)
		close(fd);
	text[n > 0 ? n : 0] = 0;
	return strstr(text, what);
}

/*
 * Does it sleep in its fault? Not by wchan, which 5.10 does not tell. Twice, with
 * the processor given away in between: a thread that was preempted on its way to
 * sleep looks the same.
 */
static bool sleeps_in_fault(void)
{
	for (unsigned int seen = 0; seen < 2; seen++) {
		if (!thread_says("status", "State:\tS") || !thread_says("stack", "handle_"
										 "userfault"))
			return false;
		ms_sleep(1);
	}
	return true;
}

/* What wakes a writer has done so when its system call returns: then this is plenty. */
#define WAKE_MS 1000

enum writer_state writer_wait(struct scene *s, int uffd, unsigned int ms)
{
	struct pollfd p[2] = { { .fd = w.done, .events = POLLIN },
			       { .fd = uffd, .events = POLLIN } };
	unsigned int first = ms < WAKE_MS ? ms : WAKE_MS;
	uint64_t one;
	int n;

	wait_alive();
	n = poll(p, uffd >= 0 ? 2 : 1, first);
	if (!n && ms > first && !sleeps_in_fault())
		n = poll(p, uffd >= 0 ? 2 : 1, ms - first);
	if (n < 0)
		scene_error(s, "poll: %s", strerror(errno));
	if (p[0].revents & POLLIN) {
		if (read(w.done, &one, sizeof(one)) != sizeof(one))
			scene_error(s, "writer: %s", strerror(errno));
		return WRITER_DONE;
	}
	return n ? WRITER_NOTICE : WRITER_STUCK;
}

void writer_stuck(struct scene *s, const struct check *check, const char *clause,
		  const char *wanted)
{
	wait_failed(s, check, clause, by_tid(w.tid), wanted, "%s",
		    sleeps_in_fault() ? "nothing wakes it in its fault" : "it does not end");
}

void writer_asleep(struct scene *s)
{
	struct wait wait = wait_begin();

	while (!sleeps_in_fault())
		if (!wait_more(&wait))
			wait_error(s, by_tid(w.tid),
				   "the writer is not seen to sleep in its fault");
}

/* --- EMULATE ------------------------------------------------------------------- */

/*
 * A thread cannot be traced by its own process, so the tracer is one of its
 * own: this executable again, by posix_spawn(), whose CLONE_VM leaves no copy
 * of our page tables behind as fork() would.
 */
struct tracer_cmd {
	enum { TR_STOP, TR_AT_STORE, TR_POKE, TR_SKIP, TR_GO } op;
	pid_t tid;
	uint64_t addr, value;
};

static int tracer_sock = -1;

static int tracer_stop(const struct tracer_cmd *c)
{
	int status;

	if (ptrace(PTRACE_SEIZE, c->tid, 0, 0) || ptrace(PTRACE_INTERRUPT, c->tid, 0, 0) ||
	    waitpid(c->tid, &status, __WALL) != c->tid || !WIFSTOPPED(status))
		return -errno;
	return 0;
}

static int tracer_at_store(const struct tracer_cmd *c)
{
	struct user_regs_struct regs;

	if (ptrace(PTRACE_GETREGS, c->tid, 0, &regs))
		return -errno;
	errno = 0;
	/* It must stand at the store, about to do just what we were told. */
	if ((ptrace(PTRACE_PEEKTEXT, c->tid, regs.rip, 0) & 0xffffff) != 0x078948 || errno ||
	    regs.rdi != c->addr || regs.rax != c->value)
		return -EILSEQ;
	return 0;
}

static int tracer_skip(const struct tracer_cmd *c)
{
	struct user_regs_struct regs;

	if (ptrace(PTRACE_GETREGS, c->tid, 0, &regs))
		return -errno;
	regs.rip += 3;
	if (ptrace(PTRACE_SETREGS, c->tid, 0, &regs) || ptrace(PTRACE_DETACH, c->tid, 0, 0))
		return -errno;
	return 0;
}

int tracer_main(int fd)
{
	struct tracer_cmd c;
	int ret;

	while (recv(fd, &c, sizeof(c), 0) == sizeof(c)) {
		switch (c.op) {
		case TR_STOP:
			ret = tracer_stop(&c);
			break;
		case TR_AT_STORE:
			ret = tracer_at_store(&c);
			break;
		case TR_POKE:
			ret = ptrace(PTRACE_POKEDATA, c.tid, c.addr, c.value) ? -errno : 0;
			break;
		case TR_SKIP:
			ret = tracer_skip(&c);
			break;
		case TR_GO:
			ret = ptrace(PTRACE_DETACH, c.tid, 0, 0) ? -errno : 0;
			break;
		default:
			ret = -EINVAL;
		}
		if (send(fd, &ret, sizeof(ret), MSG_NOSIGNAL) != sizeof(ret))
			break;
	}
	return 0;
}

pid_t tracer_spawn(struct scene *s, int *ours)
{
	posix_spawn_file_actions_t fa;
	char *argv[] = { "tracer", "--tracer", "3", NULL };
	int sock[2], err;
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sock))
		scene_error(s, "socketpair: %s", strerror(errno));
	posix_spawn_file_actions_init(&fa);
	posix_spawn_file_actions_adddup2(&fa, sock[1], 3);
	err = posix_spawn(&pid, "/proc/self/exe", &fa, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&fa);
	if (err)
		scene_error(s, "cannot start the tracer: %s", strerror(err));
	close(sock[1]);
	*ours = sock[0];
	return pid;
}

void tracer_start(struct scene *s)
{
	if (tracer_sock < 0)
		tracer_spawn(s, &tracer_sock);
}

/* 0 or a negative errno; -EPIPE if the tracer has died. */
static int tracer_ask(int op, pid_t tid, const void *addr, uint64_t value)
{
	struct tracer_cmd c = { .op = op, .tid = tid, .addr = (uintptr_t)addr, .value = value };
	int ret;

	if (send(tracer_sock, &c, sizeof(c), MSG_NOSIGNAL) != sizeof(c) ||
	    recv(tracer_sock, &ret, sizeof(ret), 0) != sizeof(ret))
		return -EPIPE;
	return ret;
}

static int tracer_do(struct scene *s, int op, unsigned int page, uint64_t value)
{
	return tracer_ask(op, w.tid, write_addr(s, page), value);
}

int tracer_poke(pid_t tid, uint64_t *addr, uint64_t value)
{
	int ret = tracer_ask(TR_STOP, tid, NULL, 0), err;

	if (ret)
		return ret;
	ret = tracer_ask(TR_POKE, tid, addr, value);
	err = tracer_ask(TR_GO, tid, NULL, 0);
	return ret ?: err;
}

void tracer_emulate(struct scene *s, unsigned int page, uint64_t value)
{
	int ret = tracer_do(s, TR_STOP, page, value) ?: tracer_do(s, TR_AT_STORE, page, value);

	if (ret)
		scene_error(s, "the writer cannot be stopped at its store: %s", strerror(-ret));
	/*
	 * A debugger's write to a marked page is refused with EIO and no
	 * notification on all kernels known: access_remote_vm() cannot wait.
	 * So the mark must come off for a moment, while the writer stands still.
	 */
	ret = tracer_do(s, TR_POKE, page, value);
	observe(s, "poke_under_wp", "%s", ret ? strerrorname_np(-ret) : "written");
	if (ret) {
		uffd_protect(s, s->uffd, page_addr(s, page), s->page_len,
			     UFFDIO_WRITEPROTECT_MODE_DONTWAKE);
		ret = tracer_do(s, TR_POKE, page, value);
		if (ret)
			scene_error(s, "PTRACE_POKEDATA: %s", strerror(-ret));
		uffd_protect(s, s->uffd, page_addr(s, page), s->page_len,
			     UFFDIO_WRITEPROTECT_MODE_WP);
	}
	ret = tracer_do(s, TR_SKIP, page, value);
	if (ret)
		scene_error(s, "the writer cannot skip its store: %s", strerror(-ret));
}
