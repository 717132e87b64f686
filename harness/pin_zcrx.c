// SPDX-License-Identifier: GPL-2.0-only
/*
 * Zero-copy receive of io_uring, without a network card (ZCRX_REG_NODEV): the area that is
 * registered for it is pinned, FOLL_PIN | FOLL_LONGTERM | FOLL_WRITE, and what arrives by TCP is
 * copied to it. The kernel chooses where to, always the start of a page: so each page is an area
 * of its own, in which there is no choice.
 *
 * It is given back with the ring only, and the pins go by a worker then.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <liburing.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "feature.h"
#include "internal.h"
#include "sys.h"
#include "tell.h"

#define OP_RECV_ZC 58

struct zcrx {
	struct io_uring ring;
	bool enabled;
	struct zcrx_refill page[MODEL_PAGES];
	unsigned int n;
	int from, to;
};

static void zcrx_open(struct scene *s, struct pin *p)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct zcrx *z = calloc(1, sizeof(*z));
	socklen_t len = sizeof(at);

	if (!z)
		scene_error(s, "zcrx: no memory");
	feature_needed(s, F_IO_URING_ZCRX);
	tell_not("pins by zero-copy receive, whose rings are a program of their own");
	lo_up(s);
	z->from = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (listener < 0 || z->from < 0 || bind(listener, (struct sockaddr *)&at, sizeof(at)) ||
	    listen(listener, 1) || getsockname(listener, (struct sockaddr *)&at, &len) ||
	    connect(z->from, (struct sockaddr *)&at, sizeof(at)))
		scene_error(s, "a connection over lo: %s", strerror(errno));
	z->to = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	close(listener);
	if (z->to < 0)
		scene_error(s, "a connection over lo: %s", strerror(errno));
	p->priv = z;
}

static int ring_close(struct zcrx *z)
{
	int err = 0;

	for (; z->n; z->n--)
		err |= munmap(z->page[z->n - 1].map, z->page[z->n - 1].len);
	io_uring_queue_exit(&z->ring);
	return err;
}

static int zcrx_take(struct scene *s, struct pin *p, void *addr, size_t len)
{
	struct zcrx *z = p->priv;
	/* Whoever is the first to use it may, not who makes it. */
	int err = io_uring_queue_init(4, &z->ring,
				      IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN |
					      IORING_SETUP_CQE32 | IORING_SETUP_R_DISABLED);

	if (err || io_uring_ring_dontfork(&z->ring))
		scene_error(s, "zcrx: its ring: %s", strerror(err ? -err : errno));
	z->enabled = false;
	for (size_t at = 0; at < len && !err; at += s->page_len) {
		if (z->n == MODEL_PAGES)
			scene_error(s, "zcrx: too many pages");
		err = io_uring_zcrx(z->ring.ring_fd, (char *)addr + at, s->page_len,
				    &z->page[z->n]);
		z->n += !err;
	}
	if (err)
		ring_close(z);
	return err;
}

static void zcrx_release(struct scene *s, struct pin *p)
{
	given_back(s, ring_close(p->priv) ? -errno : 0);
}

/* Wait for what is to come of it; where it went is what is to be given back, @offset. */
static int received(struct zcrx *z, size_t len, uint64_t *offset)
{
	struct io_uring_cqe *cqe;
	size_t got = 0;
	bool more;
	int err;

	do {
		err = io_uring_wait_cqe(&z->ring, &cqe);
		if (err)
			return err;
		more = cqe->flags & IORING_CQE_F_MORE;
		if (cqe->res > 0) {
			got += cqe->res;
			memcpy(offset, cqe + 1, sizeof(*offset));
		} else if (!err) {
			err = cqe->res;
		}
		io_uring_cqe_seen(&z->ring, cqe);
	} while (more);
	return err ?: got == len ? 0 : -EIO;
}

static int zcrx_write(struct scene *s, struct pin *p, unsigned int page, enum cell cell,
		      const uint64_t *v)
{
	struct zcrx *z = p->priv;
	struct zcrx_refill *r = &z->page[page - p->first];
	uint64_t data[CELL_MAX / 8], offset = 0;
	ssize_t len = cell_fill(cell, *v, data);
	struct io_uring_sqe *sqe;
	int err;

	if (!z->enabled &&
	    syscall(SYS_io_uring_register, z->ring.ring_fd, IORING_REGISTER_ENABLE_RINGS, NULL, 0))
		return -errno;
	z->enabled = true;
	sqe = io_uring_get_sqe(&z->ring);
	if (!sqe || send(z->from, data, len, MSG_NOSIGNAL) != len)
		return -EIO;
	*sqe = (struct io_uring_sqe){ .opcode = OP_RECV_ZC,
				      .fd = z->to,
				      .ioprio = IORING_RECV_MULTISHOT,
				      .len = len,
				      .file_index = r->id };
	err = io_uring_submit(&z->ring);
	if (err == 1)
		err = received(z, len, &offset);
	if (err)
		return err;
	/* The next one goes to the same place. */
	r->entry[*r->tail % ZCRX_REFILLS] = (struct zcrx_entry){ .offset = offset };
	__atomic_add_fetch(r->tail, 1, __ATOMIC_RELEASE);
	return io_uring_zcrx_flush(z->ring.ring_fd, r->id);
}

const struct pin_kind pin_io_uring_zcrx = {
	.name = "io_uring_zcrx",
	.what = "area for zero-copy receive of io_uring, without a card: long-term pin for writing; "
		"what arrives by TCP is the device",
	.coherent = true,
	.for_write = true,
	.by_fd = true,
	.page_start = true,
	.can_write = true,
	.open = zcrx_open,
	.take = zcrx_take,
	.release = zcrx_release,
	.write = zcrx_write,
};
