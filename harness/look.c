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

/* The pattern of a zone is told by what stands behind the cells that it begins with, if it does. */
static uint64_t pattern_seen(const struct scene *s, const char *seen, enum zone z)
{
	size_t at = zone_offset(z, s->page_len) + (z == HEAD ? 520 : 0);

	for (unsigned int n = 0; n < samples(s); n++)
		if (at >= sample_offset(s, n) && at + 8 <= sample_offset(s, n) + SAMPLE)
			return pattern_of(word_at(seen + n * SAMPLE + at - sample_offset(s, n)),
					  at);
	return 0;
}

struct content content_seen(const struct scene *s, const char *seen)
{
	struct content c;

	for (enum cell i = 0; i < NR_CELLS; i++) {
		size_t at = cell_offset(i, s->page_len);

		for (unsigned int n = 0; n < samples(s); n++)
			if (at >= sample_offset(s, n) && at + 8 <= sample_offset(s, n) + SAMPLE)
				c.v[i] = word_at(seen + n * SAMPLE + at - sample_offset(s, n));
	}
	c.v[PATTERN_HEAD] = pattern_seen(s, seen, HEAD);
	c.v[PATTERN] = pattern_seen(s, seen, BODY);
	c.v[PATTERN_TAIL] = pattern_seen(s, seen, TAIL);
	return c;
}

const char *bytes_unlike(const struct content *wanted, size_t page_len, size_t offset,
			 const char *seen, size_t len)
{
	static char bytes[LOOK_LEN] __attribute__((aligned(8)));

	content_bytes(wanted, page_len, offset, bytes, len);
	return memcmp(bytes, seen, len) ? bytes : NULL;
}
