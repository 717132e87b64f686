// SPDX-License-Identifier: GPL-2.0-only
/* The host's command: proto.h. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent.h"

static int unhex(int ch)
{
	return isdigit(ch) ? ch - '0' : isxdigit(ch) ? tolower(ch) - 'a' + 10 : -1;
}

/* OFFSET SIZE SEED NAME [ARGS...] */
static void test_parse(char *v, struct command *c)
{
	struct test *t;

	if (!(c->ntests & (c->ntests - 1))) {
		c->test = realloc(c->test, (c->ntests ? 2 * c->ntests : 1) * sizeof(*c->test));
		if (!c->test)
			give_up("no memory");
	}
	t = &c->test[c->ntests++];
	t->offset = strtoull(v, &v, 10);
	t->size = strtoull(v, &v, 10);
	t->seed = strtoull(v, &v, 10);
	t->name = v + (*v == ' ');
	t->args = t->name + strcspn(t->name, " ");
	if (*t->args)
		*t->args++ = '\0';
}

void command_parse(char *text, struct command *c)
{
	char *save = NULL;

	for (char *l = strtok_r(text, "\n", &save); l; l = strtok_r(NULL, "\n", &save)) {
		char *v = strchr(l, '=');

		if (!v)
			continue;
		*v++ = '\0';
		if (!strcmp(l, "token")) {
			for (int i = 0; i < 16 && v[2 * i] && v[2 * i + 1]; i++)
				token[i] = unhex(v[2 * i]) << 4 | unhex(v[2 * i + 1]);
		} else if (!strcmp(l, "mode")) {
			snprintf(c->mode, sizeof(c->mode), "%s", v);
		} else if (!strcmp(l, "test")) {
			test_parse(v, c);
		} else if (!strcmp(l, "together")) {
			c->together = *v == '1';
		} else if (!strcmp(l, "here")) {
			c->here = *v == '1';
		} else if (!strcmp(l, "stay")) {
			c->stay = *v == '1';
		} else if (!strcmp(l, "deadline_ms")) {
			c->deadline_ms = strtoull(v, NULL, 10);
		} else if (!strcmp(l, "max_output")) {
			c->max_output = strtoull(v, NULL, 10);
		} else if (!strcmp(l, "env")) {
			if (c->nenv < sizeof(c->env) / sizeof(*c->env))
				c->env[c->nenv++] = v;
		}
	}
}
