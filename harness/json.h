/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COWPEN_JSON_H
#define COWPEN_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* JSON that is only ever written, piece by piece: json.c. */

struct json {
	FILE *f;
	char *text;
	size_t len;
	char last;  /* what was written last */
	bool lines; /* for people, too */
	unsigned int deep;
};

/* With @lines each thing has a line of its own. */
void json_begin(struct json *j, bool lines);
/* In a list @key is NULL. */
/* @bracket is { or [. */
void json_open(struct json *j, const char *key, char bracket);
void json_close(struct json *j, char bracket);
void json_string(struct json *j, const char *key, const char *value);
void json_number(struct json *j, const char *key, long value);
/* A list of the words of @text, which has blanks between them. */
void json_words(struct json *j, const char *key, const char *text);
/* All that was written, without the end of its last line; to be freed. */
char *json_end(struct json *j);

#endif
