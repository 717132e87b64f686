// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "disk.h"
#include "feature.h"
#include "memory.h"
#include "race_calls.h"
#include "tell.h"
#include "window.h"

/* A race as a window, see race.h. The windows themselves are in window.c. */

#define TRIES 3 /* with the window open */

static struct {
	unsigned int round; /* 0: not begun; 1: the control */
	unsigned int tried, waited;
} races;

static bool control(void)
{
	return races.round == 1 && calls_for() != CALLS_TRY && !calls_alone();
}

/* Who is to be preempted must be, and nobody else may move or unmap pages meanwhile. */
static void get_ready(struct scene *s)
{
	char text[64];

	if (file_get(PREEMPT_MODE, text, sizeof(text)) &&
	    (strstr(text, "(none)") || strstr(text, "(voluntary)")))
		knob_set(s, PREEMPT_MODE, "full");
	if (file_get("/proc/sys/kernel/numa_balancing", text, sizeof(text)) && *text != '0')
		knob_set(s, "/proc/sys/kernel/numa_balancing", "0");
	if (file_get("/sys/module/damon_stat/parameters/enabled", text, sizeof(text)) &&
	    *text == 'Y')
		knob_set(s, "/sys/module/damon_stat/parameters/enabled", "N");
}

bool race_round(struct scene *s)
{
	if (!races.round)
		get_ready(s);
	races.round++;
	if (calls_for())
		return calls_round(s, races.round);
	if (races.round <= 1 + TRIES)
		return true;
	if (races.tried < TRIES)
		scene_error(s, "the case has %u windows in %u rounds", races.tried, TRIES);
	return false;
}

static void finish(struct scene *s, const struct act *act)
{
	if (act->finish)
		act->finish(s);
}

static void tell_window(struct scene *s, const struct window *w)
{
	races.tried++;
	races.waited += w->waited;
	observe(s, "met", "%u of %u", races.tried, races.tried);
	observe(s, "b_waited", "%u of %u", races.waited, races.tried);
	observe(s, "a_stood_in", "%.14s < %.14s < %.13s", w->stood[0], w->stood[1], w->stood[2]);
	printf("# window %u: %s at %s, A in %s < %s < %s, B %s\n", races.tried,
	       w->spot.how == SPOT_DISK	  ? "wait" :
	       w->spot.outside		  ? "held" :
	       w->spot.how == SPOT_WRITES ? "write watch" :
					    "probe",
	       w->probed, w->stood[0], w->stood[1], w->stood[2],
	       w->waited ? "waited" : "did not wait");
}

/* Does A wait for B, if B is not there before it? */
static bool waits(const struct act *a)
{
	return a->waits && !(a->passes && calls_for());
}

/* One comes when the other is done. Who was first? */
static bool one_by_one(struct scene *s, const struct act *a, const struct act *b, int *err_a,
		       int *err_b)
{
	pid_t tid = a->who ? a->who(s) : (pid_t)syscall(SYS_gettid);
	bool noting = !control();

	if (waits(a) && !noting)
		*err_b = b->act(s);
	if (noting)
		calls_note(s, tid);
	*err_a = a->act(s);
	if (noting)
		calls_noted(s, tid);
	if (waits(a) && noting)
		*err_b = b->act(s);
	finish(s, a);
	if (!waits(a))
		*err_b = b->act(s);
	return waits(a);
}

/* B comes when A is at the spot, or if that may be missed, when A is done. */
static bool b_within_a(struct scene *s, const struct act *a, const struct spot *spot,
		       const struct act *b, int *err_a, int *err_b)
{
	const bool explored = spot->how == SPOT_CALL;
	const bool disk = spot->how == SPOT_DISK;
	const pid_t tid = a->who ? a->who(s) : (pid_t)syscall(SYS_gettid);
	struct window *w = disk		 ? disk_open(s, spot, tid, b->act, b->forks) :
			   spot->outside ? outside_open(s, spot, b->act) :
					   window_open(s, spot, tid, b->act, b->forks);
	enum calls_first first;
	bool begun;

	*err_a = a->act(s);
	if (disk)
		disk_close(w, b->clause);
	else if (spot->outside)
		outside_close(w, b->clause);
	else
		window_close(w, b->clause);
	if (explored)
		calls_tried(w);
	else
		tell_window(s, w);
	begun = !explored || w->begun;
	if (!begun && waits(a))
		*err_b = b->act(s);
	/* If it was not held where it was to be, it is nobody's fault that it hangs. */
	finish(s, a);
	if (begun)
		*err_b = w->err;
	else if (!waits(a))
		*err_b = b->act(s);
	first = explored ? calls_first(w) : AS_IT_SEEMS;
	if (first != AS_IT_SEEMS)
		return first == B_FIRST;
	if (!begun)
		return waits(a);
	/* What has not waited was there before the other was done. */
	return !w->waited && (explored || !a->first);
}

void race(struct scene *s, const struct act *a, struct spot spot, const struct act *b)
{
	int err_a, err_b = 0;
	bool b_first;

	step_begin(s, b->clause, "%s while %s%s", b->name, a->name,
		   control() ? ", the window closed" : "");
	tell_not("holds a thread in the kernel");
	if (calls_for() && (a->by_page || b->by_page))
		calls_by_page();
	if (calls_for())
		spot = (struct spot){ .how = SPOT_CALL, .hit = calls_at() };
	if (a->prepare)
		a->prepare(s);
	if (b->prepare)
		b->prepare(s);
	if (spot.how == SPOT_DISK)
		feature_needed(s, F_SWAP_STOPS);
	else if (spot.outside)
		outside_needed(s, &spot);
	else
		window_needed(s, &spot);
	if (control() || calls_for() == CALLS_NOTE)
		b_first = one_by_one(s, a, b, &err_a, &err_b);
	else
		b_first = b_within_a(s, a, &spot, b, &err_a, &err_b);
	if (b_first)
		b->done(s, err_b);
	a->done(s, err_a);
	if (!b_first)
		b->done(s, err_b);
	step_end(s);
}
