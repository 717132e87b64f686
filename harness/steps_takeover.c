// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is pinned for a device changes hands: a monitor of virtual machines is replaced by a newer
 * one while its devices run on (IOMMU_IOAS_CHANGE_PROCESS, 829ed626499c, v6.13; VFIO's type 1 has
 * its addresses told anew). The pins stay, and stand on the new process' account.
 */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "card.h"
#include "feature.h"
#include "internal.h"
#include "memory.h"
#include "tell.h"

/* What is known of the account, from one step to the next. */
static struct {
	bool other; /* a process beside has taken it over */
	struct account other_before;
} at;

static struct card *the_card(struct scene *s)
{
	struct card *c = card_now();

	if (!c || !c->way->take_over)
		scene_error(s, "%s is not taken over", s->pin[0].kind->name);
	return c;
}

/* KiB that it has pinned, for itself and for the scene. */
static long cost(struct scene *s)
{
	size_t bytes = the_card(s)->own;

	for (unsigned int i = 0; i < s->npins; i++)
		if (s->pin[i].taken)
			bytes += s->pin[i].len;
	return (long)(bytes >> 10);
}

void card_account(struct scene *s, enum card_account whose)
{
	struct account before, after;

	step_begin(s, "C8", "card_account of the %s", whose == OF_USER ? "user" : "process");
	tell_not("pins by VFIO, whose card is a program of its own");
	if (s->pin[0].taken)
		scene_error(s, "that is settled before anything is pinned");
	before = account_now(s);
	lock_right(s, false);
	lock_limit(s, RLIM_INFINITY);
	card_anew(s, the_card(s), whose == OF_PROCESS);
	after = account_now(s);
	s->account.pinned += after.pinned - before.pinned;
	s->account.locked += after.locked - before.locked;
	step_end(s);
}

void card_limit_reached(struct scene *s)
{
	struct pin more = { .kind = &pin_iommufd };
	char *page = canary(s);
	int err;

	step_begin(s, "C7", "card_limit_reached");
	tell_not("pins by VFIO, whose card is a program of its own");
	lock_limit(s, (rlim_t)cost(s) << 10);
	more.kind->open(s, &more);
	err = more.kind->take(s, &more, page, PAGE_4K);
	if (err != -ENOMEM)
		scene_error(s, "one page more is not ENOMEM, but %s",
			    err ? strerrorname_np(-err) : "pinned");
	munmap(page, PAGE_4K);
	step_end(s);
}

/* ->pins and ->locked: KiB that it has in VmPin and VmLck then. */
static void tells_account(struct scene *s, unsigned int take, struct child_reply *reply)
{
	struct account now;

	reply->ret = take ? card_now()->way->take_over(card_now()) : 0;
	now = account_now(s);
	reply->pins = now.pinned;
	reply->locked = now.locked;
}

static struct account ask_other(struct scene *s, bool take, int *err)
{
	struct child_reply reply;

	other_send(s, tells_account, take);
	while (!child_answer(s, OTHER, &reply))
		wait_failed(s, CHECK("take-over-hang"), "C8", by_process(s->proc[OTHER].pid),
			    "a process beside takes over", "it does not within %d ms", PATIENCE_MS);
	*err = reply.ret;
	return (struct account){ reply.pins, reply.locked };
}

/* False: nothing has changed. */
static bool must_take(struct scene *s, int err)
{
	if (err)
		scene_fail(s, CHECK("take-over-refused"), "C8",
			   "who is handed the device takes over what is pinned for it", "%s",
			   strerrorname_np(-err));
	return !err;
}

static bool in_vm_pin(struct scene *s)
{
	return the_card(s)->way->in_vm_pin;
}

static bool in_vm_lck(struct scene *s)
{
	return the_card(s)->way->in_vm_lck || the_card(s)->by_process;
}

/* Of what the card has pinned for itself there is no step that gives it back. */
static void own_account(struct scene *s, long kib)
{
	s->account.pinned += in_vm_pin(s) ? kib : 0;
	s->account.locked += in_vm_lck(s) ? kib : 0;
}

void taken_over(struct scene *s)
{
	int err;

	step_begin(s, "C8", "taken_over");
	tell_not("pins by VFIO, whose card is a program of its own");
	if (!s->pin[0].taken || at.other)
		scene_error(s, "nothing is pinned that could be taken over");
	feature_needed(s, the_card(s)->way->to_take_over);
	at.other_before = ask_other(s, false, &err);
	ask_other(s, true, &err);
	if (must_take(s, err)) {
		at.other = true;
		own_account(s, -(long)(the_card(s)->own >> 10));
	}
	step_end(s);
}

void taken_over_refused(struct scene *s)
{
	int err;

	step_begin(s, "C7", "taken_over_refused");
	tell_not("pins by VFIO, whose card is a program of its own");
	feature_needed(s, the_card(s)->way->to_take_over);
	ask_other(s, true, &err);
	if (err != -EINVAL)
		scene_fail(s, CHECK("take-over-errno"), "C7",
			   "EINVAL: something is pinned by its address in another process", "%s",
			   err ? strerrorname_np(-err) : "done");
	step_end(s);
}

void taker_exits(struct scene *s)
{
	step_begin(s, "C8", "taker_exits");
	if (!at.other)
		scene_error(s, "nobody has taken over");
	child_end(s, OTHER);
	step_end(s);
}

void taken_back(struct scene *s)
{
	step_begin(s, "C8", "taken_back");
	if (!at.other)
		scene_error(s, "nobody has taken over");
	if (must_take(s, card_now()->way->take_over(card_now()))) {
		at.other = false;
		own_account(s, (long)(the_card(s)->own >> 10));
	}
	step_end(s);
}

static void account_is(struct scene *s, const char *whose, struct account now,
		       struct account before, long kib)
{
	long pinned = in_vm_pin(s) ? kib : 0, locked = in_vm_lck(s) ? kib : 0;

	if (now.pinned - before.pinned != pinned)
		scene_fail(s, CHECK("take-over-pinned"), "C8",
			   "VmPin has what is pinned, and of nobody else",
			   "%ld kB, not %ld, of the %s", now.pinned - before.pinned, pinned, whose);
	if (now.locked - before.locked != locked)
		scene_fail(s, CHECK("take-over-locked"), "C8",
			   "VmLck has what is pinned, and of nobody else",
			   "%ld kB, not %ld, of the %s", now.locked - before.locked, locked, whose);
}

void account_of_takers(struct scene *s)
{
	long own = (long)(the_card(s)->own >> 10), pins = cost(s) - own;
	int err;

	step_begin(s, "C8", "account_of_takers");
	/* What is the card's own is in s->account, as long as it is ours. */
	account_is(s, "old process", account_now(s), s->account, at.other ? 0 : pins);
	if (s->proc[OTHER].pid > 0)
		account_is(s, "new process", ask_other(s, false, &err), at.other_before,
			   at.other ? own + pins : 0);
	step_end(s);
}
