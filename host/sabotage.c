// SPDX-License-Identifier: GPL-2.0-only
/* cowpen sabotage: make the runs that lie, or have a mute check, and judge them. */
#include <argp.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd.h"
#include "err.h"
#include "sabotage.h"

enum { EXIT_HOLDS, EXIT_WRONG, EXIT_INCOMPLETE, EXIT_USAGE };
enum {
	O_BUILD = 256,
	O_HONEST,
	O_RUNS,
	O_LIES,
	O_CHECKS,
	O_CASES,
	O_KERNEL,
	O_SEARCH,
	O_JOBS,
	O_MOST,
	O_RESUME,
	O_PROOFS,
	O_TABLES,
	O_LIST,
	O_KNOWN,
	O_PRINT,
};

#define MOST	 16   /* tests that a lie is told to */
#define TRIES	 12   /* tests that may prove a check */
#define DEADLINE "15" /* seconds for a test; what must happen has 2 there */

struct opts {
	const char *cowpen, *build, *runs, *lies, *checks, *cases, *kernel, *search, *proofs,
		*tables;
	unsigned int jobs, most;
	bool resume, list, known, print;
};

/* --- jobs: runs of cowpen run ------------------------------------------------------------- */

struct job {
	const char *kernel, *lie, *mute; /* "" for none of the latter two */
	bool pristine;
	char *tests;
	char *key;
	struct run *run; /* NULL: could not be run */
};

struct pool {
	const struct opts *o;
	struct job *job;
	size_t njobs, next, done;
	pthread_mutex_t lock;
	const char *what;
	uint64_t said_ms;
};

static char *done_path(const struct opts *o)
{
	return xasprintf("%s/done", o->runs);
}

static void job_add(struct pool *p, const char *kernel, const char *lie, const char *mute,
		    bool pristine, char *tests)
{
	struct job *j;
	char hex[65];

	p->job = xrealloc(p->job, (p->njobs + 1) * sizeof(*p->job));
	j = &p->job[p->njobs++];
	*j = (struct job){
		.kernel = kernel, .lie = lie, .mute = mute, .pristine = pristine, .tests = tests
	};
	sha256_data(tests, strlen(tests), hex);
	j->key = xasprintf("%s|%s|%s|%d|%.16s", kernel, lie, mute, pristine, hex);
}

/* The run of a job that was done before we were interrupted. */
static char *done_before(const struct opts *o, const char *key)
{
	char *path = done_path(o), *id = NULL, *save = NULL;
	struct buf b = { 0 };

	if (o->resume && !access(path, R_OK) && !read_file(path, &b)) {
		for (char *line = strtok_r(b.data ?: "", "\n", &save); line && !id;
		     line = strtok_r(NULL, "\n", &save)) {
			char *tab = strchr(line, '\t');

			if (tab && (size_t)(tab - line) == strlen(key) &&
			    !strncmp(line, key, tab - line))
				id = xstrdup(tab + 1);
		}
	}
	buf_free(&b);
	free(path);
	return id;
}

static void note_done(const struct opts *o, const char *key, const char *id)
{
	char *path = done_path(o), *line = xasprintf("%s\t%s\n", key, id);
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);

	if (fd < 0 || write(fd, line, strlen(line)) < 0)
		fprintf(stderr, "cowpen: sabotage: %s: %s\n", path, strerror(errno));
	if (fd >= 0)
		close(fd);
	free(line);
	free(path);
}

static bool complete(const struct run *run)
{
	return run->nrec >= run->info.ntests;
}

/* Called without the lock, but for what all share. */
static void job_run(struct pool *p, struct job *j)
{
	const struct opts *o = p->o;
	char *id = done_before(o, j->key), *idfile, *lie, *mute;
	struct buf b = { 0 };

	if (id && !run_load(o->runs, id, &j->run)) {
		free(id);
		return;
	}
	free(id);
	idfile = xasprintf("%s/.id-%d-%zu", o->runs, getpid(), (size_t)(j - p->job));
	lie = xasprintf("COWPEN_LIE=%s", j->lie);
	mute = xasprintf("COWPEN_MUTE=%s", j->mute);
	{
		char *argv[32] = { (char *)o->cowpen, "run",
				   "--build",	      (char *)o->build,
				   "--runs",	      (char *)o->runs,
				   "--kernels",	      (char *)j->kernel,
				   "--cases",	      j->tests,
				   "--isolation",     j->pristine ? "test" : "none",
				   "--brief",	      "--quiet",
				   "--jobs",	      "1",
				   "--deadline",      DEADLINE,
				   "--id-file",	      idfile };
		size_t n = 20;

		if (*j->lie) {
			argv[n++] = "--env";
			argv[n++] = lie;
		}
		if (*j->mute) {
			argv[n++] = "--env";
			argv[n++] = mute;
		}
		/* What it says of results that were not expected is no news. */
		run_command(argv, NULL, &b);
	}
	buf_free(&b);
	memset(&b, 0, sizeof(b));
	if (!access(idfile, R_OK) && !read_file(idfile, &b) && b.len) {
		b.data[strcspn(b.data, "\n")] = '\0';
		if (run_load(o->runs, b.data, &j->run)) {
			j->run = NULL;
		} else if (!complete(j->run)) {
			run_free(j->run);
			j->run = NULL;
		} else {
			pthread_mutex_lock(&p->lock);
			note_done(o, j->key, b.data);
			pthread_mutex_unlock(&p->lock);
		}
	}
	unlink(idfile);
	buf_free(&b);
	free(idfile);
	free(lie);
	free(mute);
}

static void *worker(void *arg)
{
	struct pool *p = arg;

	pthread_mutex_lock(&p->lock);
	while (p->next < p->njobs) {
		struct job *j = &p->job[p->next++];

		pthread_mutex_unlock(&p->lock);
		job_run(p, j);
		pthread_mutex_lock(&p->lock);
		p->done++;
		if (isatty(STDERR_FILENO)) {
			fprintf(stderr, "\r\033[K%s: %zu of %zu %s", p->what, p->done, p->njobs,
				*j->mute ? j->mute : j->lie);
		} else if (now_ms() - p->said_ms >= BEAT_MS) {
			fprintf(stderr, "%s: %zu of %zu\n", p->what, p->done, p->njobs);
			p->said_ms = now_ms();
		}
	}
	pthread_mutex_unlock(&p->lock);
	return NULL;
}

/* All of them, --jobs at a time. How many could not be run. */
static size_t pool_run(struct pool *p, const char *what)
{
	pthread_t thread[64];
	size_t n = p->o->jobs < 64 ? p->o->jobs : 64, bad = 0, started = 0;
	uint64_t start = now_ms();

	p->what = what;
	p->said_ms = start;
	while (started < n && !pthread_create(&thread[started], NULL, worker, p))
		started++;
	if (!started)
		worker(p);
	while (started)
		pthread_join(thread[--started], NULL);
	for (size_t i = 0; i < p->njobs; i++) {
		if (p->job[i].run)
			continue;
		fprintf(stderr, "\ncowpen: sabotage: could not be run on %s%s%s%s%s: %.120s\n",
			p->job[i].kernel, *p->job[i].lie ? ", lie " : "", p->job[i].lie,
			*p->job[i].mute ? ", mute " : "", p->job[i].mute, p->job[i].tests);
		bad++;
	}
	if (p->njobs)
		fprintf(stderr, "%s%s: %zu runs in %.0f s\n",
			isatty(STDERR_FILENO) ? "\r\033[K" : "", what, p->njobs,
			(now_ms() - start) / 1000.0);
	return bad;
}

static void pool_free(struct pool *p)
{
	for (size_t i = 0; i < p->njobs; i++) {
		run_free(p->job[i].run);
		free(p->job[i].tests);
		free(p->job[i].key);
	}
	free(p->job);
}

/* --- what all parts of it know ---------------------------------------------------------- */

struct seen {
	char *check, *kernel, *lie, *test;
};

struct work {
	const struct opts *o;
	struct sabotage s;
	struct case_list cases;
	struct test_list tests;
	bool *honest;	   /* by test: passes on the kernel when nobody lies */
	struct seen *seen; /* failures, with the check that said so */
	size_t nseen;
	size_t missing; /* runs that could not be made */
};

static void note_failures(struct work *w, const struct run *run, const char *lie)
{
	for (size_t i = 0; i < run->nrec; i++) {
		const struct record *r = &run->rec[i];

		if (r->status != ST_FAIL || !*r->check)
			continue;
		w->seen = xrealloc(w->seen, (w->nseen + 1) * sizeof(*w->seen));
		w->seen[w->nseen++] = (struct seen){ xstrdup(r->check), xstrdup(r->kernel),
						     xstrdup(lie), xstrdup(r->test) };
	}
}

static bool was_seen(const struct work *w, const char *check, const char *kernel, const char *lie,
		     const char *test)
{
	for (size_t i = 0; i < w->nseen; i++) {
		const struct seen *f = &w->seen[i];

		if (!strcmp(f->check, check) && !strcmp(f->kernel, kernel) &&
		    !strcmp(f->lie, lie) && !strcmp(f->test, test))
			return true;
	}
	return false;
}

static char *names_of(const struct test_list *tests, const bool *in, const size_t *index, size_t n)
{
	struct buf b = { 0 };

	for (size_t i = 0; i < n; i++) {
		if (in && !in[i])
			continue;
		buf_printf(&b, "%s%s", b.len ? " " : "", tests->t[index ? index[i] : i].name);
	}
	return b.data ?: xstrdup("");
}

/* --- lies --------------------------------------------------------------------------------- */

/* Which of those that are to be lied to pass when nobody lies; in as many runs as there are jobs. */
static void be_honest(struct work *w)
{
	struct pool p = { .o = w->o, .lock = PTHREAD_MUTEX_INITIALIZER };
	bool *in = xcalloc(w->tests.n + 1, sizeof(*in));
	size_t n = 0, part, k = 0;

	for (size_t i = 0; i < w->s.nlies; i++)
		for (size_t t = 0; w->s.lie[i].wanted && t < w->s.lie[i].ntests; t++)
			in[w->s.lie[i].test[t]] = true;
	for (size_t i = 0; i < w->tests.n; i++)
		n += in[i];
	part = (n + w->o->jobs - 1) / w->o->jobs;
	for (size_t i = 0; n && i < w->tests.n;) {
		struct buf b = { 0 };

		for (k = 0; i < w->tests.n && k < part; i++) {
			if (!in[i])
				continue;
			buf_printf(&b, "%s%s", b.len ? " " : "", w->tests.t[i].name);
			k++;
		}
		if (b.len)
			job_add(&p, w->o->kernel, "", "", false, b.data);
	}
	w->missing += pool_run(&p, "honest");
	for (size_t j = 0; j < p.njobs; j++) {
		if (!p.job[j].run)
			continue;
		note_failures(w, p.job[j].run, "");
		for (size_t i = 0; i < w->tests.n; i++) {
			const struct record *r =
				run_find(p.job[j].run, w->o->kernel, w->tests.t[i].name, 0);

			w->honest[i] |= r && r->status == ST_PASS;
		}
	}
	pool_free(&p);
	free(in);
}

static const struct record *best(struct run *again, const struct record *r)
{
	const struct record *a = again ? run_find(again, r->kernel, r->test, 0) : NULL;

	return a ?: r;
}

/* What passed though it was lied to gets another chance, in a guest of its own. */
static void tell_lies(struct work *w)
{
	struct pool p = { .o = w->o, .lock = PTHREAD_MUTEX_INITIALIZER };
	struct pool again = { .o = w->o, .lock = PTHREAD_MUTEX_INITIALIZER };
	struct lie **of = xcalloc(w->s.nlies + 1, sizeof(*of));
	size_t *second = xcalloc(w->s.nlies + 1, sizeof(*second));

	for (size_t i = 0; i < w->s.nlies; i++)
		if (w->s.lie[i].wanted)
			lie_choose(&w->s.lie[i], &w->tests, NULL, w->o->most);
	be_honest(w);
	for (size_t i = 0; i < w->s.nlies; i++) {
		struct lie *l = &w->s.lie[i];
		size_t n = 0;

		if (!l->wanted)
			continue;
		for (size_t t = 0; t < l->ntests; t++)
			if (w->honest[l->test[t]])
				l->test[n++] = l->test[t];
		l->ntests = n;
		if (!n)
			continue;
		of[p.njobs] = l;
		job_add(&p, w->o->kernel, l->name, "", false,
			names_of(&w->tests, NULL, l->test, n));
	}
	w->missing += pool_run(&p, "lies");
	for (size_t j = 0; j < p.njobs; j++) {
		struct buf b = { 0 };

		for (size_t i = 0; p.job[j].run && i < p.job[j].run->nrec; i++) {
			enum lie_outcome out = lie_outcome(&p.job[j].run->rec[i]);

			if (out == LIE_PASSED || out == LIE_ODD)
				buf_printf(&b, "%s%s", b.len ? " " : "", p.job[j].run->rec[i].test);
		}
		if (!b.len)
			continue;
		job_add(&again, w->o->kernel, of[j]->name, "", true, b.data);
		second[j] = again.njobs;
	}
	w->missing += pool_run(&again, "passed, alone");
	for (size_t j = 0; j < p.njobs; j++) {
		struct run *alone = second[j] ? again.job[second[j] - 1].run : NULL;

		if (!p.job[j].run)
			continue;
		for (size_t i = 0; i < p.job[j].run->nrec; i++)
			lie_count(of[j], best(alone, &p.job[j].run->rec[i]));
		note_failures(w, p.job[j].run, of[j]->name);
	}
	pool_free(&p);
	pool_free(&again);
	free(second);
	free(of);
}

/* --- checks -------------------------------------------------------------------------------- */

static bool passes_mute(const struct run *run, const char *kernel, const char *test)
{
	const struct record *r = run_find(run, kernel, test, 0);
	char *muted = r ? observed(r, "check_muted") : NULL;
	bool yes = r && r->status == ST_PASS && atoi(muted) > 0;

	free(muted);
	return yes;
}

/* Try what is known of each: does it fail still, and by that check? */
static void fail_again(struct work *w)
{
	struct pool p = { .o = w->o, .lock = PTHREAD_MUTEX_INITIALIZER };
	bool *asked = xcalloc(w->s.nchecks + 1, sizeof(*asked));

	for (size_t i = 0; i < w->s.nchecks; i++) {
		const struct check *c = &w->s.check[i];
		struct buf b = { 0 };

		if (!c->wanted || !*c->test || asked[i])
			continue;
		for (size_t k = i; k < w->s.nchecks; k++) {
			const struct check *d = &w->s.check[k];

			if (!d->wanted || !*d->test || strcmp(c->kernel, d->kernel) ||
			    strcmp(c->lie, d->lie))
				continue;
			asked[k] = true;
			if (!was_seen(w, d->name, d->kernel, d->lie, d->test) &&
			    !glob_list_match(b.data ?: "", d->test))
				buf_printf(&b, "%s%s", b.len ? " " : "", d->test);
		}
		if (b.len)
			job_add(&p, c->kernel, c->lie, "", false, b.data);
	}
	w->missing += pool_run(&p, "known proofs fail");
	for (size_t j = 0; j < p.njobs; j++)
		if (p.job[j].run)
			note_failures(w, p.job[j].run, p.job[j].lie);
	pool_free(&p);
	free(asked);
}

static void mute_known(struct work *w)
{
	struct pool p = { .o = w->o, .lock = PTHREAD_MUTEX_INITIALIZER };
	struct check **of = xcalloc(w->s.nchecks + 1, sizeof(*of));

	for (size_t i = 0; i < w->s.nchecks; i++) {
		struct check *c = &w->s.check[i];

		if (!c->wanted || !*c->test || !was_seen(w, c->name, c->kernel, c->lie, c->test))
			continue;
		of[p.njobs] = c;
		job_add(&p, c->kernel, c->lie, c->name, false, xstrdup(c->test));
	}
	w->missing += pool_run(&p, "known proofs pass when mute");
	for (size_t j = 0; j < p.njobs; j++)
		of[j]->proven = p.job[j].run &&
				passes_mute(p.job[j].run, of[j]->kernel, of[j]->test);
	pool_free(&p);
	free(of);
}

/*
 * Try those that failed by it, all of a lie in one run: of each lie some, of different
 * cases before others of the same.
 */
static void mute_new(struct work *w)
{
	struct pool p = { .o = w->o, .lock = PTHREAD_MUTEX_INITIALIZER };
	struct check **of = NULL;

	for (size_t i = 0; i < w->s.nchecks; i++) {
		struct check *c = &w->s.check[i];
		bool *done = xcalloc(w->nseen + 1, sizeof(*done));

		for (size_t f = 0; f < w->nseen && c->wanted && !c->proven; f++) {
			const struct seen *first = &w->seen[f];
			struct buf b = { 0 };
			size_t n = 0;

			if (done[f] || strcmp(first->check, c->name))
				continue;
			for (size_t k = f; k < w->nseen; k++) {
				const struct seen *s = &w->seen[k];

				if (strcmp(s->check, c->name) || strcmp(s->kernel, first->kernel) ||
				    strcmp(s->lie, first->lie))
					continue;
				done[k] = true;
				if (n < TRIES && !glob_list_match(b.data ?: "", s->test)) {
					buf_printf(&b, "%s%s", b.len ? " " : "", s->test);
					n++;
				}
			}
			of = xrealloc(of, (p.njobs + 1) * sizeof(*of));
			of[p.njobs] = c;
			job_add(&p, first->kernel, first->lie, c->name, false, b.data);
		}
		free(done);
	}
	w->missing += pool_run(&p, "new proofs");
	for (size_t j = 0; j < p.njobs; j++) {
		for (size_t i = 0; p.job[j].run && i < p.job[j].run->nrec && !of[j]->proven; i++) {
			const struct record *r = &p.job[j].run->rec[i];

			if (!passes_mute(p.job[j].run, r->kernel, r->test))
				continue;
			record_set(&of[j]->kernel, r->kernel);
			record_set(&of[j]->lie, p.job[j].lie);
			record_set(&of[j]->test, r->test);
			of[j]->proven = true;
		}
	}
	pool_free(&p);
	free(of);
}

static size_t unproven(const struct work *w)
{
	size_t n = 0;

	for (size_t i = 0; i < w->s.nchecks; i++)
		n += w->s.check[i].wanted && !w->s.check[i].proven;
	return n;
}

/* Kernels that break what the tests are about, by what the cases say of themselves. */
static void fail_on(struct work *w, const char *kernel)
{
	struct pool p = { .o = w->o, .lock = PTHREAD_MUTEX_INITIALIZER };
	bool *in = xcalloc(w->tests.n + 1, sizeof(*in));
	size_t n = 0;

	for (size_t i = 0; i < w->tests.n; i++) {
		const struct claims *c = &w->tests.t[i].c->claims;

		for (size_t k = 0; k < c->nseen; k++)
			in[i] |= !strcmp(c->seen[k].kernel, kernel) &&
				 glob_list_match(c->seen[k].variants, w->tests.t[i].v->name);
		n += in[i];
	}
	if (n)
		job_add(&p, kernel, "", "", false, names_of(&w->tests, in, NULL, w->tests.n));
	w->missing += pool_run(&p, kernel);
	if (n && p.job[0].run)
		note_failures(w, p.job[0].run, "");
	pool_free(&p);
	free(in);
}

/* Lies that are there for nothing else. */
static void fail_by_small_lies(struct work *w)
{
	struct pool p = { .o = w->o, .lock = PTHREAD_MUTEX_INITIALIZER };

	for (size_t i = 0; i < w->s.nlies; i++) {
		struct lie *l = &w->s.lie[i];
		bool useful = false;

		for (size_t k = 0; k < w->s.nchecks && !useful && *l->checks; k++)
			useful = w->s.check[k].wanted && !w->s.check[k].proven &&
				 glob_list_match(l->checks, w->s.check[k].name);
		if (!useful)
			continue;
		lie_choose(l, &w->tests, NULL, w->o->most);
		if (l->ntests)
			job_add(&p, w->o->kernel, l->name, "", false,
				names_of(&w->tests, NULL, l->test, l->ntests));
	}
	w->missing += pool_run(&p, "small lies");
	for (size_t j = 0; j < p.njobs; j++)
		if (p.job[j].run)
			note_failures(w, p.job[j].run, p.job[j].lie);
	pool_free(&p);
}

static void prove_checks(struct work *w)
{
	char *copy, *save = NULL;

	fail_again(w);
	mute_known(w);
	if (w->o->known)
		return;
	if (unproven(w))
		fail_by_small_lies(w);
	if (unproven(w))
		mute_new(w);
	copy = xstrdup(w->o->search);
	for (char *k = strtok_r(copy, " ", &save); k && unproven(w);
	     k = strtok_r(NULL, " ", &save)) {
		char *kernel = xstrdup(k);

		fail_on(w, kernel);
		mute_new(w);
		free(kernel);
	}
	free(copy);
}

/* --- the command ------------------------------------------------------------------------------ */

static int fail(int code)
{
	fprintf(stderr, "cowpen: sabotage: %s\n", err_msg());
	return code;
}

static int write_or_say(const char *dir, const char *name, struct buf *b)
{
	char *path = xasprintf("%s/%s", dir, name);
	int ret = write_file(path, b->data ?: "", b->len);

	if (!ret)
		fprintf(stderr, "written to %s\n", path);
	free(path);
	buf_free(b);
	return ret;
}

/* What was not asked for stands there as it stood. */
static int write_tables(struct work *w, bool lies, bool checks)
{
	char *path = xasprintf("%s/lies.md", w->o->tables);
	struct buf b = { 0 }, c = { 0 }, d = { 0 };
	int ret = 0;

	if (lies && !access(path, R_OK))
		ret = lies_read(path, &w->s);
	free(path);
	if (lies && !ret) {
		lies_table(&w->s, &b);
		ret = write_or_say(w->o->tables, "lies.md", &b);
	}
	if (checks && !ret) {
		/* What could not be run says nothing against what is known. */
		proofs_keep(&w->s, w->missing);
		checks_table(&w->s, &c);
		proofs_text(&w->s, &d);
		ret = write_or_say(w->o->tables, "checks.md", &c) ?:
			      write_or_say(w->o->tables, "checks.txt", &d);
	}
	return ret ? fail(EXIT_INCOMPLETE) : 0;
}

static int report(const struct work *w, bool lies, bool checks)
{
	size_t told = 0, passed = 0, proven = 0, n = 0, nlies = 0, never = 0;
	struct buf b = { 0 };

	for (size_t i = 0; i < w->s.nlies; i++) {
		const struct lie *l = &w->s.lie[i];

		nlies += l->wanted;
		told += l->told;
		passed += l->passed;
		if (l->wanted && !l->told) {
			never++;
			buf_printf(&b, "never told: %s\n", l->name);
		}
		if (l->wanted && l->odd)
			buf_printf(&b, "not as without it, and never told: %s in %zu tests\n",
				   l->name, l->odd);
	}
	for (size_t i = 0; i < w->s.nchecks; i++) {
		const struct check *c = &w->s.check[i];

		n += c->wanted;
		proven += c->wanted && c->proven;
		if (c->wanted && !c->proven)
			buf_printf(&b, "not proven: %s (%s)\n", c->name, c->where);
	}
	if (lies)
		lies_text(&w->s, &b);
	fputs(b.data ?: "", stdout);
	buf_free(&b);
	if (lies)
		printf("%zu lies told in %zu tests: %zu passed%s", nlies, told, passed,
		       checks ? "; " : "");
	if (checks)
		printf("%zu of %zu checks proven", proven, n);
	printf("%s\n", w->missing ? "; not everything could be run" : "");
	if (passed || never || proven < n)
		return EXIT_WRONG;
	return w->missing ? EXIT_INCOMPLETE : EXIT_HOLDS;
}

static int learn(struct work *w)
{
	for (size_t i = 0; i < w->cases.n; i++) {
		char *argv[] = { w->cases.c[i].exe, "--sabotage", NULL };
		struct buf b = { 0 };
		int ret;

		if (!argv[0])
			return err_set(-ENOENT, "%s: %s", w->cases.c[i].id, w->cases.c[i].broken);
		ret = run_command(argv, NULL, &b) ?: sabotage_learn(&w->s, b.data ?: "");
		buf_free(&b);
		if (ret)
			return ret < 0 ? ret : err_set(-EIO, "%s cannot be asked", argv[0]);
	}
	sabotage_sort(&w->s);
	return 0;
}

static int list_all(const struct sabotage *s)
{
	for (size_t i = 0; i < s->nlies; i++)
		printf("%-5s %-24s %s\n", *s->lie[i].checks ? "small" : "lie", s->lie[i].name,
		       s->lie[i].what);
	for (size_t i = 0; i < s->nchecks; i++)
		printf("check %-24s %s\n", s->check[i].name, s->check[i].where);
	return EXIT_HOLDS;
}

static int sabotage(struct work *w)
{
	const struct opts *o = w->o;
	bool lies = o->lies || !o->checks, checks = o->checks || !o->lies;
	char *path;
	int ret;

	if (cases_discover(o->build, &w->cases) || learn(w))
		return fail(EXIT_INCOMPLETE);
	if (o->list)
		return list_all(&w->s);
	if (o->print && (!o->tables || o->lies || o->checks))
		return fail(err_set(EXIT_USAGE, "--print asks for nothing, and needs --tables"));
	if (!o->print && ((lies && sabotage_want_lies(&w->s, o->lies)) ||
			  (checks && sabotage_want_checks(&w->s, o->checks))))
		return fail(EXIT_USAGE);
	ret = cases_select(&w->cases, o->cases, &w->tests);
	if (ret)
		return fail(ret == -EINVAL ? EXIT_USAGE : EXIT_INCOMPLETE);
	if (!access(o->proofs, R_OK) && proofs_read(o->proofs, &w->s))
		return fail(EXIT_INCOMPLETE);
	if (o->print)
		return write_tables(w, true, true);
	if (mkdir_p(o->runs))
		return fail(EXIT_INCOMPLETE);
	path = done_path(o);
	if (!o->resume)
		unlink(path);
	free(path);
	w->honest = xcalloc(w->tests.n + 1, sizeof(*w->honest));
	if (lies)
		tell_lies(w);
	if (checks)
		prove_checks(w);
	ret = report(w, lies, checks);
	/* Some of a lie's tests are no row of the table. */
	if (o->tables && write_tables(w, lies && !o->cases && !w->missing, checks))
		return EXIT_INCOMPLETE;
	return ret;
}

static const struct argp_option options[] = {
	{ "lies", O_LIES, "GLOBS", 0, "Tell these (default: all, or none if checks are named)", 1 },
	{ "checks", O_CHECKS, "GLOBS", 0, "Prove these (default: all, or none if lies are named)",
	  1 },
	{ "cases", O_CASES, "GLOBS", 0, "Only with tests of these, as for cowpen run", 1 },
	{ "known", O_KNOWN, NULL, 0, "Only try again the proofs that are known", 1 },
	{ "list", O_LIST, NULL, 0, "Only say which lies and checks there are", 1 },
	{ "print", O_PRINT, NULL, 0, "Only write the tables anew, of what is known", 1 },
	{ "kernel", O_KERNEL, "NAME", 0, "Lie on this one (default: 7.3)", 2 },
	{ "search", O_SEARCH, "NAMES", 0,
	  "Kernels on which tests fail without a lie, to look for proofs (default: 5.10 6.12 7.3)",
	  2 },
	{ "most", O_MOST, "N", 0, "Tests that a lie is told to (default: 16)", 2 },
	{ "jobs", O_JOBS, "N", 0, "Runs at a time (default: number of cores)", 2 },
	{ "resume", O_RESUME, NULL, 0, "What was done before it was interrupted is not done again",
	  2 },
	{ "proofs", O_PROOFS, "FILE", 0, "Known proofs (default: results/tables/checks.txt)", 9 },
	{ "tables", O_TABLES, "DIR", 0,
	  "Write lies.md, checks.md and checks.txt there: what was asked for anew, the rest as it was",
	  9 },
	{ "cowpen", O_HONEST, "FILE", 0, "The program itself (default: build/cowpen)", 9 },
	{ "build", O_BUILD, "DIR", 0, "The build with lies in it (default: build/sabotage)", 9 },
	{ "runs", O_RUNS, "DIR", 0, "Folder of its runs (default: results/runs/sabotage)", 9 },
	{ 0 }
};

static error_t parse(int key, char *arg, struct argp_state *st)
{
	struct opts *o = st->input;
	const char **text[] = {
		[O_BUILD - O_BUILD] = &o->build,   [O_HONEST - O_BUILD] = &o->cowpen,
		[O_RUNS - O_BUILD] = &o->runs,	   [O_LIES - O_BUILD] = &o->lies,
		[O_CHECKS - O_BUILD] = &o->checks, [O_CASES - O_BUILD] = &o->cases,
		[O_KERNEL - O_BUILD] = &o->kernel, [O_SEARCH - O_BUILD] = &o->search,
		[O_PROOFS - O_BUILD] = &o->proofs, [O_TABLES - O_BUILD] = &o->tables
	};
	unsigned int *number = key == O_JOBS ? &o->jobs : &o->most;
	char *end;

	switch (key) {
	case O_JOBS:
	case O_MOST:
		*number = strtoul(arg, &end, 10);
		if (*end || !*number || *number > 10000) {
			argp_failure(st, EXIT_USAGE, 0, "\"%s\" is no number from 1 on", arg);
			return EINVAL;
		}
		return 0;
	case O_RESUME:
		o->resume = true;
		return 0;
	case O_LIST:
		o->list = true;
		return 0;
	case O_KNOWN:
		o->known = true;
		return 0;
	case O_PRINT:
		o->print = true;
		return 0;
	}
	if (key < O_BUILD || key - O_BUILD >= (int)ARRAY_SIZE(text) || !text[key - O_BUILD])
		return ARGP_ERR_UNKNOWN;
	*text[key - O_BUILD] = arg;
	return 0;
}

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.doc = "Who tests the tests: lie to them beneath the harness, and mute its checks one by "
	       "one.\v"
	       "Exit status: 0 every lie was found out and every check has a proof, 1 a test "
	       "passed in spite "
	       "of a lie or a check has none, 2 something could not be run, 3 usage.",
};

int sabotage_main(int argc, char **argv)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	struct opts o = { .cowpen = "build/cowpen",
			  .build = "build/sabotage",
			  .runs = "results/runs/sabotage",
			  .kernel = "7.3",
			  .search = "5.10 6.12 7.3",
			  .proofs = "results/tables/checks.txt",
			  .jobs = cores > 0 ? cores : 1,
			  .most = MOST };
	struct work w = { .o = &o };
	int ret;

	argv[0] = "cowpen sabotage";
	ret = argp_parse(&argp, argc, argv, 0, NULL, &o) ? EXIT_USAGE : sabotage(&w);
	for (size_t i = 0; i < w.nseen; i++) {
		free(w.seen[i].check);
		free(w.seen[i].kernel);
		free(w.seen[i].lie);
		free(w.seen[i].test);
	}
	free(w.seen);
	free(w.honest);
	sabotage_free(&w.s);
	tests_free(&w.tests);
	cases_free(&w.cases);
	return ret;
}
