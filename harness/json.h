/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COWPEN_JSON_H
#define COWPEN_JSON_H

#include <stdbool.h>

/* JSON that is only ever written, piece by piece; libjansson's names begin otherwise. */

#define JS_DEEP 8

struct json {
	void *open[JS_DEEP]; /* the innermost last */
	unsigned int deep;
	void *all;
	bool lines; /* for people, too */
};

/* With @lines each thing has a line of its own. */
void js_begin(struct json *j, bool lines);
/* @bracket is { or [. In a list @key is NULL. */
void js_open(struct json *j, const char *key, char bracket);
void js_close(struct json *j, char bracket);
void js_string(struct json *j, const char *key, const char *value);
void js_number(struct json *j, const char *key, long value);
/* A list of the words of @text, which has blanks between them. */
void js_words(struct json *j, const char *key, const char *text);
/* All that was written, without the end of its last line; to be freed. NULL: there is no library. */
char *js_end(struct json *j);

#endif
