// SPDX-License-Identifier: GPL-2.0-only
/*
 * MSG_ZEROCOPY: what is sent is not copied, the socket's buffers refer to the sender's pages.
 * These are FOLL_GET references and no pins, which nobody counts, and they last as long as the
 * other end leaves the data where it is. As those of vmsplice() they may go stale, and must
 * never show what another process writes. A control.
 *
 * On lo the data is copied when it is delivered. Until then it waits behind other data, for
 * which the other end has no room: deliver() makes room.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "feature.h"
#include "internal.h"
#include "tell.h"

#define FILL	 16384U
#define FILL_MAX (8U << 20)
#define ROOM	 (16 << 20) /* of the sender */

struct zerocopy {
	int from, to;
	size_t before; /* bytes that are in the way */
	size_t behind; /* bytes by reference, behind those */
};

static void zerocopy_open(struct scene *s, struct pin *p)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), one = 1, room = ROOM,
	    little = 4096;
	struct zerocopy *z = calloc(1, sizeof(*z));
	socklen_t len = sizeof(at);

	if (!z)
		scene_error(s, "MSG_ZEROCOPY: no memory");
	tell_not("sends by MSG_ZEROCOPY to somebody who does not read");
	lo_up(s);
	z->from = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	/* The room of the one who is connected to is the listener's. */
	if (listener < 0 || z->from < 0 ||
	    setsockopt(listener, SOL_SOCKET, SO_RCVBUF, &little, sizeof(little)) ||
	    bind(listener, (struct sockaddr *)&at, sizeof(at)) || listen(listener, 1) ||
	    getsockname(listener, (struct sockaddr *)&at, &len) ||
	    connect(z->from, (struct sockaddr *)&at, sizeof(at)))
		scene_error(s, "a connection over lo: %s", strerror(errno));
	z->to = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	close(listener);
	if (z->to < 0 || setsockopt(z->from, SOL_SOCKET, SO_SNDBUFFORCE, &room, sizeof(room)) ||
	    setsockopt(z->from, SOL_SOCKET, SO_ZEROCOPY, &one, sizeof(one)))
		scene_error(s, "SO_ZEROCOPY: %s", strerror(errno));
	p->priv = z;
}

/* Send until something waits: the other end has no more room. */
static int fill_up(struct zerocopy *z)
{
	static const char zeros[FILL];
	int unsent = 0;

	while (!unsent && z->before < FILL_MAX) {
		ssize_t n = send(z->from, zeros, FILL, MSG_DONTWAIT);

		if (n < 0 || ioctl(z->from, SIOCOUTQNSD, &unsent))
			return -errno;
		z->before += n;
	}
	return unsent ? 0 : -EIO;
}

static int zerocopy_take(struct scene *s, struct pin *p, void *addr, size_t len)
{
	struct zerocopy *z = p->priv;
	int err = fill_up(z);

	(void)addr;
	(void)len;
	for (unsigned int i = 0; i < p->n * samples(s) && !err; i++) {
		char *from = pin_addr(s, p, p->first + i / samples(s)) +
			     sample_offset(s, i % samples(s));
		ssize_t n = send(z->from, from, SAMPLE, MSG_ZEROCOPY | MSG_DONTWAIT);

		if (n > 0)
			z->behind += n;
		if (n != (ssize_t)SAMPLE)
			err = n < 0 ? -errno : -EIO;
	}
	return err;
}

static int take_in(struct zerocopy *z, void *to, size_t len)
{
	ssize_t n = recv(z->to, to, len, MSG_WAITALL);

	return n == (ssize_t)len ? 0 : n < 0 ? -errno : -EIO;
}

static int make_room(struct zerocopy *z)
{
	char away[4096];
	int err = 0;

	for (size_t n; z->before && !err; z->before -= n) {
		n = z->before < sizeof(away) ? z->before : sizeof(away);
		err = take_in(z, away, n);
	}
	return err;
}

static int zerocopy_deliver(struct scene *s, struct pin *p)
{
	struct zerocopy *z = p->priv;
	int err = make_room(z);

	for (unsigned int i = 0; i < p->n * samples(s) && !err; i++) {
		err = take_in(z, s->seen[p->first + i / samples(s)] + i % samples(s) * SAMPLE,
			      SAMPLE);
		z->behind -= SAMPLE;
	}
	return err;
}

static void zerocopy_release(struct scene *s, struct pin *p)
{
	struct zerocopy *z = p->priv;
	char away[SAMPLE];
	int err = make_room(z);

	for (; z->behind && !err; z->behind -= SAMPLE)
		err = take_in(z, away, SAMPLE);
	given_back(s, err);
}

const struct pin_kind pin_zerocopy = {
	.name = "zerocopy",
	.what = "pages on their way by MSG_ZEROCOPY: FOLL_GET, not for writing; a control, which may "
		"go stale",
	.one_shot = true,
	.open = zerocopy_open,
	.take = zerocopy_take,
	.release = zerocopy_release,
	.deliver = zerocopy_deliver,
};
