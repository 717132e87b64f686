// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "err.h"
#include "gdb.h"
#include "util.h"

#define PATIENCE 10000 /* ms */
#define CHUNK	 1024  /* bytes of memory in a packet; QEMU takes and sends 2000 */

static int put(struct gdb *g, const char *text, size_t len)
{
	for (size_t done = 0; done < len;) {
		ssize_t n = send(g->fd, text + done, len - done, MSG_NOSIGNAL);

		if (n > 0)
			done += n;
		else if (errno != EINTR)
			return err_set(-errno, "QEMU's gdb stub is gone: %s", strerror(errno));
	}
	return 0;
}

/* More of what the stub has to say: 1, or 0 if there is nothing within @ms. */
static int more(struct gdb *g, int ms)
{
	struct pollfd p = { .fd = g->fd, .events = POLLIN };
	ssize_t n;

	if (g->n == sizeof(g->in))
		return err_set(-EPROTO, "QEMU's gdb stub: a packet does not end");
	if (poll(&p, 1, ms) <= 0)
		return 0;
	n = recv(g->fd, g->in + g->n, sizeof(g->in) - g->n, MSG_DONTWAIT);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	if (n <= 0)
		return err_set(-EPIPE, "QEMU's gdb stub is gone");
	g->n += n;
	return 1;
}

static void drop(struct gdb *g, size_t n)
{
	g->n -= n;
	memmove(g->in, g->in + n, g->n);
}

/*
 * The next packet: 1, its content in @text, which the caller frees; 0 if there is none within @ms.
 * It is acknowledged: from then on the stub takes no byte for a part of an answer.
 */
static int packet(struct gdb *g, int ms, char **text)
{
	uint64_t until = now_ms() + ms;
	unsigned char sum = 0;
	unsigned int said;
	char *end;
	int ret;

	for (;;) {
		while (g->n && *g->in != '$')
			drop(g, 1);
		end = g->n ? memchr(g->in, '#', g->n) : NULL;
		if (end && end + 2 < g->in + g->n)
			break;
		ret = more(g, until > now_ms() ? (int)(until - now_ms()) : 0);
		if (ret < 0)
			return ret;
		if (!ret && now_ms() >= until)
			return 0;
	}
	for (char *c = g->in + 1; c < end; c++)
		sum += *c;
	if (sscanf(end + 1, "%2x", &said) != 1 || said != sum)
		return err_set(-EPROTO, "QEMU's gdb stub: a packet is damaged");
	*text = xasprintf("%.*s", (int)(end - g->in - 1), g->in + 1);
	drop(g, end + 3 - g->in);
	ret = put(g, "+", 1);
	if (ret)
		free(*text);
	return ret ? ret : 1;
}

static int tell(struct gdb *g, const char *text)
{
	unsigned char sum = 0;
	char *framed;
	int ret;

	for (const char *c = text; *c; c++)
		sum += *c;
	framed = xasprintf("$%s#%02x", text, sum);
	ret = put(g, framed, strlen(framed));
	free(framed);
	return ret;
}

/* @answer, which the caller frees, may be NULL: then it must be "OK". */
__attribute__((format(printf, 3, 4))) static int ask(struct gdb *g, char **answer, const char *fmt,
						     ...)
{
	char *text, *said = NULL;
	va_list ap;
	int ret;

	va_start(ap, fmt);
	if (vasprintf(&text, fmt, ap) < 0)
		abort();
	va_end(ap);
	ret = tell(g, text);
	if (!ret)
		ret = packet(g, g->patience, &said);
	if (!ret)
		ret = err_set(-ETIMEDOUT, "QEMU's gdb stub does not answer \"%.20s\" within %u ms",
			      text, g->patience);
	else if (ret > 0 && (*said == 'E' || (!answer && strcmp(said, "OK") != 0)))
		ret = err_set(-EIO, "QEMU's gdb stub answers \"%.20s\" with \"%.20s\"", text, said);
	free(text);
	if (ret > 0 && answer)
		*answer = said;
	else
		free(said);
	return ret < 0 ? ret : 0;
}

int gdb_start(struct gdb *g, int fd)
{
	char *said;
	int ret;

	memset(g, 0, sizeof(*g));
	g->fd = fd;
	g->patience = PATIENCE;
	/* Single registers can be written from then on. */
	ret = ask(g, &said, "qXfer:features:read:target.xml:0,ffb");
	if (!ret)
		free(said);
	return ret;
}

static int choose(struct gdb *g, unsigned int cpu)
{
	return ask(g, NULL, "Hg%x", cpu);
}

/* Bytes in the order of memory. */
static int from_hex(const char *hex, void *to, size_t len)
{
	unsigned char *out = to;
	unsigned int byte;

	for (size_t i = 0; i < len; i++) {
		if (!hex[2 * i] || sscanf(hex + 2 * i, "%2x", &byte) != 1)
			return err_set(-EPROTO, "QEMU's gdb stub: an answer is too short");
		out[i] = byte;
	}
	return 0;
}

static void to_hex(const void *from, size_t len, char *hex)
{
	const unsigned char *in = from;

	*hex = '\0';
	for (size_t i = 0; i < len; i++)
		sprintf(hex + 2 * i, "%02x", in[i]);
}

/* 16 registers, rip, eflags, six segments, and the bases of fs, gs, and gs when the other one is used. */
#define REGS	 188
#define REG_RIP	 128
#define REG_CS	 140
#define REG_GS	 172
#define REG_K_GS 180

int gdb_regs(struct gdb *g, unsigned int cpu, struct gdb_regs *r)
{
	unsigned char raw[REGS];
	char *said;
	int ret = choose(g, cpu);

	if (!ret)
		ret = ask(g, &said, "g");
	if (ret)
		return ret;
	ret = from_hex(said, raw, sizeof(raw));
	free(said);
	memcpy(r->gpr, raw, sizeof(r->gpr));
	memcpy(&r->rip, raw + REG_RIP, sizeof(r->rip));
	memcpy(&r->cs, raw + REG_CS, sizeof(r->cs));
	memcpy(&r->gs_base, raw + REG_GS, sizeof(r->gs_base));
	memcpy(&r->k_gs_base, raw + REG_K_GS, sizeof(r->k_gs_base));
	return ret;
}

int gdb_set(struct gdb *g, unsigned int cpu, unsigned int reg, uint64_t value)
{
	char hex[2 * sizeof(value) + 1];
	int ret = choose(g, cpu);

	to_hex(&value, sizeof(value), hex);
	return ret ? ret : ask(g, NULL, "P%x=%s", reg, hex);
}

int gdb_read(struct gdb *g, unsigned int cpu, uint64_t at, void *to, size_t len)
{
	int ret = choose(g, cpu);

	for (size_t done = 0; !ret && done < len;) {
		size_t n = len - done < CHUNK ? len - done : CHUNK;
		char *said;

		ret = ask(g, &said, "m%llx,%zx", (unsigned long long)(at + done), n);
		if (ret)
			break;
		ret = from_hex(said, (char *)to + done, n);
		free(said);
		done += n;
	}
	return ret;
}

int gdb_write(struct gdb *g, unsigned int cpu, uint64_t at, const void *from, size_t len)
{
	char hex[2 * CHUNK + 1];
	int ret = choose(g, cpu);

	for (size_t done = 0; !ret && done < len;) {
		size_t n = len - done < CHUNK ? len - done : CHUNK;

		to_hex((const char *)from + done, n, hex);
		ret = ask(g, NULL, "M%llx,%zx:%s", (unsigned long long)(at + done), n, hex);
		done += n;
	}
	return ret;
}

int gdb_point(struct gdb *g, bool set, enum gdb_point what, uint64_t at, unsigned int len)
{
	return ask(g, NULL, "%c%d,%llx,%x", set ? 'Z' : 'z', what, (unsigned long long)at, len);
}

int gdb_go(struct gdb *g, unsigned int cpu, bool step)
{
	char text[24];

	if (cpu)
		snprintf(text, sizeof(text), "vCont;%c:%x", step ? 's' : 'c', cpu);
	else
		snprintf(text, sizeof(text), "vCont;c");
	return tell(g, text);
}

int gdb_interrupt(struct gdb *g)
{
	return put(g, "\x03", 1);
}

int gdb_poll(struct gdb *g, int ms, unsigned int *cpu)
{
	char *said, *thread;
	int ret = packet(g, ms, &said);

	if (ret <= 0)
		return ret;
	thread = strstr(said, "thread:");
	if (*said == 'W') /* It leaves. */
		ret = 0;
	else if (*said != 'T' || !thread)
		ret = err_set(-EPROTO, "QEMU's gdb stub says \"%.20s\", and no stop", said);
	else
		*cpu = strtoul(thread + 7, NULL, 16);
	free(said);
	return ret;
}
