// SPDX-License-Identifier: GPL-2.0-only
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "case.h"
#include "internal.h"
#include "nearest.h"
#include "pairs.h"
#include "race_calls.h"
#include "vocabulary.h"

/* What an act needs, and what is not done beside it. */
enum {
	REGISTERED = 1 << 0, /* with userfaultfd, for write-protect */
	MARKED = 1 << 1,     /* and all pages are write-protected */
	OUT = 1 << 2,	     /* pages in swap */
	HOLE = 1 << 3,	     /* registered for missing pages, and they are */
	SCANNED = 1 << 4,    /* a ledger of WP_ASYNC */
	DIRTIED = 1 << 5,    /* one of soft-dirty */
	PIN_KNOWN = 1 << 6,  /* there was a pin, and is none */
	RWP = 1 << 7,	     /* registered for read-and-write protect instead */
	ONLY_A = 1 << 8,     /* it has a thread of its own */
	FAULTS = 1 << 9,     /* it waits for a monitor where that is to be told */
	UNMAPS = 1 << 10,    /* what was registered or is tracked is not any more */
	GIVES_UP = 1 << 11,  /* what was there is not */
	READS = 1 << 12,     /* as FAULTS does, where reads are protected, too */
	LOOKS = 1 << 13,     /* as READS does, before it begins */
	ANYWHERE = 1 << 14,  /* it is done to all that there is */
};

/*
 * All of race.h, but for what another says already (act_drop, act_fork_pinned, act_store_torn), what
 * needs a case's own scene (act_migrate_child, act_to_device, act_device_write), and what goes with a
 * failure (act_move_all, act_copy_all).
 */
static const struct {
	const char *name;
	const struct act *act;
	unsigned int is;
} acts[] = {
	{ "migrate", &act_migrate, LOOKS | ANYWHERE },
	{ "pageout", &act_pageout, LOOKS },
	{ "mprotect", &act_mprotect, 0 },
	{ "fork", &act_fork, 0 },
	{ "pin", &act_pin, PIN_KNOWN | FAULTS | READS },
	{ "store", &act_store, FAULTS | READS },
	{ "store_afresh", &act_store_afresh, FAULTS | READS },
	{ "peek", &act_peek, READS },
	{ "wp", &act_wp, REGISTERED },
	{ "unwp", &act_unwp, MARKED },
	{ "rwp", &act_wp, REGISTERED | RWP },
	{ "unrwp", &act_unwp, MARKED | RWP },
	{ "close", &act_close, MARKED },
	{ "unregister", &act_unregister, MARKED },
	{ "fault", &act_fault, MARKED | FAULTS | ONLY_A },
	{ "noticed_write", &act_noticed_write, MARKED | ONLY_A },
	{ "clear_refs", &act_clear_refs, DIRTIED | ANYWHERE },
	{ "scan", &act_scan, SCANNED },
	{ "read", &act_read, OUT | READS },
	{ "swapoff", &act_swapoff, OUT | ANYWHERE },
	{ "dontneed", &act_dontneed, GIVES_UP },
	{ "punch", &act_punch, GIVES_UP },
	{ "map_over", &act_map_over, GIVES_UP | UNMAPS },
	{ "remap", &act_remap, UNMAPS },
	{ "move", &act_move, GIVES_UP },
	{ "collapse", &act_collapse, LOOKS },
	{ "split", &act_split, 0 },
	{ "reclaim_split", &act_reclaim_split, ANYWHERE },
	{ "ksm", &act_ksm, ONLY_A | LOOKS },
	{ "copy", &act_copy, HOLE },
	{ "continue", &act_continue, HOLE },
};
#define NR_ACTS (sizeof(acts) / sizeof(*acts))

/* What the scene is in beside what the acts need. */
static const struct state {
	const char *name, *steps;
	unsigned int not_with;
} states[] = {
	{ "plain", "", 0 },
	{ "forked", "fork_child", 0 },
	{ "pinned", "pin", PIN_KNOWN | HOLE },
	{ "marked", "wp", MARKED | FAULTS | UNMAPS | HOLE | SCANNED },
	{ "marked_out", "wp pageout", MARKED | FAULTS | UNMAPS | HOLE | SCANNED | OUT },
	{ "marked_forked", "wp fork_child", FAULTS | UNMAPS | HOLE | SCANNED },
};
#define NR_STATES (sizeof(states) / sizeof(*states))

static unsigned int turn_a, turn_b, turn_state, turn;
static char globs[3][256];

static bool is_act(unsigned int i, const struct act *act)
{
	return acts[i].act == act;
}

static bool are_acts(unsigned int a, unsigned int b, const struct act *one, const struct act *other)
{
	return (is_act(a, one) && is_act(b, other)) || (is_act(a, other) && is_act(b, one));
}

/* The registration, that is. */
static bool ends(unsigned int i)
{
	return is_act(i, &act_close) || is_act(i, &act_unregister);
}

/* Neither is in the other's way by what it is, which would say nothing of the kernel. */
static bool possible(unsigned int a, unsigned int b, const struct state *st)
{
	unsigned int of_a = acts[a].is, of_b = acts[b].is, both = of_a | of_b;

	if (a == b || of_b & ONLY_A || both & st->not_with)
		return false;
	/* One write is like the other. */
	if (of_a & FAULTS && of_b & FAULTS && !(both & PIN_KNOWN))
		return false;
	if (both & HOLE && both & (GIVES_UP | UNMAPS | REGISTERED | MARKED | OUT | SCANNED |
				   FAULTS | READS | LOOKS))
		return false;
	/* What is away for a moment cannot be named meanwhile. */
	if (is_act(a, &act_remap) && !(of_b & ANYWHERE))
		return false;
	/*
	 * A child has the descriptor, too; what moves does so between mappings of the same rights; one
	 * hole has nothing behind it, the other has; and what is given up in part is not moved.
	 */
	if (are_acts(a, b, &act_close, &act_fork) || are_acts(a, b, &act_mprotect, &act_move) ||
	    are_acts(a, b, &act_copy, &act_continue) ||
	    are_acts(a, b, &act_reclaim_split, &act_move))
		return false;
	/* Soft-dirty does not tell of what is given up; and what is not there is not protected. */
	if (both & GIVES_UP && both & (DIRTIED | REGISTERED))
		return false;
	/* The model has the write as soon as it ends, which is before what came of the other. */
	if (is_act(a, &act_noticed_write) && (of_b & GIVES_UP || is_act(b, &act_fork)))
		return false;
	/* Somebody ends what the fault waits for. */
	if (is_act(a, &act_fault))
		return !(of_b & RWP) && (is_act(b, &act_unwp) || ends(b));
	if (both & FAULTS && both & (REGISTERED | MARKED))
		return false;
	if (ends(a) || ends(b))
		return !((ends(a) ? of_b : of_a) & (REGISTERED | MARKED));
	/* It is registered for one or for the other. */
	if (both & RWP && ((of_a ^ of_b) & RWP) && of_a & (REGISTERED | MARKED) &&
	    of_b & (REGISTERED | MARKED))
		return false;
	if (both & RWP && (both & (READS | OUT) || (both & MARKED && both & LOOKS)))
		return false;
	if (both & SCANNED && both & (REGISTERED | MARKED))
		return false;
	/* It is what it is registered or tracked by that goes. */
	if (both & UNMAPS && both & (REGISTERED | MARKED | SCANNED | DIRTIED))
		return false;
	return !(of_a & GIVES_UP && of_b & GIVES_UP);
}

static bool wanted(void)
{
	return !fnmatch(globs[0], acts[turn_a].name, FNM_EXTMATCH) &&
	       !fnmatch(globs[1], acts[turn_b].name, FNM_EXTMATCH) &&
	       !fnmatch(globs[2], states[turn_state].name, FNM_EXTMATCH) &&
	       possible(turn_a, turn_b, &states[turn_state]);
}

static bool next(char *name, size_t size)
{
	do {
		if (turn == NR_ACTS * NR_ACTS * NR_STATES)
			return false;
		turn_state = turn / (NR_ACTS * NR_ACTS);
		turn_a = turn / NR_ACTS % NR_ACTS;
		turn_b = turn % NR_ACTS;
		turn++;
	} while (!wanted());
	snprintf(name, size, "%s %s %s", acts[turn_a].name, acts[turn_b].name,
		 states[turn_state].name);
	return true;
}

static bool asked(const char *text)
{
	return text && sscanf(text, "%255s %255s %255s", globs[0], globs[1], globs[2]) == 3;
}

bool pairs_begin(void)
{
	if (!asked(getenv("COWPEN_RACES")))
		return false;
	calls_next = next;
	return true;
}

static const char *act_name(size_t i)
{
	return i < NR_ACTS ? acts[i].name : NULL;
}

static const char *state_name(size_t i)
{
	return i < NR_STATES ? states[i].name : NULL;
}

int pairs_check(const char *text)
{
	static const char *const what[] = { "act", "act", "state" };
	unsigned int n = 0;
	char name[96];

	if (!asked(text)) {
		fprintf(stderr,
			"cowpen: \"%s\" is no \"A B STATE\": make explore-pairs "
			"RACES=\"migrate wp plain\"\n",
			text);
		return 3;
	}
	for (unsigned int k = 0; k < 3; k++) {
		const char *(*at)(size_t) = k < 2 ? act_name : state_name;
		bool there = false;

		for (size_t i = 0; at(i); i++)
			there |= !fnmatch(globs[k], at(i), FNM_EXTMATCH);
		if (there)
			continue;
		fprintf(stderr, "cowpen: there is no %s \"%s\"; the nearest is \"%s\"\n", what[k],
			globs[k], nearest(globs[k], at));
		return 3;
	}
	while (next(name, sizeof(name)))
		n++;
	if (!n) {
		fprintf(stderr, "cowpen: %s while %s, %s: one is in the other's way\n", globs[1],
			globs[0], globs[2]);
		return 3;
	}
	printf("%u\n", n);
	return 0;
}

int pairs_groups(unsigned int n)
{
	for (size_t i = 0; i < NR_ACTS; i++)
		printf("%s%s%s", i % n ? "|" : "@(", acts[i].name,
		       i % n == n - 1 || i == NR_ACTS - 1 ? ")\n" : "");
	return 0;
}

/* Those of the steps that can be done, if @all that is an ERROR else. */
static void do_steps(struct scene *s, const char *text, bool all)
{
	struct said steps[SEQUENCE_MAX];
	const char *why_not;
	char why[128];
	int n = sequence_parse(text, s->npages, steps, why, sizeof(why));

	if (n < 0)
		scene_error(s, "%s", why);
	for (int i = 0; i < n; i++) {
		why_not = steps[i].word->not_now(s, steps[i].pages, steps[i].what);
		if (!why_not)
			steps[i].word->run(s, steps[i].pages, steps[i].what);
		else if (all)
			scene_error(s, "%s: %s", steps[i].word->name, why_not);
	}
}

void pairs_run(struct scene *s)
{
	const unsigned int is = acts[turn_a].is | acts[turn_b].is;

	while (race_round(s)) {
		if (calls_for() == CALLS_TELL)
			continue;
		if (is & PIN_KNOWN)
			do_steps(s, "pin unpin", true);
		if (is & DIRTIED)
			do_steps(s, "ledger_open:soft_dirty ledger_clear", true);
		if (is & SCANNED)
			do_steps(s, "ledger_open:wp_async ledger_clear", true);
		if (is & HOLE) {
			if (s->memory->shared &&
			    (acts[turn_a].act == &act_copy || acts[turn_b].act == &act_copy))
				scene_error(s, "what a page cache has is not filled");
			do_steps(s, s->memory->shared ? "uffd_open:minor" : "uffd_open:missing",
				 true);
			drop_pages(s, ALL_PAGES);
		}
		if (is & (REGISTERED | MARKED))
			do_steps(s, is & RWP ? "uffd_open:rwp" : "uffd_open:plain", true);
		if (is & MARKED)
			do_steps(s, "wp", true);
		do_steps(s, states[turn_state].steps, true);
		if (is & OUT)
			do_steps(s, "pageout", true);
		race(s, acts[turn_a].act, AT("any"), acts[turn_b].act);
		do_steps(s,
			 "device_write unwp cpu_write device_write child_write cpu_read child_exit "
			 "cpu_write unpin cpu_write",
			 false);
	}
}
