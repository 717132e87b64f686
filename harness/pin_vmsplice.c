// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "internal.h"

/*
 * vmsplice(): a FOLL_GET reference without write access, the control. It may
 * go stale when its owner writes; what it must never do is show what another
 * process wrote after fork() (CVE-2020-29374).
 */
struct pipes {
	int held[2]; /* holds the pages */
	int look[2]; /* tee()'d into, so that looking does not consume */
};

static void pipes_open(struct scene *s, struct pin *p)
{
	struct pipes *q = calloc(1, sizeof(*q));

	if (!q || pipe2(q->held, O_CLOEXEC) || pipe2(q->look, O_CLOEXEC))
		scene_error(s, "pipe: %s", strerror(errno));
	p->priv = q;
}

static int pipes_take(struct scene *s, struct pin *p, void *addr, size_t len)
{
	struct pipes *q = p->priv;

	(void)s;
	(void)addr;
	(void)len;
	for (unsigned int i = p->first; i < p->first + p->n; i++) {
		struct iovec iov = { pin_addr(s, p, i), CELL_SPAN };
		ssize_t n = vmsplice(q->held[1], &iov, 1, 0);

		if (n < 0)
			return -errno;
		if (n != CELL_SPAN)
			return -EIO;
	}
	return 0;
}

static void pipes_release(struct scene *s, struct pin *p)
{
	struct pipes *q = p->priv;
	char copy[CELL_SPAN];

	for (unsigned int i = 0; i < p->n; i++)
		if (read(q->held[0], copy, sizeof(copy)) != sizeof(copy))
			scene_error(s, "the pipe does not give its pages back: %s",
				    strerror(errno));
}

static int pipes_read(struct scene *s, struct pin *p, unsigned int page, uint64_t cell[NR_CELLS])
{
	struct pipes *q = p->priv;
	char copy[MODEL_PAGES][CELL_SPAN];
	size_t len = p->n * sizeof(copy[0]), got = 0;
	ssize_t n;

	(void)s;
	n = tee(q->held[0], q->look[1], len, SPLICE_F_NONBLOCK);
	if (n != (ssize_t)len)
		return n < 0 ? -errno : -EIO;
	while (got < len && (n = read(q->look[0], (char *)copy + got, len - got)) > 0)
		got += n;
	if (got != len)
		return -EIO;
	for (enum cell c = 0; c < NR_CELLS; c++)
		memcpy(&cell[c], copy[page - p->first] + CELL_OFFSET(c), sizeof(cell[c]));
	return 0;
}

const struct pin_kind pin_vmsplice = {
	.name = "vmsplice",
	.can_read = true,
	.open = pipes_open,
	.take = pipes_take,
	.release = pipes_release,
	.read = pipes_read,
};
