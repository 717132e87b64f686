// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "nearest.h"
#include "vocabulary.h"

/* The table, and what is typed. Whether a step can be done, and the doing: enabled.c. */

#define STEP(name, pages, what, does, when, statement)                         \
	const char *when_##name(const struct scene *s, int pages_, int what_); \
	void do_##name(struct scene *self, int pages_, int what_);
#define LEFT_OUT(function, because)
#include "vocabulary.def"
#undef STEP
#undef LEFT_OUT

#define STEP(name, pages, what, does, when, statement) \
	{ #name, pages, what, does, when_##name, do_##name, #statement },
#define LEFT_OUT(function, because)
const struct word words[] = {
#include "vocabulary.def"
};
#undef STEP
#undef LEFT_OUT
const size_t nwords = sizeof(words) / sizeof(words[0]);
_Static_assert(sizeof(words) / sizeof(words[0]) <= WORDS_MAX, "more steps than WORDS_MAX");

#define STEP(name, pages, what, does, when, statement)
#define LEFT_OUT(function, because) { #function, because },
const struct left_out left_out[] = {
#include "vocabulary.def"
};
const size_t nleft_out = sizeof(left_out) / sizeof(left_out[0]);

/* --- domains ----------------------------------------------------------------------------- */

/* A value as it is typed, and as C has it. */
struct value {
	const char *name, *c;
	int value;
};
#define VALUE(name, v)      \
	{                   \
		name, #v, v \
	}

static const struct value ways[] = {
	VALUE("read", READ_SYSCALL), VALUE("worker", IO_WORKER), VALUE("writev", VM_WRITEV),
	VALUE("mem", PROC_MEM),	     VALUE("poke", PTRACE_POKE), VALUE("clone", VM_CLONE),
	VALUE("populate", POPULATE), VALUE("futex", FUTEX),
};
static const struct value ways_outside[] = {
	VALUE("writev", VM_WRITEV),
	VALUE("mem", PROC_MEM),
	VALUE("poke", PTRACE_POKE),
};
static const struct value ways_readonly[] = {
	VALUE("read", READ_SYSCALL), VALUE("worker", IO_WORKER), VALUE("writev", VM_WRITEV),
	VALUE("mem", PROC_MEM),	     VALUE("poke", PTRACE_POKE), VALUE("futex", FUTEX),
};
static const struct value monitors[] = {
	VALUE("unprotect", UNPROTECT),
	VALUE("wake", UNPROTECT_THEN_WAKE),
	VALUE("copy", COPY_THEN_UNPROTECT),
	VALUE("emulate", EMULATE),
};
static const struct value uffds[] = {
	VALUE("plain", 0),
	VALUE("event_fork", WP_EVENT_FORK),
	VALUE("unpopulated", WP_UNPOPULATED),
	VALUE("event_remap", WP_EVENT_REMAP),
	VALUE("missing", WITH_MISSING),
	VALUE("minor", WITH_MINOR),
	VALUE("rwp", FOR_RWP),
	VALUE("rwp_event_fork", FOR_RWP | WP_EVENT_FORK),
	VALUE("event_fork_remap", WP_EVENT_FORK | WP_EVENT_REMAP),
	VALUE("event_remove", WP_EVENT_REMOVE),
	VALUE("event_unmap", WP_EVENT_UNMAP),
	VALUE("missing_unpopulated", WITH_MISSING | WP_UNPOPULATED),
	VALUE("rwp_async", FOR_RWP | RWP_ASYNC),
	VALUE("rwp_missing", FOR_RWP | WITH_MISSING),
	VALUE("rwp_minor", FOR_RWP | WITH_MINOR),
};
static const struct value fills[] = {
	VALUE("copy", FILL_COPY),
	VALUE("copy_wp", FILL_COPY_WP),
	VALUE("zeropage", FILL_ZEROPAGE),
	VALUE("continue", FILL_CONTINUE),
	VALUE("continue_wp", FILL_CONTINUE_WP),
	VALUE("poison", FILL_POISON),
};
static const struct value ledgers[] = {
	VALUE("soft_dirty", SOFT_DIRTY),
	VALUE("wp_async", WP_ASYNC),
	VALUE("both", SOFT_DIRTY | WP_ASYNC),
	VALUE("wp_async_event_fork", WP_ASYNC | WP_EVENT_FORK),
};
static const struct value clears[] = {
	VALUE("scan", SCAN),
	VALUE("blind", SCAN_BLIND),
	VALUE("one_by_one", SCAN_ONE_BY_ONE),
	VALUE("uffd", UFFD),
};
static const struct value splitters[] = {
	VALUE("outside", FROM_OUTSIDE),
	VALUE("munmap", BY_MUNMAP),
	VALUE("mremap", BY_MREMAP),
};
static const struct value places[] = {
	VALUE("away", 0),
	VALUE("dontunmap", REMAP_DONTUNMAP),
	VALUE("askew", REMAP_ASKEW),
	VALUE("dontunmap_askew", REMAP_DONTUNMAP | REMAP_ASKEW),
};

static const struct value hints[] = {
	VALUE("cold", COLD),
	VALUE("willneed", WILLNEED),
	VALUE("populate_read", POPULATE_READ),
};

static const struct value locks[] = {
	VALUE("at_once", AT_ONCE),
	VALUE("on_fault", ON_FAULT),
};

static const struct value growths[] = {
	VALUE("in_place", IN_PLACE),
	VALUE("away", AWAY),
};

static const struct value rwp_modes[] = {
	VALUE("async", TO_ASYNC),
	VALUE("sync", TO_SYNC),
};

#define DOMAIN(v)                             \
	{                                     \
		v, sizeof(v) / sizeof((v)[0]) \
	}
static const struct {
	const struct value *v;
	size_t n;
} domains[NR_DOMAINS] = {
	[WAY] = DOMAIN(ways),
	[WAY_OUTSIDE] = DOMAIN(ways_outside),
	[WAY_READONLY] = DOMAIN(ways_readonly),
	[WAY_UNDER_WP] = DOMAIN(ways),
	[MONITOR] = DOMAIN(monitors),
	[UFFD_FLAGS] = DOMAIN(uffds),
	[FILL] = DOMAIN(fills),
	[LEDGER] = DOMAIN(ledgers),
	[CLEAR] = DOMAIN(clears),
	[SPLITTER] = DOMAIN(splitters),
	[PLACE] = DOMAIN(places),
	[HINT] = DOMAIN(hints),
	[LOCK] = DOMAIN(locks),
	[GROWTH] = DOMAIN(growths),
	[RWP_MODE] = DOMAIN(rwp_modes),
};

size_t domain_size(enum domain d)
{
	return domains[d].n;
}

int domain_value(enum domain d, size_t i)
{
	return domains[d].v[i].value;
}

static const struct value *value_of(enum domain d, int value)
{
	for (size_t i = 0; i < domains[d].n; i++)
		if (domains[d].v[i].value == value)
			return &domains[d].v[i];
	return NULL;
}

/* --- what is typed ------------------------------------------------------------------------ */

static const char *word_name(size_t i)
{
	return i < nwords ? words[i].name : NULL;
}

static enum domain nearest_of;

static const char *value_name(size_t i)
{
	return i < domains[nearest_of].n ? domains[nearest_of].v[i].name : NULL;
}

/* "2", or of PAGES "1+2". */
static bool parse_pages(const char *text, const struct word *w, unsigned int npages, int *pages,
			char *why, size_t size)
{
	unsigned long first, n = 1;
	char *end;

	first = strtoul(text, &end, 10);
	if (end > text && *end == '+' && w->pages == PAGES && isdigit((unsigned char)end[1]))
		n = strtoul(end + 1, &end, 10);
	if (!isdigit((unsigned char)*text) || *end) {
		snprintf(why, size, "%s:%s: \"%s\" is no page%s", w->name, text, text,
			 w->pages == PAGES ? ", as 1, or 1+2 for two from there" : ", as 1");
		return false;
	}
	if (!n || first >= MODEL_PAGES || first + n > (npages ?: MODEL_PAGES)) {
		snprintf(why, size, "%s:%s: this memory has pages 0 to %u", w->name, text,
			 (npages ?: MODEL_PAGES) - 1);
		return false;
	}
	*pages = w->pages == PAGES ? SOME_PAGES((int)first, (int)n) : (int)first;
	return true;
}

static bool parse_what(const char *text, const struct word *w, int *what, char *why, size_t size)
{
	for (size_t i = 0; i < domains[w->what].n; i++)
		if (!strcmp(domains[w->what].v[i].name, text)) {
			*what = domains[w->what].v[i].value;
			return true;
		}
	nearest_of = w->what;
	snprintf(why, size, "%s has no \"%s\"; the nearest is \"%s\"", w->name, text,
		 nearest(text, value_name));
	return false;
}

static bool parse_step(char *text, unsigned int npages, struct said *step, char *why, size_t size)
{
	char *arg = strchr(text, ':'), *next;
	const struct word *w = NULL;
	bool pages_said = false;

	if (arg)
		*arg++ = 0;
	for (size_t i = 0; i < nwords && !w; i++)
		if (!strcmp(words[i].name, text))
			w = &words[i];
	if (!w) {
		for (size_t i = 0; i < nleft_out; i++)
			if (!strcmp(left_out[i].function, text)) {
				snprintf(why, size, "%s can be said in a case only: %s", text,
					 left_out[i].because);
				return false;
			}
		snprintf(why, size,
			 "there is no step \"%s\"; the nearest is \"%s\" (make list WHAT=steps)",
			 text, nearest(text, word_name));
		return false;
	}
	step->word = w;
	step->pages = w->pages == PAGES ? EVERY_PAGE : 0;
	step->what = w->what ? domains[w->what].v[0].value : 0;
	for (; arg; arg = next) {
		next = strchr(arg, ':');
		if (next)
			*next++ = 0;
		/* Who begins with a digit is a page; what has no page has only one argument. */
		if (w->pages && !pages_said && (isdigit((unsigned char)*arg) || !w->what)) {
			if (!parse_pages(arg, w, npages, &step->pages, why, size))
				return false;
			pages_said = true;
		} else if (w->what && !next) {
			if (!parse_what(arg, w, &step->what, why, size))
				return false;
		} else {
			snprintf(why, size, "%s takes no \"%s\"", w->name, arg);
			return false;
		}
	}
	return true;
}

int sequence_parse(const char *text, unsigned int npages, struct said steps[SEQUENCE_MAX],
		   char *why, size_t size)
{
	char *copy = strdup(text), *save;
	int n = 0;

	for (char *w = strtok_r(copy, " \t\n,;", &save); w && n >= 0;
	     w = strtok_r(NULL, " \t\n,;", &save)) {
		if (n == SEQUENCE_MAX)
			snprintf(why, size, "more than %d steps", SEQUENCE_MAX);
		if (n == SEQUENCE_MAX || !parse_step(w, npages, &steps[n], why, size))
			n = -1;
		else
			n++;
	}
	free(copy);
	return n;
}

static int pages_text(const struct said *step, char *buf, size_t size)
{
	int first = step->pages & 0xff, n = step->pages >> 8;

	if (step->word->pages == NONE || (step->word->pages == PAGES && step->pages == EVERY_PAGE))
		return 0;
	if (step->word->pages == PAGE || n == 1)
		return snprintf(buf, size, ":%d", first);
	return snprintf(buf, size, ":%d+%d", first, n);
}

char *said_text(const struct said *step, char *buf, size_t size)
{
	size_t len = snprintf(buf, size, "%s", step->word->name);
	const struct value *v = value_of(step->word->what, step->what);

	len += pages_text(step, buf + len, size - len);
	if (v && v != domains[step->word->what].v)
		snprintf(buf + len, size - len, ":%s", v->name);
	return buf;
}

/* --- as C ----------------------------------------------------------------------------------- */

static void put(char **to, char *end, const char *text)
{
	while (*text && *to < end)
		*(*to)++ = *text++;
	**to = 0;
}

static void pages_as_c(const struct said *step, char *buf, size_t size)
{
	int first = step->pages & 0xff, n = step->pages >> 8;

	if (step->word->pages == PAGE)
		snprintf(buf, size, "%d", step->pages);
	else if (step->pages == EVERY_PAGE)
		snprintf(buf, size, "ALL_PAGES");
	else if (n == 1)
		snprintf(buf, size, "PAGE(%d)", first);
	else
		snprintf(buf, size, "%d, %d", first, n);
}

/* "wp_pages(self, ALL_PAGES)" has a name of its own, "wp(self)". */
static void say_briefly(char *text)
{
	char *pages = strstr(text, "_pages("), *all = strstr(text, ", ALL_PAGES)");

	if (!strcmp(text, "ledger_clear_by(self, SCAN)"))
		strcpy(text, "ledger_clear(self)");
	if (!pages || !all || !strncmp(text, "drop_", 5))
		return;
	memmove(all, all + strlen(", ALL_PAGES"), strlen(all + strlen(", ALL_PAGES")) + 1);
	memmove(pages, pages + strlen("_pages"), strlen(pages + strlen("_pages")) + 1);
}

char *said_statement(const struct said *step, char *buf, size_t size)
{
	const struct value *v = value_of(step->word->what, step->what);
	char *to = buf, *end = buf + size - 2, pages[32];
	const char *from = step->word->statement;

	pages_as_c(step, pages, sizeof(pages));
	*to = 0;
	while (*from && to < end) {
		bool begins = from == step->word->statement || !isalnum((unsigned char)from[-1]);

		if (begins && !strncmp(from, "PAGES(pages)", 12)) {
			put(&to, end, pages);
			from += 12;
		} else if (begins && !strncmp(from, "pages", 5) &&
			   !isalnum((unsigned char)from[5]) && from[5] != '_' && from[-1] != '_') {
			put(&to, end, pages);
			from += 5;
		} else if (begins && !strncmp(from, "what", 4) &&
			   !isalnum((unsigned char)from[4])) {
			put(&to, end, v ? v->c : "0");
			from += 4;
		} else {
			*to++ = *from++;
			*to = 0;
		}
	}
	say_briefly(buf);
	strcat(buf, ";");
	return buf;
}
