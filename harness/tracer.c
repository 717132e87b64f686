// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include "case_info.h"
#include "internal.h"

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

int tracer_stop_at_store(pid_t tid, const uint64_t *addr, uint64_t value)
{
	return tracer_ask(TR_STOP, tid, NULL, 0) ?: tracer_ask(TR_AT_STORE, tid, addr, value);
}

int tracer_write_stopped(pid_t tid, uint64_t *addr, uint64_t value)
{
	return tracer_ask(TR_POKE, tid, addr, value);
}

int tracer_skip_store(pid_t tid)
{
	return tracer_ask(TR_SKIP, tid, NULL, 0);
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
