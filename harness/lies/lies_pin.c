// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../case_info.h"
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

/* A race begins with a pin that nothing races with. */
static bool before_race(void)
{
	static bool begun;

	begun |= step_is("pin while fork") && !strstr(scene_now->step_name, "closed");
	return !begun && !strcmp(the_case->info->id, "fork/race_pin");
}

static int lying_take(struct scene *s, struct pin *p, void *addr, size_t len)
{
	static unsigned int odd_step;
	static bool late;
	int err;

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
		err = real(p)->take(s, p, addr, len);
		/* In one step only: one that is muted goes on. */
		if (before_race() || (times_told() && s->step != odd_step))
			return err;
		told();
		odd_step = s->step;
		return -ENODEV;
	case LIE_PIN_LATE:
		if (!late && !before_race()) {
			late = true;
			told();
			ms_sleep(LATE_MS);
		}
		return real(p)->take(s, p, addr, len);
	case LIE_REFUSAL_ODD:
		err = real(p)->take(s, p, addr, len);
		if (!err)
			return 0;
		told();
		return -ENODEV;
	case LIE_PIN_HANGS:
		told();
		ms_sleep(3 * PATIENCE_MS);
		return real(p)->take(s, p, addr, len);
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

/* Where no cell of a page is. */
#define NO_CELL 1500

/* What the pages held that the device goes on to see. Of each process one: it is its device. */
static struct copy {
	bool known;
	char data[SAMPLE];
} copies[MODEL_PINS][MODEL_PAGES][SAMPLES];

/* When its owner has gone there is nothing else than what the device sees. */
static bool owner_sees(const struct scene *s, const struct pin *p)
{
	return s->memory->shared || s->model.proc[p->owner].mapped;
}

/* Of what a look by samples asks for at @addr; NULL: of something else. */
static struct copy *copy_at(struct scene *s, struct pin *p, const char *addr)
{
	unsigned int n = p - s->pin;

	for (unsigned int i = p->first; n < MODEL_PINS && i < p->first + p->n; i++)
		for (unsigned int k = 0; k < samples(s); k++)
			if (addr == pin_addr(s, p, i) + sample_offset(s, k))
				return &copies[n][i][k];
	return NULL;
}

static void copy_write(struct scene *s, unsigned int n, unsigned int page, enum cell cell,
		       uint64_t v)
{
	size_t at = cell_offset(cell, s->page_len), len;
	uint64_t data[CELL_MAX / 8];

	len = cell_fill(cell, v, data);
	for (unsigned int k = 0; n < MODEL_PINS && k < samples(s); k++)
		if (at >= sample_offset(s, k) && at + len <= sample_offset(s, k) + SAMPLE)
			memcpy(copies[n][page][k].data + at - sample_offset(s, k), data, len);
}

static int lying_read(struct scene *s, struct pin *p, char *addr, void *to, size_t len)
{
	bool copied = lie == LIE_DEVICE_STALE || lie == LIE_DEVICE_OLD_FRAME;
	struct copy *c = copied ? copy_at(s, p, addr) : NULL;
	int err;

	if (lie == LIE_PIN_NOT_TAKEN) {
		memcpy(to, addr, len);
		return 0;
	}
	if (lie == LIE_DEVICE_TOUCHES && p->owner == PARENT) {
		told();
		(void)*(volatile char *)addr;
	}
	if (lie == LIE_DEVICE_EFAULT && s->step > 2) {
		told();
		return -EFAULT;
	}
	err = real(p)->read(s, p, addr, to, len);
	if (!err && lie == LIE_READ_BYTES && s->step > 1 && len == SAMPLE) {
		told();
		((char *)to)[NO_CELL] ^= 0x5a;
	}
	if (err || !c || len > SAMPLE)
		return err;
	if (!c->known)
		memcpy(c->data, to, len);
	c->known = true;
	if (memcmp(c->data, to, len) && (lie == LIE_DEVICE_STALE || owner_sees(s, p)))
		told();
	memcpy(to, c->data, len);
	return 0;
}

static int lying_write_anyway(struct scene *s, struct pin *p, unsigned int page, enum cell cell,
			      const uint64_t *v)
{
	if (lie != LIE_REFUSED_SAYS_DONE)
		return real(p)->write_anyway(s, p, page, cell, v);
	told();
	return 0;
}

static int lying_ask_write(struct scene *s, struct pin *p)
{
	int err = real(p)->ask_write(s, p);

	if (lie != LIE_REREG_ODD_ERROR)
		return err;
	told();
	return -ENODEV;
}

static int lying_deliver(struct scene *s, struct pin *p)
{
	int err = real(p)->deliver(s, p);

	if (!err && lie == LIE_DELIVERED_BYTES) {
		told();
		s->seen[p->first][NO_CELL] ^= 0x5a;
	}
	return err;
}

static int lying_write(struct scene *s, struct pin *p, unsigned int page, enum cell cell,
		       const uint64_t *v)
{
	unsigned int off = 1500;
	uint64_t bad = ~0ULL, data[CELL_MAX / 8];
	size_t len;
	int err;

	switch (lie) {
	case LIE_PIN_NOT_TAKEN:
		len = cell_fill(cell, *v, data);
		memcpy(cell_addr(s, page, cell), data, len);
		return 0;
	case LIE_DEVICE_LOST:
		told();
		return 0;
	case LIE_DEVICE_OLD_FRAME:
		if (owner_sees(s, p))
			told();
		copy_write(s, p - s->pin, page, cell, *v);
		return 0;
	case LIE_DEVICE_ELSEWHERE:
		if (page + 1 >= p->first + p->n)
			break;
		told();
		return real(p)->write(s, p, page + 1, cell, v);
	case LIE_WRITE_SAYS_EFAULT:
		err = real(p)->write(s, p, page, cell, v);
		/* What comes behind it would not be tried. */
		if (err || page + 1 < p->first + p->n)
			return err;
		told();
		return -EFAULT;
	case LIE_ODP_SAYS_ERROR:
		err = real(p)->write(s, p, page, cell, v);
		if (err || !s->pin[p - s->pin].busy)
			return err;
		told();
		return -EIO;
	case LIE_BYTES_DEVICE:
		err = real(p)->write(s, p, page, cell, v);
		/* Only in what its owner maps: where else it has got to is not to be reached. */
		if (!err && p->owner == PARENT && plain_page(s, page)) {
			told();
			memcpy(page_addr(s, page) + off, &bad, sizeof(bad));
		}
		return err;
	default:
		break;
	}
	return real(p)->write(s, p, page, cell, v);
}

const struct pin_kind *lying_kind(const struct pin_kind *kind)
{
	struct kind *k = kinds;

	/* What delivers later, or at one stroke, has ways of its own. */
	if (!lie || (kind->one_shot && lie != LIE_DELIVERED_BYTES))
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
	if (kind->write_anyway)
		k->lying.write_anyway = lying_write_anyway;
	if (kind->ask_write)
		k->lying.ask_write = lying_ask_write;
	if (kind->deliver)
		k->lying.deliver = lying_deliver;
	return &k->lying;
}

int __real_pin_by(struct scene *s, const struct pin_kind *kind, int proc, unsigned int first,
		  unsigned int n);
int __wrap_pin_by(struct scene *s, const struct pin_kind *kind, int proc, unsigned int first,
		  unsigned int n)
{
	return __real_pin_by(s, lying_kind(kind), proc, first, n);
}
