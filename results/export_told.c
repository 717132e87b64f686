// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "export_program.h"

const char *const actors[NACTORS] = { "PARENT",	 "CHILD",   "GRANDCHILD", "BEHIND", "DEVICE",
				      "DEVICE2", "DEVICE3", "DEVICE4",	  "FIRST",  "OTHER" };

static void note_actors(struct program *g, const char *stmt)
{
	for (int i = 0; i < NACTORS; i++)
		g->used[i] |= c_mentions(stmt, actors[i]);
	if (!strncmp(stmt, "sees(", 5)) {
		char *viewers = xasprintf("%.*s", (int)strcspn(stmt, ","), stmt);

		for (int i = 0; i < NACTORS; i++)
			g->looks[i] |= c_mentions(viewers, actors[i]);
		free(viewers);
	}
}

static int actor_of(const char *name)
{
	for (int i = 0; i < NACTORS; i++)
		if (!strcmp(actors[i], name))
			return i;
	return -1;
}

/* The step in hand, if it told nothing: a program without it would pass for what it is not. */
static void step_ends(struct program *g)
{
	if (g->step && !g->why_not)
		g->why_not = xasprintf("has a step that tells nothing: %s", g->step);
	free(g->step);
	g->step = NULL;
}

static bool is_view(const char *stmt)
{
	static const char *const views[] = { "sees(", "uffd_wp(", "still_registered(", "reported(",
					     "soft_dirty(" };

	for (size_t i = 0; i < ARRAY_SIZE(views); i++)
		if (!strncmp(stmt, views[i], strlen(views[i])))
			return true;
	return false;
}

/*
 * What was looked at after the step before, and is as it was: not again where this step only
 * asks for tracking or a pin, unless it is the last one. To look is to touch: behind all else that
 * the kernel does, a page that is looked at may come from another place than one that is not.
 */
static bool as_before(struct program *g, const char *stmt)
{
	char *line = xasprintf("\n%s\n", stmt);
	bool again = g->views.len && strstr(g->views.data, line);

	buf_printf(&g->views_now, "%s", line);
	free(line);
	if (!again || !g->only_asks)
		return false;
	buf_printf(&g->left_out, "\t%s\n", stmt);
	return true;
}

static void step_told(struct program *g, const char *stmt)
{
	static const char *const asks[] = { "register_area(", "protect(", "must_pin(" };
	bool only = false;

	for (size_t i = 0; i < ARRAY_SIZE(asks); i++)
		only |= !strncmp(stmt, asks[i], strlen(asks[i]));
	g->only_asks = only && (g->step || g->only_asks);
	free(g->step);
	g->step = NULL;
}

/* A statement that names the page twice. */
static void add_twice(struct program *g, const char *fmt, const char *page)
{
	const char *s;

	buf_printf(&g->main, "\t");
	for (; (s = strstr(fmt, "%s")); fmt = s + 2)
		buf_printf(&g->main, "%.*s%s", (int)(s - fmt), fmt, page);
	buf_printf(&g->main, "%s\n", fmt);
}

/* "cpu_write(PARENT, 0, 4, 3);" and device_write() are loops; true if it was one of these. */
static bool add_write(struct program *g, const char *stmt)
{
	char who[16], by[16] = "", page[16], *what;
	unsigned int first, n, step;
	const char *kind;
	bool device;
	int i;

	if (sscanf(stmt, "cpu_write(%15[A-Z0-9], %u, %u, %u);", who, &first, &n, &step) == 4)
		device = false;
	else if (sscanf(stmt, "device_write(%15[A-Z0-9], %u, %u, %u);", who, &first, &n, &step) ==
		 4)
		device = true;
	else if (sscanf(stmt, "device_write_in(%15[A-Z], %15[A-Z0-9], %u, %u, %u);", by, who,
			&first, &n, &step) == 5)
		device = true;
	else
		return false;
	i = actor_of(who);
	kind = i >= 0 && g->kind[i] ? g->kind[i] : "device";
	if (*by)
		what = xasprintf("in(%s, store_%s, %%s, VALUE(DEVICE, %u, %%s));", by, kind, step);
	else if (device)
		what = xasprintf("write_%s(%%s, VALUE(DEVICE, %u, %%s));", kind, step);
	else if (!strcmp(who, "PARENT"))
		what = xasprintf("WORD(%%s) = VALUE(PARENT, %u, %%s);", step);
	else
		what = xasprintf("in(%s, touch, %%s, VALUE(%s, %u, %%s));", who, who, step);
	snprintf(page, sizeof(page), "%u", first);
	if (n > 1)
		buf_printf(&g->main, "\tfor (int p = %u; p < %u; p++)\n\t", first, first + n);
	add_twice(g, what, n > 1 ? "p" : page);
	free(what);
	return true;
}

/* In two lines if it must be, parted behind an operator or a comma. */
static void add_line(struct program *g, const char *stmt)
{
	const size_t room = 92;
	size_t len = strlen(stmt), at = len;

	while (len > room && at && (at > room || stmt[at] != ' ' || !strchr("|+,", stmt[at - 1])))
		at--;
	if (at && at < len)
		buf_printf(&g->main, "\t%.*s\n\t\t%s\n", (int)at, stmt, stmt + at + 1);
	else
		buf_printf(&g->main, "\t%s\n", stmt);
}

static void add_statement(struct program *g, const char *stmt)
{
	if (!strncmp(stmt, "now ", 4))
		stmt += 4;
	else if (!is_view(stmt))
		step_told(g, stmt);
	else if (as_before(g, stmt))
		return;
	if (!strncmp(stmt, "register_area(", 14) && !g->uffd_open) {
		char *open = xasprintf("open_registered(%s", stmt + 14);

		g->uffd_open = true;
		add_line(g, open);
		free(open);
		return;
	}
	/* Its features are those that it was opened with. */
	if (!strncmp(stmt, "register_area(", 14)) {
		char *rest = xasprintf("register_area(%s", strstr(stmt, ", ") + 2);

		add_line(g, rest);
		free(rest);
		return;
	}
	if (!strncmp(stmt, "close_uffd(", 11) || !strncmp(stmt, "monitor_exits(", 14))
		g->uffd_open = false;
	note_actors(g, stmt);
	if (!strncmp(stmt, "map_", 4) && !g->memory)
		g->memory = xasprintf("%.*s", (int)strcspn(stmt + 4, "("), stmt + 4);
	if (!add_write(g, stmt))
		add_line(g, stmt);
}

static void take_line(struct program *g, const char *line)
{
	char device[16], word[32];
	int i;

	if (sscanf(line, "pages %u", &g->npages) == 1)
		return;
	if (!strcmp(line, "shared")) {
		g->shared = true;
	} else if (!strcmp(line, "twins")) {
		g->twins = true;
	} else if (!strcmp(line, "middle")) {
		g->middle = true;
	} else if (!strncmp(line, "owner ", 6) &&
		   sscanf(line + 6, "%15s %31s", device, word) == 2) {
		i = actor_of(device);
		if (i >= 0 && !g->owner[i])
			g->owner[i] = xstrdup(word);
	} else if (!strncmp(line, "device ", 7) &&
		   sscanf(line + 7, "%15s %31s", device, word) == 2) {
		i = actor_of(device);
		if (i >= 0 && !g->kind[i])
			g->kind[i] = xstrdup(word);
	} else if (!strncmp(line, "step ", 5)) {
		size_t clause = strcspn(line + 5, " ");

		step_ends(g);
		g->only_asks = false;
		buf_free(&g->views);
		buf_free(&g->left_out);
		g->views = g->views_now;
		g->views_now = (struct buf){ 0 };
		g->step = xstrdup(line + 5 + clause + 1);
		buf_printf(&g->main, "\n\tstep = \"%s\";\n", line + 5);
	} else if (!strcmp(line, "nothing")) {
		step_told(g, line);
	} else if (!strncmp(line, "not ", 4)) {
		if (!g->why_not)
			g->why_not = xstrdup(line + 4);
	} else {
		add_statement(g, line);
	}
}

void read_told(struct program *g, const char *told)
{
	for (const char *s = told; s && (s = strstr(s, "# tell ")); s++) {
		char *line;

		if (s != told && s[-1] != '\n')
			continue;
		line = xasprintf("%.*s", (int)strcspn(s + 7, "\n"), s + 7);
		take_line(g, line);
		free(line);
	}
	step_ends(g);
	if (g->left_out.len)
		buf_printf(&g->main, "%s", g->left_out.data);
}
