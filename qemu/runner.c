// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests x kernels on a handful of threads. Each thread takes the next batch that
 * can be run: first the saved states, one per kernel, then the tests, longest
 * first. What a kernel cannot do costs its own tests and nobody else's.
 */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "classify.h"
#include "company.h"
#include "err.h"
#include "interrupt.h"
#include "pool.h"
#include "runner.h"
#include "spare.h"
#include "splat.h"
#include "util.h"
#include "warm.h"

/* --- what is expected ------------------------------------------------------------ */

/* On purpose. */
static bool is_wrong(const struct kernel *k)
{
	return !strcmp(k->source, "patched") && !k->judged && !*k->mends;
}

static const struct expectation *expected_of(const struct pool *p, const struct job *j,
					     const struct record *r)
{
	const struct expectations *x = &j->t->c->known;
	const char *clause = clause_broken(r->status, r->clause);
	const struct kernel *k = p->k[j->kernel].k;

	if (is_wrong(k))
		return expectation_wrong(x, r->kernel, j->t->v->name, clause);
	return expectation_mended(x, k->mends, r->kernel, r->version, j->t->v->name, clause);
}

/*
 * In company, and in a warm guest, only this counts; what else a test says may be due to
 * them. Not a crash that is expected: it is others' as well. Nor what was not met.
 */
static bool is_as_expected(const struct pool *p, const struct job *j, const struct record *r)
{
	enum verdict v = verdict_of(r->status, r->clause, expected_of(p, j, r));

	/* There any failure is expected, and says nothing of the company. */
	if (v == V_XFAIL && is_wrong(p->k[j->kernel].k) &&
	    !expectations_name(&j->t->c->known, r->kernel, j->t->v->name))
		return false;

	return v == V_PASS || v == V_SKIP || (v == V_XFAIL && r->status == ST_FAIL);
}

/* In company: the log of the one that counts, from a pristine guest, has the name to itself. */
static bool is_beside(const struct pool *p, const struct job *j, const struct record *r)
{
	return j->with && strcmp(r->isolation, isolation_name(ISO_TEST)) &&
	       !is_as_expected(p, j, r);
}

/* --- one test ---------------------------------------------------------------- */

static void fill_record(struct pool *p, const struct job *j, enum isolation iso, struct record *r)
{
	const struct kslot *ks = &p->k[j->kernel];
	const struct kernel *k = ks->k;
	const struct host *h = p->r->host;
	char now[32];

	record_init(r);
	record_set(&r->kernel, k->name);
	record_set(&r->release, ks->state && *ks->state->release ? ks->state->release : k->release);
	record_set(&r->version, ks->state && *ks->state->version ? ks->state->version : k->version);
	record_set(&r->package, k->package);
	record_set(&r->kernel_sha256, k->sha256);
	record_set(&r->modules_sha256, k->modules_sha256);
	record_set(&r->config_sha256, k->config_sha256);
	record_set(&r->test, j->t->name);
	record_set(&r->clause, j->t->c->clauses);
	r->repeat = j->repeat;
	r->seed = runner_test_seed(p->r, j->t->name, j->repeat);
	record_set(&r->accel, h->kvm ? "kvm" : "tcg");
	record_set(&r->qemu, h->qemu_version);
	free(r->guest);
	r->guest = guest_text(&h->guest);
	record_set(&r->isolation, isolation_name(iso));
	record_set(&r->company, j->company);
	record_set(&r->exe_sha256, j->t->c->exe_sha256);
	time_rfc3339(now);
	record_set(&r->time, now);
	free(r->replay);
	r->replay = runner_replay(r->test, k->spec, r->seed, h, p->k[j->kernel].env);
}

/* What is known of the test, behind what was seen. */
static void add_known(struct record *r, const struct expectation *e)
{
	char *what = xasprintf("%s%s%s", e->bug, *e->bug ? ": " : "", e->reason), *known = NULL;

	/* Of a plain failure, wanted and seen have said it all. */
	bool said = r->status == ST_FAIL && *r->seen && !*r->kmsg;

	if (r->verdict == V_FAIL || r->verdict == V_BROKEN)
		known = xasprintf("%s%sknown to fail by %s: %s", r->reason, *r->reason ? "; " : "",
				  e->clauses, what);
	else if (r->verdict == V_XFAIL && *r->reason && !said)
		known = xasprintf("%s; known: %s", r->reason, what);
	else if (r->verdict == V_XFAIL || r->verdict == V_XPASS || r->verdict == V_FIXED)
		known = xstrdup(what);
	free(what);
	if (!known)
		return;
	free(r->reason);
	r->reason = known;
}

static void decide(const struct pool *p, const struct job *j, struct record *r)
{
	const char *measured = p->k[j->kernel].measured;
	const struct expectation *e = expected_of(p, j, r);

	r->expected = e ? ST_FAIL : ST_PASS;
	r->verdict = verdict_of(r->status, r->clause, e);
	if (measured) {
		r->verdict = verdict_since(r->verdict);
		record_set(&r->measured, measured);
	}
	if (!e)
		return;
	record_set(&r->known, e->clauses);
	record_set(&r->bug, e->bug);
	record_set(&r->fix, e->fix);
	add_known(r, e);
}

/* Keep the result; takes @rec over. Called with the lock held. */
static void keep(struct pool *p, struct record *rec)
{
	const struct record *kept;
	struct runner_result *res = p->res;
	char kernel[256], test[256];
	unsigned int repeat = rec->repeat;
	int ret;

	snprintf(kernel, sizeof(kernel), "%s", rec->kernel);
	snprintf(test, sizeof(test), "%s", rec->test);
	if (res->error) {
		record_free(rec);
		return;
	}
	ret = run_append(p->r->run, rec);
	if (ret) {
		/* Nothing more can be kept, so that nothing more needs to be run. */
		res->error = ret;
		res->error_text = xstrdup(err_msg());
		p->stop = true;
		vm_interrupt_all();
		pthread_cond_broadcast(&p->more);
		record_free(rec);
		return;
	}
	kept = run_find(p->r->run, kernel, test, repeat);
	res->done++;
	if (kept) {
		p->verdicts[kept->verdict]++;
		show_done(p, kept);
		confirm_kept(p, kept);
	}
}

static void locked_keep(struct pool *p, struct record *rec)
{
	pthread_mutex_lock(&p->lock);
	keep(p, rec);
	pthread_mutex_unlock(&p->lock);
}

/* What @vm says of @j becomes a record; it takes @rec over. False if it says nothing: interrupted. */
static bool take_result(struct pool *p, const struct job *j, const struct vm_result *vm,
			struct record *rec)
{
	if (classify(vm, j->t->v->name, j->t->c->test, rec)) {
		record_free(rec);
		return false;
	}
	decide(p, j, rec);
	if (p->r->verbose || rec->verdict != V_PASS)
		write_log(p, j, vm, rec, is_beside(p, j, rec));
	locked_keep(p, rec);
	return true;
}

/*
 * Its ->args are the caller's to free. @shares: other tests run in the guest, before or after;
 * they are one program there, so that QEMU translates it once.
 */
static void fill_vm_job(const struct pool *p, const struct job *j, struct vm_job *vj, bool shares)
{
	const char *hidden = p->k[j->kernel].k->hides;
	const struct tcase *c = j->t->c;

	memset(vj, 0, sizeof(*vj));
	shares &= c->shared != NULL;
	vj->exe = shares ? c->shared : c->exe;
	vj->name = c->name;
	vj->args = shares ? xasprintf("--case %s -v %s", c->id, j->t->v->name) :
			    xasprintf("-v %s", j->t->v->name);
	vj->env = p->k[j->kernel].env;
	vj->seed = runner_test_seed(p->r, j->t->name, j->repeat);
	vj->deadline_ms = p->r->deadline_ms;
	vj->save_console = p->r->verbose;
	vj->hide = hidden && *hidden ? hidden : NULL;
	vj->symbols = p->k[j->kernel].symbols.n ? &p->k[j->kernel].symbols : NULL;
}

/*
 * A warm guest is believed only what is expected. For everything else: what it said, and the
 * caller frees; NULL if it counts, or says nothing.
 */
static char *not_as_expected(struct pool *p, const struct job *j, const struct vm_result *vm)
{
	char *word, *was = NULL;
	struct record rec;

	fill_record(p, j, ISO_TEST, &rec);
	if (!classify(vm, j->t->v->name, j->t->c->test, &rec) && !is_as_expected(p, j, &rec)) {
		word = company_word(&rec);
		was = xasprintf("%s: %s", word, *rec.reason ? rec.reason : rec.seen);
		free(word);
	}
	record_free(&rec);
	return was;
}

/* Why a guest was not warm is told once. */
static void tell_warm(struct pool *p, const struct vm_result *vm)
{
	if (!vm->warm_why)
		return;
	pthread_mutex_lock(&p->lock);
	if (!p->warm_told)
		say_line(p, "a guest did not go on: %s", vm->warm_why);
	p->warm_told = true;
	pthread_mutex_unlock(&p->lock);
}

static void run_alone(struct pool *p, const struct job *j, struct warm *w)
{
	struct kslot *ks = &p->k[j->kernel];
	struct vm_result vm;
	struct vm_job vj;
	struct record rec;
	char *was;

	fill_record(p, j, ISO_TEST, &rec);
	if (ks->st == K_BAD) {
		rec.status = ST_ERROR;
		record_set(&rec.reason, ks->bad);
		decide(p, j, &rec);
		locked_keep(p, &rec);
		return;
	}
	/* Who has been in company was not as expected there, and what is repeated is in doubt. */
	if (j->company || j->repeat > 1)
		w = NULL;
	fill_vm_job(p, j, &vj, w != NULL);
	vj.warm = w;
	memset(&vm, 0, sizeof(vm));
	vm_run(ks->state, &vj, &vm);
	tell_warm(p, &vm);
	was = vj.warm ? not_as_expected(p, j, &vm) : NULL;
	if (was)
		warm_drop(w, ks->state);
	if (was && vm.warm) {
		record_set(&rec.was_warm, was);
		vm_result_free(&vm);
		free((char *)vj.args);
		fill_vm_job(p, j, &vj, false);
		vm_run(ks->state, &vj, &vm);
	}
	free(was);
	record_set(&rec.start, vm.warm ? "warm" : "cold");
	if (vj.symbols)
		write_reach(p, j, &vm);
	take_result(p, j, &vm, &rec);
	vm_result_free(&vm);
	free((char *)vj.args);
}

/* --- tests in company ---------------------------------------------------------- */

struct company {
	struct pool *p;
	struct job *j; /* the first of them */
	size_t begun;
	bool *kept; /* which have a record now */
	bool unfit; /* the last one left no machine for others, as it had to */
};

/* A guest that has seen this is no place for others: what they would say is worth nothing. */
static bool is_spoilt(const struct vm_result *vm)
{
	char *splat = kernel_splat(vm->kmsg.data ? vm->kmsg.data : "", NULL);
	bool spoilt = vm->end != VM_ENDED || splat || (vm->left && *vm->left) || vm->unfit ||
		      (vm->taint_after & ~vm->taint_before);

	free(splat);
	return spoilt;
}

/* One of several variants of a case has ended. */
static bool case_done(void *arg, size_t nr, struct vm_result *vm)
{
	struct company *c = arg;
	struct job *j = &c->j[nr];
	struct record rec;
	bool go_on = !is_spoilt(vm) && !c->p->stop;

	fill_record(c->p, j, c->p->r->isolation, &rec);
	record_set(&rec.start, vm->warm ? "warm" : "cold");
	tell_warm(c->p, vm);
	if (classify(vm, j->t->v->name, j->t->c->test, &rec)) {
		record_free(&rec);
	} else if (is_as_expected(c->p, j, &rec)) {
		decide(c->p, j, &rec);
		if (c->p->r->verbose || rec.verdict != V_PASS)
			write_log(c->p, j, vm, &rec, is_beside(c->p, j, &rec));
		locked_keep(c->p, &rec);
		c->kept[nr] = true;
	} else {
		char *word = company_word(&rec);

		write_log(c->p, j, vm, &rec, is_beside(c->p, j, &rec));
		j->company = xasprintf("%s: %s", word, *rec.reason ? rec.reason : rec.seen);
		free(word);
		record_free(&rec);
	}
	vm_result_free(vm);
	return go_on;
}

/* One of the whole corpus has ended. */
static bool none_done(void *arg, size_t nr, struct vm_result *vm)
{
	struct company *c = arg;
	struct job *j = &c->j[nr];
	bool go_on = !is_spoilt(vm) && !c->p->stop;
	struct record rec;

	fill_record(c->p, j, ISO_NONE, &rec);
	record_set(&rec.start, "cold");
	if (nr)
		record_set(&rec.company, j[-1].t->name);
	c->unfit = vm->unfit;
	c->kept[nr] = take_result(c->p, j, vm, &rec);
	vm_result_free(vm);
	return go_on;
}

/* All that is known of a guest that ended before its time. Called with the lock held. */
static void say_guest_ended(struct pool *p, const struct job *j, size_t left)
{
	const struct record *r =
		run_find(p->r->run, p->k[j->kernel].k->name, j->t->name, j->repeat);

	buf_printf(&p->res->notes,
		   "%s: the guest ended with %s (%s); the %zu tests left went on in a new one\n",
		   p->k[j->kernel].k->name, j->t->name, r ? status_name(r->status) : "?", left);
}

/* Those that have no record yet. */
static void run_rest(struct pool *p, const struct batch *b, const struct company *c)
{
	size_t i;

	pthread_mutex_lock(&p->lock);
	if (p->r->isolation == ISO_NONE && c->begun < b->n && !vm_interrupted() && !p->stop) {
		if (!c->unfit)
			say_guest_ended(p, &c->j[c->begun - 1], b->n - c->begun);
		batches_again(&p->q, b->first + c->begun, b->n - c->begun);
	}
	for (i = 0; isolation_is_company(p->r->isolation) && i < b->n; i++) {
		if (!c->kept[i])
			batches_again(&p->q, b->first + i, 1);
	}
	pthread_mutex_unlock(&p->lock);
}

/* How many of them are done with, one way or the other. */
static size_t run_together(struct pool *p, const struct batch *b, struct warm *w)
{
	struct vm_job *vj = xcalloc(b->n, sizeof(*vj));
	struct company c = { .p = p, .j = &p->q.job[b->first], .kept = xcalloc(b->n, 1) };
	bool none = p->r->isolation == ISO_NONE;
	size_t kept = 0;

	for (size_t i = 0; i < b->n; i++)
		fill_vm_job(p, &c.j[i], &vj[i], true);
	/* There everything counts. */
	vj->warm = none ? NULL : w;
	c.begun =
		vm_run_several(p->k[c.j->kernel].state, vj, b->n, none ? none_done : case_done, &c);
	run_rest(p, b, &c);
	for (size_t i = 0; i < b->n; i++) {
		kept += none ? i < c.begun : c.kept[i];
		free((char *)vj[i].args);
	}
	free(vj);
	free(c.kept);
	return kept;
}

static size_t run_batch(struct pool *p, const struct batch *b, struct warm *w)
{
	const struct job *j = &p->q.job[b->first];
	bool alone = p->r->isolation != ISO_NONE && b->n == 1;

	if (!alone && p->k[j->kernel].st != K_BAD)
		return run_together(p, b, w);
	for (size_t i = 0; i < b->n; i++)
		run_alone(p, &j[i], w);
	return b->n;
}

/* --- states ------------------------------------------------------------------ */

struct say_arg {
	struct pool *p;
	const char *kernel;
};

static void say_state(void *arg, const char *line)
{
	struct say_arg *a = arg;

	pthread_mutex_lock(&a->p->lock);
	if (a->p->r->verbose || !a->p->tty)
		say_line(a->p, "%s: %s", a->kernel, line);
	else
		snprintf(a->p->now, sizeof(a->p->now), "%s: %s", a->kernel, line);
	pthread_mutex_unlock(&a->p->lock);
}

/* A kernel that was built here has them beside it. */
static int read_symbols(struct kslot *ks)
{
	char *path = xasprintf("%s/System.map", ks->k->dir ? ks->k->dir : "");
	int ret = ks->k->dir ? symbols_read(path, &ks->symbols) :
			       err_set(-ENOENT, "it is no kernel of the cache");

	free(path);
	return ret;
}

static void make_state(struct pool *p, struct kslot *ks)
{
	struct say_arg a = { .p = p, .kernel = ks->k->name };
	struct state *s = NULL;
	int ret = state_get(ks->host, ks->k, say_state, &a, &s);

	if (!ret && p->r->reach && read_symbols(ks))
		say_line(p, "no reach of kernel %s: %s", ks->k->name, err_msg());
	pthread_mutex_lock(&p->lock);
	if (!ret) {
		ks->state = s;
		ks->st = K_READY;
	} else {
		ks->bad = xasprintf("kernel did not boot: %s", err_msg());
		ks->st = K_BAD;
		if (!vm_interrupted())
			say_line(p, "error   kernel %s: %s", ks->k->name, ks->bad);
	}
	pthread_cond_broadcast(&p->more);
	pthread_mutex_unlock(&p->lock);
}

/* --- the pool ---------------------------------------------------------------- */

static struct kslot *next_state(struct pool *p)
{
	for (size_t i = 0; i < p->nslots; i++) {
		if (p->k[i].st == K_TODO && p->k[i].left) {
			p->k[i].st = K_MAKING;
			return &p->k[i];
		}
	}
	return NULL;
}

static bool is_ready(void *arg, size_t kernel)
{
	const struct pool *p = arg;

	return p->k[kernel].st == K_READY || p->k[kernel].st == K_BAD;
}

static void *worker(void *arg)
{
	struct pool *p = arg;
	/* How often a test fails of N times is not for who runs again what fails. */
	struct warm *w = p->r->repeat == 1 ? warm_new(p->r->host) : NULL;
	struct state *put;
	struct kslot *ks;
	struct batch b;
	size_t done;
	bool wait;

	pthread_mutex_lock(&p->lock);
	while (!p->stop && !vm_interrupted()) {
		ks = next_state(p);
		if (ks) {
			pthread_mutex_unlock(&p->lock);
			make_state(p, ks);
			pthread_mutex_lock(&p->lock);
			continue;
		}
		if (p->running >= p->jobs && !p->one_more) {
			pthread_cond_wait(&p->more, &p->lock);
			continue;
		}
		if (!batches_take(&p->q, is_ready, p, &b, &wait)) {
			/* those that run may leave something to be run once more */
			if (!wait && !p->running)
				break;
			pthread_cond_wait(&p->more, &p->lock);
			continue;
		}
		ks = &p->k[p->q.job[b.first].kernel];
		if (p->running >= p->jobs)
			p->one_more = false;
		p->running++;
		snprintf(p->now, sizeof(p->now), "%s %.45s", ks->k->name,
			 p->q.job[b.first].t->name);
		pthread_mutex_unlock(&p->lock);
		/* In a machine of its own they have not been tried, and there is one processor. */
		done = run_batch(p, &b,
				 ks->host->guest.devices == DEVICES_ON ||
						 ks->host->guest.stub == STUB_ON ?
					 NULL :
					 w);
		pthread_mutex_lock(&p->lock);
		p->running--;
		pthread_cond_broadcast(&p->more);
		ks->left -= done;
		put = ks->left ? NULL : ks->state;
		if (put) {
			ks->state = NULL;
			ks->st = K_TODO; /* there may be something to confirm */
			pthread_mutex_unlock(&p->lock);
			state_put(put);
			pthread_mutex_lock(&p->lock);
		}
	}
	pthread_mutex_unlock(&p->lock);
	warm_free(w);
	pthread_mutex_lock(&p->lock);
	p->workers--;
	pthread_cond_broadcast(&p->more);
	pthread_mutex_unlock(&p->lock);
	return NULL;
}

static bool has_record(const struct runner *r, const struct test *t, const struct kernel *k,
		       unsigned int repeat)
{
	const struct record *rec = run_find(r->run, k->name, t->name, repeat);

	return rec && rec->status != ST_ERROR &&
	       (!*rec->exe_sha256 || !strcmp(rec->exe_sha256, t->c->exe_sha256)) &&
	       (!*rec->kernel_sha256 || !*k->sha256 || !strcmp(rec->kernel_sha256, k->sha256));
}

size_t pool_slot(const struct pool *p, const struct test *t, size_t kernel)
{
	const struct runner *r = p->r;
	const char *guest = t->v->guest ? t->v->guest : "";
	enum guest_kind kind = G_PLAIN;

	/* A kernel that cannot do it says so in any guest. */
	if (!strcmp(guest, "devices=on") && r->host->guest.devices == DEVICES_ASKED &&
	    kernel_has_devices(r->kernels[kernel]))
		kind = G_DEVICES;
	else if (!strcmp(guest, "stub=on") && r->host->guest.stub == STUB_ASKED)
		kind = G_STUB;
	else if (!strcmp(guest, "movable=on"))
		kind = G_MOVABLE;
	else if (!strcmp(guest, "coherent=on") && kernel_has_hmm(r->kernels[kernel]))
		kind = G_COHERENT;
	else if (!strcmp(guest, "swap=queued") && r->host->guest.swap == SWAP_ZRAM)
		kind = G_QUEUED;
	return kind * r->nkernels + kernel;
}

void add_job(struct pool *p, const struct test *t, size_t kernel, unsigned int repeat)
{
	const struct runner *r = p->r;
	const struct kernel *k = r->kernels[kernel];
	struct job *j = &p->q.job[p->q.njobs++];
	const struct record *old;

	j->t = t;
	j->kernel = pool_slot(p, t, kernel);
	j->repeat = repeat;
	old = r->durations ? run_find(r->durations, k->name, t->name, 0) : NULL;
	/* Tenths of a second: finer differences are noise. */
	j->known_ms = old ? old->duration_ms / 100 : ~0U;
	j->to_fail =
		expectation_mended(&t->c->known, k->mends, k->name, k->version, t->v->name, "");
	p->k[j->kernel].left++;
}

bool runner_wants(const struct test *t, const struct kernel *k)
{
	return !k->only_named || expectations_name(&t->c->known, k->name, t->v->name);
}

static void plan(struct pool *p)
{
	const struct runner *r = p->r;

	/* Workers hold pointers into it: it must not grow. */
	p->q.job = xcalloc(r->nkernels * r->tests->n * (r->repeat + CONFIRM_MAX) + 1,
			   sizeof(*p->q.job));
	for (unsigned int n = 1; n <= r->repeat; n++) {
		for (size_t t = 0; t < r->tests->n; t++) {
			for (size_t k = 0; k < r->nkernels; k++) {
				if (!runner_wants(&r->tests->t[t], r->kernels[k]))
					continue;
				p->res->planned++;
				if (has_record(r, &r->tests->t[t], r->kernels[k], n))
					p->res->before++;
				else
					add_job(p, &r->tests->t[t], k, n);
			}
		}
	}
	batches_plan(&p->q, r->isolation, &r->order, r->interleave);
	confirm_begin(p);
}

static void on_signal(int sig)
{
	vm_interrupt_all();
}

/*
 * Every thread but this one blocks the signals, so that the handler runs here,
 * where the waiting is done.
 */
static void supervise(struct pool *p)
{
	struct spare spare = { 0 };
	struct timespec ts;

	pthread_mutex_lock(&p->lock);
	while (p->workers) {
		status_show(p);
		clock_gettime(CLOCK_REALTIME, &ts);
		ts.tv_nsec += 200 * 1000000L;
		if (ts.tv_nsec >= 1000000000L) {
			ts.tv_sec++;
			ts.tv_nsec -= 1000000000L;
		}
		pthread_cond_timedwait(&p->more, &p->lock, &ts);
		/* A test that hangs, or sleeps, is in nobody's way. */
		if (p->r->spare && spare_processor(&spare, "/proc/stat", now_ms()) &&
		    p->running >= p->jobs) {
			p->one_more = true;
			pthread_cond_broadcast(&p->more);
		}
		/* Those who wait for a state must see that it will not come. */
		if (vm_interrupted())
			pthread_cond_broadcast(&p->more);
	}
	status_clear(p);
	if (p->tty)
		fflush(p->r->out);
	pthread_mutex_unlock(&p->lock);
}

/* The version that was measured, if the kernel is newer; else NULL. */
static const char *newer_than(const struct measured *m, const struct kernel *k)
{
	const struct measured_kernel *than;

	if (!m || !k->package ||
	    measured_age(m, k->name, k->source, k->package, &than) != AGE_NEWER)
		return NULL;
	return than->version;
}

int runner_run(const struct runner *r, struct runner_result *res)
{
	static const int sigs[] = { SIGINT, SIGTERM, SIGHUP };
	struct sigaction sa = { .sa_handler = on_signal }, old_sa[ARRAY_SIZE(sigs)];
	struct pool p = { .r = r, .res = res };
	unsigned int jobs = (r->jobs ? r->jobs : 1) + r->spare;
	sigset_t set, old_set;
	pthread_t *thread;
	int ret = 0;

	memset(res, 0, sizeof(*res));
	pthread_mutex_init(&p.lock, NULL);
	pthread_cond_init(&p.more, NULL);
	p.tty = isatty(fileno(r->out));
	p.start_ms = p.said_ms = now_ms();
	p.nslots = NR_GUESTS * r->nkernels;
	p.k = xcalloc(p.nslots + 1, sizeof(*p.k));
	for (size_t i = 0; i < NR_GUESTS; i++)
		p.host[i] = *r->host;
	p.host[G_DEVICES].guest.devices = DEVICES_ON;
	p.host[G_STUB].guest.stub = STUB_ON;
	p.host[G_STUB].guest.smp = 2;
	p.host[G_MOVABLE].guest.movable = true;
	p.host[G_COHERENT].guest.coherent = true;
	p.host[G_QUEUED].guest.swap = SWAP_QUEUED;
	for (size_t i = 0; i < p.nslots; i++) {
		size_t k = i % r->nkernels;

		p.k[i].k = r->kernels[k];
		p.k[i].host = i < r->nkernels ? r->host : &p.host[i / r->nkernels];
		p.k[i].env = runner_env(r->env, r->kernels[k]->name);
		p.k[i].measured = newer_than(r->measured, r->kernels[k]);
		if (r->kernel_bad && r->kernel_bad[k]) {
			p.k[i].bad = xstrdup(r->kernel_bad[k]);
			p.k[i].st = K_BAD;
		}
	}
	p.jobs = r->jobs ? r->jobs : 1;
	plan(&p);
	if (jobs > p.q.njobs)
		jobs = p.q.njobs;
	thread = xcalloc(jobs + 1, sizeof(*thread));

	sigemptyset(&set);
	for (size_t i = 0; i < ARRAY_SIZE(sigs); i++) {
		sigaddset(&set, sigs[i]);
		sigaction(sigs[i], &sa, &old_sa[i]);
	}
	pthread_sigmask(SIG_BLOCK, &set, &old_set);
	pthread_mutex_lock(&p.lock);
	for (unsigned int i = 0; i < jobs; i++) {
		ret = pthread_create(&thread[p.workers], NULL, worker, &p);
		if (ret)
			break;
		p.workers++;
	}
	jobs = p.workers;
	pthread_mutex_unlock(&p.lock);
	pthread_sigmask(SIG_SETMASK, &old_set, NULL);
	/* Fewer threads than asked for do the work too. */
	ret = ret && !jobs ? err_set(-ret, "cannot start a thread: %s", strerror(ret)) : 0;
	supervise(&p);
	for (unsigned int i = 0; i < jobs; i++)
		pthread_join(thread[i], NULL);
	/* They stay caught if it was interrupted: a second Ctrl-C must not cost the report. */
	for (size_t i = 0; !vm_interrupted() && i < ARRAY_SIZE(sigs); i++)
		sigaction(sigs[i], &old_sa[i], NULL);

	res->interrupted = vm_interrupted() && !res->error &&
			   res->done + res->before < res->planned;
	for (size_t i = 0; i < p.nslots; i++) {
		if (p.k[i].state)
			state_put(p.k[i].state);
		free(p.k[i].bad);
		free(p.k[i].env);
	}
	free(p.k);
	confirm_end(&p);
	batches_free(&p.q);
	free(thread);
	pthread_cond_destroy(&p.more);
	pthread_mutex_destroy(&p.lock);
	return ret;
}
