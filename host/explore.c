// SPDX-License-Identifier: GPL-2.0-only
/* cowpen explore: sequences that nobody wrote, and what came of them. */
#include <argp.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "accel.h"
#include "cases.h"
#include "classify.h"
#include "cmd.h"
#include "cross.h"
#include "err.h"
#include "explore.h"
#include "interrupt.h"
#include "opts.h"
#include "text.h"
#include "util.h"
#include "vm.h"

#define GUEST_S	     40 /* of exploring in one guest */
#define GUEST_NEW_S  5	/* while much is found */
#define GUEST_MORE_S 60 /* a guest that does not end then hangs */
#define LOOKS	     12 /* so many finds of a guest are looked into, then it goes on without them */
#define TOGETHER     16
#define CONFIRM	     3
#define MAX_OTHERS   8

/* What fails in the same way. */
struct group {
	struct explored e;
	char *clause, *last, *class;
	char *wanted, *seen;
	char *known, *bug; /* the case that knows it, or NULL */
	char *like;	   /* one that fails by another clause, with such a step */
	char *others;	   /* what it does on other kernels */
	char *file;	   /* as a case */
};

struct explorer {
	/* asked for */
	const char *build, *conf, *kernel, *also, *accel, *memory, *pin, *steps, *out, *cross;
	unsigned int seconds, jobs, batch, length;
	uint64_t seed;
	bool seed_given, quiet, anew;
	struct buf env; /* NAME=value lines for all guests */

	struct host host;
	struct state *state, *other[MAX_OTHERS];
	const struct kernel *k;
	struct case_list cases;
	char *exe;
	uint64_t end_ms, start_ms;

	pthread_mutex_t lock; /* over all that follows */
	struct group *g;
	size_t ng;
	struct buf avoid, before; /* the latter: lines of what was known before */
	char **company;		  /* failed in company only, or could not be judged */
	size_t ncompany;
	struct finds sum; /* counts of all guests */
	unsigned int guests, died, begun;
	uint64_t cpu_us; /* of QEMU, while it explored */
	char **at;	 /* of each job, where its systematic part is */
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
	{ "anew", O_ANEW_, NULL, 0, "Find again what earlier runs found that is known, and avoid",
	  2 },
	{ "cross", O_CROSS_, "FILE", 0,
	  "Only one step behind each set-up, and the table of what meets what", 2 },
	{ "out", O_OUT_, "DIR", 0, "Where the table and the cases go", 2 },
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
		x->jobs = number(st, arg, 64);
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

static char *word_of(const char *steps)
{
	const char *last = strrchr(steps, ' ');

	last = last ? last + 1 : steps;
	return xasprintf("%.*s", (int)strcspn(last, ":"), *last ? last : "nothing");
}

/* With the lock held. */
static void write_case(struct explorer *x, struct group *g)
{
	char *name = xasprintf("found_%zu_%s", x->ng + 1, g->last);
	char *c = statements(x, g->e.steps), *path = xasprintf("%s/%s.c", x->out, name);
	struct buf text = { 0 };

	explored_case(&g->e, name, c, g->clause, x->k->name, g->wanted, g->seen, &text);
	if (!write_file(path, text.data, text.len))
		g->file = xasprintf("%s.c", name);
	buf_free(&text);
	free(path);
	free(name);
	free(c);
}

static void company_add(struct explorer *x, const struct find *f, const char *why)
{
	pthread_mutex_lock(&x->lock);
	x->company = xrealloc(x->company, (x->ncompany + 1) * sizeof(*x->company));
	x->company[x->ncompany++] = xasprintf("%s-%s: %s: %s (%s %s)", f->e.memory, f->e.pin,
					      f->e.steps, why, f->status,
					      *f->clause ? f->clause : f->reason);
	pthread_mutex_unlock(&x->lock);
}

static void avoid_add(struct explorer *x, const char *class, const char *steps)
{
	char *p = explored_pattern(class, steps);

	buf_printf(&x->avoid, "%s%s", x->avoid.len ? ";" : "", p);
	free(p);
}

/* Is it another way to what was found already, or just that? */
static bool is_new(struct explorer *x, const struct find *f)
{
	char *patterns, *save = NULL;
	bool is = true;

	pthread_mutex_lock(&x->lock);
	patterns = xstrdup(x->avoid.data ? x->avoid.data : "");
	pthread_mutex_unlock(&x->lock);
	for (char *p = strtok_r(patterns, ";", &save); p && is; p = strtok_r(NULL, ";", &save))
		is = !explored_matches(p, f->class, f->e.steps);
	free(patterns);
	return is;
}

static void group_free(struct group *g)
{
	char *fields[] = { g->clause, g->last, g->class,  g->wanted, g->seen,
			   g->known,  g->bug,  g->others, g->file,   g->like };

	explored_free(&g->e);
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++)
		free(fields[i]);
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

/* With the lock held. False if there is such a group. */
static bool group_add(struct explorer *x, const struct group *g)
{
	for (size_t i = 0; i < x->ng; i++)
		if (!strcmp(x->g[i].clause, g->clause) && !strcmp(x->g[i].last, g->last) &&
		    !strcmp(x->g[i].class, g->class))
			return false;
	x->g = xrealloc(x->g, (x->ng + 1) * sizeof(*x->g));
	x->g[x->ng++] = *g;
	return true;
}

/*
 * What the book knows of a kernel is found once: <build>/explored/known, lines
 * "7.3<tab>small wp ksm_scan<tab>ksm/wp_scan, ksm-forgets-wp". With the lock held.
 */
static char *known_file(const struct explorer *x)
{
	return xasprintf("%s/explored/known", x->build);
}

static void known_add(struct explorer *x, const char *class, const struct group *g)
{
	char *path = known_file(x), *pattern = explored_pattern(class, g->e.steps);
	FILE *f = *g->bug ? fopen(path, "ae") : NULL;

	if (f) {
		fprintf(f, "%s\t%s\t%s, %s\n", x->k->name, pattern, g->known, g->bug);
		fclose(f);
	}
	free(pattern);
	free(path);
}

static void known_read(struct explorer *x)
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
			if (strcmp(l, x->k->name))
				continue;
			buf_printf(&x->avoid, "%s%s", x->avoid.len ? ";" : "", pattern);
			buf_printf(&x->before, "- %s: `%s`\n", by, pattern);
		}
	buf_free(&text);
	free(path);
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

/* One that fails alone, and has been made smaller. Takes @g over. */
static void take(struct explorer *x, const struct find *f, struct group *g)
{
	char *c = statements(x, g->e.steps);
	const char *bug = NULL, *known;

	known = explored_known(&x->cases, "cases", c, g->clause, g->class, x->k->name,
			       x->state->version, &bug);
	if (known && passes_on_same_version(x, &g->e))
		known = NULL;
	if (!known) {
		const char *like = explored_known(&x->cases, "cases", c, "", g->class, x->k->name,
						  x->state->version, &bug);

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
	if (known)
		known_add(x, f->class, g);
	if (strcmp(f->class, g->class)) {
		avoid_add(x, g->class, g->e.steps);
		if (known)
			known_add(x, g->class, g);
	}
	if (!known)
		write_case(x, g);
	if (group_add(x, g)) {
		say(x, "%s %s %s-%s: %s%s%s%s\n", known ? "known" : "NEW  ", g->clause, g->e.memory,
		    g->e.pin, g->e.steps, known ? " (" : "", known ? known : "", known ? ")" : "");
		if (!known)
			say(x, "      wanted %s\n      seen   %s\n      %s%s%s\n", g->wanted,
			    g->seen, g->others, g->like ? "; perhaps what shows in " : "",
			    g->like ? g->like : "");
	} else {
		group_free(g);
	}
	pthread_mutex_unlock(&x->lock);
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
		/* So that guests get on. */
		pthread_mutex_lock(&x->lock);
		if (died)
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
	g.last = word_of(g.e.steps);
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

static size_t count_known(const struct explorer *x)
{
	size_t n = 0;

	for (size_t i = 0; i < x->ng; i++)
		n += !!x->g[i].known;
	return n;
}

/* What the machine does besides makes no difference to it. */
static double rate(const struct explorer *x)
{
	return x->cpu_us ? x->sum.sequences * 1e6 / x->cpu_us : 0;
}

static void progress(struct explorer *x)
{
	say(x,
	    "%4llu s: %lu sequences, %.0f a second of processor; %zu pairs of state and step; %lu of one "
	    "step, %lu of two, %lu of three; %zu groups, %zu known\n",
	    (unsigned long long)(now_ms() - x->start_ms) / 1000, x->sum.sequences, rate(x),
	    finds_pairs(&x->sum), x->sum.by_depth[0], x->sum.by_depth[1], x->sum.by_depth[2], x->ng,
	    count_known(x));
}

static char *guest_env(struct explorer *x, unsigned int job, unsigned int seconds, uint64_t seed)
{
	struct buf b = { 0 };

	buf_printf(&b, "COWPEN_EXPLORE=seed=%llu seconds=%u share=%u/%u", (unsigned long long)seed,
		   seconds, job, x->jobs);
	if (x->at[job])
		buf_printf(&b, " at=%s", x->at[job]);
	if (*x->memory)
		buf_printf(&b, " memory=%s", x->memory);
	if (*x->pin)
		buf_printf(&b, " pin=%s", x->pin);
	if (*x->steps)
		buf_printf(&b, " steps=%s", x->steps);
	if (x->cross)
		buf_printf(&b, " cells=1");
	if (x->batch)
		buf_printf(&b, " batch=%u", x->batch);
	if (x->length)
		buf_printf(&b, " length=%u", x->length);
	buf_printf(&b, "\nCOWPEN_AVOID=%s\n%s", x->avoid.data ? x->avoid.data : "", x->env.data);
	return b.data;
}

/* What it said is kept, also for who wants to know what a guest did. */
static void guest_ended(struct explorer *x, unsigned int job, const struct vm_result *vm,
			struct finds *f)
{
	char *log;

	finds_read(f, vm->output.data);
	pthread_mutex_lock(&x->lock);
	log = xasprintf("%s/guest-%u.txt", x->out, ++x->guests);
	write_file(log, vm->output.data, vm->output.len);
	free(log);
	if (vm->end != VM_ENDED && vm->end != VM_INTERRUPTED) {
		x->died++;
		finds_died(f, vm->marks.data, vm->end == VM_TIMEOUT ? "timeout" : "crash");
	}
	finds_read(&x->sum, vm->output.data);
	finds_clear(&x->sum);
	x->cpu_us += vm->cpu_us;
	if (f->at) {
		free(x->at[job]);
		x->at[job] = xstrdup(f->at);
	}
	progress(x);
	pthread_mutex_unlock(&x->lock);
	if (vm->end == VM_NO_START || vm->end == VM_DIED ||
	    (vm->end == VM_ENDED && vm->wait_status)) {
		say(x, "a guest did not do it: %s%s\n", vm->why ? vm->why : "", vm->output.data);
		sleep(1);
	}
}

/* How many finds were new. */
static unsigned int one_guest(struct explorer *x, unsigned int job, unsigned int seconds)
{
	struct vm_job vj = { .exe = x->exe, .args = "--explore", .max_output = 16 << 20 };
	struct finds f = { 0 };
	struct vm_result vm;
	unsigned int news = 0;
	char *env;

	pthread_mutex_lock(&x->lock);
	vj.seed = x->seed + x->begun++;
	env = guest_env(x, job, seconds, vj.seed);
	pthread_mutex_unlock(&x->lock);
	vj.env = env;
	vj.deadline_ms = (seconds + GUEST_MORE_S) * 1000;
	vm_run(x->state, &vj, &vm);
	guest_ended(x, job, &vm, &f);
	vm_result_free(&vm);
	free(env);
	for (size_t i = 0; i < f.n && news < LOOKS && !vm_interrupted(); i++) {
		if (!strcmp(f.f[i].status, "error")) {
			company_add(x, &f.f[i], "not judged");
		} else if (is_new(x, &f.f[i])) {
			news++;
			look_into(x, &f.f[i]);
		}
	}
	finds_clear(&f);
	return news;
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

	while (now_ms() < j->x->end_ms && !vm_interrupted()) {
		uint64_t left = (j->x->end_ms - now_ms()) / 1000 + 1;
		unsigned int s = news ? GUEST_NEW_S : GUEST_S;

		news = one_guest(j->x, j->nr, left < s ? left : s);
	}
	return NULL;
}

/* --- what is told in the end -------------------------------------------------------------------- */

static void table_part(struct explorer *x, bool known, struct buf *md)
{
	buf_printf(md,
		   "## %s\n\n| clause | sequence | wanted | seen | %s |\n|---|---|---|---|---|\n",
		   known ? "Known, and avoided" : "New",
		   known ? "by" : "on other kernels, and as a case");
	for (size_t i = 0; i < x->ng; i++) {
		const struct group *g = &x->g[i];

		if (!!g->known != known)
			continue;
		buf_printf(md, "| %s | `make try STEPS=\"%s\" MEMORY=%s PIN=%s KERNEL=%s` | ",
			   g->clause, g->e.steps, g->e.memory, g->e.pin, x->k->name);
		md_text(md, g->wanted);
		buf_printf(md, " | ");
		md_text(md, g->seen);
		if (known)
			buf_printf(md, " | `%s`, %s |\n", g->known, g->bug);
		else
			buf_printf(md, " | %s, `%s`%s%s |\n", g->others, g->file ? g->file : "",
				   g->like ? "; perhaps what shows in " : "",
				   g->like ? g->like : "");
	}
	buf_printf(md, "\n");
}

static void table(struct explorer *x, struct buf *md)
{
	buf_printf(
		md,
		"# Explored: %s, seed %llu\n\n%lu sequences in %u guests, of which %u died; %.0f a "
		"second and guest; %zu pairs of state and step. Behind the set-ups, all sequences "
		"in turn: %lu of one step, %lu of two, %lu of three.\n\n",
		x->k->name, (unsigned long long)x->seed, x->sum.sequences, x->guests, x->died,
		rate(x), finds_pairs(&x->sum), x->sum.by_depth[0], x->sum.by_depth[1],
		x->sum.by_depth[2]);
	table_part(x, false, md);
	table_part(x, true, md);
	if (x->before.len)
		buf_printf(md, "## Known from before, and avoided\n\n%s\n", x->before.data);
	buf_printf(md, "## Not counted\n\nWhat failed, or could not be judged, in the company of "
		       "others only.\n\n");
	for (size_t i = 0; i < x->ncompany; i++) {
		buf_printf(md, "- ");
		md_text(md, x->company[i]);
		buf_printf(md, "\n");
	}
}

static int finish(struct explorer *x)
{
	char *path = xasprintf("%s/table.md", x->out);
	size_t known = count_known(x);
	struct buf md = { 0 };
	int ret;

	table(x, &md);
	ret = write_file(path, md.data, md.len);
	buf_free(&md);
	printf("%s%lu sequences on %s, %zu groups: %zu known and avoided, %zu new; %zu not counted; "
	       "seed %llu: %s\n",
	       vm_interrupted() ? "interrupted: " : "", x->sum.sequences, x->k->name, x->ng, known,
	       x->ng - known, x->ncompany, (unsigned long long)x->seed, path);
	free(path);
	if (ret)
		return fail("");
	return x->ng > known ? EXIT_UNEXPECTED : EXIT_EXPECTED;
}

static void on_signal(int sig)
{
	vm_interrupt_all();
}

static void say_state(void *arg, const char *line)
{
	fprintf(stderr, "%s\n", line);
}

/* The others: one that is not to be had is left out. */
static int other_states(struct explorer *x, struct kernel_list *all)
{
	struct kernel **sel;
	size_t n, have = 0;
	int ret = kernels_select(all, x->also, &sel, &n);

	for (size_t i = 0; !ret && i < n && have < MAX_OTHERS; i++) {
		if (!strcmp(sel[i]->name, x->k->name))
			continue;
		if (kernel_fetch(sel[i]) ||
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
		ret = kernel_fetch(sel[0]);
	if (!ret)
		ret = state_get(&x->host, sel[0], say_state, NULL, &x->state);
	if (!ret && *x->also)
		ret = other_states(x, all);
	if (!ret && !x->out)
		x->out = xasprintf("%s/explored/%s-%llu", x->build, x->k->name,
				   (unsigned long long)x->seed);
	if (!ret)
		ret = mkdir_p(x->out);
	free(guest);
	return ret;
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

	while (!vm_interrupted() && died < 3) {
		char *env = guest_env(x, 0, GUEST_S, x->seed);
		struct vm_job vj = { .exe = x->exe,
				     .args = "--explore",
				     .max_output = 16 << 20,
				     .env = env,
				     .seed = x->seed,
				     .deadline_ms = (GUEST_S + GUEST_MORE_S) * 1000 };
		struct finds f = { 0 };
		struct vm_result vm;

		vm_run(x->state, &vj, &vm);
		free(env);
		cross_read(&c, vm.output.data);
		guest_ended(x, 0, &vm, &f);
		died = f.at ? 0 : died + 1;
		finds_clear(&f);
		vm_result_free(&vm);
		if (x->at[0] && *x->at[0] == '2')
			break;
	}
	if (x->at[0] && *x->at[0] == '2') {
		cross_table(&c, &x->cases, "cases", statements_of, x, x->k->name, &md);
		ret = write_file(x->cross, md.data, md.len) ? fail("") : EXIT_EXPECTED;
		printf("written to %s\n", x->cross);
	}
	buf_free(&md);
	cross_free(&c);
	return ret;
}

static int explore(struct explorer *x)
{
	struct kernel_list all;
	struct job *job;
	int ret;

	x->exe = xasprintf("%s/explore/cases/explore/try", x->build);
	if (!names_known(x, x->memory, 3) || !names_known(x, x->pin, 4) ||
	    !names_known(x, x->steps, 2))
		return EXIT_USAGE;
	ret = begin(x, &all);
	if (ret)
		return fail_choice(ret);
	signal(SIGINT, on_signal);
	signal(SIGTERM, on_signal);
	signal(SIGHUP, on_signal);
	x->at = xcalloc(x->jobs, sizeof(*x->at));
	job = xcalloc(x->jobs, sizeof(*job));
	pthread_mutex_init(&x->lock, NULL);
	x->start_ms = now_ms();
	x->end_ms = x->start_ms + x->seconds * 1000ULL;
	if (!x->anew && !x->cross)
		known_read(x);
	if (x->before.len)
		say(x, "known from before, and avoided:\n%s", x->before.data);
	say(x, "exploring %s for %u s, %u guest%s at a time, seed %llu\n", x->k->name, x->seconds,
	    x->jobs, x->jobs == 1 ? "" : "s", (unsigned long long)x->seed);
	if (x->cross) {
		free(job);
		return cross(x);
	}
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
