// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <liburing.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "feature.h"
#include "internal.h"

/*
 * A registered buffer: FOLL_PIN | FOLL_LONGTERM | FOLL_WRITE. The device is
 * WRITE_FIXED and READ_FIXED between the buffer and a socket: the kernel copies
 * through the pinned pages, and a socket, unlike a file, is served at once in
 * the caller on every kernel (a buffered file write goes to a worker before
 * v6.0, which costs milliseconds). Three kinds, by how the ring came to have it:
 *
 * io_uring		registered with it, as the only one.
 * io_uring_slot	put into a slot of a table that was empty, and taken out of it.
 * io_uring_clone	registered with another ring, whose table was then cloned and
 *			given up: the pin is shared, and stands until the last lets go.
 *
 * And one that is no buffer:
 *
 * io_uring_pbuf	a ring of buffers to choose from (IORING_REGISTER_PBUF_RING). The
 *			kernel reads entries of 16 bytes where it likes and writes nothing, so
 *			it is asked neither for bytes nor to write any: a page that is parted
 *			from it shows by its frame. Nobody has it on an account.
 */
enum { WHOLE_TABLE, SLOT, CLONE, PBUF };

#define SLOTS	 4
#define THE_SLOT 2

struct ring {
	struct io_uring ring;
	struct io_uring source; /* CLONE */
	int sock[2];
};

static void one_ring(struct scene *s, struct io_uring *ring)
{
	int err = io_uring_queue_init(4, ring, 0);

	if (err)
		feature_needed(s, F_IO_URING);
	if (err)
		scene_error(s, "io_uring_setup: %s", strerror(-err));
}

static void ring_open(struct scene *s, struct pin *p)
{
	struct ring *r = calloc(1, sizeof(*r));

	if (!r || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, r->sock))
		scene_error(s, "socketpair: %s", strerror(errno));
	one_ring(s, &r->ring);
	if (p->kind->mode == CLONE) {
		one_ring(s, &r->source);
		feature_needed(s, F_IO_URING_CLONE);
	}
	if (p->kind->mode == SLOT) {
		int err = io_uring_register_buffers_sparse(&r->ring, SLOTS);

		if (err)
			feature_needed(s, F_IO_URING_SPARSE);
		if (err)
			scene_error(s, "IORING_REGISTER_BUFFERS2: %s", strerror(-err));
	}
	if (p->kind->mode == PBUF)
		feature_needed(s, F_IO_URING_PBUF);
	p->priv = r;
}

/* Entries are a power of two: so are the pages of the memory that it is used with. */
static int ring_of_buffers(struct ring *r, void *addr, size_t len)
{
	struct io_uring_buf_reg reg = { .ring_addr = (uintptr_t)addr,
					.ring_entries = len / sizeof(struct io_uring_buf) };

	return io_uring_register_buf_ring(&r->ring, &reg, 0);
}

static int ring_take(struct scene *s, struct pin *p, void *addr, size_t len)
{
	struct ring *r = p->priv;
	struct iovec iov = { addr, len };
	int err;

	switch (p->kind->mode) {
	case SLOT:
		err = io_uring_register_buffers_update_tag(&r->ring, THE_SLOT, &iov, NULL, 1);
		return err < 0 ? err : 0;
	case CLONE:
		err = io_uring_register_buffers(&r->source, &iov, 1);
		if (err)
			return err;
		err = io_uring_clone_table(r->ring.ring_fd, r->source.ring_fd);
		if (err)
			return err;
		/* That the clone holds what the first table gives up, prove_pin() counts. */
		return io_uring_unregister_buffers(&r->source);
	case PBUF:
		return ring_of_buffers(r, addr, len);
	default:
		return io_uring_register_buffers(&r->ring, &iov, 1);
	}
}

static void ring_release(struct scene *s, struct pin *p)
{
	struct iovec none = { NULL, 0 };
	struct ring *r = p->priv;
	int err;

	if (p->kind->mode == SLOT)
		err = io_uring_register_buffers_update_tag(&r->ring, THE_SLOT, &none, NULL, 1);
	else if (p->kind->mode == PBUF)
		err = io_uring_unregister_buf_ring(&r->ring, 0);
	else
		err = io_uring_unregister_buffers(&r->ring);
	given_back(s, err);
}

static int ring_do(struct pin *p, bool write, void *addr, unsigned int len)
{
	struct ring *r = p->priv;
	int index = p->kind->mode == SLOT ? THE_SLOT : 0, ret;
	struct io_uring_sqe *sqe;
	struct io_uring_cqe *cqe;

	/* The ring is shared with a child that inherited it, liburing's idea of it is not. */
	r->ring.sq.sqe_head = r->ring.sq.sqe_tail = *r->ring.sq.ktail;
	sqe = io_uring_get_sqe(&r->ring);
	if (!sqe)
		return -EBUSY;
	if (write)
		io_uring_prep_write_fixed(sqe, r->sock[0], addr, len, 0, index);
	else
		io_uring_prep_read_fixed(sqe, r->sock[0], addr, len, 0, index);
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

/* LOOK_LEN has room in a socket by default, so that it goes through in one piece. */
static int ring_read(struct scene *s, struct pin *p, char *addr, void *to, size_t len)
{
	struct ring *r = p->priv;
	int err = ring_do(p, true, addr, len);

	if (err)
		return err;
	return recv(r->sock[1], to, len, MSG_WAITALL) == (ssize_t)len ? 0 : -EIO;
}

static int ring_write(struct scene *s, struct pin *p, unsigned int page, enum cell cell,
		      const uint64_t *v)
{
	struct ring *r = p->priv;
	uint64_t data[CELL_MAX / 8];
	ssize_t len = cell_fill(cell, *v, data);

	if (send(r->sock[1], data, len, MSG_NOSIGNAL) != len)
		return -EIO;
	return ring_do(p, false, pin_addr(s, p, page) + cell_offset(cell, s->page_len), len);
}

#define RING_OPS                                                                          \
	.coherent = true, .for_write = true, .inherited = true, .can_read = true,         \
	.can_write = true, .open = ring_open, .take = ring_take, .release = ring_release, \
	.read = ring_read, .write = ring_write

const struct pin_kind pin_io_uring = {
	.name = "io_uring",
	.what = "registered buffer of a ring: long-term pin for writing; READ_FIXED and "
		"WRITE_FIXED are the device",
	.mode = WHOLE_TABLE,
	RING_OPS,
};
const struct pin_kind pin_io_uring_slot = {
	.name = "io_uring_slot",
	.what = "the same, put into a slot of a sparse buffer table (v5.19)",
	.mode = SLOT,
	RING_OPS,
};
const struct pin_kind pin_io_uring_clone = {
	.name = "io_uring_clone",
	.what = "the same, of a buffer table cloned from another ring that gave it up (v6.12)",
	.mode = CLONE,
	RING_OPS,
};
const struct pin_kind pin_io_uring_pbuf = {
	.name = "io_uring_pbuf",
	.what = "ring of buffers to choose from, in memory of its user (v5.19): pinned, and that is "
		"all that is seen of it",
	.mode = PBUF,
	.coherent = true,
	.for_write = true,
	.open = ring_open,
	.take = ring_take,
	.release = ring_release,
};
