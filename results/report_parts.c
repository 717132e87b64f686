// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <string.h>

#include "matrix.h"
#include "report_parts.h"
#include "util.h"

/* A record that was damaged may say anything, and any amount of it. */
#define FIELD_BYTES 6000

void begin_article(struct html *h, const char *id, const char *title)
{
	html_open(h, "article", "id", id, NULL);
	html_in(h, "h3", NULL, title);
}

void end_article(struct html *h)
{
	html_close(h);
	html_text(h, "\n");
}

void put_field(struct html *h, const char *name, const char *text)
{
	size_t len = strlen(text);

	if (!len)
		return;
	html_in(h, "dt", NULL, name);
	html_open(h, "dd", NULL);
	html_bytes(h, text, len > FIELD_BYTES ? FIELD_BYTES : len);
	if (len > FIELD_BYTES)
		html_text(h, " [...]");
	html_close(h);
}

void put_record(struct html *h, const struct record *r)
{
	bool bad = r->status == ST_FAIL || r->status == ST_CRASH || r->status == ST_TIMEOUT;
	char *said = verdict_words(r), *words;

	put_field(h, "verdict", said);
	free(said);
	if (bad && r->status != ST_FAIL)
		put_field(h, "status", status_name(r->status));
	if (r->status != ST_PASS && r->status != ST_SKIP)
		put_field(h, "step", r->step);
	if (r->status != ST_PASS && r->status != ST_SKIP)
		put_field(h, bad ? "clause" : "clauses", r->clause);
	if (bad) {
		put_field(h, "check", r->check);
		put_field(h, "wanted", r->wanted);
		put_field(h, "seen", r->seen);
	}
	if (r->attempts > 1) {
		words = xasprintf("%u of %u attempts", r->hits, r->attempts);
		put_field(h, "hits", words);
		free(words);
	}
	if (r->status != ST_PASS)
		put_field(h, r->status == ST_SKIP ? "skipped" : "reason", r->reason);
	put_field(h, "fix", r->fix);
	put_field(h, "observed", r->observations);
	if (r->status == ST_PASS || r->status == ST_SKIP)
		return;
	words = xasprintf("%s%s%s; %s, QEMU %s, %u ms", r->release, *r->package ? ", " : "",
			  r->package, r->accel, r->qemu, r->duration_ms);
	put_field(h, "kernel", words);
	free(words);
	put_field(h, "company", r->company);
	put_field(h, "messages", r->kmsg);
	if (bad) {
		words = xasprintf("make export CASE=%s", r->test);
		put_field(h, "export", words);
		free(words);
	}
}

void put_log(struct html *h, const char *path, size_t max)
{
	struct buf b = { 0 };
	const char *from, *nl;
	size_t len;

	if (!max)
		return;
	if (read_file(path, &b)) {
		html_in(h, "p", NULL, "no log was kept");
		return;
	}
	from = memmem(b.data, b.len, "--- steps ---", strlen("--- steps ---"));
	from = from ? from : b.data;
	len = b.len - (from - b.data);
	if (len > max) {
		from += len - max;
		len = max;
		nl = memchr(from, '\n', len);
		if (nl && nl + 1 < from + len) {
			len -= nl + 1 - from;
			from = nl + 1;
		}
	}
	html_open(h, "details", NULL);
	html_open(h, "summary", NULL);
	html_printf(h, "the end of %s", path);
	html_close(h);
	html_open(h, "pre", NULL);
	html_bytes(h, from, len);
	html_close(h);
	html_close(h);
	buf_free(&b);
}

void put_warning(struct html *h, const char *text)
{
	html_in(h, "p", "warning", text);
}
