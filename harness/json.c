// SPDX-License-Identifier: GPL-2.0-only
#include "json.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

static void add(struct json *j, const char *key, json_t *value)
{
	json_t *in = j->deep ? j->open[j->deep - 1] : NULL;

	if (!value)
		abort();
	if (!in)
		j->all = value;
	else if (key)
		json_object_set_new(in, key, value);
	else
		json_array_append_new(in, value);
}

/* What a test saw is not our text: a byte that is part of no character is a question mark. */
static json_t *text_of(const char *value)
{
	json_t *s = json_string(value);
	char *copy;

	if (s)
		return s;
	copy = strdup(value);
	for (char *c = copy; *c; c++)
		if (*c & 0x80)
			*c = '?';
	s = json_string(copy);
	free(copy);
	return s;
}

void js_begin(struct json *j, bool lines)
{
	memset(j, 0, sizeof(*j));
	j->lines = lines;
}

void js_open(struct json *j, const char *key, char bracket)
{
	json_t *o = bracket == '{' ? json_object() : json_array();

	if (j->deep == JS_DEEP)
		abort();
	add(j, key, o);
	j->open[j->deep++] = o;
}

void js_close(struct json *j, char bracket)
{
	(void)bracket;
	j->deep--;
}

void js_string(struct json *j, const char *key, const char *value)
{
	add(j, key, text_of(value));
}

void js_number(struct json *j, const char *key, long value)
{
	add(j, key, json_integer(value));
}

void js_words(struct json *j, const char *key, const char *text)
{
	char *copy = strdup(text), *save;

	js_open(j, key, '[');
	for (char *w = strtok_r(copy, " ", &save); w; w = strtok_r(NULL, " ", &save))
		js_string(j, NULL, w);
	js_close(j, ']');
	free(copy);
}

char *js_end(struct json *j)
{
	char *text =
		json_dumps(j->all, JSON_ENSURE_ASCII | (j->lines ? JSON_INDENT(2) : JSON_COMPACT));

	json_decref(j->all);
	return text;
}
