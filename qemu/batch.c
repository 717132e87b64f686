// SPDX-License-Identifier: GPL-2.0-only
/* Which tests share a guest, and in which order all of it is run. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "batch.h"
#include "err.h"
#include "util.h"

static const char *const isolation_names[] = {
	[ISO_TEST] = "test",
	[ISO_CASE] = "case",
	[ISO_AREA] = "area",
	[ISO_NONE] = "none",
};

const char *isolation_name(enum isolation i)
{
	return i < ARRAY_SIZE(isolation_names) ? isolation_names[i] : "?";
}

int isolation_parse(const char *word, enum isolation *i)
{
	for (size_t n = 0; n < ARRAY_SIZE(isolation_names); n++) {
		if (!strcmp(word, isolation_names[n])) {
			*i = n;
			return 0;
		}
	}
	return err_set(-EINVAL, "isolation \"%s\" is none of test, case, area, none", word);
}

int order_parse(const char *word, struct order *o)
{
	char *end;

	*o = (struct order){ .how = ORDER_FORWARD };
	if (!strcmp(word, "forward"))
		return 0;
	if (!strcmp(word, "reverse")) {
		o->how = ORDER_REVERSE;
		return 0;
	}
	errno = 0;
	o->how = ORDER_SHUFFLED;
	o->seed = strtoull(word, &end, 0);
	if (errno || *end || end == word || *word == '-')
		return err_set(-EINVAL,
			       "order \"%s\" is none of forward, reverse, or a number to shuffle "
			       "by",
			       word);
	return 0;
}

/* --- planning ---------------------------------------------------------------- */

/* Where in its guest a test comes. */
static uint64_t place(const struct test *t, const struct order *o)
{
	switch (o->how) {
	case ORDER_REVERSE:
		return ~(uint64_t)(uintptr_t)t;
	case ORDER_SHUFFLED:
		return text_hash(t->name, 0, o->seed);
	case ORDER_FORWARD:
		break;
	}
	return (uintptr_t)t;
}

/* Whose tests it may share a guest with. */
static uint64_t company_of(const struct job *j, enum isolation iso)
{
	const char *id = j->t->c->id;
	uint64_t with;
	char *name;

	if (!isolation_is_company(iso))
		return 0;
	name = xasprintf("%.*s", (int)(iso == ISO_AREA ? strcspn(id, "/") : strlen(id)), id);
	with = text_hash(name, 0, 0);
	free(name);
	return with;
}

/*
 * Those that may share a guest next to each other; of them those that fail come
 * last: who fails may leave much behind.
 */
static int by_company(const void *a, const void *b)
{
	const struct job *x = a, *y = b;

	if (x->kernel != y->kernel)
		return x->kernel < y->kernel ? -1 : 1;
	if (x->repeat != y->repeat)
		return x->repeat < y->repeat ? -1 : 1;
	if (x->t->turn != y->t->turn)
		return x->t->turn < y->t->turn ? -1 : 1;
	if (x->with != y->with)
		return x->with < y->with ? -1 : 1;
	if (x->with && x->to_fail != y->to_fail)
		return x->to_fail ? 1 : -1;
	return x->place < y->place ? -1 : x->place > y->place;
}

static bool may_share(const struct job *a, const struct job *b, enum isolation iso)
{
	if (a->kernel != b->kernel || a->repeat != b->repeat)
		return false;
	if (isolation_is_company(iso))
		return a->with == b->with && a->t->turn == b->t->turn;
	return iso == ISO_NONE;
}

static unsigned int add_known(unsigned int a, unsigned int b)
{
	return a + b < a || a == ~0U || b == ~0U ? ~0U : a + b;
}

static void add_batch(struct batches *q, size_t first, size_t n)
{
	struct batch b = { .first = first, .n = n };

	for (size_t i = 0; i < n; i++)
		b.known_ms = add_known(b.known_ms, q->job[first + i].known_ms);
	q->b = xrealloc(q->b, (q->n + 1) * sizeof(*q->b));
	q->b[q->n++] = b;
}

/* @n jobs that may share a guest, in as few parts as need be, of the same size. */
static void add_parts(struct batches *q, size_t first, size_t n, enum isolation iso)
{
	size_t parts = isolation_is_company(iso) ? (n + COMPANY_MAX - 1) / COMPANY_MAX : 1;

	for (size_t i = 0; i < parts; i++) {
		size_t from = n * i / parts, to = n * (i + 1) / parts;

		add_batch(q, first + from, to - from);
	}
}

struct batch_order {
	const struct job *job;
	bool interleave;
};

/* Longest first, so that the last one to run is short; what is new comes before all. */
static int by_turn(const void *a, const void *b, void *arg)
{
	const struct batch *p = a, *q = b;
	const struct batch_order *o = arg;
	const struct job *x = &o->job[p->first], *y = &o->job[q->first];

	if (x->t->turn != y->t->turn)
		return x->t->turn < y->t->turn ? -1 : 1;
	if (!o->interleave && p->known_ms != q->known_ms)
		return p->known_ms > q->known_ms ? -1 : 1;
	if (x->repeat != y->repeat)
		return x->repeat < y->repeat ? -1 : 1;
	if (x->t != y->t)
		return x->t < y->t ? -1 : 1;
	return x->kernel < y->kernel ? -1 : x->kernel > y->kernel;
}

void batches_plan(struct batches *q, enum isolation iso, const struct order *o, bool interleave)
{
	static const struct order forward = { .how = ORDER_FORWARD };
	struct batch_order turn = { .job = q->job, .interleave = interleave };
	size_t n;

	for (size_t i = 0; i < q->njobs; i++) {
		q->job[i].with = company_of(&q->job[i], iso);
		q->job[i].place = place(q->job[i].t, iso == ISO_NONE ? o : &forward);
	}
	if (q->njobs)
		qsort(q->job, q->njobs, sizeof(*q->job), by_company);
	for (size_t i = 0; i < q->njobs; i += n) {
		for (n = 1; i + n < q->njobs && may_share(&q->job[i], &q->job[i + n], iso); n++)
			;
		add_parts(q, i, n, iso);
	}
	if (q->n)
		qsort_r(q->b, q->n, sizeof(*q->b), by_turn, &turn);
}

/* --- taking ------------------------------------------------------------------ */

void batches_again(struct batches *q, size_t first, size_t n)
{
	add_batch(q, first, n);
}

void batches_urgent(struct batches *q, size_t first, size_t n)
{
	add_batch(q, first, n);
	q->b[q->n - 1].urgent = true;
	q->urgent++;
}

static bool take(struct batches *q, bool urgent, bool (*ready)(void *arg, size_t kernel), void *arg,
		 struct batch *b, bool *wait)
{
	for (size_t i = q->first; i < q->n; i++) {
		if (q->b[i].taken || q->b[i].urgent < urgent)
			continue;
		if (ready(arg, q->job[q->b[i].first].kernel)) {
			q->b[i].taken = true;
			q->urgent -= q->b[i].urgent;
			*b = q->b[i];
			return true;
		}
		*wait = true;
	}
	return false;
}

bool batches_take(struct batches *q, bool (*ready)(void *arg, size_t kernel), void *arg,
		  struct batch *b, bool *wait)
{
	*wait = false;
	while (q->first < q->n && q->b[q->first].taken)
		q->first++;
	return (q->urgent && take(q, true, ready, arg, b, wait)) ||
	       take(q, false, ready, arg, b, wait);
}

void batches_free(struct batches *q)
{
	for (size_t i = 0; i < q->njobs; i++)
		free(q->job[i].company);
	free(q->job);
	free(q->b);
	memset(q, 0, sizeof(*q));
}
