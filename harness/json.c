// SPDX-License-Identifier: GPL-2.0-only
#include "json.h"

#include <stdlib.h>
#include <string.h>

/* A library for this would have to be there wherever a case is built. */

/* Whatever is no ASCII may be half of a character, or none: what a test saw is not our text. */
static void quoted(struct json *j, const char *text)
{
	fputc('"', j->f);
	for (const unsigned char *c = (const unsigned char *)text; *c; c++) {
		if (*c == '"' || *c == '\\')
			fprintf(j->f, "\\%c", *c);
		else if (*c < ' ' || *c > '~')
			fprintf(j->f, "\\u%04x", *c);
		else
			fputc(*c, j->f);
	}
	fputc('"', j->f);
}

static void new_line(struct json *j)
{
	if (j->lines)
		fprintf(j->f, "\n%*s", 2 * j->deep, "");
}

static void next(struct json *j, const char *key)
{
	if (j->last && j->last != '{' && j->last != '[')
		fputc(',', j->f);
	if (j->last)
		new_line(j);
	if (key) {
		quoted(j, key);
		fputs(j->lines ? ": " : ":", j->f);
	}
	j->last = '"';
}

void json_begin(struct json *j, bool lines)
{
	memset(j, 0, sizeof(*j));
	j->lines = lines;
	j->f = open_memstream(&j->text, &j->len);
	if (!j->f)
		abort();
}

void json_open(struct json *j, const char *key, char bracket)
{
	next(j, key);
	fputc(bracket, j->f);
	j->last = bracket;
	j->deep++;
}

void json_close(struct json *j, char bracket)
{
	j->deep--;
	if (j->last != '{' && j->last != '[')
		new_line(j);
	fputc(bracket, j->f);
	j->last = bracket;
}

void json_string(struct json *j, const char *key, const char *value)
{
	next(j, key);
	quoted(j, value);
}

void json_number(struct json *j, const char *key, long value)
{
	next(j, key);
	fprintf(j->f, "%ld", value);
}

void json_words(struct json *j, const char *key, const char *text)
{
	char *copy = strdup(text), *save;

	json_open(j, key, '[');
	for (char *w = strtok_r(copy, " ", &save); w; w = strtok_r(NULL, " ", &save))
		json_string(j, NULL, w);
	json_close(j, ']');
	free(copy);
}

char *json_end(struct json *j)
{
	fclose(j->f);
	return j->text;
}
