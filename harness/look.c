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
