// SPDX-License-Identifier: GPL-2.0-only
/* Words to the host: frames, and the last one. */
#include <stdarg.h>
#include <stdio.h>
#include <sys/io.h>
#include <unistd.h>

#include "agent.h"

uint8_t token[16];
uint16_t seq;

void leave(int value)
{
	outb(value, PORT_EXIT);
	for (;;)
		pause();
}

void give_up(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fprintf(stderr, "cowpen agent: ");
	vfprintf(stderr, fmt, ap);
	fprintf(stderr, "\n");
	va_end(ap);
	fflush(stderr);
	leave(EXIT_GAVE_UP);
}

static void put_bytes(const void *data, size_t len)
{
	asm volatile("rep outsb" : "+S"(data), "+c"(len) : "d"(PORT_FRAMES) : "memory");
}

void frame(int type, const void *data, size_t len)
{
	struct frame_head h = { .type = type };
	const char *p = data;

	memcpy(h.magic, FRAME_MAGIC, sizeof(h.magic));
	memcpy(h.token, token, sizeof(h.token));
	do {
		h.len = len > FRAME_MAX ? FRAME_MAX : len;
		h.seq = seq++;
		h.sum = frame_sum(&h, p);
		put_bytes(&h, sizeof(h));
		put_bytes(p, h.len);
		p += h.len;
		len -= h.len;
	} while (len);
}

void add(struct text *t, const char *fmt, ...)
{
	size_t room = sizeof(t->s) - t->len;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(t->s + t->len, room, fmt, ap);
	va_end(ap);
	if (n > 0)
		t->len += (size_t)n < room ? (size_t)n : room - 1;
}
