// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "internal.h"

/* What is looked at of a page, and is it what it must be? */

uint64_t word_at(const char *from)
{
	uint64_t word;

	memcpy(&word, from, sizeof(word));
	return word;
}

void look_at(const struct scene *s, const char *from, char *to)
{
	for (unsigned int n = 0; n < samples(s); n++)
		memcpy(to + n * SAMPLE, from + sample_offset(s, n), SAMPLE);
}

/* What is on demand takes faults, and is noticed. */
static const char *works(const struct pin *p)
{
	return p->kind->on_demand || p->owner != PARENT ? NULL : p->kind->name;
}

int device_read(struct scene *s, struct pin *p, char *addr, void *to, size_t len)
{
	int err;

	s->device_at_work = works(p);
	err = p->kind->read(s, p, addr, to, len);
	s->device_at_work = NULL;
	return err;
}

int device_write_at(struct scene *s, struct pin *p, unsigned int page, enum cell cell,
		    const uint64_t *v)
{
	int err;

	s->device_at_work = works(p);
	err = p->kind->write(s, p, page, cell, v);
	s->device_at_work = NULL;
	return err;
}

int pin_look(struct scene *s, struct pin *p, unsigned int page, char *to)
{
	for (unsigned int n = 0; n < samples(s); n++) {
		size_t offset = sample_offset(s, n), reach = pin_reach(s, p, page), len = SAMPLE;
		int err;

		if (offset + len > reach)
			len = reach > offset ? reach - offset : 0;
		err = len ? device_read(s, p, pin_addr(s, p, page) + offset, to + n * SAMPLE, len) :
			    0;
		if (err)
			return err;
	}
	return 0;
}

/* The pattern is told by what stands behind the first two cells. */
#define PATTERN_SEEN 520

struct content content_seen(const struct scene *s, const char *seen)
{
	struct content c;

	for (enum cell i = 0; i < NR_CELLS; i++) {
		size_t at = cell_offset(i, s->page_len);

		for (unsigned int n = 0; n < samples(s); n++)
			if (at >= sample_offset(s, n) && at + 8 <= sample_offset(s, n) + SAMPLE)
				c.v[i] = word_at(seen + n * SAMPLE + at - sample_offset(s, n));
	}
	c.v[PATTERN] = pattern_of(word_at(seen + PATTERN_SEEN), PATTERN_SEEN);
	return c;
}

const char *bytes_unlike(const struct content *wanted, size_t page_len, size_t offset,
			 const char *seen, size_t len)
{
	static char bytes[LOOK_LEN] __attribute__((aligned(8)));

	content_bytes(wanted, page_len, offset, bytes, len);
	return memcmp(bytes, seen, len) ? bytes : NULL;
}
