// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <liburing.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "internal.h"

/*
 * A registered buffer: FOLL_PIN | FOLL_LONGTERM | FOLL_WRITE. The device is
 * WRITE_FIXED and READ_FIXED between the buffer and a socket: the kernel copies
 * through the pinned pages, and a socket, unlike a file, is served at once in
 * the caller on every kernel (a buffered file write goes to a worker before
 * v6.0, which costs milliseconds).
 */
struct ring {
	struct io_uring ring;
	int sock[2];
};

static void ring_open(struct scene *s, struct pin *p)
{
	struct ring *r = calloc(1, sizeof(*r));
	int err;

	if (!r || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, r->sock))
		scene_error(s, "socketpair: %s", strerror(errno));
	err = io_uring_queue_init(4, &r->ring, 0);
	if (err == -ENOSYS)
		scene_skip(s, "this kernel has no io_uring");
	if (err == -EPERM)
		scene_skip(s, "io_uring is switched off (kernel.io_uring_disabled)");
	if (err)
		scene_error(s, "io_uring_setup: %s", strerror(-err));
	p->priv = r;
}

static int ring_take(struct scene *s, struct pin *p, void *addr, size_t len)
{
	struct ring *r = p->priv;
	struct iovec iov = { addr, len };

	(void)s;
	return io_uring_register_buffers(&r->ring, &iov, 1);
}

static void ring_release(struct scene *s, struct pin *p)
{
	struct ring *r = p->priv;
	int err = io_uring_unregister_buffers(&r->ring);

	if (err)
		scene_error(s, "IORING_UNREGISTER_BUFFERS: %s", strerror(-err));
}

static int ring_do(struct ring *r, bool write, void *addr, unsigned int len)
{
	struct io_uring_sqe *sqe = io_uring_get_sqe(&r->ring);
	struct io_uring_cqe *cqe;
	int ret;

	if (!sqe)
		return -EBUSY;
	if (write)
		io_uring_prep_write_fixed(sqe, r->sock[0], addr, len, 0, 0);
	else
		io_uring_prep_read_fixed(sqe, r->sock[0], addr, len, 0, 0);
	ret = io_uring_submit(&r->ring);
	if (ret < 0)
		return ret;
	ret = io_uring_wait_cqe(&r->ring, &cqe);
	if (ret)
		return ret;
	ret = cqe->res;
	io_uring_cqe_seen(&r->ring, cqe);
	if (ret < 0)
		return ret;
	return (unsigned int)ret == len ? 0 : -EIO;
}

static int ring_read(struct scene *s, struct pin *p, unsigned int page, uint64_t cell[NR_CELLS])
{
	struct ring *r = p->priv;
	char copy[CELL_SPAN];
	int err = ring_do(r, true, pin_addr(s, p, page), CELL_SPAN);

	if (err)
		return err;
	if (recv(r->sock[1], copy, CELL_SPAN, MSG_WAITALL) != CELL_SPAN)
		return -EIO;
	for (enum cell c = 0; c < NR_CELLS; c++)
		memcpy(&cell[c], copy + CELL_OFFSET(c), sizeof(cell[c]));
	return 0;
}

static int ring_write(struct scene *s, struct pin *p, unsigned int page, const uint64_t *v)
{
	struct ring *r = p->priv;

	if (send(r->sock[1], v, sizeof(*v), MSG_NOSIGNAL) != sizeof(*v))
		return -EIO;
	return ring_do(r, false, pin_addr(s, p, page) + CELL_OFFSET(CELL_DEV), sizeof(*v));
}

const struct pin_kind pin_io_uring = {
	.name = "io_uring",
	.coherent = true,
	.for_write = true,
	.can_read = true,
	.can_write = true,
	.open = ring_open,
	.take = ring_take,
	.release = ring_release,
	.read = ring_read,
	.write = ring_write,
};
