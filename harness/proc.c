// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "failnth.h"
#include "internal.h"

char child_canary[4096] __attribute__((aligned(4096)));

/* The end of a socket that a child keeps for a child of its own. */
static int grandchild_sock = -1;

/*
 * What a child becomes by exec: this program with nothing of the scene in memory,
 * and all that it had open. It says so and stays until it is killed.
 */
#define IDLER_NAME "cowpen-idler"

__attribute__((constructor)) static void idle_or_not(int argc, char **argv)
{
	struct child_reply reply = { 0 };

	if (argc != 2 || strcmp(argv[0], IDLER_NAME))
		return;
	if (send(atoi(argv[1]), &reply, sizeof(reply), MSG_NOSIGNAL) != sizeof(reply))
		_exit(1);
	for (;;)
		pause();
}

int become_idler(int sock)
{
	char number[16], *argv[] = { IDLER_NAME, number, NULL }, *envp[] = { NULL };

	/* Whatever is open, rings and devices too, is to survive. */
	for (int fd = 3; fd < 256; fd++)
		fcntl(fd, F_SETFD, 0);
	snprintf(number, sizeof(number), "%d", sock);
	execve("/proc/self/exe", argv, envp);
	return -errno;
}

/* Forked by a thread that ends before its process does. */
static bool of_thread;

/*
 * A child of the scene does what it is told over a socket and nothing else: it
 * takes no lock, prints nothing and never touches the model, so that what is
 * seen of it is what it was told to do.
 */
static void child_loop(struct scene *s, int sock)
{
	/* Where it was when we were forked; the parent may move its own. */
	char *const area = s->area;
	struct child_cmd cmd;

	while (recv(sock, &cmd, sizeof(cmd), 0) == sizeof(cmd)) {
		struct child_reply reply = { 0 };
		struct pin *p = &s->pin[cmd.pin];
		size_t len;
		char *addr;

		if (of_thread)
			prctl(PR_SET_PDEATHSIG, SIGKILL);
		(*(volatile char *)child_canary)++;
		page_range(s, cmd.page, cmd.npages ?: ~0U, &addr, &len);
		addr += area - s->area;
		switch (cmd.op) {
		case OP_LOOK:
			for_each_page(s, i)
				if (cmd.pages & 1U << i) {
					const char *page = area + s->page_offset[i];

					/* Where another process's fault takes a huge page away. */
					if (s->memory->huge && read_raises(page, SIGBUS))
						reply.ret |= 1 << i;
					else
						look_at(s, page, s->seen[i]);
				}
			break;
		case OP_READ:
			memcpy(s->seen[0], area + cmd.offset, cmd.len);
			break;
		case OP_READ_RAISES:
			reply.ret = read_raises(area + s->page_offset[cmd.page], cmd.arg);
			break;
		case OP_WRITE:
			for_each_page(s, i)
				if (cmd.pages & 1U << i)
					*(volatile uint64_t *)(area + s->page_offset[i] +
							       cell_offset(cmd.cell[i],
									   s->page_len)) =
						cmd.value[i];
			break;
		case OP_UNMAP:
			if (munmap(area, s->area_len))
				reply.ret = -errno;
			break;
		case OP_ADVISE:
			if (madvise(addr, len, cmd.arg))
				reply.ret = -errno;
			break;
		case OP_PROTECT:
			if (mprotect(addr, len, cmd.arg))
				reply.ret = -errno;
			break;
		case OP_PIN:
			reply.pins = -pins_outstanding();
			if (!p->opened)
				p->kind->open(s, p);
			p->opened = true;
			reply.pins += pins_outstanding();
			reply.ret = p->kind->take(s, p, p->addr, p->len);
			break;
		case OP_UNPIN:
			p->kind->release(s, p);
			break;
		case OP_PIN_READ:
			reply.ret = pin_look(s, p, cmd.page, s->seen[cmd.page]);
			break;
		case OP_PIN_WRITE:
			reply.ret = p->kind->write(s, p, cmd.page, cmd.cell[0], cmd.value);
			break;
		case OP_PIN_DELIVER:
			reply.ret = p->kind->deliver(s, p);
			break;
		case OP_FORK:
			reply.ret = fork();
			if (!reply.ret) {
				/* It may outlive its parent; scene_end() knows its pid. */
				close(sock);
				sock = grandchild_sock;
				continue;
			}
			if (reply.ret < 0)
				reply.ret = -errno;
			close(grandchild_sock);
			break;
		case OP_EXEC:
			reply.ret = become_idler(sock);
			break;
		case OP_CALL:
			cmd.call(s, cmd.call_arg, &reply);
			break;
		case OP_EXIT:
			_exit(0);
		}
		if (send(sock, &reply, sizeof(reply), MSG_NOSIGNAL) != sizeof(reply))
			break;
	}
	_exit(0);
}

static void sockets(struct scene *s, int proc, int *theirs)
{
	int sock[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sock))
		scene_error(s, "socketpair: %s", strerror(errno));
	if (s->proc[proc].sock >= 0)
		close(s->proc[proc].sock);
	s->proc[proc].sock = sock[0];
	*theirs = sock[1];
}

/* PID 1 is taken, and that is found out when all memory is copied: EEXIST. */
static pid_t clone_of_taken_pid(void)
{
	pid_t taken = 1;
	struct clone_args args = {
		.exit_signal = SIGCHLD,
		.set_tid = (uintptr_t)&taken,
		.set_tid_size = 1,
	};

	return syscall(SYS_clone3, &args, sizeof(args));
}

int child_fork(struct scene *s, int proc)
{
	struct child_cmd cmd = { .op = OP_FORK };
	struct child_reply reply;
	int sock, err;
	pid_t pid;

	if (proc == GRANDCHILD) {
		child_ask(s, CHILD, &cmd, &reply);
		if (reply.ret < 0)
			return reply.ret;
		s->proc[proc].pid = reply.ret;
		s->proc[proc].area = s->proc[CHILD].area;
		return 0;
	}
	/* Its end would be the signal's reason, and the first that is asked of the child comes later. */
	of_thread = syscall(SYS_gettid) != getpid();
	sockets(s, CHILD, &sock);
	/* The child's child finds its end of a socket in what it inherits. */
	sockets(s, GRANDCHILD, &grandchild_sock);
	s->proc[proc].area = s->area;
	failnth_begins();
	pid = s->pid_taken ? clone_of_taken_pid() : fork();
	err = -errno;
	if (pid)
		failnth_ends();
	if (pid < 0) {
		close(sock);
		close(grandchild_sock);
		s->proc[proc].area = NULL;
		return err;
	}
	if (!pid) {
		if (!of_thread)
			prctl(PR_SET_PDEATHSIG, SIGKILL);
		close(s->proc[CHILD].sock);
		close(s->proc[GRANDCHILD].sock);
		child_loop(s, sock);
	}
	s->proc[proc].pid = pid;
	close(sock);
	close(grandchild_sock);
	return 0;
}

/* scene_end() waits until it has gone. */
static void other_fork(struct scene *s)
{
	pid_t pid;
	int sock;

	sockets(s, OTHER, &sock);
	pid = fork();
	if (pid < 0)
		scene_error(s, "fork: %s", strerror(errno));
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		close(s->proc[OTHER].sock);
		child_loop(s, sock);
	}
	s->proc[OTHER].pid = pid;
	close(sock);
}

void other_send(struct scene *s, other_does *what, unsigned int arg)
{
	struct child_cmd cmd = { .op = OP_CALL, .call = what, .call_arg = arg };

	if (s->proc[OTHER].pid <= 0)
		other_fork(s);
	child_send(s, OTHER, &cmd);
}

static void child_died(struct scene *s, int proc)
{
	siginfo_t info = { 0 };

	waitid(P_PID, s->proc[proc].pid, &info, WEXITED | WNOWAIT);
	if (info.si_code == CLD_EXITED || !info.si_code)
		scene_error(s, "the child died");
	scene_error(s, "the child was killed by SIG%s", sigabbrev_np(info.si_status));
}

void child_send(struct scene *s, int proc, const struct child_cmd *cmd)
{
	if (send(s->proc[proc].sock, cmd, sizeof(*cmd), MSG_NOSIGNAL) != sizeof(*cmd))
		child_died(s, proc);
}

bool child_answer(struct scene *s, int proc, struct child_reply *reply)
{
	struct pollfd p = { .fd = s->proc[proc].sock, .events = POLLIN };
	ssize_t n;

	wait_alive();
	if (poll(&p, 1, PATIENCE_MS) <= 0)
		return false;
	n = recv(p.fd, reply, sizeof(*reply), 0);
	if (n != sizeof(*reply))
		child_died(s, proc);
	return true;
}

void child_ask(struct scene *s, int proc, const struct child_cmd *cmd, struct child_reply *reply)
{
	child_send(s, proc, cmd);
	if (!child_answer(s, proc, reply))
		wait_error(s, by_process(s->proc[proc].pid), "the %s does not answer", who[proc]);
}

bool read_raises_in(struct scene *s, int proc, unsigned int page, int sig)
{
	struct child_cmd cmd = { .op = OP_READ_RAISES, .page = page, .arg = sig };
	struct child_reply reply;

	if (proc == PARENT)
		return read_raises(page_addr(s, page), sig);
	child_ask(s, proc, &cmd, &reply);
	return reply.ret;
}

bool child_answered(struct scene *s, int proc)
{
	struct pollfd p = { .fd = s->proc[proc].sock, .events = POLLIN };

	return poll(&p, 1, 0) > 0;
}

void child_stuck(struct scene *s, int proc, const struct check *check, const char *clause,
		 const char *wanted)
{
	wait_failed(s, check, clause, by_process(s->proc[proc].pid), wanted,
		    "it does not within %d ms", PATIENCE_MS);
}

void child_end(struct scene *s, int proc)
{
	struct child_cmd cmd = { .op = OP_EXIT };

	child_send(s, proc, &cmd);
	if (!wait_until(process_gone(s->proc[proc].pid)))
		wait_error(s, by_process(s->proc[proc].pid), "the %s does not exit", who[proc]);
	waitpid(s->proc[proc].pid, NULL, WNOHANG);
	s->proc[proc].pid = 0;
}

void children_kill(struct scene *s)
{
	for (int i = CHILD; i < MODEL_PROCS; i++)
		if (s->proc[i].pid > 0)
			kill(s->proc[i].pid, SIGKILL);
}
