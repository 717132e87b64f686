// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include <jansson.h>

#include "err.h"
#include "exploration.h"
#include "text.h"

void group_free(struct group *g)
{
	char *fields[] = { g->clause, g->last, g->class,  g->wanted, g->seen,
			   g->known,  g->bug,  g->others, g->file,   g->like };

	explored_free(&g->e);
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++)
		free(fields[i]);
	memset(g, 0, sizeof(*g));
}

static void add(char ***list, size_t *n, const char *text)
{
	*list = xrealloc(*list, (*n + 1) * sizeof(**list));
	(*list)[(*n)++] = xstrdup(text);
}

static void list_free(char ***list, size_t *n)
{
	for (size_t i = 0; i < *n; i++)
		free((*list)[i]);
	free(*list);
	*list = NULL;
	*n = 0;
}

/* --- what a line does ---------------------------------------------------------------------- */

static const char *text_of(const json_t *e, const char *key)
{
	return json_string_value(json_object_get(e, key)) ?: "";
}

static char *copy_of(const json_t *e, const char *key)
{
	const char *s = json_string_value(json_object_get(e, key));

	return s ? xstrdup(s) : NULL;
}

static unsigned long number_of(const json_t *e, const char *key)
{
	return json_integer_value(json_object_get(e, key));
}

static void deaths_clear(struct exploration *x)
{
	for (size_t i = 0; i < x->ndeaths; i++)
		free(x->death[i].last);
	free(x->death);
	x->death = NULL;
	x->ndeaths = 0;
}

static void death_add(struct exploration *x, const char *last)
{
	size_t i = 0;

	while (i < x->ndeaths && strcmp(x->death[i].last, last))
		i++;
	if (i == x->ndeaths) {
		x->death = xrealloc(x->death, (i + 1) * sizeof(*x->death));
		x->death[i].last = xstrdup(last);
		x->death[i].n = 0;
		x->ndeaths++;
	}
	x->death[i].n++;
}

static void guest_add(struct exploration *x, const json_t *e)
{
	struct guest_kept g = {
		.nr = number_of(e, "nr"),
		.job = number_of(e, "job") % EXPLORE_JOBS,
		.round = number_of(e, "round"),
		.finds = number_of(e, "finds"),
		.cut = json_is_true(json_object_get(e, "cut")),
		.died = *text_of(e, "died") ? xstrdup(text_of(e, "died")) : NULL,
		.last = xstrdup(text_of(e, "last")),
		.at = copy_of(e, "at"),
		.cpu_us = number_of(e, "cpu_us"),
	};

	x->guest = xrealloc(x->guest, (x->nguests + 1) * sizeof(*x->guest));
	x->guest[x->nguests++] = g;
	x->cpu_us += g.cpu_us;
	x->died += !!g.died;
	if (g.died)
		death_add(x, g.last);
	else
		deaths_clear(x);
	if (g.cut)
		return;
	x->round[g.job] = g.round + 1;
	if (g.at) {
		free(x->at[g.job]);
		x->at[g.job] = xstrdup(g.at);
	}
}

static void looked(struct exploration *x, const json_t *e)
{
	unsigned int nr = number_of(e, "nr");

	for (size_t i = 0; i < x->nguests; i++) {
		struct guest_kept *g = &x->guest[i];

		if (g->nr != nr)
			continue;
		if (json_is_true(json_object_get(e, "all")))
			g->looked = g->finds;
		else
			g->looked++;
	}
}

static bool alike(const struct group *a, const struct group *b)
{
	return !strcmp(a->clause, b->clause) && !strcmp(a->last, b->last) &&
	       !strcmp(a->class, b->class);
}

/* Takes @g over. False: there is such a group. */
static bool group_add(struct exploration *x, struct group *g)
{
	for (size_t i = 0; i < x->ng; i++)
		if (alike(&x->g[i], g)) {
			char *way = xasprintf("%s %s-%s: %s", g->clause, g->e.memory, g->e.pin,
					      g->e.steps);
			bool same = !strcmp(x->g[i].e.steps, g->e.steps) &&
				    !strcmp(x->g[i].e.memory, g->e.memory) &&
				    !strcmp(x->g[i].e.pin, g->e.pin);

			for (size_t w = 0; w < x->nway; w++)
				same |= !strcmp(x->way[w], way);
			if (!same)
				add(&x->way, &x->nway, way);
			free(way);
			group_free(g);
			return false;
		}
	x->g = xrealloc(x->g, (x->ng + 1) * sizeof(*x->g));
	x->g[x->ng++] = *g;
	return true;
}

static struct group group_of(const json_t *e)
{
	struct group g = { 0 };

	explored_set(&g.e, text_of(e, "memory"), text_of(e, "pin"), text_of(e, "steps"));
	g.clause = xstrdup(text_of(e, "clause"));
	g.last = xstrdup(text_of(e, "last"));
	g.class = xstrdup(text_of(e, "class"));
	g.wanted = xstrdup(text_of(e, "wanted"));
	g.seen = xstrdup(text_of(e, "seen"));
	g.known = copy_of(e, "known");
	g.bug = copy_of(e, "bug");
	g.like = copy_of(e, "like");
	g.others = copy_of(e, "others");
	g.file = copy_of(e, "file");
	return g;
}

/* True: something that was not there before. */
static bool apply(struct exploration *x, const json_t *e)
{
	const char *is = text_of(e, "is"), *what = text_of(e, "what");
	struct group g;

	x->ms = number_of(e, "ms");
	x->ended = !strcmp(is, "end");
	if (!strcmp(is, "exploration")) {
		free(x->asked);
		x->asked = xstrdup(what);
	} else if (!strcmp(is, "guest")) {
		guest_add(x, e);
	} else if (!strcmp(is, "looked")) {
		looked(x, e);
	} else if (!strcmp(is, "group")) {
		g = group_of(e);
		return group_add(x, &g);
	} else if (!strcmp(is, "avoid")) {
		buf_printf(&x->avoid, "%s%s", x->avoid.len ? ";" : "", what);
	} else if (!strcmp(is, "company")) {
		add(&x->company, &x->ncompany, what);
	} else if (!strcmp(is, "without")) {
		add(&x->without, &x->nwithout, what);
		deaths_clear(x);
	}
	return true;
}

/* --- the journal ------------------------------------------------------------------------------ */

/* Written in one piece, so that what is there is whole but for the end. Takes @e over. */
static int put(struct exploration *x, json_t *e, bool *is_new)
{
	char *text, *line;
	size_t len;
	ssize_t n;
	bool new;
	int ret = 0;

	json_object_set_new(e, "ms", json_integer(x->ms_before + now_ms() - x->since));
	text = json_dumps(e, JSON_COMPACT);
	line = xasprintf("%s\n", text);
	len = strlen(line);
	n = write(x->fd, line, len);
	if (n != (ssize_t)len)
		ret = err_set(n < 0 ? -errno : -ENOSPC, "%s/journal: %s", x->dir,
			      n < 0 ? strerror(errno) : "no space is left");
	/* What could not be kept is told all the same. */
	new = apply(x, e);
	if (is_new)
		*is_new = new;
	free(line);
	free(text);
	json_decref(e);
	return ret;
}

/* Only whole lines count: one was perhaps being written. How many bytes that are. */
static size_t replay(struct exploration *x, const char *text)
{
	const char *end;
	size_t at = 0;

	for (; (end = strchr(text + at, '\n')); at = end + 1 - text) {
		json_t *e = json_loadb(text + at, end - text - at, 0, NULL);

		if (e)
			apply(x, e);
		json_decref(e);
	}
	return at;
}

/* What guests counted is in their own files. */
static void count_guests(struct exploration *x)
{
	for (size_t i = 0; i < x->nguests; i++) {
		struct finds f = { 0 };

		exploration_finds(x, x->guest[i].nr, &f);
		finds_count(&x->sum, &f);
		finds_clear(&f);
	}
}

int exploration_read(struct exploration *x, const char *dir)
{
	char *path = xasprintf("%s/journal", dir);
	struct buf text = { 0 };
	int ret = read_file(path, &text);

	x->fd = -1;
	x->dir = xstrdup(dir);
	if (!ret) {
		replay(x, text.data ? text.data : "");
		count_guests(x);
	}
	if (!ret && !x->asked)
		ret = err_set(-EINVAL, "%s is no exploration's journal", path);
	buf_free(&text);
	free(path);
	return ret;
}

int exploration_open(struct exploration *x, const char *dir, const char *asked, bool anew)
{
	char *path = xasprintf("%s/journal", dir);
	struct buf text = { 0 };
	int ret = 0;

	x->dir = xstrdup(dir);
	x->since = now_ms();
	x->fd = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
	if (x->fd < 0)
		ret = err_set(-errno, "%s: %s", path, strerror(errno));
	if (!ret && flock(x->fd, LOCK_EX | LOCK_NB))
		ret = err_set(-EBUSY, "another explorer is at work in %s", dir);
	if (!ret && !anew)
		ret = read_file(path, &text);
	if (!ret && ftruncate(x->fd, text.data ? replay(x, text.data) : 0))
		ret = err_set(-errno, "%s: %s", path, strerror(errno));
	if (!ret && x->asked && strcmp(x->asked, asked))
		ret = err_set(-EINVAL,
			      "%s is an exploration of \"%s\", not of \"%s\": ANEW=1 begins anew",
			      dir, x->asked, asked);
	x->ms_before = x->ms;
	if (!ret && !x->asked)
		ret = put(x, json_pack("{s:s,s:s}", "is", "exploration", "what", asked), NULL);
	else if (!ret)
		count_guests(x);
	buf_free(&text);
	free(path);
	return ret;
}

int exploration_guest(struct exploration *x, const struct guest_kept *g)
{
	json_t *e = json_pack("{s:s,s:i,s:i,s:i,s:I,s:b,s:s,s:s,s:I}", "is", "guest", "nr",
			      (int)g->nr, "job", (int)g->job, "round", (int)g->round, "finds",
			      (json_int_t)g->finds, "cut", g->cut, "died", g->died ? g->died : "",
			      "last", g->last ? g->last : "", "cpu_us", (json_int_t)g->cpu_us);

	if (g->at)
		json_object_set_new(e, "at", json_string(g->at));
	return put(x, e, NULL);
}

int exploration_looked(struct exploration *x, unsigned int nr, bool all)
{
	return put(x, json_pack("{s:s,s:i,s:b}", "is", "looked", "nr", (int)nr, "all", all), NULL);
}

static void set(json_t *e, const char *key, const char *text)
{
	/* What a kernel says need not be text. */
	if (text)
		json_object_set_new(e, key, json_string(text) ?: json_string("(no text)"));
}

int exploration_group(struct exploration *x, const struct group *g, bool *is_new)
{
	json_t *e = json_pack("{s:s}", "is", "group");

	set(e, "memory", g->e.memory);
	set(e, "pin", g->e.pin);
	set(e, "steps", g->e.steps);
	set(e, "clause", g->clause);
	set(e, "last", g->last);
	set(e, "class", g->class);
	set(e, "wanted", g->wanted);
	set(e, "seen", g->seen);
	set(e, "known", g->known);
	set(e, "bug", g->bug);
	set(e, "like", g->like);
	set(e, "others", g->others);
	set(e, "file", g->file);
	return put(x, e, is_new);
}

static int put_text(struct exploration *x, const char *is, const char *what)
{
	json_t *e = json_pack("{s:s}", "is", is);

	set(e, "what", what);
	return put(x, e, NULL);
}

int exploration_avoid(struct exploration *x, const char *pattern)
{
	return put_text(x, "avoid", pattern);
}

int exploration_company(struct exploration *x, const char *text)
{
	return put_text(x, "company", text);
}

int exploration_without(struct exploration *x, const char *name)
{
	return put_text(x, "without", name);
}

int exploration_end(struct exploration *x)
{
	return put(x, json_pack("{s:s}", "is", "end"), NULL);
}

bool exploration_has(const struct exploration *x, const struct group *g)
{
	for (size_t i = 0; i < x->ng; i++)
		if (alike(&x->g[i], g))
			return true;
	return false;
}

/* --- questions ----------------------------------------------------------------------------------- */

const char *exploration_dying(const struct exploration *x)
{
	for (size_t i = 0; i < x->ndeaths; i++)
		if (x->death[i].n >= DEATHS)
			return x->death[i].last;
	return NULL;
}

void exploration_finds(const struct exploration *x, unsigned int nr, struct finds *f)
{
	char *path = xasprintf("%s/guest-%u.txt", x->dir, nr);
	struct buf text = { 0 };

	if (!read_file(path, &text) && text.data)
		finds_read(f, text.data);
	buf_free(&text);
	free(path);
	for (size_t i = 0; i < x->nguests; i++) {
		if (x->guest[i].nr != nr || !x->guest[i].died)
			continue;
		path = xasprintf("%s/guest-%u.marks", x->dir, nr);
		if (!read_file(path, &text) && text.data)
			finds_died(f, text.data, x->guest[i].died);
		buf_free(&text);
		free(path);
	}
}

/* --- shards ---------------------------------------------------------------------------------------- */

static char *maybe(const char *s)
{
	return s ? xstrdup(s) : NULL;
}

void exploration_merge(struct exploration *to, const struct exploration *from)
{
	to->fd = -1;
	if (!to->asked)
		to->asked = xstrdup(from->asked);
	for (size_t i = 0; i < from->ng; i++) {
		const struct group *f = &from->g[i];
		struct group g = { 0 };

		explored_set(&g.e, f->e.memory, f->e.pin, f->e.steps);
		g.clause = xstrdup(f->clause);
		g.last = xstrdup(f->last);
		g.class = xstrdup(f->class);
		g.wanted = xstrdup(f->wanted);
		g.seen = xstrdup(f->seen);
		g.known = maybe(f->known);
		g.bug = maybe(f->bug);
		g.like = maybe(f->like);
		g.others = maybe(f->others);
		g.file = maybe(f->file);
		group_add(to, &g);
	}
	for (size_t i = 0; i < from->nway; i++)
		add(&to->way, &to->nway, from->way[i]);
	for (size_t i = 0; i < from->ncompany; i++)
		add(&to->company, &to->ncompany, from->company[i]);
	for (size_t i = 0; i < from->nwithout; i++)
		add(&to->without, &to->nwithout, from->without[i]);
	to->nguests += from->nguests;
	to->died += from->died;
	to->cpu_us += from->cpu_us;
	to->ms += from->ms;
	finds_count(&to->sum, &from->sum);
}

void exploration_free(struct exploration *x)
{
	for (size_t i = 0; i < x->ng; i++)
		group_free(&x->g[i]);
	free(x->g);
	list_free(&x->way, &x->nway);
	list_free(&x->company, &x->ncompany);
	list_free(&x->without, &x->nwithout);
	for (size_t i = 0; x->guest && i < x->nguests; i++) {
		free((char *)x->guest[i].died);
		free((char *)x->guest[i].last);
		free((char *)x->guest[i].at);
	}
	free(x->guest);
	deaths_clear(x);
	for (size_t i = 0; i < EXPLORE_JOBS; i++)
		free(x->at[i]);
	buf_free(&x->avoid);
	finds_clear(&x->sum);
	if (x->fd >= 0 && x->dir)
		close(x->fd);
	free(x->asked);
	free(x->dir);
	memset(x, 0, sizeof(*x));
	x->fd = -1;
}

/* --- the table ---------------------------------------------------------------------------------------- */

double exploration_rate(const struct exploration *x)
{
	return x->cpu_us ? x->sum.sequences * 1e6 / x->cpu_us : 0;
}

static void table_part(const struct exploration *x, const char *kernel, bool known, struct buf *md)
{
	buf_printf(md,
		   "## %s\n\n| clause | sequence | wanted | seen | %s |\n|---|---|---|---|---|\n",
		   known ? "Known, and avoided" : "New",
		   known ? "by" : "on other kernels, and as a case");
	for (size_t i = 0; i < x->ng; i++) {
		const struct group *g = &x->g[i];

		if (!!g->known != known)
			continue;
		buf_printf(md, "| %s | `make try STEPS=\"%s\" MEMORY=%s PIN=%s KERNEL=%s` | ",
			   g->clause, g->e.steps, g->e.memory, g->e.pin, kernel);
		md_text(md, g->wanted);
		buf_printf(md, " | ");
		md_text(md, g->seen);
		if (known)
			buf_printf(md, " | `%s`, %s |\n", g->known, g->bug);
		else
			buf_printf(md, " | %s, `%s`%s%s |\n", g->others ? g->others : "",
				   g->file ? g->file : "",
				   g->like ? "; perhaps what shows in " : "",
				   g->like ? g->like : "");
	}
	buf_printf(md, "\n");
}

static void table_list(const char *title, char **line, size_t n, struct buf *md)
{
	buf_printf(md, "## %s\n\n", title);
	for (size_t i = 0; i < n; i++) {
		buf_printf(md, "- ");
		md_text(md, line[i]);
		buf_printf(md, "\n");
	}
	buf_printf(md, "\n");
}

void exploration_table(const struct exploration *x, const char *kernel, uint64_t seed,
		       const char *before, struct buf *md)
{
	char *covered = finds_coverage(&x->sum);

	buf_printf(
		md,
		"# Explored: %s, seed %llu\n\n%lu sequences in %zu guests, of which %u died; %.0f a "
		"second of processor time; %s. Behind the set-ups, all sequences in turn: %lu of "
		"one step, %lu of two, %lu of three.\n\n",
		kernel, (unsigned long long)seed, x->sum.sequences, x->nguests, x->died,
		exploration_rate(x), covered, x->sum.by_depth[0], x->sum.by_depth[1],
		x->sum.by_depth[2]);
	free(covered);
	table_part(x, kernel, false, md);
	table_part(x, kernel, true, md);
	if (before && *before)
		buf_printf(md, "## Known from before, and avoided\n\n%s\n", before);
	if (x->nway)
		table_list("Other ways to the same", x->way, x->nway, md);
	if (x->nwithout)
		table_list("Left out, as guests died of it", x->without, x->nwithout, md);
	table_list(
		"Not counted: what failed, or could not be judged, in the company of others only",
		x->company, x->ncompany, md);
}
