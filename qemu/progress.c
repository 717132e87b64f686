// SPDX-License-Identifier: GPL-2.0-only
/* What the user sees while tests run. See pool.h. */
#include <stdarg.h>
#include <stdio.h>
#include <sys/ioctl.h>

#include "pool.h"
#include "runner.h"
#include "util.h"
#include "verdict.h"

static unsigned int columns(const struct pool *p)
{
	struct winsize ws;

	if (!ioctl(fileno(p->r->out), TIOCGWINSZ, &ws) && ws.ws_col >= 20)
		return ws.ws_col;
	return 80;
}

void status_clear(struct pool *p)
{
	if (p->status_up)
		fprintf(p->r->out, "\r\033[K");
	p->status_up = false;
}

void say_line(struct pool *p, const char *fmt, ...)
{
	va_list ap;

	if (p->r->quiet)
		return;
	status_clear(p);
	va_start(ap, fmt);
	vfprintf(p->r->out, fmt, ap);
	va_end(ap);
	fputc('\n', p->r->out);
	fflush(p->r->out);
	p->said_ms = now_ms();
}

static void counts(const struct pool *p, struct buf *b)
{
	for (unsigned int v = 0; v < NR_VERDICT; v++) {
		if (p->verdicts[v])
			buf_printf(b, "  %zu %s", p->verdicts[v], verdict_name(v));
	}
}

static size_t todo(const struct pool *p)
{
	return p->res->planned - p->res->before;
}

/* Time left, by what the tests done so far took on the average. */
static void eta(const struct pool *p, char *out, size_t len)
{
	uint64_t spent = now_ms() - p->start_ms;
	size_t done = p->res->done;
	unsigned long left;

	*out = '\0';
	if (!done || spent < 1000)
		return;
	left = spent * (todo(p) - done) / done / 1000;
	if (left >= 60)
		snprintf(out, len, "  %lu min %02lu s left", left / 60, left % 60);
	else
		snprintf(out, len, "  %lu s left", left);
}

void status_show(struct pool *p)
{
	struct buf b = { 0 };
	unsigned int width, making = 0;
	char left[40];

	/* On a pipe, a line when it has been still for long: kernels boot, or a test hangs. */
	if (p->r->quiet || (!p->tty && now_ms() - p->said_ms < BEAT_MS))
		return;
	for (size_t i = 0; i < p->nslots; i++)
		making += p->k[i].st == K_MAKING;
	buf_printf(&b, "%zu/%zu", p->res->done, todo(p));
	counts(p, &b);
	if (making)
		buf_printf(&b, "  booting %u", making);
	eta(p, left, sizeof(left));
	buf_printf(&b, "  running %u%s%s%s", p->running, left, *p->now ? "  " : "", p->now);
	if (!p->tty) {
		say_line(p, "%s", b.data);
		buf_free(&b);
		return;
	}
	width = columns(p) - 1;
	if (b.len > width)
		b.data[width] = '\0';
	fprintf(p->r->out, "\r%s\033[K", b.data);
	fflush(p->r->out);
	p->status_up = true;
	buf_free(&b);
}

void show_done(struct pool *p, const struct record *r)
{
	struct buf b = { 0 };
	const char *why = *r->reason ? r->reason : r->seen;
	unsigned int tenth;

	if (verdict_is_unexpected(r->verdict) && !p->r->brief)
		say_line(p, "%-7s %s on %s%s%s%s%s",
			 r->verdict == V_FAIL ? status_name(r->status) : verdict_name(r->verdict),
			 r->test, r->kernel, *r->step ? "  step " : "", r->step, *why ? "  " : "",
			 why);
	else if (p->r->verbose)
		say_line(p, "%-7s %s on %s  %u ms", verdict_name(r->verdict), r->test, r->kernel,
			 r->duration_ms);
	tenth = p->res->done * 10 / todo(p);
	if (!p->tty && tenth != p->tenth) {
		counts(p, &b);
		say_line(p, "%3u %%  %zu of %zu tests%s", tenth * 10, p->res->done, todo(p),
			 b.data ? b.data : "");
		buf_free(&b);
	}
	p->tenth = tenth;
}
