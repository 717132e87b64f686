// SPDX-License-Identifier: GPL-2.0-only
/* What the test and the kernel say. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "agent.h"

#define TAIL	 65536
#define KMSG_MAX (512 * 1024)

static struct {
	uint64_t total;	 /* bytes that the test wrote */
	size_t head_max; /* of them sent as they came */
	char ring[TAIL]; /* the last ones of the rest */
} out;

int kmsg_fd = -1;
static size_t kmsg_sent;

void out_begin(uint64_t max)
{
	out.total = 0;
	out.head_max = max > TAIL ? max - TAIL : 0;
	kmsg_sent = 0;
}

uint64_t out_total(void)
{
	return out.total;
}

void kmsg_send(void)
{
	static char rec[8192 + 1];
	static struct text t;
	ssize_t n;

	t.len = 0;
	for (;;) {
		unsigned long prio, us;
		char *text, *nl, *p;

		n = read(kmsg_fd, rec, sizeof(rec) - 1);
		if (n < 0 && errno == EPIPE) {
			add(&t, "<4>[lost] cowpen agent: the kernel's ring buffer was overrun\n");
			continue;
		}
		if (n <= 0)
			break;
		rec[n] = '\0';
		/* Documentation/ABI/testing/dev-kmsg: "prio,seq,us,flags;text\n KEY=value\n" */
		text = strchr(rec, ';');
		if (!text)
			continue;
		*text++ = '\0';
		if (!strncmp(text, KMSG_CUT, strlen(KMSG_CUT)))
			continue;
		nl = strchr(text, '\n');
		if (nl)
			*nl = '\0';
		prio = strtoul(rec, &p, 10);
		if (*p == ',')
			p = strchr(p + 1, ',');
		us = p && *p ? strtoul(p + 1, NULL, 10) : 0;
		if (kmsg_sent > KMSG_MAX)
			continue;
		if (t.len + n + 64 > sizeof(t.s)) {
			frame(FRAME_KMSG, t.s, t.len);
			kmsg_sent += t.len;
			t.len = 0;
			if (kmsg_sent > KMSG_MAX) {
				add(&t, "<4>[cut] cowpen agent: more kernel messages than are "
					"kept\n");
				continue;
			}
		}
		add(&t, "<%lu>[%5lu.%06lu] %s\n", prio, us / 1000000, us % 1000000, text);
	}
	if (t.len)
		frame(FRAME_KMSG, t.s, t.len);
	kmsg_sent += t.len;
}

void out_add(const char *p, size_t len)
{
	size_t n = out.total < out.head_max ? out.head_max - out.total : 0;

	if (n > len)
		n = len;
	if (n)
		frame(FRAME_OUT, p, n);
	out.total += n;
	p += n;
	len -= n;
	if (len > TAIL) {
		out.total += len - TAIL;
		p += len - TAIL;
		len = TAIL;
	}
	for (; len; len -= n, p += n, out.total += n) {
		size_t at = out.total % TAIL;

		n = TAIL - at < len ? TAIL - at : len;
		memcpy(out.ring + at, p, n);
	}
}

void out_tail(void)
{
	uint64_t len = out.total > out.head_max ? out.total - out.head_max : 0;
	size_t at = out.total % TAIL;

	if (!len)
		return;
	if (len < TAIL) {
		size_t from = (out.total - len) % TAIL;

		if (from + len <= TAIL) {
			frame(FRAME_TAIL, out.ring + from, len);
			return;
		}
		frame(FRAME_TAIL, out.ring + from, TAIL - from);
	} else {
		frame(FRAME_TAIL, out.ring + at, TAIL - at);
	}
	if (at)
		frame(FRAME_TAIL, out.ring, at);
}
