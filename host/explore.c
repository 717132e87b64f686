// SPDX-License-Identifier: GPL-2.0-only
/* cowpen explore: sequences that nobody wrote, and what came of them. */
#include <argp.h>
#include <dirent.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "accel.h"
#include "cases.h"
#include "classify.h"
#include "cmd.h"
#include "cross.h"
#include "err.h"
#include "exploration.h"
#include "explore.h"
#include "interrupt.h"
#include "opts.h"
#include "shard.h"
#include "util.h"
#include "vm.h"

/*
 * So many sequences in one guest, and so many while much is found: a number, so that the same
 * seed says the same on a machine of any speed.
 */
#define GUEST	     4000
#define GUEST_NEW    250
#define GUEST_S	     240 /* and not longer */
#define GUEST_MORE_S 60	 /* a guest that does not end then hangs */
#define CROSS_S	     40
#define CROSS_MOST   1000000
#define LOOKS	     12 /* so many finds of a guest are looked into, then it goes on without them */
#define TOGETHER     16
#define CONFIRM	     3
#define MAX_OTHERS   8

struct explorer {
	/* asked for */
	const char *build, *conf, *kernel, *also, *accel, *memory, *pin, *steps, *out, *cross;
	const char *shard_given, *merge, *mended_name, *known_of, *behind, *guest;
	struct shard shard;
	unsigned int seconds, jobs, batch, length;
	uint64_t seed;
	bool seed_given, quiet, anew, no_corpus, first;
	struct buf env; /* NAME=value lines for all guests */

	struct host host;
	struct state *state, *other[MAX_OTHERS], *mended;
	const struct kernel *k;
	struct case_list cases;
	char *exe, *corpus; /* the latter: what its cases do, as sequences */
	uint64_t end_ms, start_ms;

	pthread_mutex_t lock; /* over all that follows */
	struct exploration kept;
	struct buf before;  /* lines of what was known before */
	unsigned int begun; /* guests */
	unsigned int idle;  /* in a row that did not do it */
	bool broken;
	bool enough; /* what was sought is found */
};

enum {
	O_SECONDS_ = 1,
	O_MEMORY_,
	O_PIN_,
	O_STEPS_,
	O_OUT_,
	O_ALSO_,
	O_CONF_,
	O_SEED_,
	O_BUILD_,
	O_ENV_,
	O_BATCH_,
	O_LENGTH_,
	O_CROSS_,
	O_ANEW_,
	O_SHARD_,
	O_MERGE_,
	O_NO_CORPUS_,
	O_MENDED_,
	O_KNOWN_OF_,
	O_BEHIND_,
	O_FIRST_,
	O_GUEST_,
};

static const struct argp_option options[] = {
	{ "kernel", 'k', "NAME", 0, "The kernel (default: 7.3)", 1 },
	{ "seconds", O_SECONDS_, "N", 0, "So long (default: 600)", 1 },
	{ "seed", O_SEED_, "N", 0, "Seed (default: random)", 1 },
	{ "memory", O_MEMORY_, "NAMES", 0, "Only such memory, comma-separated", 1 },
	{ "pin", O_PIN_, "NAMES", 0, "Only such pins", 1 },
	{ "steps", O_STEPS_, "GLOBS", 0, "Only such steps", 1 },
	{ "also", O_ALSO_, "NAMES", 0,
	  "Kernels on which a new group is tried at once (default: 5.10 6.1 6.12 7.3)", 2 },
	{ "jobs", 'j', "N", 0, "Guests at a time (default: 1)", 2 },
	{ "batch", O_BATCH_, "N", 0, "Scenes of a process in the guest (default: 64)", 2 },
	{ "length", O_LENGTH_, "N", 0, "Only sequences of so many steps, at random", 2 },
	{ "anew", O_ANEW_, NULL, 0,
	  "Begin anew, and find again what earlier runs found that is known, and avoid", 2 },
	{ "mended", O_MENDED_, "NAME", 0,
	  "A kernel with all that is known mended: what passes there is known", 2 },
	{ "known-of", O_KNOWN_OF_, "NAME", 0,
	  "Avoid what is known of that kernel, too: the one that this was patched from", 2 },
	{ "behind", O_BEHIND_, "DIR", 0,
	  "Avoid what that exploration found, too: of the kernel that this was patched from", 2 },
	{ "first", O_FIRST_, NULL, 0,
	  "End with the first that passes on another kernel of the same version (--also)", 2 },
	{ "no-corpus", O_NO_CORPUS_, NULL, 0, "Without the sequences of the cases, changed", 2 },
	{ "shard", O_SHARD_, "I/N", 0, "One part of N; wants a seed, the same for all", 2 },
	{ "merge", O_MERGE_, "DIRS", 0, "Only make one table of what these found, shards or not",
	  2 },
	{ "cross", O_CROSS_, "FILE", 0,
	  "Only one step behind each set-up, and the table of what meets what", 2 },
	{ "out", O_OUT_, "DIR", 0, "Where the table and the cases go", 2 },
	{ "guest", O_GUEST_, "WORDS", 0, "What the guests are like, as for cowpen run", 2 },
	{ "env", O_ENV_, "NAME=VALUE", 0, "Put into the environment of the guests' programs", 2 },
	{ "accel", 'a', "WORD", 0, "auto, kvm or tcg", 3 },
	{ "build", O_BUILD_, "DIR", 0, "Where the build is (default: where cowpen is)", 9 },
	{ "conf", O_CONF_, "FILE", 0, "List of kernels (default: kernel-config/kernels.conf)", 9 },
	{ "quiet", 'q', NULL, 0, "No progress", 9 },
	{ 0 }
};

static unsigned long number(struct argp_state *st, const char *arg, unsigned long max)
{
	char *end;
	unsigned long n = strtoul(arg, &end, 0);

	if (*end || !*arg || *arg == '-' || n > max)
		argp_error(st, "\"%s\" is no number up to %lu", arg, max);
	return n;
}

/* In a list: what is typed with blanks is as good as with commas. */
static const char *list(const char *arg)
{
	char *text = xstrdup(arg);

	for (char *p = text; *p; p++)
		if (*p == ' ')
			*p = ',';
	return text;
}

static error_t parse(int key, char *arg, struct argp_state *st)
{
	struct explorer *x = st->input;

	switch (key) {
	case 'k':
		x->kernel = arg;
		return 0;
	case O_SECONDS_:
		x->seconds = number(st, arg, 1000000);
		return 0;
	case O_SEED_:
		x->seed = number(st, arg, ~0UL);
		x->seed_given = true;
		return 0;
	case O_MEMORY_:
		x->memory = list(arg);
		return 0;
	case O_PIN_:
		x->pin = list(arg);
		return 0;
	case O_STEPS_:
		x->steps = list(arg);
		return 0;
	case O_ALSO_:
		x->also = arg;
		return 0;
	case 'j':
		x->jobs = number(st, arg, EXPLORE_JOBS);
		x->jobs += !x->jobs;
		return 0;
	case O_BATCH_:
		x->batch = number(st, arg, 64);
		return 0;
	case O_LENGTH_:
		x->length = number(st, arg, 32);
		return 0;
	case O_ANEW_:
		x->anew = true;
		return 0;
	case O_CROSS_:
		x->cross = arg;
		return 0;
	case O_SHARD_:
		x->shard_given = arg;
		return 0;
	case O_MERGE_:
		x->merge = list(arg);
		return 0;
	case O_MENDED_:
		x->mended_name = arg;
		return 0;
	case O_KNOWN_OF_:
		x->known_of = arg;
		return 0;
	case O_BEHIND_:
		x->behind = arg;
		return 0;
	case O_GUEST_:
		x->guest = arg;
		return 0;
	case O_FIRST_:
		x->first = true;
		return 0;
	case O_NO_CORPUS_:
		x->no_corpus = true;
		return 0;
	case O_OUT_:
		x->out = arg;
		return 0;
	case O_ENV_:
		if (!strchr(arg, '='))
			argp_error(st, "\"%s\" is no NAME=VALUE", arg);
		buf_printf(&x->env, "%s\n", arg);
		return 0;
	case 'a':
		x->accel = arg;
		return 0;
	case O_BUILD_:
		x->build = arg;
		return 0;
	case O_CONF_:
		x->conf = arg;
		return 0;
	case 'q':
		x->quiet = true;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.doc = "Sequences of steps that nobody wrote, judged as cases are, until the time is up.\v"
	       "Exit status: 0 nothing that is not known, 1 new groups, 2 could not be run, 3 usage.",
};

static void say(struct explorer *x, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static void say(struct explorer *x, const char *fmt, ...)
{
	va_list ap;

	if (x->quiet)
		return;
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	fflush(stdout);
}

/* What was found is kept, or the machine has no room for it: then that is all. */
static void kept(struct explorer *x, int ret)
{
	if (!ret || x->broken)
		return;
	x->broken = true;
	fprintf(stderr, "cowpen: %s\n", err_msg());
	vm_interrupt_all();
}

/* --- a sequence in a guest of its own ------------------------------------------------------- */

/* Its result; false if the guest was interrupted. */
static bool judge(const struct vm_result *vm, const struct explored *e, struct record *r)
{
	char *variant = xasprintf("%s-%s", e->memory, e->pin);
	int ret;

	record_init(r);
	ret = classify(vm, variant, "steps", r);
	free(variant);
	return !ret;
}

static bool run_alone(struct explorer *x, const struct state *s, const struct explored *e,
		      struct record *r)
{
	char *args = xasprintf("-v %s-%s", e->memory, e->pin);
	char *env = xasprintf("COWPEN_STEPS=%s\n%s", e->steps, x->env.data);
	struct vm_job job = { .exe = x->exe, .args = args, .env = env, .seed = x->seed };
	struct vm_result vm;
	bool ok;

	vm_run(s, &job, &vm);
	ok = judge(&vm, e, r);
	vm_result_free(&vm);
	free(args);
	free(env);
	return ok;
}

static bool fails_so(const struct record *r, const char *clause)
{
	return !strcmp(clause_broken(r->status, r->clause), clause);
}

struct asking {
	struct explorer *x;
	const char *clause;
	const struct explored *trial;
	size_t at, ended,
		first; /* of @trial: where this guest began, how many ended, which fails */
	bool found;
};

static bool trial_done(void *arg, size_t nr, struct vm_result *vm)
{
	struct asking *a = arg;
	struct record r;

	if (judge(vm, &a->trial[a->at + nr], &r) && fails_so(&r, a->clause)) {
		a->found = true;
		a->first = a->at + nr;
	}
	record_free(&r);
	vm_result_free(vm);
	a->ended++;
	return !a->found;
}

/* All tests of a guest have one environment, so there the steps are an argument. */
static char *args_of(const struct explored *e)
{
	char *args =
		xasprintf("--steps %s -v %s-%s", *e->steps ? e->steps : ",", e->memory, e->pin);

	for (char *p = args + strlen("--steps "); strncmp(p, " -v ", 4); p++)
		if (*p == ' ')
			*p = ',';
	return args;
}

/* Several in one guest, a process each; what is found in the end is run alone. */
static size_t first_that_fails(void *arg, const struct explored *trial, size_t n)
{
	struct asking *a = arg;

	a->trial = trial;
	a->found = false;
	for (a->at = 0; a->at < n && !a->found && !vm_interrupted(); a->at += a->ended) {
		struct vm_job job[TOGETHER];
		size_t m = n - a->at < TOGETHER ? n - a->at : TOGETHER;
		char *args[TOGETHER];

		for (size_t i = 0; i < m; i++) {
			args[i] = args_of(&trial[a->at + i]);
			job[i] = (struct vm_job){
				.exe = a->x->exe, .args = args[i], .env = "", .seed = a->x->seed
			};
		}
		a->ended = 0;
		vm_run_several(a->x->state, job, m, trial_done, a);
		for (size_t i = 0; i < m; i++)
			free(args[i]);
		/* One without a result is passed over. */
		a->ended += !a->ended;
	}
	return a->found ? a->first : n;
}

/* --- what was found -------------------------------------------------------------------------- */

static char *statements(struct explorer *x, const char *steps)
{
	char *argv[] = { x->exe, "--statements", (char *)steps, NULL };
	struct buf out = { 0 };

	run_command(argv, NULL, &out);
	return out.data ? out.data : xstrdup("");
}

/* On the other kernels, one after the other. */
static char *elsewhere(struct explorer *x, const struct explored *e)
{
	struct buf b = { 0 };

	for (size_t i = 0; i < MAX_OTHERS && x->other[i]; i++) {
		struct record r;
		const char *clause;

		if (!run_alone(x, x->other[i], e, &r)) {
			record_free(&r);
			continue;
		}
		clause = clause_broken(r.status, r.clause);
		buf_printf(&b, "%s%s %s%s%s", b.len ? ", " : "", x->other[i]->kernel->name,
			   status_name(r.status), *clause ? " " : "", clause);
		record_free(&r);
	}
	return b.data ? b.data : xstrdup("");
}

/* With the lock held. */
static void write_case(struct explorer *x, struct group *g, size_t nr)
{
	char *name = xasprintf("found_%zu_%s", nr, g->last);
	char *c = statements(x, g->e.steps), *path = xasprintf("%s/%s.c", x->out, name);
	struct buf text = { 0 };

	explored_case(&g->e, name, c, g->clause, x->kernel, g->wanted, g->seen, &text);
	free(g->file);
	g->file = xasprintf("%s.c", name);
	kept(x, write_file(path, text.data, text.len));
	buf_free(&text);
	free(path);
	free(name);
	free(c);
}

static void company_add(struct explorer *x, const struct find *f, const char *why)
{
	char *text = xasprintf("%s-%s: %s: %s (%s %s)", f->e.memory, f->e.pin, f->e.steps, why,
			       f->status, *f->clause ? f->clause : f->reason);

	pthread_mutex_lock(&x->lock);
	kept(x, exploration_company(&x->kept, text));
	pthread_mutex_unlock(&x->lock);
	free(text);
}

static void avoid_add(struct explorer *x, const char *class, const char *steps)
{
	char *p = explored_pattern(class, steps);

	kept(x, exploration_avoid(&x->kept, p));
	free(p);
}

/* Is it another way to what was found already, or just that? */
static bool is_new(struct explorer *x, const struct find *f)
{
	char *patterns, *save = NULL;
	bool is = true;

	pthread_mutex_lock(&x->lock);
	patterns = xstrdup(x->kept.avoid.data ? x->kept.avoid.data : "");
	pthread_mutex_unlock(&x->lock);
	for (char *p = strtok_r(patterns, ";", &save); p && is; p = strtok_r(NULL, ";", &save))
		is = !explored_matches(p, f->class, f->e.steps);
	free(patterns);
	return is;
}

/* Each time alone, by the same clause. */
static bool confirmed(struct explorer *x, struct group *g)
{
	bool ok = true;

	for (unsigned int i = 0; i < CONFIRM && ok; i++) {
		struct record r;

		ok = run_alone(x, x->state, &g->e, &r) && fails_so(&r, g->clause);
		if (ok && !i) {
			g->wanted = xstrdup(*r.wanted ? r.wanted : "it ends");
			g->seen = xstrdup(*r.seen ? r.seen : r.reason);
		}
		record_free(&r);
	}
	return ok;
}

/*
 * What the book knows of a kernel is found once: <build>/explored/known, lines
 * "7.3<tab>small wp ksm_scan<tab>ksm/wp_scan, ksm-forgets-wp". With the lock held.
 */
static char *known_file(const struct explorer *x)
{
	return xasprintf("%s/explored/known", x->build);
}

/* What is met where a difference from another kernel is sought, and is none, is known of both. */
static void known_add(struct explorer *x, const char *class, const struct group *g)
{
	bool of_both = x->first && x->known_of;
	char *path = known_file(x), *pattern = explored_pattern(class, g->e.steps);
	FILE *f = of_both || (g->known && *g->bug) ? fopen(path, "ae") : NULL;

	if (f) {
		fprintf(f, "%s\t%s\t%s, %s\n", of_both ? x->known_of : x->k->name, pattern,
			g->known ?: "found", g->known ? g->bug : "fails on both");
		fclose(f);
	}
	free(pattern);
	free(path);
}

static void known_read(struct explorer *x, bool begins)
{
	char *path = known_file(x), *save = NULL;
	struct buf text = { 0 };

	if (!read_file(path, &text))
		for (char *l = strtok_r(text.data, "\n", &save); l;
		     l = strtok_r(NULL, "\n", &save)) {
			char *pattern = strchr(l, '\t'),
			     *by = pattern ? strchr(pattern + 1, '\t') : NULL;

			if (!by)
				continue;
			*pattern++ = *by++ = 0;
			if (strcmp(l, x->k->name) && (!x->known_of || strcmp(l, x->known_of)))
				continue;
			/* One that goes on has them. */
			if (begins)
				kept(x, exploration_avoid(&x->kept, pattern));
			buf_printf(&x->before, "- %s: `%s`\n", by, pattern);
		}
	buf_free(&text);
	free(path);
}

/* What another exploration found, known or not. */
static int behind_read(struct explorer *x, bool begins)
{
	struct exploration old = { 0 };
	char *save = NULL;
	int ret = exploration_read(&old, x->behind);

	/* One that goes on has it. */
	for (char *p = ret || !begins || !old.avoid.len ? NULL :
							  strtok_r(old.avoid.data, ";", &save);
	     p; p = strtok_r(NULL, ";", &save))
		kept(x, exploration_avoid(&x->kept, p));
	exploration_free(&old);
	return ret;
}

/* On another kernel of the same version it passes: no bug of that version is what it shows. */
static bool passes_on_same_version(struct explorer *x, const struct explored *e)
{
	bool passes = false;

	for (size_t i = 0; i < MAX_OTHERS && x->other[i] && !passes; i++) {
		struct record r;

		if (strcmp(x->other[i]->version, x->state->version))
			continue;
		passes = run_alone(x, x->other[i], e, &r) && r.status == ST_PASS;
		record_free(&r);
	}
	return passes;
}

/* On another kernel, of that version, it fails by that clause. */
static bool fails_on_version(struct explorer *x, const char *version, const struct explored *e,
			     const char *clause)
{
	bool fails = false;

	for (size_t i = 0; i < MAX_OTHERS && x->other[i] && !fails; i++) {
		struct record r;

		if (strcmp(x->other[i]->version, version))
			continue;
		fails = run_alone(x, x->other[i], e, &r) && r.status == ST_FAIL &&
			!strcmp(r.clause, clause);
		record_free(&r);
	}
	return fails;
}

/*
 * What passes where all that is known is mended shows one of those. Where that is a kernel of another
 * version only if it fails there, too, while nothing is mended: it may have been mended since.
 */
static bool passes_where_mended(struct explorer *x, const struct explored *e, const char *clause)
{
	struct record r;
	bool passes;

	if (!x->mended)
		return false;
	if (strcmp(x->mended->version, x->state->version) &&
	    !fails_on_version(x, x->mended->version, e, clause))
		return false;
	passes = run_alone(x, x->mended, e, &r) && r.status == ST_PASS;
	record_free(&r);
	return passes;
}

/* Who seeks one difference from another kernel has it. With the lock held. */
static void enough(struct explorer *x, const struct group *g)
{
	if (x->enough)
		return;
	x->enough = true;
	say(x, "found after %llu s: %s %s-%s: %s\n",
	    (unsigned long long)(now_ms() - x->start_ms + x->kept.ms_before) / 1000, g->clause,
	    g->e.memory, g->e.pin, g->e.steps);
}

/* One that fails alone, and has been made smaller. Takes @g over. */
static void take(struct explorer *x, const struct find *f, struct group *g)
{
	char *c = statements(x, g->e.steps);
	const char *bug = NULL, *known;
	bool is_new, sought = x->first && passes_on_same_version(x, &g->e);

	known = explored_known(&x->cases, "cases", c, g->clause, g->class, x->k->name,
			       x->state->version, false, &bug);
	if (known && (sought || passes_on_same_version(x, &g->e)))
		known = NULL;
	if (!known && passes_where_mended(x, &g->e, g->clause)) {
		known = explored_known(&x->cases, "cases", c, g->clause, g->class, x->k->name,
				       x->state->version, true, &bug);
		if (!known) {
			known = x->mended->kernel->name;
			bug = "passes there";
		}
	}
	if (!known) {
		const char *like = explored_known(&x->cases, "cases", c, g->clause, g->class,
						  x->k->name, x->state->version, true, &bug);

		if (!like)
			like = explored_known(&x->cases, "cases", c, "", g->class, x->k->name,
					      x->state->version, false, &bug);
		g->like = like ? xasprintf("%s (%s)", like, bug) : NULL;
	}
	free(c);
	if (known) {
		g->known = xstrdup(known);
		g->bug = xstrdup(bug);
	} else {
		g->others = elsewhere(x, &g->e);
	}
	pthread_mutex_lock(&x->lock);
	avoid_add(x, f->class, g->e.steps);
	if (!sought)
		known_add(x, f->class, g);
	if (strcmp(f->class, g->class)) {
		avoid_add(x, g->class, g->e.steps);
		if (!sought)
			known_add(x, g->class, g);
	}
	if (!known && !exploration_has(&x->kept, g))
		write_case(x, g, x->kept.ng + 1);
	kept(x, exploration_group(&x->kept, g, &is_new));
	if (is_new) {
		say(x, "%s %s %s-%s: %s%s%s%s\n", known ? "known" : "NEW  ", g->clause, g->e.memory,
		    g->e.pin, g->e.steps, known ? " (" : "", known ? known : "", known ? ")" : "");
		if (!known)
			say(x, "      wanted %s\n      seen   %s\n      %s%s%s\n", g->wanted,
			    g->seen, g->others, g->like ? "; perhaps what shows in " : "",
			    g->like ? g->like : "");
	}
	if (sought)
		enough(x, g);
	pthread_mutex_unlock(&x->lock);
	group_free(g);
}

/* It fails in the company of others. Alone, too? Then smaller. */
static void look_into(struct explorer *x, const struct find *f)
{
	struct asking a = { .x = x };
	struct group g = { 0 };
	struct record r;
	bool died = !strcmp(f->status, "crash") || !strcmp(f->status, "timeout");

	if (!run_alone(x, x->state, &f->e, &r)) {
		record_free(&r);
		return;
	}
	if (!*clause_broken(r.status, r.clause)) {
		char *why = xasprintf("alone it is %s%s%s", status_name(r.status),
				      *r.reason ? ", " : "", r.reason);

		company_add(x, f, why);
		free(why);
		record_free(&r);
		/* So that guests get on; but a step that kills by itself is left out, and that is said. */
		pthread_mutex_lock(&x->lock);
		if (died && strchr(f->e.steps, ' '))
			avoid_add(x, f->class, f->e.steps);
		pthread_mutex_unlock(&x->lock);
		return;
	}
	g.clause = xstrdup(clause_broken(r.status, r.clause));
	record_free(&r);
	a.clause = g.clause;
	explored_set(&g.e, f->e.memory, f->e.pin, f->e.steps);
	explored_shrink(&g.e, first_that_fails, &a);
	g.class = xstrdup(explored_class(g.e.memory));
	g.last = explored_last(g.e.steps);
	if (!vm_interrupted() && confirmed(x, &g)) {
		take(x, f, &g);
		return;
	}
	if (!vm_interrupted()) {
		company_add(x, f, "what it was made to does not fail each time alone");
		pthread_mutex_lock(&x->lock);
		avoid_add(x, f->class, g.e.steps);
		pthread_mutex_unlock(&x->lock);
	}
	group_free(&g);
}

/* --- guests ------------------------------------------------------------------------------------- */

static size_t count_known(const struct exploration *e)
{
	size_t n = 0;

	for (size_t i = 0; i < e->ng; i++)
		n += !!e->g[i].known;
	return n;
}

static void progress(struct explorer *x)
{
	char *covered = finds_coverage(&x->kept.sum);
	const struct finds *sum = &x->kept.sum;

	say(x,
	    "%4llu s: %lu sequences, %.0f a second of processor; %s; in turn %lu of one step, %lu of "
	    "two, %lu of three; %zu groups, %zu known\n",
	    (unsigned long long)(now_ms() - x->start_ms + x->kept.ms_before) / 1000, sum->sequences,
	    exploration_rate(&x->kept), covered, sum->by_depth[0], sum->by_depth[1],
	    sum->by_depth[2], x->kept.ng, count_known(&x->kept));
	free(covered);
}

/* What it is an exploration of: what a guest is told but for its seed, and for what is found. */
static char *asked_for(const struct explorer *x)
{
	struct buf b = { 0 };

	buf_printf(&b, "%s jobs=%u", x->kernel, x->jobs);
	if (x->shard_given)
		buf_printf(&b, " shard=%u/%u", x->shard.i, x->shard.n);
	if (*x->memory)
		buf_printf(&b, " memory=%s", x->memory);
	if (*x->pin)
		buf_printf(&b, " pin=%s", x->pin);
	if (*x->steps)
		buf_printf(&b, " steps=%s", x->steps);
	if (*x->guest)
		buf_printf(&b, " guest=%s", x->guest);
	if (x->cross)
		buf_printf(&b, " cells=1");
	if (x->batch)
		buf_printf(&b, " batch=%u", x->batch);
	if (x->length)
		buf_printf(&b, " length=%u", x->length);
	if (x->no_corpus)
		buf_printf(&b, " corpus=no");
	return b.data;
}

/* Which part of all is this job's, of all shards and of all their jobs. */
static unsigned int parts(const struct explorer *x)
{
	return x->jobs * (x->shard_given ? x->shard.n : 1);
}

static unsigned int part(const struct explorer *x, unsigned int job)
{
	return job + x->jobs * (x->shard_given ? x->shard.i - 1 : 0);
}

static char *guest_env(struct explorer *x, unsigned int job, unsigned int seconds,
		       unsigned int sequences, uint64_t seed)
{
	char *asked = asked_for(x);
	struct buf b = { 0 };

	buf_printf(&b, "COWPEN_EXPLORE=seed=%llu seconds=%u sequences=%u share=%u/%u of %s",
		   (unsigned long long)seed, seconds, sequences, part(x, job), parts(x), asked);
	if (x->kept.at[job])
		buf_printf(&b, " at=%s", x->kept.at[job]);
	for (size_t i = 0; i < x->kept.nwithout; i++)
		buf_printf(&b, "%s%s", i ? "," : " without=", x->kept.without[i]);
	buf_printf(&b, "\nCOWPEN_AVOID=%s\n%s", x->kept.avoid.data ? x->kept.avoid.data : "",
		   x->env.data);
	if (x->corpus)
		buf_printf(&b, "COWPEN_CORPUS=%s\n", x->corpus);
	free(asked);
	return b.data;
}

/* A step, or a kind of memory, that ends each guest is left out. With the lock held. */
static void leave_out(struct explorer *x)
{
	const char *dying = exploration_dying(&x->kept);
	char *name;

	if (!dying)
		return;
	if (!*dying) {
		fprintf(stderr,
			"cowpen: %d guests in a row died before they said what they did: see %s\n",
			DEATHS, x->kept.dir);
		x->broken = true;
		vm_interrupt_all();
		return;
	}
	name = xstrdup(dying);
	printf("%d guests in a row died at %s: it goes on without\n", DEATHS, name);
	fflush(stdout);
	kept(x, exploration_without(&x->kept, name));
	free(name);
}

static void guest_file(struct explorer *x, unsigned int nr, const char *what, const struct buf *b)
{
	char *path = xasprintf("%s/guest-%u.%s", x->out, nr, what);

	kept(x, write_file(path, b->data, b->len));
	free(path);
}

/*
 * What it said is kept, also for who wants to know what a guest did. One that was interrupted is as
 * if it had never been.
 */
static bool guest_ended(struct explorer *x, unsigned int job, unsigned int round,
			const struct vm_result *vm, struct finds *f, unsigned int *nr)
{
	bool died = vm->end != VM_ENDED, cut;
	struct guest_kept g = { .job = job, .round = round, .cpu_us = vm->cpu_us };
	char *last = NULL;

	if (vm->end == VM_NO_START || vm->end == VM_DIED ||
	    (vm->end == VM_ENDED && vm->wait_status)) {
		say(x, "a guest did not do it: %s%s\n", vm->why ? vm->why : "", vm->output.data);
		pthread_mutex_lock(&x->lock);
		if (++x->idle >= DEATHS && !x->broken) {
			fprintf(stderr, "cowpen: %u guests in a row did not do it\n", x->idle);
			x->broken = true;
			vm_interrupt_all();
		}
		pthread_mutex_unlock(&x->lock);
		return false;
	}
	if (vm->end == VM_INTERRUPTED)
		return false;
	finds_read(f, vm->output.data);
	cut = f->cut;
	if (died) {
		g.died = vm->end == VM_TIMEOUT ? "timeout" : "crash";
		if (finds_died(f, vm->marks.data, g.died)) {
			const struct explored *e = &f->f[f->n - 1].e;

			last = *e->steps ? explored_last(e->steps) :
					   xasprintf("%s-%s", e->memory, e->pin);
		}
	}
	g.finds = f->n;
	/* What the cross has told is told, whatever the time. */
	g.cut = cut && !x->cross;
	g.at = f->at;
	g.last = last;
	pthread_mutex_lock(&x->lock);
	x->idle = 0;
	*nr = g.nr = ++x->begun;
	guest_file(x, g.nr, "txt", &vm->output);
	if (died)
		guest_file(x, g.nr, "marks", &vm->marks);
	if (!x->broken)
		kept(x, exploration_guest(&x->kept, &g));
	finds_count(&x->kept.sum, f);
	progress(x);
	leave_out(x);
	pthread_mutex_unlock(&x->lock);
	free(last);
	return true;
}

/* Those of a guest from number @from on. How many were new. */
static unsigned int look_at_finds(struct explorer *x, unsigned int nr, const struct finds *f,
				  size_t from)
{
	unsigned int news = 0;
	size_t i;

	for (i = from; i < f->n && news < LOOKS && !x->enough && !vm_interrupted(); i++) {
		if (!strcmp(f->f[i].status, "error")) {
			company_add(x, &f->f[i], "not judged");
		} else if (is_new(x, &f->f[i])) {
			news++;
			look_into(x, &f->f[i]);
		}
		/* One that was interrupted is looked into again. */
		if (vm_interrupted())
			return news;
		pthread_mutex_lock(&x->lock);
		kept(x, exploration_looked(&x->kept, nr, false));
		pthread_mutex_unlock(&x->lock);
	}
	if (i < f->n && !x->enough && !vm_interrupted()) {
		pthread_mutex_lock(&x->lock);
		kept(x, exploration_looked(&x->kept, nr, true));
		pthread_mutex_unlock(&x->lock);
	}
	return news;
}

/* How many finds were new. */
static unsigned int one_guest(struct explorer *x, unsigned int job, unsigned int seconds,
			      unsigned int sequences)
{
	struct vm_job vj = { .exe = x->exe, .args = "--explore", .max_output = 16 << 20 };
	struct finds f = { 0 };
	struct vm_result vm;
	unsigned int news = 1, round, nr;
	char *env;

	pthread_mutex_lock(&x->lock);
	round = x->kept.round[job];
	vj.seed = x->seed + (uint64_t)round * parts(x) + part(x, job);
	env = guest_env(x, job, seconds, sequences, vj.seed);
	pthread_mutex_unlock(&x->lock);
	vj.env = env;
	vj.deadline_ms = (seconds + GUEST_MORE_S) * 1000;
	vm_run(x->state, &vj, &vm);
	if (guest_ended(x, job, round, &vm, &f, &nr))
		news = look_at_finds(x, nr, &f, 0);
	vm_result_free(&vm);
	free(env);
	finds_clear(&f);
	return news;
}

/* What was found before an interruption, and not looked into. */
static void look_at_rest(struct explorer *x, unsigned int job)
{
	for (size_t i = 0; i < x->kept.nguests && !vm_interrupted(); i++) {
		struct guest_kept g = x->kept.guest[i];
		struct finds f = { 0 };

		if (g.job != job || g.looked >= g.finds)
			continue;
		exploration_finds(&x->kept, g.nr, &f);
		look_at_finds(x, g.nr, &f, g.looked);
		finds_clear(&f);
	}
}

struct job {
	struct explorer *x;
	unsigned int nr;
	pthread_t thread;
};

static void *guests(void *arg)
{
	struct job *j = arg;
	unsigned int news = 1;

	look_at_rest(j->x, j->nr);
	while (now_ms() < j->x->end_ms && !j->x->enough && !vm_interrupted()) {
		uint64_t left = (j->x->end_ms - now_ms()) / 1000 + 1;

		news = one_guest(j->x, j->nr, left < GUEST_S ? left : GUEST_S,
				 news ? GUEST_NEW : GUEST);
	}
	return NULL;
}

/* --- what is told in the end -------------------------------------------------------------------- */

static int finish(struct explorer *x)
{
	char *path = xasprintf("%s/table.md", x->out);
	const struct exploration *e = &x->kept;
	size_t known = count_known(e);
	struct buf md = { 0 };
	int ret;

	if (!vm_interrupted() && !x->merge)
		kept(x, exploration_end(&x->kept));
	exploration_table(e, x->kernel, x->seed, x->before.data, &md);
	ret = write_file(path, md.data, md.len);
	buf_free(&md);
	printf("%s%lu sequences on %s, %zu groups: %zu known and avoided, %zu new; %zu not counted; "
	       "seed %llu: %s\n",
	       vm_interrupted() ? "interrupted: " : "", e->sum.sequences, x->kernel, e->ng, known,
	       e->ng - known, e->ncompany, (unsigned long long)x->seed, path);
	if (vm_interrupted() && !x->broken)
		printf("the same command goes on from here, or begins anew with ANEW=1\n");
	free(path);
	if (ret)
		return fail("");
	if (x->broken)
		return EXIT_NOT_RUN;
	return e->ng > known ? EXIT_UNEXPECTED : EXIT_EXPECTED;
}

static void on_signal(int sig)
{
	vm_interrupt_all();
}

static void say_state(void *arg, const char *line)
{
	fprintf(stderr, "%s\n", line);
}

/* In a list of its own: paths are appended to one, and what was chosen from it before is void. */
static int kernels_chosen(struct explorer *x, const char *names, struct kernel ***sel, size_t *n)
{
	struct kernel_list *own = xcalloc(1, sizeof(*own));
	int ret = kernels_read(x->conf, own);

	return ret ?: kernels_select(own, names, sel, n);
}

/* The others: one that is not to be had is left out. */
/* A pin that is asked for needs more than all guests have. All pins are asked of such as they are. */
static bool needs_devices(const struct explorer *x)
{
	char *globs = xstrdup(x->pin);
	bool needs = false;

	for (char *p = globs; *p; p++)
		if (*p == ',')
			*p = ' ';
	for (size_t i = 0; *globs && i < x->cases.n; i++)
		for (size_t k = 0; k < x->cases.c[i].nv; k++) {
			const struct variant *v = &x->cases.c[i].v[k];

			needs |= !strcmp(v->guest, "devices=on") && glob_list_match(globs, v->pin);
		}
	free(globs);
	return needs;
}

static int fetch(struct explorer *x, struct kernel *k)
{
	int ret = kernel_fetch(k);

	if (!ret && x->host.guest.devices == DEVICES_ON)
		kernel_fetch_devices(k);
	return ret;
}

static int other_states(struct explorer *x)
{
	struct kernel **sel;
	size_t n, have = 0;
	int ret = kernels_chosen(x, x->also, &sel, &n);

	for (size_t i = 0; !ret && i < n && have < MAX_OTHERS; i++) {
		if (!strcmp(sel[i]->name, x->k->name))
			continue;
		if (fetch(x, sel[i]) ||
		    state_get(&x->host, sel[i], say_state, NULL, &x->other[have]))
			fprintf(stderr, "cowpen: %s is left out: %s\n", sel[i]->name, err_msg());
		else
			have++;
	}
	if (!ret)
		free(sel);
	return ret;
}

/*
 * Does the program in the guest know each of these names? It says the nearest if not. @at: which
 * of its arguments they are; one with a wildcard is for it to look up.
 */
static bool names_known(struct explorer *x, const char *names, unsigned int at)
{
	char *copy = xstrdup(names), *save = NULL;
	bool ok = true;

	for (char *w = strtok_r(copy, ",", &save); w && ok; w = strtok_r(NULL, ",", &save)) {
		char *argv[] = { x->exe, "--check", "pin", "anon", "none", NULL };

		argv[at] = w;
		ok = strpbrk(w, "*?[") || !run_command(argv, NULL, NULL);
	}
	free(copy);
	return ok;
}

/* A kernel of that version with all that is known mended, as 7.3-mended is. */
static int mended_state(struct explorer *x)
{
	struct kernel **sel;
	size_t n;
	int ret = kernels_chosen(x, x->mended_name, &sel, &n);

	if (!ret && n != 1)
		ret = err_set(-EINVAL, "one kernel is the mended one, not %zu", n);
	if (!ret)
		ret = fetch(x, sel[0]);
	if (!ret)
		ret = state_get(&x->host, sel[0], say_state, NULL, &x->mended);
	return ret;
}

static int begin(struct explorer *x, struct kernel_list *all)
{
	char *guest = xasprintf("%s/guest", x->build);
	struct kernel **sel;
	size_t n;
	int ret = kernels_read(x->conf, all);

	if (!ret)
		ret = kernels_select(all, x->kernel, &sel, &n);
	if (!ret && n != 1)
		ret = err_set(-EINVAL, "one kernel is explored at a time, not %zu", n);
	if (!ret)
		x->k = sel[0];
	if (!ret)
		ret = cases_discover(x->build, &x->cases);
	if (!ret)
		ret = host_init(&x->host, x->accel, guest);
	if (!ret)
		ret = guest_parse(x->guest, &x->host.guest);
	if (!ret && needs_devices(x) && x->host.guest.devices == DEVICES_ASKED)
		x->host.guest.devices = DEVICES_ON;
	if (!ret)
		ret = fetch(x, sel[0]);
	if (!ret)
		ret = state_get(&x->host, sel[0], say_state, NULL, &x->state);
	if (!ret && *x->also)
		ret = other_states(x);
	if (!ret && x->mended_name)
		ret = mended_state(x);
	free(guest);
	return ret;
}

static uint64_t file_changed_ms(const char *dir)
{
	char *path = xasprintf("%s/journal", dir);
	struct stat st;
	uint64_t ms = stat(path, &st) ? 0 :
					st.st_mtim.tv_sec * 1000ULL + st.st_mtim.tv_nsec / 1000000;

	free(path);
	return ms;
}

/*
 * Without a seed: of those that are of just that, the last that was interrupted goes on, if there
 * is one.
 */
static bool goes_on(struct explorer *x, const char *folder, const char *asked)
{
	DIR *d = opendir(folder);
	struct dirent *e;
	size_t len = strlen(x->kernel);
	uint64_t newest = 0;
	bool any = false;

	while (d && (e = readdir(d))) {
		char *end, *dir;
		unsigned long long seed;
		struct exploration old = { 0 };

		if (strncmp(e->d_name, x->kernel, len) || e->d_name[len] != '-')
			continue;
		seed = strtoull(e->d_name + len + 1, &end, 10);
		if (*end || end == e->d_name + len + 1)
			continue;
		dir = xasprintf("%s/%s", folder, e->d_name);
		if (!exploration_read(&old, dir) && !old.ended && !strcmp(old.asked, asked) &&
		    file_changed_ms(dir) >= newest) {
			newest = file_changed_ms(dir);
			x->seed = seed;
			any = true;
		}
		exploration_free(&old);
		free(dir);
	}
	if (d)
		closedir(d);
	return any;
}

/* Where what is found goes, and what is there already. */
static int keeps(struct explorer *x)
{
	char *folder = xasprintf("%s/explored", x->build), *asked = asked_for(x);
	bool goes = !x->seed_given && !x->anew && !x->out && !x->cross && goes_on(x, folder, asked);
	int ret;

	if (!x->out)
		x->out = x->cross ? xasprintf("%s/cross-%s", folder, x->kernel) :
			 x->shard_given ?
				    xasprintf("%s/%s-%llu-%uof%u", folder, x->kernel,
					      (unsigned long long)x->seed, x->shard.i, x->shard.n) :
				    xasprintf("%s/%s-%llu", folder, x->kernel,
					      (unsigned long long)x->seed);
	ret = mkdir_p(x->out);
	/* The table is made of what is said now. */
	if (!ret)
		ret = exploration_open(&x->kept, x->out, asked, x->anew || x->cross);
	x->begun = x->kept.nguests;
	if (!ret && x->kept.nguests)
		say(x, "%s goes on behind %zu guests and %llu s\n",
		    goes ? "what was interrupted" : x->out, x->kept.nguests,
		    (unsigned long long)x->kept.ms / 1000);
	free(asked);
	free(folder);
	return ret;
}

/* What the cases do, as steps that are typed; "" if that cannot be told. */
static char *corpus_of(struct explorer *x)
{
	char **argv = xcalloc(x->cases.n + 3, sizeof(*argv));
	struct buf out = { 0 };

	argv[0] = x->exe;
	argv[1] = xstrdup("--sequences");
	for (size_t i = 0; i < x->cases.n; i++)
		argv[2 + i] = xasprintf("cases/%s.c", x->cases.c[i].id);
	run_command(argv, NULL, &out);
	for (size_t i = 1; argv[i]; i++)
		free(argv[i]);
	free(argv);
	for (char *p = out.data; p && *p; p++)
		if (*p == '\n')
			*p = ';';
	return out.data ? out.data : xstrdup("");
}

/* --- the cross ------------------------------------------------------------------------------------ */

static char *statements_of(void *arg, const char *steps)
{
	return statements(arg, steps);
}

/* Guest after guest until the systematic part is at its end; a guest that dies is passed over. */
static int cross(struct explorer *x)
{
	struct cross c = { 0 };
	struct buf md = { 0 };
	int ret = EXIT_NOT_RUN;
	unsigned int died = 0;
	/* It begins with depth 0, the first values of each word, and does not go deeper. */
	bool over = false;

	while (!vm_interrupted() && died < 3 && !over) {
		char *env = guest_env(x, 0, CROSS_S, CROSS_MOST, x->seed);
		struct vm_job vj = { .exe = x->exe,
				     .args = "--explore",
				     .max_output = 16 << 20,
				     .env = env,
				     .seed = x->seed,
				     .deadline_ms = (CROSS_S + GUEST_MORE_S) * 1000 };
		struct finds f = { 0 };
		struct vm_result vm;
		unsigned int nr;

		vm_run(x->state, &vj, &vm);
		free(env);
		cross_read(&c, vm.output.data);
		guest_ended(x, 0, x->kept.round[0], &vm, &f, &nr);
		died = f.at ? 0 : died + 1;
		finds_clear(&f);
		vm_result_free(&vm);
		over = x->kept.at[0] && *x->kept.at[0] > '0';
	}
	if (over) {
		cross_table(&c, &x->cases, "cases", statements_of, x, x->k->name, x->state->version,
			    &md);
		ret = write_file(x->cross, md.data, md.len) ? fail("") : EXIT_EXPECTED;
		printf("written to %s\n", x->cross);
	}
	buf_free(&md);
	cross_free(&c);
	return ret;
}

/* Shards, or what was explored with several seeds, in one table. */
static int merge(struct explorer *x)
{
	char *copy = xstrdup(x->merge), *save = NULL;
	size_t n = 0;

	x->kept.fd = -1;
	for (char *dir = strtok_r(copy, ",", &save); dir; dir = strtok_r(NULL, ",", &save), n++) {
		struct exploration one = { 0 };

		if (exploration_read(&one, dir))
			return fail("");
		/* The kernel is the first word. */
		if (n && strncmp(one.asked, x->kept.asked, strcspn(x->kept.asked, " ") + 1)) {
			err_set(-EINVAL, "%s is of \"%s\", not of \"%s\": nothing was merged", dir,
				one.asked, x->kept.asked);
			fail("");
			return EXIT_USAGE;
		}
		exploration_merge(&x->kept, &one);
		exploration_free(&one);
	}
	free(copy);
	if (!n) {
		err_set(-EINVAL, "say what is to be merged");
		fail("");
		return EXIT_USAGE;
	}
	x->kernel = xasprintf("%.*s", (int)strcspn(x->kept.asked, " "), x->kept.asked);
	if (!x->out)
		x->out = xasprintf("%s/explored/%s-merged", x->build, x->kernel);
	if (mkdir_p(x->out))
		return fail("");
	for (size_t i = 0; i < x->kept.ng; i++)
		if (!x->kept.g[i].known)
			write_case(x, &x->kept.g[i], i + 1);
	printf("%zu explorations\n", n);
	return finish(x);
}

static int usage(const char *line)
{
	fprintf(stderr, "cowpen: %s\n", line);
	return EXIT_USAGE;
}

static int explore(struct explorer *x)
{
	struct kernel_list all;
	struct job *job;
	int ret;

	x->exe = xasprintf("%s/explore/cases/explore/try", x->build);
	if (x->merge)
		return merge(x);
	if (x->shard_given && (shard_parse(x->shard_given, &x->shard) || !x->seed_given))
		return usage(x->seed_given ? err_msg() :
					     "a shard wants a seed, the same for all: SEED=1");
	if (!names_known(x, x->memory, 3) || !names_known(x, x->pin, 4) ||
	    !names_known(x, x->steps, 2))
		return EXIT_USAGE;
	ret = begin(x, &all);
	if (!ret) {
		x->kernel = x->k->name;
		ret = keeps(x);
	}
	if (ret)
		return fail_choice(ret);
	signal(SIGINT, on_signal);
	signal(SIGTERM, on_signal);
	signal(SIGHUP, on_signal);
	pthread_mutex_init(&x->lock, NULL);
	x->start_ms = now_ms();
	x->end_ms = x->start_ms + x->seconds * 1000ULL;
	x->end_ms -= x->kept.ms < x->seconds * 1000ULL ? x->kept.ms : x->seconds * 1000ULL;
	if (x->behind)
		ret = behind_read(x, !x->kept.nguests);
	if (ret)
		return fail_choice(ret);
	if (!x->anew && !x->cross)
		known_read(x, !x->kept.nguests);
	if (x->before.len)
		say(x, "known from before, and avoided:\n%s", x->before.data);
	say(x, "exploring %s for %u s, %u guest%s at a time, seed %llu\n", x->k->name, x->seconds,
	    x->jobs, x->jobs == 1 ? "" : "s", (unsigned long long)x->seed);
	if (x->cross)
		return cross(x);
	if (!x->no_corpus && !x->length)
		x->corpus = corpus_of(x);
	if (x->end_ms <= now_ms())
		printf("it has had its %u s: a longer time goes on, ANEW=1 begins anew\n",
		       x->seconds);
	job = xcalloc(x->jobs, sizeof(*job));
	for (unsigned int i = 0; i < x->jobs; i++) {
		job[i] = (struct job){ .x = x, .nr = i };
		pthread_create(&job[i].thread, NULL, guests, &job[i]);
	}
	for (unsigned int i = 0; i < x->jobs; i++)
		pthread_join(job[i].thread, NULL);
	free(job);
	ret = finish(x);
	kernels_free(&all);
	return ret;
}

int explore_main(int argc, char **argv)
{
	struct explorer x = { .kernel = "7.3",
			      .seconds = 600,
			      .jobs = 1,
			      .memory = "",
			      .pin = "",
			      .steps = "",
			      .guest = "",
			      .also = "5.10 6.1 6.12 7.3",
			      .accel = "auto",
			      .build = default_build,
			      .conf = "kernel-config/kernels.conf" };

	buf_add(&x.env, "", 0);
	if (argp_parse(&argp, argc, argv, 0, NULL, &x))
		return EXIT_USAGE;
	if (!x.seed_given) {
		if (getrandom(&x.seed, sizeof(x.seed), 0) != sizeof(x.seed))
			x.seed = now_ms();
		x.seed &= 0xffffffff;
	}
	return explore(&x);
}
