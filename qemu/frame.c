// SPDX-License-Identifier: GPL-2.0-only
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "frame.h"
#include "util.h"

void frame_reader_init(struct frame_reader *r, const uint8_t token[16])
{
	r->seq = 0;
	r->garbage = 0;
	r->foreign = r->damaged = r->lost = 0;
	r->len = 0;
	if (token)
		memcpy(r->token, token, sizeof(r->token));
	else
		memset(r->token, 0, sizeof(r->token));
}

/*
 * What is at @p: the length of a whole good frame, 0 if more bytes are needed
 * to tell, -1 if it is none.
 */
static long look(struct frame_reader *r, const uint8_t *p, size_t n, struct frame_head *h)
{
	size_t m = n < sizeof(h->magic) ? n : sizeof(h->magic);

	if (memcmp(p, FRAME_MAGIC, m))
		return -1;
	if (n < sizeof(*h))
		return 0;
	memcpy(h, p, sizeof(*h));
	if (memcmp(h->token, r->token, sizeof(h->token))) {
		r->foreign++;
		return -1;
	}
	if (!h->type || h->type >= FRAME_TYPES || h->zero || h->len > FRAME_MAX) {
		r->damaged++;
		return -1;
	}
	if (n < sizeof(*h) + h->len)
		return 0;
	if (h->sum != frame_sum(h, p + sizeof(*h))) {
		r->damaged++;
		return -1;
	}
	return sizeof(*h) + h->len;
}

/* Consume what can be consumed; the rest moves to the front. */
static void parse(struct frame_reader *r, frame_cb *cb, void *arg)
{
	size_t at = 0;

	while (at < r->len) {
		struct frame_head h;
		const uint8_t *p = r->buf + at;
		long n = look(r, p, r->len - at, &h);

		if (!n)
			break;
		if (n > 0) {
			if (h.seq != r->seq)
				r->lost++;
			r->seq = h.seq + 1;
			at += n;
			cb(arg, h.type, p + sizeof(h), h.len);
			continue;
		}
		/* to the next byte that could begin a frame */
		p = memchr(p + 1, (uint8_t)FRAME_MAGIC[0], r->len - at - 1);
		n = p ? p - (r->buf + at) : (long)(r->len - at);
		r->garbage += n;
		at += n;
	}
	r->len -= at;
	memmove(r->buf, r->buf + at, r->len);
}

void frame_feed(struct frame_reader *r, const void *data, size_t len, frame_cb *cb, void *arg)
{
	const uint8_t *p = data;

	while (len) {
		/* parse() leaves less than a frame behind, so there is always room */
		size_t n = sizeof(r->buf) - r->len;

		if (n > len)
			n = len;
		memcpy(r->buf + r->len, p, n);
		r->len += n;
		p += n;
		len -= n;
		parse(r, cb, arg);
	}
}

static const char *value(const char *text, const char *name, size_t *len)
{
	size_t n = strlen(name);

	for (const char *l = text; l;) {
		if (!strncmp(l, name, n) && l[n] == '=') {
			*len = strcspn(l + n + 1, "\n");
			return l + n + 1;
		}
		l = strchr(l, '\n');
		if (l)
			l++;
	}
	return NULL;
}

long long frame_number(const char *text, const char *name, long long none)
{
	size_t len;
	const char *v = value(text, name, &len);

	return v ? strtoll(v, NULL, 10) : none;
}

char *frame_string(const char *text, const char *name)
{
	size_t len = 0;
	const char *v = value(text, name, &len);
	char *s = xcalloc(1, len + 1);

	if (v)
		memcpy(s, v, len);
	return s;
}
