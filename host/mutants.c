// SPDX-License-Identifier: GPL-2.0-only
/* cowpen mutants: run each of some small faults with the tests that reach it. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd.h"
#include "corpus_opts.h"
#include "err.h"
#include "mutants.h"
#include "shard.h"

enum {
	O_POINTS = O_OWN,
	O_COWPEN,
	O_NUMBER,
	O_SEED,
	O_JOBS,
	O_MOST,
	O_STATE,
	O_EQUIVALENT,
	O_TAUGHT,
	O_SELFTESTS,
	O_LIST,
	O_AS_IS,
};

#define DEADLINE "20" /* seconds for a test; on a busy machine the longest takes 15 */
#define FIRST	 3    /* tests that are run first */
#define AT_ONCE	 400  /* tests of one run */
#define MOST	 250  /* tests of one mutant: of each case that reaches it one, or nearly */

struct mutants_opts {
	struct corpus_opts c;
	const char *points, *cowpen, *state, *equivalent, *taught, *selftests;
	unsigned int number, jobs, most;
	uint64_t seed;
	bool list, as_is;
};

struct work {
	const struct mutants_opts *o;
	const struct test_list *tests;
	struct mutants all;
	struct mutants_base *base; /* by test; ST_SKIP: it does not count */
	struct mutant **job;
	size_t njobs, next, done;
	pthread_mutex_t lock;
	size_t *killed; /* by test: how many it has killed */
	bool *may;	/* by test: it was asked for; NULL: all are */
	bool unfinished;
};

static volatile sig_atomic_t stopped;

static void on_signal(int sig)
{
	stopped = sig;
}

/* --- on what a result rests --------------------------------------------------------------- */

/* With more tests than @most it is not run: one that @most leave alive says nothing of the rest. */
static void basis_of(const struct work *w, const size_t *test, size_t n, size_t most, char hex[65])
{
	struct buf b = { 0 };

	/* The kernel's folder is named by what it is made from, wherever it stands. */
	buf_printf(&b, "%s\n", strrchr(w->o->c.kernel, '/') ?: w->o->c.kernel);
	if (most < n)
		buf_printf(&b, "%zu of\n", most);
	for (size_t i = 0; i < n; i++)
		buf_printf(&b, "%s %s\n", w->tests->t[test[i]].name,
			   w->tests->t[test[i]].c->exe_sha256);
	sha256_data(b.data, b.len, hex);
	hex[16] = '\0';
	buf_free(&b);
}

static const size_t *test_named(const struct work *w, const struct mutant *m, const char *name)
{
	for (size_t i = 0; i < m->ntests; i++)
		if (!strcmp(w->tests->t[m->test[i]].name, name))
			return &m->test[i];
	return NULL;
}

/* A killed one needs only the test that did it, one that is alive all of them. */
static bool is_known(const struct work *w, struct mutant *m, const char *text)
{
	char alive[65], killed[65];
	const size_t *killer;

	basis_of(w, m->test, m->ntests, w->o->most, alive);
	for (const char *s = text; *s; s += strcspn(s, "\n"), s += !!*s) {
		char *line, *save = NULL, *word;

		if (strtoul(s, NULL, 10) != m->nr)
			continue;
		line = xasprintf("%.*s", (int)strcspn(s, "\n"), s);
		word = strtok_r(line, "\t", &save);
		for (int i = 0; word && i < 3; i++)
			word = strtok_r(NULL, "\t", &save);
		killer = word ? test_named(w, m, word) : NULL;
		if (killer)
			basis_of(w, killer, 1, 1, killed);
		else
			strcpy(killed, "-");
		mutant_known(m, s, killed, alive);
		free(line);
	}
	killer = m->fate == MUTANT_KILLED ? test_named(w, m, m->killer) : NULL;
	if (killer)
		w->killed[*killer]++;
	return m->fate != MUTANT_UNKNOWN;
}

static void remember(struct work *w, const struct mutant *m)
{
	const size_t *killer = m->fate == MUTANT_KILLED ? test_named(w, m, m->killer) : NULL;
	char basis[65], *line;
	int fd;

	basis_of(w, killer ?: m->test, killer ? 1 : m->ntests, w->o->most, basis);
	line = mutant_line(m, basis);
	fd = open(w->o->state, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
	if (fd < 0 || write(fd, line, strlen(line)) < 0)
		fprintf(stderr, "cowpen: mutants: %s: %s\n", w->o->state, strerror(errno));
	if (fd >= 0)
		close(fd);
	free(line);
}

/* --- one mutant --------------------------------------------------------------------------- */

/* The run of these tests with the mutant on; NULL with a line. */
static struct run *run_tests(const struct work *w, const struct mutant *m, const size_t *test,
			     size_t n)
{
	const struct corpus_opts *o = &w->o->c;
	char *idfile = xasprintf("%s/.id-%d-%u", o->runs, getpid(), m->nr);
	char *env = xasprintf("COWPEN_MUTANT=%u", m->nr);
	struct buf names = { 0 }, out = { 0 }, id = { 0 };
	struct run *run = NULL;

	for (size_t i = 0; i < n; i++)
		buf_printf(&names, "%s%s", i ? " " : "", w->tests->t[test[i]].name);
	{
		char *argv[] = { (char *)w->o->cowpen,
				 "run",
				 "--build",
				 (char *)o->build,
				 "--runs",
				 (char *)o->runs,
				 "--kernels",
				 (char *)o->kernel,
				 "--cases",
				 names.data,
				 "--isolation",
				 n > FIRST ? "area" : "test",
				 "--brief",
				 "--quiet",
				 "--jobs",
				 "1",
				 "--seed",
				 "1",
				 "--deadline",
				 DEADLINE,
				 "--env",
				 env,
				 "--id-file",
				 idfile,
				 NULL };

		/* What it says of results that were not expected is no news. */
		run_command(argv, NULL, &out);
	}
	if (access(idfile, R_OK) || read_file(idfile, &id) || !id.len)
		err_set(-EIO, "mutant %u could not be run", m->nr);
	else if (id.data[strcspn(id.data, "\n")] = '\0',
		 !run_load(o->runs, id.data, &run) && run->nrec < run->info.ntests) {
		err_set(-EINTR, "mutant %u was interrupted", m->nr);
		remove_tree(run->dir);
		run_free(run);
		run = NULL;
	}
	unlink(idfile);
	buf_free(&names);
	buf_free(&out);
	buf_free(&id);
	free(idfile);
	free(env);
	return run;
}

/* A failed check says more than a crash, and that more than an error. */
static unsigned int worth(const struct record *r)
{
	return r->status == ST_FAIL    ? 4 :
	       r->status == ST_CRASH   ? 3 :
	       r->status == ST_TIMEOUT ? 2 :
					 1;
}

struct ordered {
	size_t test;
	size_t killed;
	uint64_t round, number;
	const struct tcase *c;
};

static int by_case(const void *a, const void *b)
{
	const struct ordered *x = a, *y = b;

	return x->c != y->c	     ? (x->c < y->c ? -1 : 1) :
	       x->number < y->number ? -1 :
				       x->number > y->number;
}

/* Who has killed others comes first, then of every case one, then of every case a second one. */
static int by_turn(const void *a, const void *b)
{
	const struct ordered *x = a, *y = b;

	return x->round != y->round   ? (x->round < y->round ? -1 : 1) :
	       x->killed != y->killed ? (x->killed > y->killed ? -1 : 1) :
	       x->number < y->number  ? -1 :
					x->number > y->number;
}

static size_t *in_order(struct work *w, const struct mutant *m, size_t *n)
{
	struct ordered *o = xcalloc(m->ntests + 1, sizeof(*o));
	size_t *test = xcalloc(m->ntests + 1, sizeof(*test));

	*n = 0;
	pthread_mutex_lock(&w->lock);
	for (size_t i = 0; i < m->ntests; i++) {
		size_t t = m->test[i];

		if ((w->may && !w->may[t]) ||
		    (w->base[t].status != ST_PASS && w->base[t].status != ST_FAIL))
			continue;
		o[(*n)++] = (struct ordered){
			.test = t,
			.killed = w->killed[t],
			.number = text_hash(w->tests->t[t].name, m->nr, w->o->seed),
			.c = w->tests->t[t].c,
		};
	}
	pthread_mutex_unlock(&w->lock);
	qsort(o, *n, sizeof(*o), by_case);
	for (size_t i = 0; i < *n; i++)
		o[i].round = i && o[i].c == o[i - 1].c ? o[i - 1].round + 1 : 0;
	qsort(o, *n, sizeof(*o), by_turn);
	for (size_t i = 0; i < *n; i++)
		test[i] = o[i].test;
	free(o);
	return test;
}

/* What @run of these tests says of it. Every one of them ended badly: true in @all_bad. */
static void look(struct work *w, struct mutant *m, const struct run *run, const size_t *test,
		 size_t n, bool *all_bad)
{
	unsigned int best = 0;

	for (size_t i = 0; i < n; i++) {
		const struct record *r =
			run_find(run, run->info.kernels[0].name, w->tests->t[test[i]].name, 0);
		const char *how = r ? mutant_noticed(&w->base[test[i]], r) : NULL;

		*all_bad &= how && r->status != ST_FAIL;
		if (!how || worth(r) <= best)
			continue;
		best = worth(r);
		m->fate = MUTANT_KILLED;
		record_set(&m->killer, r->test);
		record_set(&m->how, how);
		free(m->what);
		m->what = *r->check ? xasprintf("%s: wanted %s, seen %s", r->check, r->wanted,
						r->seen) :
				      xstrdup(r->reason);
		pthread_mutex_lock(&w->lock);
		w->killed[test[i]]++;
		pthread_mutex_unlock(&w->lock);
	}
}

/* A test may end badly for want of time, or of something else than a mutant. Once more, alone. */
static bool confirmed(struct work *w, const struct mutant *m)
{
	const size_t *killer = test_named(w, m, m->killer);
	const struct record *r;
	struct run *run;
	bool again;

	if (!killer)
		return true;
	run = run_tests(w, m, killer, 1);
	if (!run)
		return false;
	r = run_find(run, run->info.kernels[0].name, m->killer, 0);
	again = r && mutant_noticed(&w->base[*killer], r);
	remove_tree(run->dir);
	run_free(run);
	return again;
}

/* False if it could not be judged. */
static bool judge(struct work *w, struct mutant *m)
{
	size_t n, at = 0, step = FIRST;
	size_t *test = in_order(w, m, &n);
	size_t most = n < w->o->most ? n : w->o->most;
	bool all_bad = true, everywhere = m->ntests > w->tests->n * 9 / 10;

	m->fate = MUTANT_UNKNOWN;
	while (at < most && !stopped) {
		size_t some = most - at < step ? most - at : step;
		struct run *run = run_tests(w, m, test + at, some);

		if (!run)
			break;
		look(w, m, run, test + at, some, &all_bad);
		remove_tree(run->dir);
		run_free(run);
		at += some;
		if (m->fate == MUTANT_KILLED && !confirmed(w, m)) {
			m->fate = MUTANT_UNKNOWN;
			all_bad = false;
			record_set(&m->killer, "");
			record_set(&m->how, "");
			record_set(&m->what, "");
		}
		if (m->fate == MUTANT_KILLED && (at > FIRST || !all_bad || !everywhere))
			break;
		step = at * 3 < AT_ONCE ? at * 3 : AT_ONCE;
	}
	if (m->fate == MUTANT_KILLED && all_bad && everywhere && at > FIRST)
		m->fate = MUTANT_BROKEN;
	else if (m->fate == MUTANT_UNKNOWN && at == most)
		m->fate = MUTANT_ALIVE;
	free(test);
	return m->fate != MUTANT_UNKNOWN;
}

static void say(const struct work *w, const struct mutant *m)
{
	static const char *const fate[] = { "not run", "killed", "ALIVE", "starts nothing" };

	printf("%3zu of %zu  %-8s %s:%u %s: %s -> %s%s%s%s%s\n", w->done, w->njobs, fate[m->fate],
	       m->file, m->line, m->operator, m->code, m->becomes, *m->killer ? "; " : "", m->how,
	       *m->killer ? " of " : "", m->killer);
	fflush(stdout);
}

static void *worker(void *arg)
{
	struct work *w = arg;

	pthread_mutex_lock(&w->lock);
	while (w->next < w->njobs && !stopped) {
		struct mutant *m = w->job[w->next++];
		bool judged;

		pthread_mutex_unlock(&w->lock);
		judged = judge(w, m);
		pthread_mutex_lock(&w->lock);
		if (judged) {
			w->done++;
			/* Some tests tell that it is killed, only all that it is alive. */
			if (!w->may || m->fate == MUTANT_KILLED)
				remember(w, m);
			say(w, m);
		} else {
			w->unfinished = true;
			if (!stopped)
				fprintf(stderr, "cowpen: mutants: %s\n", err_msg());
		}
	}
	pthread_mutex_unlock(&w->lock);
	return NULL;
}

/* What is cheap comes first. */
static int by_tests(const void *a, const void *b)
{
	const struct mutant *x = *(struct mutant *const *)a, *y = *(struct mutant *const *)b;

	return x->ntests < y->ntests ? -1 : x->ntests > y->ntests;
}

static void run_all(struct work *w)
{
	struct sigaction sa = { .sa_handler = on_signal };
	pthread_t thread[64];
	size_t started = 0;

	sigaction(SIGINT, &sa, NULL);
	sigaction(SIGTERM, &sa, NULL);
	while (started < w->o->jobs && started < w->njobs &&
	       !pthread_create(&thread[started], NULL, worker, w))
		started++;
	if (!started)
		worker(w);
	while (started)
		pthread_join(thread[--started], NULL);
	w->unfinished |= w->done < w->njobs;
}

/* --- the command -------------------------------------------------------------------------- */

static int print_plan(const struct corpus_opts *o, const struct test_list *tests)
{
	for (size_t i = 0; i < tests->n; i++)
		if (!mutants_are_fresh(o->map, tests->t[i].name, tests->t[i].c->exe_sha256))
			printf("%s\n", tests->t[i].name);
	return EXIT_HOLDS;
}

/* The logs of a run that was asked what it reaches. */
static int take(const struct corpus_opts *o, const struct test_list *tests)
{
	struct run **runs = runs_load(o);
	size_t taken = 0, lost = 0;

	if (!runs)
		return corpus_fail(o, EXIT_INCOMPLETE);
	for (size_t i = 0; i < tests->n; i++) {
		const struct record *r = run_find(runs[0], o->take, tests->t[i].name, 0);
		char *log = r ? xasprintf("%s/%s", runs[0]->dir, r->log) : NULL;

		if (log && *r->log && !mutants_take(o->map, tests->t[i].c->exe_sha256, r, log))
			taken++;
		else if (r)
			lost++;
		free(log);
	}
	printf("what %zu tests reach is taken down", taken);
	if (lost)
		printf("; of %zu it is not known", lost);
	printf("\n");
	runs_free(runs, o->nruns);
	return EXIT_HOLDS;
}

static int read_selftests(struct mutants *all, const char *path)
{
	struct buf text = { 0 };
	char *save = NULL;
	int ret = access(path, R_OK) ? 0 : read_file(path, &text);

	for (char *line = strtok_r(text.data ?: (char[]){ "" }, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save)) {
		struct mutant *m = mutant_find(all, strtoul(line, NULL, 10));
		char *tab = strchr(line, '\t');

		if (!m || !tab)
			continue;
		m->selftested = true;
		record_set(&m->selftest, tab + 1);
	}
	buf_free(&text);
	return ret;
}

static int list(const struct work *w)
{
	for (size_t i = 0; i < w->all.n; i++) {
		const struct mutant *m = &w->all.m[i];

		if (m->chosen && !m->equivalent)
			printf("%u\t%s:%u\t%s\t%s\t%s\t%zu\n", m->nr, m->file, m->line, m->operator,
			       m->code, m->becomes, m->ntests);
	}
	return EXIT_HOLDS;
}

static int prepare(struct work *w)
{
	const struct mutants_opts *o = w->o;
	size_t unknown = 0;

	if (mutants_read(o->points, &w->all))
		return corpus_fail(&o->c, EXIT_INCOMPLETE);
	for (size_t t = 0; t < w->tests->n; t++) {
		w->base[t].status = ST_SKIP;
		unknown += !mutants_reached(&w->all, o->c.map, w->tests->t[t].name, t, &w->base[t]);
	}
	if (unknown)
		fprintf(stderr, "of %zu tests it is not known what they reach: they are left out\n",
			unknown);
	if (mutants_choose(&w->all, o->c.files, o->number, o->seed))
		return corpus_fail(&o->c, EXIT_USAGE);
	if ((o->equivalent && mutants_equivalent(&w->all, o->equivalent)) ||
	    (o->taught && mutants_taught(&w->all, o->taught)) ||
	    (o->selftests && read_selftests(&w->all, o->selftests)))
		return corpus_fail(&o->c, EXIT_INCOMPLETE);
	return 0;
}

static int report(const struct work *w)
{
	const struct mutants_opts *o = w->o;
	struct buf md = { 0 };
	size_t of, killed = mutants_score(&w->all, &of), unknown = 0;
	int ret = 0;

	for (size_t i = 0; i < w->all.n; i++)
		unknown += w->all.m[i].chosen && !w->all.m[i].equivalent &&
			   w->all.m[i].fate == MUTANT_UNKNOWN;
	printf("%zu of %zu killed\n", killed, of);
	if (unknown && o->as_is)
		fprintf(stderr,
			"cowpen: mutants: %zu are not judged, or with another kernel or other "
			"programs\n",
			unknown);
	if (o->c.table && !w->unfinished && !(unknown && o->as_is)) {
		mutants_table(&w->all, "7.3-src", o->seed, o->most, &md);
		ret = write_file(o->c.table, md.data, md.len);
		buf_free(&md);
		if (ret)
			return corpus_fail(&o->c, EXIT_INCOMPLETE);
		fprintf(stderr, "written to %s\n", o->c.table);
	}
	if (w->unfinished) {
		fprintf(stderr,
			"cowpen: mutants: interrupted; what is judged is kept, the same line "
			"goes on\n");
		return EXIT_INCOMPLETE;
	}
	if (unknown && o->as_is)
		return EXIT_INCOMPLETE;
	return killed < of ? EXIT_WRONG : EXIT_HOLDS;
}

/*
 * Those that are to be judged go into @w's jobs, all of them or those of a shard: the division
 * does not ask what is known. A run ends with the first test that kills, but which one that is
 * nobody knows: all of a mutant's tests count.
 */
static int divide(struct work *w)
{
	struct durations d = { 0 };
	struct shard s = { 1, 1 };
	unsigned int *of;
	uint64_t *cost;
	size_t n = 0;

	if (w->o->c.shard && (shard_parse(w->o->c.shard, &s) || durations_read(DURATIONS_FILE, &d)))
		return -EINVAL;
	of = xcalloc(w->all.n + 1, sizeof(*of));
	cost = xcalloc(w->all.n + 1, sizeof(*cost));
	w->job = xcalloc(w->all.n + 1, sizeof(struct mutant *));
	for (size_t i = 0; i < w->all.n; i++) {
		struct mutant *m = &w->all.m[i];

		if (!m->chosen || m->equivalent)
			continue;
		for (size_t t = 0; t < m->ntests && t < w->o->most; t++)
			cost[n] += duration_of(&d, w->tests->t[m->test[t]].name);
		w->job[n++] = m;
	}
	shard_assign(cost, n, s.n, of);
	for (size_t i = 0; i < n; i++)
		if (of[i] == s.i - 1)
			w->job[w->njobs++] = w->job[i];
	if (w->o->c.shard)
		printf("shard %s: %zu of %zu mutants\n", w->o->c.shard, w->njobs, n);
	durations_free(&d);
	free(cost);
	free(of);
	return 0;
}

static int mutants(struct work *w)
{
	const struct mutants_opts *o = w->o;
	struct buf state = { 0 };
	int ret = prepare(w);
	size_t n = 0;

	if (ret || o->list)
		return ret ? ret : list(w);
	if (divide(w))
		return corpus_fail(&o->c, EXIT_USAGE);
	if (mkdir_p(o->c.runs) || (!access(o->state, R_OK) && read_file(o->state, &state)))
		return corpus_fail(&o->c, EXIT_INCOMPLETE);
	for (size_t i = 0; i < w->all.n; i++)
		if (w->all.m[i].chosen && !w->all.m[i].equivalent)
			is_known(w, &w->all.m[i], state.data ?: "");
	for (size_t i = 0; i < w->njobs; i++)
		if (w->job[i]->fate == MUTANT_UNKNOWN)
			w->job[n++] = w->job[i];
	w->njobs = n;
	buf_free(&state);
	qsort(w->job, w->njobs, sizeof(struct mutant *), by_tests);
	if (!o->as_is)
		run_all(w);
	free(w->job);
	return report(w);
}

static int begin(const struct corpus_opts *c, const struct case_list *cases,
		 const struct test_list *tests)
{
	const struct mutants_opts *o = (const struct mutants_opts *)c;
	struct work w = { .o = o, .tests = tests, .lock = PTHREAD_MUTEX_INITIALIZER };
	struct test_list all = { 0 };
	int ret;

	if (!c->map) {
		err_set(-EINVAL, "say which map: --map");
		return corpus_fail(c, EXIT_USAGE);
	}
	if (c->plan)
		return print_plan(c, tests);
	if (c->take)
		return take(c, tests);
	if (!o->points || (!o->list && (!c->kernel || !o->state))) {
		err_set(-EINVAL, "say which kernel, which mutants and where to note: --kernel, "
				 "--points, --state");
		return corpus_fail(c, EXIT_USAGE);
	}
	/* What is chosen does not depend on which tests it is run with. */
	if (c->cases && *c->cases) {
		if (cases_select(cases, NULL, &all))
			return corpus_fail(c, EXIT_INCOMPLETE);
		w.tests = &all;
		w.may = xcalloc(all.n + 1, sizeof(*w.may));
		for (size_t t = 0; t < all.n; t++)
			for (size_t k = 0; k < tests->n; k++)
				w.may[t] |= !strcmp(all.t[t].name, tests->t[k].name);
	}
	w.base = xcalloc(w.tests->n + 1, sizeof(*w.base));
	w.killed = xcalloc(w.tests->n + 1, sizeof(*w.killed));
	ret = mutants(&w);
	for (size_t t = 0; t < w.tests->n; t++)
		free(w.base[t].check);
	free(w.base);
	free(w.killed);
	free(w.may);
	tests_free(&all);
	mutants_free(&w.all);
	return ret;
}

static const struct argp_option options[] = {
	OPT_CASES,
	{ "map", O_MAP, "DIR", 0, "Folder of what the tests reach", 1 },
	{ "plan", O_PLAN, NULL, 0, "Only the tests of which that is not known", 2 },
	{ "take", O_TAKE, "KERNEL", 0, "Take down what RUN wrote of that kernel", 2 },
	{ "list", O_LIST, NULL, 0, "Only say which mutants are chosen and not equivalent", 2 },
	{ "as-is", O_AS_IS, NULL, 0, "Run nothing, tell what is known", 2 },
	{ "points", O_POINTS, "FILE", 0, "The mutants of the kernel", 1 },
	{ "kernel", O_KERNEL, "NAME=PATH", 0, "The kernel that has them", 1 },
	{ "files", O_FILES, "GLOBS", 0, "Only those in these files", 1 },
	{ "number", O_NUMBER, "N", 0, "So many (default: 212)", 1 },
	{ "seed", O_SEED, "N", 0, "Which (default: 1)", 1 },
	{ "jobs", O_JOBS, "N", 0, "At a time (default: number of cores)", 2 },
	{ "most", O_MOST, "N", 0, "Tests that one is run with at most (default: 250)", 2 },
	{ "shard", O_SHARD, "I/N", 0, "Only the I-th of N parts of them", 1 },
	{ "state", O_STATE, "FILE", 0, "Where to note what is known", 9 },
	{ "equivalent", O_EQUIVALENT, "FILE", 0, "Those that no test can tell", 9 },
	{ "taught", O_TAUGHT, "FILE", 0, "Those that were alive once, and the case for each", 9 },
	{ "selftests", O_SELFTESTS, "FILE", 0, "What the kernel's own tests killed", 9 },
	{ "table", O_TABLE, "FILE", 0, "Write the table there", 9 },
	{ "cowpen", O_COWPEN, "FILE", 0, "The program itself (default: build/cowpen)", 9 },
	OPT_BUILD,
	OPT_RUNS,
	{ 0 }
};

static error_t parse(int key, char *arg, struct argp_state *st)
{
	struct mutants_opts *o = st->input;
	unsigned long number;
	char *end = "";

	switch (key) {
	case O_POINTS:
		o->points = arg;
		break;
	case O_COWPEN:
		o->cowpen = arg;
		break;
	case O_STATE:
		o->state = arg;
		break;
	case O_EQUIVALENT:
		o->equivalent = arg;
		break;
	case O_TAUGHT:
		o->taught = arg;
		break;
	case O_SELFTESTS:
		o->selftests = arg;
		break;
	case O_LIST:
		o->list = true;
		break;
	case O_AS_IS:
		o->as_is = true;
		break;
	case O_NUMBER:
	case O_JOBS:
	case O_MOST:
		number = strtoul(arg, &end, 10);
		*(key == O_JOBS ? &o->jobs : key == O_MOST ? &o->most : &o->number) = number;
		if (*end || !number || number > (key == O_JOBS ? 64 : 100000)) {
			argp_failure(st, EXIT_USAGE, 0, "\"%s\" is no number from 1 on", arg);
			return EINVAL;
		}
		break;
	case O_SEED:
		o->seed = strtoull(arg, &end, 0);
		if (*end || !*arg) {
			argp_failure(st, EXIT_USAGE, 0, "\"%s\" is no number", arg);
			return EINVAL;
		}
		break;
	default:
		return corpus_parse(key, arg, st);
	}
	return 0;
}

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.args_doc = "[RUN]",
	.doc = "Turn on small faults of a kernel, one at a time, and run the tests that reach each.\v"
	       "Exit status: 0 each was killed by a test, 1 one is alive, 2 not all could be run, "
	       "3 usage.",
};

int mutants_main(int argc, char **argv)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	struct mutants_opts o = {
		.c = { .command = "mutants", .max_runs = 1 },
		.cowpen = "build/cowpen",
		.number = 212,
		.most = MOST,
		.seed = 1,
		.jobs = cores > 0 ? cores : 1,
	};

	return corpus_command(argc, argv, &argp, &o.c, begin);
}
