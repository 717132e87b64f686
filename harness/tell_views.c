// SPDX-License-Identifier: GPL-2.0-only
#include <linux/userfaultfd.h>
#include <stdio.h>
#include <string.h>

#include "case_info.h"
#include "internal.h"
#include "tell.h"

/*
 * A program that was exported looks at one word of a page, which all writes go to: it compares
 * after each. The cells of the model, and what is between them, are told as this word, with the
 * latest value that any of them has.
 */

/* Who looks: the processes, what is behind a private mapping, and the pins. */
enum { BEHIND = MODEL_PROCS - 1, FIRST_PIN, VIEWERS = FIRST_PIN + MODEL_PINS };

/* What the word is to hold. */
struct value {
	enum { NOT_LOOKED_AT, ZERO, WRITTEN, OWN } what;
	enum actor by;
	unsigned int step;
};

static bool any_mark;
static const char *viewer_name(int viewer)
{
	return viewer < FIRST_PIN ? told_proc(viewer) : told_pin(viewer - FIRST_PIN);
}

static const char *actor_name(enum actor by)
{
	static const char *const names[NR_ACTORS] = {
		[BY_PARENT] = "PARENT", [BY_CHILD] = "CHILD",	[BY_GRANDCHILD] = "GRANDCHILD",
		[BY_OTHER] = "OTHER",	[BY_DEVICE] = "DEVICE", [BY_FILE] = "FIRST",
	};

	return names[by];
}

/* --- what is to be seen ------------------------------------------------------------------ */

static struct value value_of(uint64_t v, unsigned int page)
{
	struct value r = { .what = ZERO };
	unsigned int of;

	if (!v)
		return r;
	r.what = WRITTEN;
	if (!stamp_parse(v, &r.by, &r.step, &of) &&
	    !pattern_parse(pattern_word(v, 0), &r.by, &r.step, &of, NULL))
		tell_not("has a value in page %u that nobody wrote", page);
	else if (of != page)
		tell_not("has in page %u what was written to page %u", page, of);
	return r;
}

static struct value latest(const struct content *c, unsigned int page)
{
	struct value r = value_of(c->v[PATTERN], page);

	for (enum cell cell = 0; cell < NR_CELLS; cell++) {
		struct value v = value_of(c->v[cell], page);

		if (v.what == WRITTEN && (r.what != WRITTEN || v.step > r.step))
			r = v;
	}
	return r;
}

static struct value through_pin(struct scene *s, int n, unsigned int page)
{
	struct content c = { 0 };
	int asked;

	if (!pin_can_be_asked(s, n, &asked) || !model_pin_covers(&s->model, n, page) ||
	    s->racing[page] ||
	    (s->pin[n].kind->on_demand && !page_visible(s, s->pin[n].owner, page)))
		return (struct value){ .what = NOT_LOOKED_AT };
	if (asked != s->pin[n].owner)
		tell_not("asks a device by who inherited it");
	/* What it may show is what its owner's page has held. */
	if (!s->pin[n].kind->coherent)
		return (struct value){ .what = OWN };
	c = model_pin_content(&s->model, n, page, &c);
	return latest(&c, page);
}

static void look_at_all(struct scene *s, unsigned int first, unsigned int end,
			struct value now[VIEWERS][MODEL_PAGES])
{
	for (unsigned int i = first; i < end; i++) {
		for (int proc = PARENT; proc < BEHIND; proc++)
			if (s->model.proc[proc].alive && s->model.proc[proc].mapped &&
			    !s->proc[proc].asleep && page_visible(s, proc, i))
				now[proc][i] = latest(model_content(&s->model, proc, i), i);
		if (s->alias && !(s->alias_follows && (s->racing[i] || s->out[i])))
			now[BEHIND][i] = latest(s->alias_follows ?
							model_content(&s->model, PARENT, i) :
							&s->first_content[i],
						i);
		for (unsigned int n = 0; n < s->npins; n++)
			now[FIRST_PIN + n][i] = through_pin(s, n, i);
	}
}

/* --- told, with all who see the same in one line ---------------------------------------------- */

static bool same(struct value a, struct value b)
{
	return a.what == b.what && (a.what != WRITTEN || (a.by == b.by && a.step == b.step));
}

static const char *value_args(struct value v)
{
	static char text[40];

	switch (v.what) {
	case ZERO:
		return "NOBODY, 0";
	case OWN:
		return "OWN, 0";
	default:
		snprintf(text, sizeof(text), "%s, %u", actor_name(v.by), v.step);
		return text;
	}
}

/* What one sees, "first, n, who, step"; a line for each run of pages. */
static void runs(struct scene *s, const struct value now[], char *text, size_t size)
{
	size_t len = 0;

	*text = 0;
	for (unsigned int i = 0, n; i < s->npages; i += n) {
		for (n = 1; i + n < s->npages && same(now[i + n], now[i]); n++)
			;
		if (now[i].what != NOT_LOOKED_AT && len < size)
			len += snprintf(text + len, size - len, "%u, %u, %s\n", i, n,
					value_args(now[i]));
	}
}

/* @when: "now ", in the midst of a step, or "". */
static void tell_content(struct scene *s, unsigned int first, unsigned int n, const char *when)
{
	static struct value now[VIEWERS][MODEL_PAGES];
	static char text[VIEWERS][1024];

	memset(now, 0, sizeof(now));
	look_at_all(s, first, first + n, now);
	for (int v = 0; v < VIEWERS; v++)
		runs(s, now[v], text[v], sizeof(text[v]));
	for (int v = 0; v < VIEWERS; v++) {
		char viewers[128], *line, *save;
		size_t len;

		len = snprintf(viewers, sizeof(viewers), "%s", viewer_name(v));
		for (int other = v + 1; other < VIEWERS; other++)
			if (!strcmp(text[v], text[other])) {
				len += snprintf(viewers + len, sizeof(viewers) - len, " | %s",
						viewer_name(other));
				*text[other] = 0;
			}
		for (line = strtok_r(text[v], "\n", &save); line;
		     line = strtok_r(NULL, "\n", &save))
			tell("%ssees(%s, %s);", when, viewers, line);
	}
}

/*
 * Does pagemap tell the marks, and has a write no other part in them? See compare_marks(). Once
 * there was one they are told after each step.
 */
static void tell_marks(struct scene *s)
{
	if (!s->pagemap_has_mark || s->uffd_features & UFFD_FEATURE_WP_ASYNC ||
	    !strstr(the_case->info->clauses, "C4"))
		return;
	for (int proc = PARENT; proc < BEHIND; proc++) {
		static bool none[MODEL_PROCS];
		unsigned int marks = 0;

		if (!s->model.proc[proc].alive || !s->model.proc[proc].mapped) {
			none[proc] = false;
			continue;
		}
		for_each_page(s, i)
			marks |= model_marked(&s->model, proc, i) << i;
		any_mark |= marks;
		/* That there is none is told once. */
		if (any_mark && (marks || !none[proc]))
			tell("uffd_wp(%s, %#x);", told_proc(proc), marks);
		none[proc] = any_mark && !marks;
	}
}

void tell_views(struct scene *s)
{
	if (!telling())
		return;
	tell_content(s, 0, s->npages, "");
	tell_marks(s);
}

void tell_seen(struct scene *s, unsigned int page)
{
	if (telling())
		tell_content(s, page, 1, "now ");
}

void tell_copies(struct scene *s, const struct content *const wanted[])
{
	struct value v[MODEL_PAGES] = { 0 };
	char text[1024], *line, *save;

	for_each_page(s, i)
		if (wanted[i])
			v[i] = latest(wanted[i], i);
	runs(s, v, text, sizeof(text));
	for (line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
		tell("copy_holds(%s);", line);
}

void tell_moved_content(struct scene *s, unsigned int page, const struct content *wanted)
{
	(void)s;
	if (telling())
		tell("moved_holds(%u, %s);", page, value_args(latest(wanted, page)));
}
