// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>

#include "internal.h"

/* The pages of a scene, as a number of bytes, and by names for people. */

const char *const who[MODEL_PROCS] = { "parent", "child", "grandchild", "other" };

const char *which(const struct scene *s, unsigned int first, unsigned int n)
{
	static char text[32];

	n = clamp_pages(s, first, n);
	if (n == 1 && s->npages > 1)
		snprintf(text, sizeof(text), " page %u", first);
	else
		snprintf(text, sizeof(text), "%s", n == s->npages ? "" : " some pages");
	return text;
}

void page_range(const struct scene *s, unsigned int first, unsigned int n, char **start,
		size_t *len)
{
	n = clamp_pages(s, first, n);
	if (first == 0 && n == s->npages) {
		*start = s->area;
		*len = s->area_len;
	} else {
		*start = page_addr(s, first);
		*len = s->page_offset[first + n - 1] - s->page_offset[first] + s->page_len;
	}
}

void touch(struct scene *s, unsigned int first, unsigned int n)
{
	for (unsigned int i = first; i < first + clamp_pages(s, first, n); i++) {
		s->touched[i] = true;
		s->out[i] = false;
		s->in_device &= ~(1U << i);
	}
}
