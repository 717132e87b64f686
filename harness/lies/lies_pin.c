// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lies.h"

/* Pins and devices that do not do what they say: between the scene and the real kind. */

static struct kind {
	struct pin_kind lying;
	const struct pin_kind *real;
} kinds[8];

static const struct pin_kind *real(const struct pin *p)
{
	for (struct kind *k = kinds; k < kinds + 8; k++)
		if (p->kind == &k->lying)
			return k->real;
	return p->kind;
}

static int lying_take(struct scene *s, struct pin *p, void *addr, size_t len)
{
	static bool late;

	switch (lie) {
	case LIE_PIN_EINVAL:
		told();
		return -EINVAL;
	case LIE_PIN_EOPNOTSUPP:
		told();
		return -EOPNOTSUPP;
	case LIE_PIN_EFAULT:
		told();
		return -EFAULT;
	case LIE_PIN_NOT_TAKEN:
		told();
		return 0;
	case LIE_PIN_SAYS_ERROR:
		told();
		real(p)->take(s, p, addr, len);
		return -ENODEV;
	case LIE_PIN_LATE:
		if (!late) {
			late = true;
			told();
			ms_sleep(LATE_MS);
		}
		/* fallthrough */
	default:
		return real(p)->take(s, p, addr, len);
	}
}

static void lying_release(struct scene *s, struct pin *p)
{
	if (lie == LIE_UNPIN_NOTHING) {
		told();
		return;
	}
	if (lie != LIE_PIN_NOT_TAKEN)
		real(p)->release(s, p);
}

/* What the pages held that the device goes on to see. Of each process one: it is its device. */
static struct {
	bool known;
	uint64_t cell[NR_CELLS];
} copies[MODEL_PINS][MODEL_PAGES];

/* When its owner has gone there is nothing else than what the device sees. */
static bool owner_sees(const struct scene *s, const struct pin *p)
{
	return s->memory->shared || s->model.proc[p->owner].mapped;
}

static int lying_read(struct scene *s, struct pin *p, unsigned int page, uint64_t cell[NR_CELLS])
{
	bool copied = lie == LIE_DEVICE_STALE || lie == LIE_DEVICE_OLD_FRAME;
	unsigned int n = p - s->pin;
	int err;

	if (lie == LIE_PIN_NOT_TAKEN)
		for (enum cell c = 0; c < NR_CELLS; c++)
			cell[c] = *cell_addr(s, page, c);
	if (lie == LIE_PIN_NOT_TAKEN)
		return 0;
	if (lie == LIE_DEVICE_EFAULT && s->step > 2) {
		told();
		return -EFAULT;
	}
	err = real(p)->read(s, p, page, cell);
	if (err || !copied || n >= MODEL_PINS)
		return err;
	if (!copies[n][page].known)
		memcpy(copies[n][page].cell, cell, sizeof(copies[n][page].cell));
	copies[n][page].known = true;
	if (memcmp(copies[n][page].cell, cell, sizeof(copies[n][page].cell)) &&
	    (lie == LIE_DEVICE_STALE || owner_sees(s, p)))
		told();
	memcpy(cell, copies[n][page].cell, sizeof(copies[n][page].cell));
	return 0;
}

static int lying_write(struct scene *s, struct pin *p, unsigned int page, const uint64_t *v)
{
	unsigned int n = p - s->pin, off = 1500;
	uint64_t bad = ~0ULL;
	int err;

	switch (lie) {
	case LIE_PIN_NOT_TAKEN:
		*cell_addr(s, page, CELL_DEV) = *v;
		return 0;
	case LIE_DEVICE_LOST:
		told();
		return 0;
	case LIE_DEVICE_OLD_FRAME:
		if (owner_sees(s, p))
			told();
		if (n < MODEL_PINS)
			copies[n][page].cell[CELL_DEV] = *v;
		return 0;
	case LIE_DEVICE_ELSEWHERE:
		if (page + 1 >= p->first + p->n)
			break;
		told();
		return real(p)->write(s, p, page + 1, v);
	case LIE_BYTES_DEVICE:
		err = real(p)->write(s, p, page, v);
		/* Only in what its owner maps: where else it has got to is not to be reached. */
		if (!err && p->owner == PARENT && plain_page(s, page)) {
			told();
			memcpy(page_addr(s, page) + off, &bad, sizeof(bad));
		}
		return err;
	default:
		break;
	}
	return real(p)->write(s, p, page, v);
}

const struct pin_kind *lying_kind(const struct pin_kind *kind)
{
	struct kind *k = kinds;

	/* What delivers later, or at one stroke, has ways of its own. */
	if (!lie || kind->one_shot)
		return kind;
	while (k < kinds + 8 && k->real && k->real != kind)
		k++;
	if (k == kinds + 8)
		return kind;
	k->real = kind;
	k->lying = *kind;
	k->lying.take = lying_take;
	k->lying.release = lying_release;
	if (kind->read)
		k->lying.read = lying_read;
	if (kind->write)
		k->lying.write = lying_write;
	return &k->lying;
}

int __real_pin_by(struct scene *s, const struct pin_kind *kind, int proc, unsigned int first,
		  unsigned int n);
int __wrap_pin_by(struct scene *s, const struct pin_kind *kind, int proc, unsigned int first,
		  unsigned int n)
{
	return __real_pin_by(s, lying_kind(kind), proc, first, n);
}
