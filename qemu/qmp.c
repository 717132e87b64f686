// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "err.h"
#include "qmp.h"

#define MESSAGE_MAX (4 << 20)

void qmp_init(struct qmp *q, int fd)
{
	memset(q, 0, sizeof(*q));
	q->fd = fd;
}

void qmp_free(struct qmp *q)
{
	buf_free(&q->in);
}

/* The first byte carries the descriptor. */
static ssize_t send_with(int sock, const char *data, size_t len, int fd)
{
	union {
		struct cmsghdr h;
		char space[CMSG_SPACE(sizeof(int))];
	} c = { .h = { .cmsg_len = CMSG_LEN(sizeof(int)),
		       .cmsg_level = SOL_SOCKET,
		       .cmsg_type = SCM_RIGHTS } };
	struct iovec v = { .iov_base = (void *)data, .iov_len = len };
	struct msghdr m = { .msg_iov = &v, .msg_iovlen = 1 };

	if (fd >= 0) {
		memcpy(CMSG_DATA(&c.h), &fd, sizeof(fd));
		m.msg_control = &c;
		m.msg_controllen = sizeof(c.space);
	}
	return sendmsg(sock, &m, MSG_NOSIGNAL);
}

int qmp_send(struct qmp *q, const char *command, json_t *args)
{
	return qmp_send_fd(q, command, args, -1);
}

int qmp_send_fd(struct qmp *q, const char *command, json_t *args, int fd)
{
	json_t *msg = json_pack("{s:s, s:i, s:o*}", "execute", command, "id", (int)++q->id,
				"arguments", args);
	char *text = msg ? json_dumps(msg, JSON_COMPACT) : NULL;
	size_t len, done = 0;
	int err = 0;

	json_decref(msg);
	if (!text)
		return err_set(-ENOMEM, "QMP: no memory for %s", command);
	len = strlen(text);
	text[len++] = '\n'; /* in place of the NUL */
	while (done < len && !err) {
		ssize_t n = send_with(q->fd, text + done, len - done, done ? -1 : fd);

		if (n > 0)
			done += n;
		else if (errno != EINTR)
			err = err_set(-errno, "QMP: %s cannot be sent: %s", command,
				      strerror(errno));
	}
	free(text);
	return err ? err : (int)q->id;
}

int qmp_feed(struct qmp *q, const void *data, size_t len, void (*on)(void *arg, json_t *msg),
	     void *arg)
{
	char *line, *nl;
	int err = 0;

	buf_add(&q->in, data, len);
	for (line = q->in.data; !err && (nl = memchr(line, '\n', q->in.data + q->in.len - line));
	     line = nl + 1) {
		json_t *msg = json_loadb(line, nl - line, 0, NULL);

		if (json_is_object(msg))
			on(arg, msg);
		else if (nl - line > 1)
			err = err_set(-EPROTO, "QMP: what came from QEMU is no JSON: %.60s", line);
		json_decref(msg);
	}
	q->in.len -= line - q->in.data;
	memmove(q->in.data, line, q->in.len);
	if (!err && q->in.len > MESSAGE_MAX)
		err = err_set(-EPROTO, "QMP: a message of QEMU does not end");
	return err;
}
