/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COWPEN_HTML_H
#define COWPEN_HTML_H

/*
 * One page of HTML that needs no other file. What is told of a guest can be anything, a
 * "<script>" of a kernel message too: all text goes through libxml2's writer, and the page
 * allows no script but its own.
 */
#include <stddef.h>

struct html;

/* Begin a page; it has the style and the script of results/report.css and report.js. */
struct html *html_new(const char *title);
/* End it; the text is the caller's to free. */
char *html_end(struct html *h, size_t *len);

/* Pairs of name and value follow, and a NULL. */
void html_open(struct html *h, const char *tag, ...) __attribute__((sentinel));
void html_close(struct html *h);
void html_text(struct html *h, const char *s);
void html_printf(struct html *h, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* The same of bytes that may be anything, NULs too: what is no character is \xNN. */
void html_bytes(struct html *h, const char *s, size_t len);
/* <tag class="class">text</tag>; @class may be NULL. */
void html_in(struct html *h, const char *tag, const char *class, const char *text);
/* <a href="#id">text</a> */
void html_link(struct html *h, const char *id, const char *text);
/* A name of ours as an id: letters, digits and "_./@-"; all others are "_". The caller frees. */
char *html_id(const char *name);

#endif
