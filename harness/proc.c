// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "internal.h"

/*
 * A child of the scene does what it is told over a socket and nothing else: it
 * takes no lock, prints nothing and never touches the model, so that what is
 * seen of it is what it was told to do.
 */
static void child_loop(struct scene *s, int sock)
{
	struct child_cmd cmd;

	while (recv(sock, &cmd, sizeof(cmd), 0) == sizeof(cmd)) {
		struct child_reply reply = { 0 };
		struct pin *p = &s->pin[cmd.pin];

		switch (cmd.op) {
		case OP_READ:
			for_each_page(s, i)
				for (enum cell c = 0; c < NR_CELLS; c++)
					if (cmd.pages & 1U << i)
						reply.cell[i][c] =
							*(volatile uint64_t *)cell_addr(s, i, c);
			break;
		case OP_WRITE:
			for_each_page(s, i)
				if (cmd.pages & 1U << i)
					*(volatile uint64_t *)cell_addr(s, i, CELL_CPU) =
						cmd.value[i];
			break;
		case OP_UNMAP:
			if (munmap(s->area, s->area_len))
				reply.ret = -errno;
			break;
		case OP_PIN:
			if (!p->opened)
				p->kind->open(s, p);
			p->opened = true;
			reply.ret = p->kind->take(s, p, p->addr, p->len);
			break;
		case OP_PIN_READ:
			reply.ret = p->kind->read(s, p, cmd.page, reply.cell[0]);
			break;
		case OP_PIN_WRITE:
			reply.ret = p->kind->write(s, p, cmd.page, cmd.value);
			break;
		case OP_EXIT:
			_exit(0);
		}
		if (send(sock, &reply, sizeof(reply), MSG_NOSIGNAL) != sizeof(reply))
			break;
	}
	_exit(0);
}

void child_fork(struct scene *s, int proc)
{
	int sock[2];
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sock))
		scene_error(s, "socketpair: %s", strerror(errno));
	pid = fork();
	if (pid < 0)
		scene_error(s, "fork: %s", strerror(errno));
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		close(sock[0]);
		child_loop(s, sock[1]);
	}
	close(sock[1]);
	s->proc[proc].pid = pid;
	s->proc[proc].sock = sock[0];
}

void child_send(struct scene *s, int proc, const struct child_cmd *cmd)
{
	if (send(s->proc[proc].sock, cmd, sizeof(*cmd), MSG_NOSIGNAL) != sizeof(*cmd))
		scene_error(s, "the child is gone: %s", strerror(errno));
}

bool child_answer(struct scene *s, int proc, struct child_reply *reply)
{
	struct pollfd p = { .fd = s->proc[proc].sock, .events = POLLIN };
	ssize_t n;

	if (poll(&p, 1, PATIENCE_MS) <= 0)
		return false;
	n = recv(p.fd, reply, sizeof(*reply), 0);
	if (n != sizeof(*reply))
		scene_error(s, "the child died");
	return true;
}

void child_ask(struct scene *s, int proc, const struct child_cmd *cmd, struct child_reply *reply)
{
	child_send(s, proc, cmd);
	if (!child_answer(s, proc, reply))
		scene_error(s, "the child does not answer");
}

void children_kill(struct scene *s)
{
	for (int i = CHILD; i < MODEL_PROCS; i++)
		if (s->proc[i].pid > 0)
			kill(s->proc[i].pid, SIGKILL);
}
