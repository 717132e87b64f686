// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libxml/xmlwriter.h>
#include <nettle/base64.h>
#include <nettle/sha2.h>

#include "formats.h"
#include "html.h"
#include "util.h"

/* The assembler reads the files; their names are those from the root of the tree. */
#define EMBED(name, file)                                                       \
	__asm__(".section .rodata\n" #name ":\n.incbin \"" file "\"\n.byte 0\n" \
		".previous\n");                                                 \
	extern const char name[]

EMBED(page_css, "results/report.css");
EMBED(page_js, "results/report.js");

struct html {
	xmlBufferPtr out;
	xmlTextWriterPtr w;
};

/* A writer fails only where there is no memory. */
static void must(int ret)
{
	if (ret < 0)
		abort();
}

static const xmlChar *x(const char *s)
{
	return (const xmlChar *)s;
}

/* --- text ------------------------------------------------------------------------------ */

/* Lines end as they do here, and a NUL is no end. */
static char *clean(const char *s, size_t len)
{
	struct buf b = { 0 }, part = { 0 };

	buf_add(&b, "", 0);
	for (size_t i = 0; i <= len; i++) {
		if (i < len && s[i] == '\r' && i + 1 < len && s[i + 1] == '\n')
			continue;
		if (i < len && s[i]) {
			buf_add(&part, s + i, 1);
			continue;
		}
		if (part.len)
			add_inert(&b, part.data, true);
		part.len = 0;
		if (i < len)
			buf_add(&b, "\\x00", 4);
	}
	buf_free(&part);
	return b.data;
}

void html_bytes(struct html *h, const char *s, size_t len)
{
	char *c = clean(s, len);

	must(xmlTextWriterWriteString(h->w, x(c)));
	free(c);
}

void html_text(struct html *h, const char *s)
{
	html_bytes(h, s, strlen(s));
}

void html_printf(struct html *h, const char *fmt, ...)
{
	va_list ap;
	char *s;

	va_start(ap, fmt);
	if (vasprintf(&s, fmt, ap) < 0)
		abort();
	va_end(ap);
	html_text(h, s);
	free(s);
}

char *html_id(const char *name)
{
	char *id = xstrdup(name);

	for (char *p = id; *p; p++)
		if (!isalnum((unsigned char)*p) && !strchr("_./@-", *p))
			*p = '_';
	return id;
}

/* --- elements --------------------------------------------------------------------------- */

void html_open(struct html *h, const char *tag, ...)
{
	const char *name, *value;
	va_list ap;
	char *c;

	must(xmlTextWriterStartElement(h->w, x(tag)));
	va_start(ap, tag);
	while ((name = va_arg(ap, const char *))) {
		value = va_arg(ap, const char *);
		c = clean(value, strlen(value));
		must(xmlTextWriterWriteAttribute(h->w, x(name), x(c)));
		free(c);
	}
	va_end(ap);
}

/* For HTML, <td/> begins a cell and does not end it. */
void html_close(struct html *h)
{
	must(xmlTextWriterFullEndElement(h->w));
}

void html_in(struct html *h, const char *tag, const char *class, const char *text)
{
	if (class)
		html_open(h, tag, "class", class, NULL);
	else
		html_open(h, tag, NULL);
	html_text(h, text);
	html_close(h);
}

void html_link(struct html *h, const char *id, const char *text)
{
	char *href = xasprintf("#%s", id);

	html_open(h, "a", "href", href, NULL);
	html_text(h, text);
	html_close(h);
	free(href);
}

/* --- the page --------------------------------------------------------------------------- */

static void meta(struct html *h, const char *key, const char *name, const char *content)
{
	html_open(h, "meta", key, name, "content", content, NULL);
	must(xmlTextWriterEndElement(h->w));
}

/* 'sha256-...' of our own script, the only one that runs. */
static void policy(struct html *h)
{
	char sum[BASE64_ENCODE_RAW_LENGTH(SHA256_DIGEST_SIZE) + 1] = "", *s;
	uint8_t digest[SHA256_DIGEST_SIZE];
	struct sha256_ctx ctx;

	sha256_init(&ctx);
	sha256_update(&ctx, strlen(page_js), (const uint8_t *)page_js);
	sha256_digest(&ctx, sizeof(digest), digest);
	base64_encode_raw(sum, sizeof(digest), digest);
	s = xasprintf("default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-%s'", sum);
	meta(h, "http-equiv", "Content-Security-Policy", s);
	free(s);
}

struct html *html_new(const char *title)
{
	struct html *h = xcalloc(1, sizeof(*h));

	h->out = xmlBufferCreate();
	h->w = h->out ? xmlNewTextWriterMemory(h->out, 0) : NULL;
	if (!h->w)
		abort();
	must(xmlTextWriterWriteRaw(h->w, x("<!DOCTYPE html>\n")));
	html_open(h, "html", "lang", "en", NULL);
	html_open(h, "head", NULL);
	html_open(h, "meta", "charset", "utf-8", NULL);
	must(xmlTextWriterEndElement(h->w));
	policy(h);
	meta(h, "name", "viewport", "width=device-width, initial-scale=1");
	meta(h, "name", "color-scheme", "light dark");
	html_in(h, "title", NULL, title);
	html_open(h, "style", NULL);
	must(xmlTextWriterWriteRaw(h->w, x(page_css)));
	html_close(h);
	html_close(h);
	html_open(h, "body", NULL);
	return h;
}

char *html_end(struct html *h, size_t *len)
{
	char *text;

	html_open(h, "script", NULL);
	must(xmlTextWriterWriteRaw(h->w, x(page_js)));
	html_close(h);
	html_close(h);
	html_close(h);
	must(xmlTextWriterEndDocument(h->w));
	xmlFreeTextWriter(h->w);
	*len = xmlBufferLength(h->out);
	text = xstrdup((const char *)xmlBufferContent(h->out));
	xmlBufferFree(h->out);
	free(h);
	return text;
}
