// SPDX-License-Identifier: GPL-2.0-only
/* Guests that go on. See warm.h. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "err.h"
#include "interrupt.h"
#include "text.h"
#include "util.h"
#include "warm.h"

#define KEPT 4
/*
 * What a test makes QEMU translate takes 3 MiB or so, most of it the test's own code, and is
 * given back with all the rest only when there is a gigabyte of it.
 */
#define TESTS_MAX 64
#define PATIENCE  30000

struct kept {
	char *dir; /* of the state; NULL: none is here */
	char *cmdline;
	struct qemu q;
	uint64_t used;
	unsigned int tests;
};

struct warm {
	struct kept k[KEPT];
	uint64_t used;
	unsigned int tests; /* in the one that was taken */
};

/* --- can it be done here? ------------------------------------------------------ */

static int plugin_open(const struct host *h)
{
	char *path = xasprintf("%s/warm.so", h->guest_dir);
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		fd = err_set(-errno, "%s: %s", path, strerror(errno));
	free(path);
	return fd;
}

/* Ask the plugin in a QEMU without a machine. NULL if it can, else why not. */
static char *probe(const struct host *h)
{
	char *plugin = xasprintf("file=%s/warm.so,probe=1", h->guest_dir);
	char *argv[] = { h->qemu,  "-nodefaults", "-M",	     "none", "-display", "none",
			 "-accel", "tcg",	  "-plugin", plugin, NULL };
	char *why = NULL;
	struct buf b = { 0 };
	int pair[2], status;
	char text[512];
	ssize_t n;
	pid_t pid;

	if (pipe2(pair, O_CLOEXEC)) {
		free(plugin);
		return xasprintf("pipe: %s", strerror(errno));
	}
	pid = fork();
	if (!pid) {
		dup2(pair[1], 1);
		dup2(pair[1], 2);
		execv(argv[0], argv);
		_exit(127);
	}
	close(pair[1]);
	while (pid > 0 && (n = read(pair[0], text, sizeof(text))) > 0)
		buf_add(&b, text, n);
	close(pair[0]);
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	buf_add(&b, "", 0);
	if (strcmp(b.data, "ok\n"))
		why = last_line(b.data);
	buf_free(&b);
	free(plugin);
	return why;
}

/* Why guests of @h cannot go on, NULL if they can. */
static char *why_not(const struct host *h)
{
	if (h->kvm)
		return xstrdup("under KVM nothing is translated");
	/* What the plugin knows of QEMU that is no interface was looked up there. */
	if (strncmp(h->qemu_version, "7.2.", 4))
		return xasprintf("QEMU %s is not 7.2", h->qemu_version);
	if (h->guest.smp > 1)
		return xstrdup("it was not proven with two processors");
	return probe(h);
}

int warm_choose(struct host *h, const char *word)
{
	bool asked = true;
	char *why;

	if (!word || !*word)
		word = getenv("COWPEN_WARM");
	if (!word || !*word) {
		word = "1";
		asked = false;
	}
	if (strcmp(word, "0") && strcmp(word, "1") && strcmp(word, "check"))
		return err_set(-EINVAL, "warm \"%s\" is none of 0, 1, check", word);
	h->warm_lie = getenv("COWPEN_WARM_LIE");
	free(h->warm_why);
	h->warm = WARM_NO;
	if (!strcmp(word, "0")) {
		h->warm_why = xstrdup("");
		return 0;
	}
	why = why_not(h);
	/* Of what nobody asked for there is nothing to be said. */
	if (why || !asked) {
		h->warm = why ? WARM_NO : WARM_YES;
		h->warm_why = asked ? why : xstrdup("");
		if (!asked)
			free(why);
		return 0;
	}
	h->warm = strcmp(word, "check") ? WARM_YES : WARM_CHECK;
	h->warm_why = xstrdup(h->warm == WARM_CHECK ? "memory and code are compared each time" :
						      "as asked for");
	return 0;
}

/* --- those that are here --------------------------------------------------------- */

struct warm *warm_new(const struct host *h)
{
	return h->warm == WARM_NO ? NULL : xcalloc(1, sizeof(struct warm));
}

static void kept_end(struct kept *k)
{
	if (!k->dir)
		return;
	qemu_end(&k->q);
	free(k->dir);
	free(k->cmdline);
	memset(k, 0, sizeof(*k));
}

void warm_free(struct warm *w)
{
	for (int i = 0; w && i < KEPT; i++)
		kept_end(&w->k[i]);
	free(w);
}

static struct kept *kept_of(struct warm *w, const struct state *s)
{
	for (int i = 0; w && i < KEPT; i++)
		if (w->k[i].dir && !strcmp(w->k[i].dir, s->dir))
			return &w->k[i];
	return NULL;
}

void warm_drop(struct warm *w, const struct state *s)
{
	struct kept *k = kept_of(w, s);

	if (k)
		kept_end(k);
}

bool warm_take(struct warm *w, const struct state *s, struct qemu *q, char **cmdline)
{
	struct kept *k = kept_of(w, s);

	w->tests = 0;
	if (!k)
		return false;
	if (!qemu_pump(&k->q, 0)) {
		kept_end(k);
		return false;
	}
	*q = k->q;
	*cmdline = k->cmdline;
	w->tests = k->tests;
	free(k->dir);
	memset(k, 0, sizeof(*k));
	return true;
}

void warm_keep(struct warm *w, const struct state *s, struct qemu *q, char **cmdline, size_t n)
{
	unsigned int tests = w->tests + n;
	struct kept *k = &w->k[0];

	w->tests = 0;
	if (tests >= TESTS_MAX)
		return;
	for (int i = 1; i < KEPT && k->dir; i++)
		if (!w->k[i].dir || w->k[i].used < k->used)
			k = &w->k[i];
	kept_end(k);
	k->dir = xstrdup(s->dir);
	k->cmdline = *cmdline;
	*cmdline = NULL;
	k->q = *q;
	k->used = ++w->used;
	k->tests = tests;
	qemu_none(q);
}

/* --- what is said to the plugin --------------------------------------------------- */

int warm_prepare(const struct host *h, struct qemu_setup *setup)
{
	int fd = plugin_open(h), pair[2];

	if (fd < 0)
		return fd;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair)) {
		close(fd);
		return err_set(-errno, "socketpair: %s", strerror(errno));
	}
	setup->plugin_fd = fd;
	setup->warm_fd = pair[1];
	return pair[0];
}

/* Where the agent keeps the executable. Bytes of it. */
static size_t slot_of(const struct state *s, struct warm_ask *ask)
{
	char *text = frame_string(s->facts, "slot"), *p = text;
	unsigned long long at;
	size_t sum = 0;
	unsigned int len;

	ask->n = 0;
	while (ask->n < WARM_EXTENTS && sscanf(p, "%llx+%x", &at, &len) == 2) {
		ask->slot[ask->n++] = (struct warm_extent){ .at = at, .len = len };
		sum += len;
		p += strcspn(p, ",");
		p += *p == ',';
	}
	if (*p)
		ask->n = sum = 0;
	free(text);
	return sum;
}

bool warm_has_room(const struct state *s, size_t size)
{
	struct warm_ask *ask = xcalloc(1, sizeof(*ask));
	bool room = size <= slot_of(s, ask);

	free(ask);
	return room;
}

static int send_ask(int sock, const struct warm_ask *ask, int cmd_fd, int exe_fd)
{
	union {
		struct cmsghdr h;
		char space[CMSG_SPACE(2 * sizeof(int))];
	} c = { .h = { .cmsg_len = CMSG_LEN(2 * sizeof(int)),
		       .cmsg_level = SOL_SOCKET,
		       .cmsg_type = SCM_RIGHTS } };
	struct iovec v = { .iov_base = (void *)ask,
			   .iov_len = offsetof(struct warm_ask, slot) +
				      ask->n * sizeof(ask->slot[0]) };
	struct msghdr m = { .msg_iov = &v, .msg_iovlen = 1 };
	int fds[2] = { cmd_fd, exe_fd };

	if (cmd_fd >= 0) {
		memcpy(CMSG_DATA(&c.h), fds, sizeof(fds));
		m.msg_control = &c;
		m.msg_controllen = sizeof(c.space);
	}
	return sendmsg(sock, &m, MSG_NOSIGNAL) < 0 ? -errno : 0;
}

static int warm_ask(struct qemu *q, const struct warm_ask *ask, int cmd_fd, int exe_fd)
{
	uint64_t until = now_ms() + PATIENCE, now;
	struct warm_answer a = { 0 };
	ssize_t n = -1;
	int err = send_ask(q->warm_fd, ask, cmd_fd, exe_fd);

	if (err)
		return err_set(err, "warm guest: %s", strerror(-err));
	/* it may have to get rid of what it wrote before it can stop */
	while ((now = now_ms()) < until) {
		n = recv(q->warm_fd, &a, sizeof(a), MSG_DONTWAIT);
		if (n >= 0 || errno != EAGAIN || !qemu_pump(q, until - now))
			break;
	}
	if (n != sizeof(a))
		return err_set(-EIO, "warm guest: there was no answer");
	a.why[sizeof(a.why) - 1] = '\0';
	return a.ok ? 0 : err_set(-EIO, "warm guest: %s", a.why);
}

int warm_remember(struct qemu *q, const struct state *s)
{
	struct warm_ask *ask = xcalloc(1, sizeof(*ask));
	int err;

	ask->what = WARM_REMEMBER;
	slot_of(s, ask);
	err = warm_ask(q, ask, -1, -1);
	free(ask);
	return err;
}

int warm_back(struct qemu *q)
{
	struct warm_ask *ask = xcalloc(1, sizeof(*ask));
	int err;

	ask->what = WARM_BACK;
	err = warm_ask(q, ask, -1, -1);
	free(ask);
	return err;
}

int warm_go(struct qemu *q, int cmd_fd, int exe_fd, bool place)
{
	struct warm_ask *ask = xcalloc(1, sizeof(*ask));
	int err;

	ask->what = WARM_GO;
	ask->place = place;
	err = warm_ask(q, ask, cmd_fd, exe_fd);
	free(ask);
	return err;
}
