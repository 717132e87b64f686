// SPDX-License-Identifier: GPL-2.0-only
/*
 * Two kernels of which one is compared with the other: what a test does otherwise on one of
 * them is run again on both at once, in pristine guests, by turns, until somebody who knows says that it
 * is certain. See pool.h.
 */
#include <stdlib.h>
#include <string.h>

#include "pool.h"
#include "runner.h"
#include "util.h"

/* If more tests differ than this, the verdict needs no more proof, and time is better spent. */
#define DOUBTS_MAX 100
/* So many are told as they come; all of them stand in the verdict. */
#define TOLD_MAX 10

struct doubt {
	unsigned int pending; /* jobs that are not done */
	bool counted, over;
};

static void run_again(struct pool *p, const struct test *t, struct doubt *d,
		      const unsigned int have[2])
{
	unsigned int goal = have[0] == have[1] ? have[0] + 1 :
			    have[0] > have[1]  ? have[0] :
						 have[1];

	for (unsigned int n = 1; n <= goal; n++) {
		for (size_t k = 0; k < 2; k++) {
			if (n <= have[k])
				continue;
			add_job(p, t, k, n);
			d->pending++;
			p->res->planned++;
			batches_urgent(&p->q, p->q.njobs - 1, 1);
		}
	}
	pthread_cond_broadcast(&p->more);
}

static void judge(struct pool *p, size_t nr)
{
	const struct test *t = &p->r->tests->t[nr];
	struct doubt *d = &p->doubt[nr];
	unsigned int have[2];
	char *worse;

	if (d->pending || d->over || p->k[pool_slot(p, t, 0)].st == K_BAD ||
	    p->k[pool_slot(p, t, 1)].st == K_BAD)
		return;
	d->over = p->r->certain(p->r->run, p->k[0].k->name, p->k[1].k->name, t->name, &have[0],
				&have[1], &worse);
	if (worse && !t->accepted && p->worse++ < TOLD_MAX)
		say_line(p, "%s", worse);
	free(worse);
	if (d->over || !have[0] || !have[1])
		return;
	p->confirmed += !d->counted;
	d->counted = true;
	if (p->confirmed <= DOUBTS_MAX)
		run_again(p, t, d, have);
}

void confirm_begin(struct pool *p)
{
	if (!p->r->certain)
		return;
	p->doubt = xcalloc(p->r->tests->n + 1, sizeof(*p->doubt));
	for (size_t i = 0; i < p->q.njobs; i++)
		p->doubt[p->q.job[i].t - p->r->tests->t].pending++;
	/* Of a run that goes on, or whose results were there already. */
	for (size_t i = 0; i < p->r->tests->n; i++)
		judge(p, i);
}

void confirm_kept(struct pool *p, const struct record *r)
{
	if (!p->doubt)
		return;
	for (size_t i = 0; i < p->r->tests->n; i++) {
		if (strcmp(p->r->tests->t[i].name, r->test))
			continue;
		p->doubt[i].pending--;
		judge(p, i);
	}
}

void confirm_end(struct pool *p)
{
	if (p->confirmed > DOUBTS_MAX)
		buf_printf(&p->res->notes, "%zu tests differ; only %d of them were run again\n",
			   p->confirmed, DOUBTS_MAX);
	free(p->doubt);
}
