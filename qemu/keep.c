// SPDX-License-Identifier: GPL-2.0-only
/* Streams from a guest: how much of them is kept, and which part is whose. */
#include <stdlib.h>
#include <string.h>

#include "keep.h"

/* --- the first and the last part of a stream -------------------------------- */

void keep_init(struct keep *k, size_t head_max, size_t tail_max)
{
	memset(k, 0, sizeof(*k));
	k->head_max = head_max;
	k->tail_max = tail_max;
}

void keep_add(struct keep *k, const void *data, size_t len)
{
	const char *p = data;
	size_t n = k->head_max - k->head.len;

	if (n > len)
		n = len;
	if (n)
		buf_add(&k->head, p, n);
	k->total += n;
	p += n;
	len -= n;
	if (!len)
		return;
	if (!k->tail)
		k->tail = xcalloc(1, k->tail_max);
	if (len > k->tail_max) {
		k->total += len - k->tail_max;
		p += len - k->tail_max;
		len = k->tail_max;
	}
	for (; len; len -= n, p += n, k->total += n) {
		size_t at = (k->total - k->head_max) % k->tail_max;

		n = k->tail_max - at < len ? k->tail_max - at : len;
		memcpy(k->tail + at, p, n);
	}
}

void keep_text(const struct keep *k, struct buf *out)
{
	uint64_t rest = k->total - k->head.len;
	size_t at = k->tail_max ? rest % k->tail_max : 0;

	buf_add(out, k->head.data ? k->head.data : "", k->head.len);
	if (rest > k->tail_max) {
		buf_printf(out, "\n[cowpen: %llu bytes left out]\n",
			   (unsigned long long)(rest - k->tail_max));
		buf_add(out, k->tail + at, k->tail_max - at);
	}
	if (rest)
		buf_add(out, k->tail, rest > k->tail_max ? at : rest);
}

void keep_free(struct keep *k)
{
	buf_free(&k->head);
	free(k->tail);
	memset(k, 0, sizeof(*k));
}

/* --- one stream, several tests ----------------------------------------------- */

#define LINE_MAX_KEPT 4096

void split_init(struct split *s, const char *cut, size_t n, size_t head_max, size_t tail_max)
{
	memset(s, 0, sizeof(*s));
	s->n = n ? n : 1;
	s->part = xcalloc(s->n, sizeof(*s->part));
	for (size_t i = 0; i < s->n; i++)
		keep_init(&s->part[i], head_max, tail_max);
	s->cut = xstrdup(cut ? cut : "");
}

/* Its line is whole, or too long to be a cut. */
static void split_line(struct split *s)
{
	const char *cut;
	size_t nr;

	buf_add(&s->line, "", 0);
	cut = *s->cut ? strstr(s->line.data, s->cut) : NULL;
	nr = cut ? strtoul(cut + strlen(s->cut), NULL, 10) : 0;
	if (nr > s->at && nr < s->n)
		s->at = nr;
	else if (strcmp(s->line.data, "\n")) /* one goes before each cut */
		keep_add(&s->part[s->at], s->line.data, s->line.len);
	s->line.len = 0;
}

void split_add(struct split *s, const void *data, size_t len)
{
	const char *p = data, *nl;
	size_t n;

	if (s->n == 1) {
		keep_add(&s->part[0], data, len);
		return;
	}
	for (; len; p += n, len -= n) {
		nl = memchr(p, '\n', len);
		n = nl ? (size_t)(nl - p) + 1 : len;
		buf_add(&s->line, p, n);
		if (nl || s->line.len > LINE_MAX_KEPT)
			split_line(s);
	}
}

void split_end(struct split *s)
{
	if (s->line.len)
		split_line(s);
}

void split_text(const struct split *s, size_t nr, struct buf *out)
{
	keep_text(&s->part[nr], out);
}

void split_free(struct split *s)
{
	for (size_t i = 0; i < s->n; i++)
		keep_free(&s->part[i]);
	free(s->part);
	free(s->cut);
	buf_free(&s->line);
	memset(s, 0, sizeof(*s));
}
