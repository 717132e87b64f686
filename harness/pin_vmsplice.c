// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

#include "internal.h"

/*
 * vmsplice(): a FOLL_GET reference without write access, the control. It may
 * go stale when its owner writes; what it must never do is show what another
 * process wrote after fork() (CVE-2020-29374).
 */
struct pipes {
	int held[2];	     /* holds the pages: of huge ones, the samples */
	int look[2];	     /* tee()'d into, so that looking does not consume */
	char *copy;	     /* what was read from there, one sample behind the other */
	unsigned int looked; /* when */
};

static void pipes_open(struct scene *s, struct pin *p)
{
	struct pipes *q = calloc(1, sizeof(*q));

	if (!q || pipe2(q->held, O_CLOEXEC) || pipe2(q->look, O_CLOEXEC))
		scene_error(s, "pipe: %s", strerror(errno));
	q->copy = mmap(NULL, MODEL_PAGES * sizeof(*s->seen), PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (q->copy == MAP_FAILED)
		scene_error(s, "mmap: %s", strerror(errno));
	p->priv = q;
}

static int pipes_take(struct scene *s, struct pin *p, void *addr, size_t len)
{
	struct pipes *q = p->priv;

	(void)addr;
	(void)len;
	q->looked = 0;
	for (unsigned int i = 0; i < p->n * samples(s); i++) {
		struct iovec iov = { pin_addr(s, p, p->first + i / samples(s)) +
					     sample_offset(s, i % samples(s)),
				     SAMPLE };
		ssize_t n = vmsplice(q->held[1], &iov, 1, 0);

		if (n < 0)
			return -errno;
		if (n != SAMPLE)
			return -EIO;
	}
	return 0;
}

static void pipes_release(struct scene *s, struct pin *p)
{
	struct pipes *q = p->priv;

	int err = 0;

	for (unsigned int i = 0; !err && i < p->n * samples(s); i++) {
		ssize_t n = read(q->held[0], q->copy, SAMPLE);

		if (n != SAMPLE)
			err = n < 0 ? -errno : -EIO;
	}
	given_back(s, err);
}

static int look_into(struct scene *s, struct pin *p)
{
	struct pipes *q = p->priv;
	size_t len = p->n * samples(s) * SAMPLE, got = 0;
	ssize_t n;

	n = tee(q->held[0], q->look[1], len, SPLICE_F_NONBLOCK);
	if (n != (ssize_t)len)
		return n < 0 ? -errno : -EIO;
	while (got < len && (n = read(q->look[0], q->copy + got, len - got)) > 0)
		got += n;
	if (got != len)
		return -EIO;
	q->looked = s->look;
	return 0;
}

/* No more than what take() gave to the pipe: a pipe has room for 16 small pages. */
static int pipes_read(struct scene *s, struct pin *p, char *addr, void *to, size_t len)
{
	struct pipes *q = p->priv;
	int err = q->looked == s->look ? 0 : look_into(s, p);

	for (unsigned int i = 0; !err && i < p->n * samples(s); i++)
		if (addr ==
		    pin_addr(s, p, p->first + i / samples(s)) + sample_offset(s, i % samples(s))) {
			memcpy(to, q->copy + i * SAMPLE, len);
			return 0;
		}
	return err ?: -EINVAL;
}

const struct pin_kind pin_vmsplice = {
	.name = "vmsplice",
	.what = "pages in a pipe: FOLL_GET, not for writing; the control, which may go stale",
	.can_read = true,
	.open = pipes_open,
	.take = pipes_take,
	.release = pipes_release,
	.read = pipes_read,
};
