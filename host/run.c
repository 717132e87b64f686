// SPDX-License-Identifier: GPL-2.0-only
/* cowpen run: cases on kernels, in guests, and what came of it. */
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "accel.h"
#include "cases.h"
#include "certain.h"
#include "cmd.h"
#include "company.h"
#include "err.h"
#include "gate.h"
#include "matrix.h"
#include "measured.h"
#include "news.h"
#include "opts.h"
#include "reuse.h"
#include "runner.h"
#include "shard.h"
#include "util.h"
#include "vm.h"
#include "warm.h"

static unsigned int cores(void)
{
	cpu_set_t set;

	return sched_getaffinity(0, sizeof(set), &set) ? 1 : (unsigned int)CPU_COUNT(&set);
}

static const struct argp_option run_options[] = {
	{ "cases", O_CASES, "GLOBS", 0,
	  "Cases, blank-separated globs of <area>, <area>/<case> or <area>/<case>/<variant> "
	  "(default: all)",
	  1 },
	OPT_KERNELS,
	{ "jobs", O_JOBS, "N", 0, "Guests at a time (default: number of cores)", 2 },
	{ "repeat", O_REPEAT, "N", 0, "Run every test N times and tell k/n", 2 },
	{ "seed", O_SEED, "N", 0,
	  "Seed of the run; with one single test, the seed of the test (default: random)", 2 },
	{ "deadline", O_DEADLINE, "SECONDS", 0, "Time that a test may take", 2 },
	{ "env", O_ENV, "NAME=VALUE", 0,
	  "Put into the environment of the test in the guest; KERNEL:NAME=VALUE on that one only",
	  2 },
	{ "resume", O_RESUME, "RUN", OPTION_ARG_OPTIONAL,
	  "Go on with a run (default: the last one); what it was asked for holds unless given anew",
	  2 },
	{ "full", O_FULL, NULL, 0,
	  "All tests also on the patched kernels of the default set, not only those that name them",
	  2 },
	{ "isolation", O_ISOLATION, "WORD", 0,
	  "test: a pristine guest for every test (default); case or area: tests of a case, of an "
	  "area, "
	  "share one, and what does not end as expected there runs again alone; none: all in one",
	  2 },
	{ "order", O_ORDER, "WORD", 0,
	  "With --isolation none: forward (default), reverse, or a number to shuffle by", 2 },
	OPT_GUEST,
	{ "warm", O_WARM, "WORD", 0,
	  "Emulated guests go on in the QEMU that has run another test, back at the saved state: 0, 1 "
	  "(default), or check, which compares memory and code each time",
	  2 },
	{ "reuse", O_REUSE, "RUNS", 0,
	  "What those runs measured on the same kernel and machine, with the same program and "
	  "guests, is not run again",
	  2 },
	{ "first", O_FIRST, "FILE", 0,
	  "Tests to be run before all others, one a line; what follows an empty line comes after "
	  "what is before it",
	  2 },
	{ "leave-out", O_LEAVE_OUT, "FILE", 0, "Of the chosen tests not those, one a line", 2 },
	{ "confirm", O_CONFIRM, NULL, 0,
	  "Of two kernels: what a test does otherwise on one of them is run again on both, until it "
	  "is sure, and what is worse on the second is told at once",
	  2 },
	{ "accept", O_ACCEPT, "GLOBS", 0, "With --confirm: what may be worse, and is not told", 2 },
	{ "shard", O_SHARD, "I/N", 0,
	  "Only the I-th of N parts of it, that other machines take the rest of; merge makes one "
	  "run of them",
	  2 },
	{ "durations", O_DURATIONS, "FILE", 0,
	  "What parts are balanced by, the same file for all (default: " DURATIONS_FILE ")", 9 },
	{ "reach", O_REACH, NULL, 0,
	  "Also tell which functions of the kernel run in which step (TCG, kernels that are built here)",
	  2 },
	{ "interleave", O_INTERLEAVE, NULL, 0,
	  "Every test on all kernels before the next one, so that what else the machine does "
	  "hits all alike",
	  2 },
	{ "brief", O_BRIEF, NULL, 0, "Progress, but no report: somebody else makes it", 3 },
	{ "id-file", O_ID_FILE, "FILE", 0, "Write the run's name into FILE", 3 },
	{ "measured", O_MEASURED, "FILE", 0,
	  "What packages the expectations are of (default: " MEASURED_FILE ")", 9 },
	{ "lenient-xpass", O_LENIENT, NULL, 0,
	  "A pass where a failure is expected is as good as expected", 3 },
	OPT_ACCEL,
	OPT_BUILD,
	OPT_RUNS,
	OPT_CONF,
	OPT_VERBOSE,
	{ "quiet", 'q', NULL, 0, "No progress", 9 },
	{ 0 }
};
static const struct argp run_argp = {
	.options = run_options,
	.parser = opts_parser,
	.doc = "Run cases on kernels, in guests restored from a saved state, and tell what holds "
	       "where.\v"
	       "Exit status: 0 all as expected, 1 a result that was not expected, 2 something "
	       "could "
	       "not be run, 3 usage.",
};

struct run_ctx {
	struct opts o;
	enum isolation isolation;
	struct order order;
	struct host host;
	struct case_list cases;
	struct test_list tests;
	char **whole; /* of a shard: the names of all that was asked for */
	size_t nwhole;
	struct kernel_list all;
	struct kernel **kernels;
	char **bad;
	size_t nkernels;
	char *kernel_names; /* of a resumed run */
	struct run *run, *before;
	struct measured measured;
	bool host_ready;
};

static void run_ctx_free(struct run_ctx *c)
{
	free(c->o.env);
	run_free(c->run);
	run_free(c->before);
	tests_free(&c->tests);
	for (size_t i = 0; i < c->nwhole; i++)
		free(c->whole[i]);
	free(c->whole);
	cases_free(&c->cases);
	for (size_t i = 0; c->bad && i < c->nkernels; i++)
		free(c->bad[i]);
	free(c->bad);
	free(c->kernels);
	free(c->kernel_names);
	kernels_free(&c->all);
	measured_free(&c->measured);
	if (c->host_ready)
		host_free(&c->host);
}

static volatile sig_atomic_t signalled;

static void note_signal(int sig)
{
	signalled = sig;
}

/* Is it waited for only when the others have been run? Not if it is compared with them. */
static bool comes_later(const struct run_ctx *c, const struct kernel *k)
{
	return !c->o.confirm && kernel_is_built(k);
}

/* Does a test run in a guest with devices? */
static bool needs_devices(const struct run_ctx *c)
{
	bool asked = false;

	for (size_t i = 0; i < c->tests.n; i++)
		asked |= !strcmp(c->tests.t[i].v->guest, "devices=on");
	return c->host.guest.devices == DEVICES_ON ||
	       (asked && c->host.guest.devices == DEVICES_ASKED);
}

/*
 * Those that are built, or those that are not. One after the other: apt's
 * folders are shared, and so is the line to the mirror; and a build takes all
 * processors. A signal ends the child, and then us in an orderly way.
 */
static size_t get_kernels(struct run_ctx *c, bool built)
{
	struct sigaction sa = { .sa_handler = note_signal }, old_int, old_term;
	size_t have = 0;

	sigaction(SIGINT, &sa, &old_int);
	sigaction(SIGTERM, &sa, &old_term);
	for (size_t i = 0; i < c->nkernels && !signalled; i++) {
		struct kernel *k = c->kernels[i];

		if (comes_later(c, k) != built)
			continue;
		if (!kernel_fetch(k)) {
			have++;
			if (needs_devices(c))
				kernel_fetch_devices(k);
			continue;
		}
		c->bad[i] = xasprintf("kernel not to be had: %s", err_msg());
		fprintf(stderr, "cowpen: kernel %s: %s\n", k->name, err_msg());
	}
	sigaction(SIGINT, &old_int, NULL);
	sigaction(SIGTERM, &old_term, NULL);
	return have;
}

/* What was measured before is told in a line; a run that is not there is none. */
static int reuse(struct run_ctx *c)
{
	char *names = xstrdup(c->o.reuse), *save = NULL;
	long *n = xcalloc(c->run->info.nkernels + 1, sizeof(*n)), taken = 0;
	struct run *from;

	for (char *w = strtok_r(names, " \n", &save); w; w = strtok_r(NULL, " \n", &save)) {
		if (run_load(c->o.runs, w, &from))
			continue;
		for (size_t k = 0; k < c->run->info.nkernels && taken >= 0; k++) {
			taken = run_reuse(c->run, from, &c->run->info.kernels[k], &c->tests);
			n[k] += taken > 0 ? taken : 0;
		}
		run_free(from);
	}
	for (size_t k = 0; k < c->run->info.nkernels; k++) {
		if (n[k])
			printf("%s: %ld results of an earlier run are as good\n",
			       c->run->info.kernels[k].name, n[k]);
	}
	free(names);
	free(n);
	return taken < 0 ? taken : 0;
}

static char *command_line(int argc, char **argv)
{
	struct buf b = { 0 };

	buf_printf(&b, "cowpen run");
	for (int i = 1; i < argc; i++)
		buf_printf(&b, strpbrk(argv[i], " *?'\"") ? " '%s'" : " %s", argv[i]);
	return b.data;
}

/* For one that is not here yet: what is known of it. */
static void fill_kernel(const struct run_ctx *c, const struct kernel *k, struct run_kernel *rk)
{
	rk->ntests = k->only_named ? 0 : -1;
	for (size_t i = 0; k->only_named && i < c->tests.n; i++)
		rk->ntests += runner_wants(&c->tests.t[i], k);
	record_set(&rk->source, k->source);
	record_set(&rk->base, k->base);
	rk->judged = k->judged;
	record_set(&rk->mends, k->mends);
	record_set(&rk->origin, k->origin);
	record_set(&rk->release, k->release);
	record_set(&rk->package, k->package);
	record_set(&rk->version, k->version);
	record_set(&rk->kernel_sha256, k->sha256);
	record_set(&rk->modules_sha256, k->modules_sha256);
	record_set(&rk->config_sha256, k->config_sha256);
}

static void fill_info(const struct run_ctx *c, const char *command, struct run_info *info)
{
	const struct host *h = &c->host;
	char start[32];

	run_info_init(info);
	time_rfc3339(start);
	record_set(&info->start, start);
	record_set(&info->command, command);
	record_set(&info->accel, h->kvm ? "kvm" : "tcg");
	record_set(&info->accel_why, h->accel_why);
	record_set(&info->qemu, h->qemu_version);
	record_set(&info->machine, h->machine);
	record_set(&info->case_globs, c->o.cases);
	record_set(&info->kernel_names, c->o.kernels);
	record_set(&info->isolation, isolation_name(c->isolation));
	record_set(&info->order, c->o.order);
	record_set(&info->warm, h->warm == WARM_NO ? "no" : h->warm == WARM_YES ? "yes" : "check");
	free(info->guest);
	info->guest = guest_text(&h->guest);
	info->seed = c->o.seed;
	info->jobs = c->o.jobs;
	info->repeat = c->o.repeat;
	for (size_t i = 0; i < c->nkernels; i++)
		fill_kernel(c, c->kernels[i], run_info_add_kernel(info, c->kernels[i]->name));
	for (size_t i = 0; i < c->tests.n; i++)
		run_info_add_test(info, c->tests.t[i].name);
	if (c->o.shard) {
		record_set(&info->shard, c->o.shard);
		run_info_set_whole(info, c->whole, c->nwhole);
	}
}

/* What got kernel @name into run @in: NAME=PATH if that was said, else the name. */
static void add_asked(struct buf *names, const struct run_info *in, const char *name)
{
	size_t len = strlen(name);
	const char *s = in->kernel_names;

	while ((s = strstr(s, name)) && !(s[len] == '=' && (s == in->kernel_names || s[-1] == ' ')))
		s += len;
	if (s)
		buf_printf(names, "%s%.*s", names->len ? " " : "", (int)strcspn(s, " "), s);
	else
		buf_printf(names, "%s%s", names->len ? " " : "", name);
}

/*
 * A resumed run is what was asked for then, not what is the default now. What
 * is given anew narrows it down: nothing is added to a run that has its plan.
 */
static int resume(struct run_ctx *c)
{
	const struct run_info *in;
	struct buf names = { 0 };
	int ret = run_resume(c->o.runs, c->o.resume, &c->run);

	if (ret)
		return ret;
	in = &c->run->info;
	if (!*c->o.cases)
		c->o.cases = in->case_globs;
	if (!*c->o.kernels) {
		for (size_t i = 0; i < in->nkernels; i++)
			add_asked(&names, in, in->kernels[i].name);
		c->kernel_names = names.data;
		c->o.kernels = names.data ? names.data : "";
	}
	if (!c->o.seed_given)
		c->o.seed = in->seed;
	c->o.repeat = in->repeat;
	if (!*c->o.isolation)
		c->o.isolation = in->isolation;
	if (!*c->o.order)
		c->o.order = in->order;
	if (!*c->o.guest)
		c->o.guest = in->guest;
	return 0;
}

/*
 * What stands in a run's records must go together: pristine guests and company may
 * change, since only what is worth the same is kept of the latter.
 */
static int keep_to_guest(const struct run_ctx *c)
{
	const struct run_info *in = &c->run->info;
	char *guest = guest_text(&c->host.guest);
	bool same = !strcmp(guest, in->guest);

	free(guest);
	if (!same)
		return err_set(-EINVAL,
			       "run %s has other guests (GUEST=\"%s\"); start a run of its own",
			       c->run->id, in->guest);
	if ((c->isolation == ISO_NONE) != !strcmp(in->isolation, isolation_name(ISO_NONE)))
		return err_set(-EINVAL, "run %s has ISOLATION=%s; start a run of its own",
			       c->run->id,
			       *in->isolation ? in->isolation : isolation_name(ISO_TEST));
	return 0;
}

/*
 * A part of what was chosen. Machines that know nothing of each other must come to the same
 * division: not by what was run last here, but by a file that is part of the corpus. And of one
 * run all tests have seeds of one seed.
 */
static int take_shard(struct run_ctx *c)
{
	struct durations d;
	struct shard s;
	int ret = shard_parse(c->o.shard, &s);

	if (!ret && c->run && strcmp(c->run->info.shard, c->o.shard))
		ret = err_set(-EINVAL, "run %s is %s%s, not shard %s", c->run->id,
			      *c->run->info.shard ? "shard " : "no shard", c->run->info.shard,
			      c->o.shard);
	/* Its plan is a shard's already. */
	if (ret || c->run)
		return ret;
	ret = durations_read(c->o.durations ?: DURATIONS_FILE, &d);
	if (ret && (ret != -ENOENT || c->o.durations))
		return ret;
	c->whole = xcalloc(c->tests.n + 1, sizeof(*c->whole));
	for (size_t i = 0; i < c->tests.n; i++)
		c->whole[c->nwhole++] = xstrdup(c->tests.t[i].name);
	if (!c->o.seed_given) {
		c->o.seed = 1;
		for (size_t i = 0; i < c->nwhole; i++)
			c->o.seed = text_hash(c->whole[i], i, c->o.seed);
	}
	shard_tests(&c->tests, &s, &d);
	durations_free(&d);
	printf("shard %s: %zu of %zu tests\n", c->o.shard, c->tests.n, c->nwhole);
	return 0;
}

/* What --first says: a test that it does not name comes last. */
static int choose_first(struct run_ctx *c)
{
	struct buf text = { 0 };
	unsigned int turn = 0;
	int ret = read_file(c->o.first, &text);

	if (ret)
		return ret;
	for (size_t i = 0; i < c->tests.n; i++)
		c->tests.t[i].turn = ~0U;
	for (char *s = text.data, *end; *s; s = end + !!*end) {
		end = s + strcspn(s, "\n");
		turn += end == s;
		for (size_t i = 0; end > s && i < c->tests.n; i++)
			if (!strncmp(c->tests.t[i].name, s, end - s) &&
			    !c->tests.t[i].name[end - s])
				c->tests.t[i].turn = turn;
	}
	buf_free(&text);
	return 0;
}

static int by_name(const void *a, const void *b)
{
	const char *const *x = a, *const *y = b;

	return strcmp(*x, *y);
}

/* All but what --leave-out names. */
static int leave_out(struct run_ctx *c)
{
	const char **name;
	struct buf text = { 0 };
	size_t n = 0, w = 0;
	int ret = read_file(c->o.leave_out, &text);

	if (ret)
		return ret;
	name = xcalloc(text.len + 1, sizeof(*name));
	for (char *save = NULL, *s = strtok_r(text.data, "\n", &save); s;
	     s = strtok_r(NULL, "\n", &save))
		name[n++] = s;
	qsort(name, n, sizeof(*name), by_name);
	for (size_t i = 0; i < c->tests.n; i++) {
		const char *key = c->tests.t[i].name;

		if (bsearch(&key, name, n, sizeof(*name), by_name))
			free(c->tests.t[i].name);
		else
			c->tests.t[w++] = c->tests.t[i];
	}
	c->tests.n = w;
	free(name);
	buf_free(&text);
	return w ? 0 : err_set(-EINVAL, "%s leaves out all tests", c->o.leave_out);
}

/* The words of --isolation and --order. */
static int choose_isolation(struct run_ctx *c)
{
	int ret = *c->o.isolation ? isolation_parse(c->o.isolation, &c->isolation) : 0;

	if (ret || !*c->o.order)
		return ret;
	if (c->isolation != ISO_NONE)
		return err_set(-EINVAL, "an order needs ISOLATION=none: with a fresh guest for "
					"each it does not matter");
	return order_parse(c->o.order, &c->order);
}

/* Of what was chosen, what belongs to the run that is resumed. */
static int keep_to_plan(struct run_ctx *c)
{
	const struct run_info *in = &c->run->info;
	bool found;
	size_t w = 0;

	for (size_t i = 0; i < c->nkernels; i++) {
		found = false;
		for (size_t k = 0; k < in->nkernels && !found; k++)
			found = !strcmp(in->kernels[k].name, c->kernels[i]->name);
		if (!found)
			return err_set(-EINVAL,
				       "kernel %s is not part of run %s; start a run of its own",
				       c->kernels[i]->name, c->run->id);
	}
	for (size_t i = 0; i < c->tests.n; i++) {
		found = false;
		for (size_t t = 0; t < in->ntests && !found; t++)
			found = !strcmp(in->tests[t], c->tests.t[i].name);
		if (found)
			c->tests.t[w++] = c->tests.t[i];
		else
			free(c->tests.t[i].name);
	}
	c->tests.n = w;
	if (!w)
		return err_set(-EINVAL, "none of these cases is part of run %s", c->run->id);
	return 0;
}

static void report(const struct run_ctx *c)
{
	struct style st = style_for(stdout);
	const struct record *r;

	/* One single test: everything that is known of it. */
	if (c->tests.n == 1 && c->run->info.ntests == 1) {
		for (size_t k = 0; k < c->nkernels; k++) {
			r = run_find(c->run, c->kernels[k]->name, c->tests.t[0].name, 0);
			if (r && k)
				putchar('\n');
			if (r)
				record_print(stdout, c->run, r, st);
		}
		if (c->run->info.repeat > 1)
			repeats_print(stdout, c->run, st);
		for (size_t i = 0; i < c->run->nnotes; i++)
			printf("note: %s\n", c->run->notes[i]);
		return;
	}
	matrix_print(stdout, c->run, st);
	/* Of many cases nobody would read it. */
	for (size_t i = 1; i < c->tests.n; i++) {
		if (c->tests.t[i].c != c->tests.t[0].c)
			return;
	}
	observed_print(stdout, c->run, st);
}

/* What is true of the run as a whole. */
static void tell(const struct run_ctx *c, const struct runner_result *res)
{
	if (res->notes.len)
		printf("%s", res->notes.data);
	company_print(stdout, c->run, c->o.verbose ? c->run->nrec : 10);
	warm_print(stdout, c->run, c->o.verbose ? c->run->nrec : 10);
	if (!c->o.brief)
		news_print(stdout, c->run, &c->measured, style_for(stdout));
}

static void last_words(const struct run_ctx *c, int code)
{
	size_t n = c->run->nrec, bad = run_unexpected(c->run, c->o.lenient);

	if (code == EXIT_UNEXPECTED)
		printf("%zu of %zu result%s %s not as expected: %s\n", bad, n, n == 1 ? "" : "s",
		       bad == 1 ? "is" : "are", c->run->dir);
	else
		printf("%s: %zu result%s in %s\n",
		       code == EXIT_EXPECTED ? "as expected" : "incomplete", n, n == 1 ? "" : "s",
		       c->run->dir);
}

static int finish(const struct run_ctx *c, const struct runner_result *res)
{
	int code;

	if (!c->o.brief)
		report(c);
	tell(c, res);
	fflush(stdout);
	code = run_exit_code(c->run, c->o.lenient);
	if (res->error) {
		fprintf(stderr, "cowpen: %s\n", res->error_text);
		return EXIT_NOT_RUN;
	}
	if (res->interrupted) {
		/* With --brief who began the run knows whether and how to go on. */
		fprintf(stderr, "cowpen: interrupted; %zu of %zu results are kept%s\n",
			res->before + res->done, res->planned,
			c->o.brief ? "" : ", go on with: make run-all RESUME=1");
		return EXIT_NOT_RUN;
	}
	if (!c->o.quiet && !c->o.brief)
		last_words(c, code);
	return code;
}

/* Guests that go on are for who runs again in a new one what does not end as expected. */
static int choose_warm(struct run_ctx *c)
{
	int ret = warm_choose(&c->host, c->o.warm);
	const char *why = NULL;

	if (ret || c->host.warm == WARM_NO)
		return ret;
	if (c->o.repeat > 1)
		why = "how often a test fails is asked of guests that are all alike";
	else if (c->isolation == ISO_NONE)
		why = "all that runs in the one guest counts";
	else if (c->o.reach)
		why = "which code runs is told by another plugin";
	if (!why)
		return 0;
	c->host.warm = WARM_NO;
	if (!*c->host.warm_why)
		return 0;
	free(c->host.warm_why);
	c->host.warm_why = xstrdup(why);
	return 0;
}

static void head_line(const struct run_ctx *c)
{
	char *lacks = guest_text(&c->host.guest);

	printf("%zu test%s on %zu kernel%s, %u at a time, isolation %s%s%s, %s (%s), QEMU %s%s%s, "
	       "seed 0x%llx\n",
	       c->tests.n, c->tests.n == 1 ? "" : "s", c->nkernels, c->nkernels == 1 ? "" : "s",
	       c->o.jobs, isolation_name(c->isolation), *c->o.order ? " in order " : "", c->o.order,
	       c->host.kvm ? "kvm" : "tcg", c->host.accel_why, c->host.qemu_version,
	       *lacks ? ", guest " : "", lacks, (unsigned long long)c->o.seed);
	if (*c->host.warm_why)
		printf("guests are %s: %s\n", c->host.warm == WARM_NO ? "cold" : "warm",
		       c->host.warm_why);
	free(lacks);
}

/*
 * One part of the kernels of a run: those that are built here, or the others.
 * Stock ones come first, so that there are results before a build begins.
 */
static int run_part(struct run_ctx *c, bool built, struct runner_result *sum)
{
	struct runner_result res = { 0 };
	struct kernel **k = xcalloc(c->nkernels + 1, sizeof(*k));
	char **bad = xcalloc(c->nkernels + 1, sizeof(*bad));
	struct runner r;
	size_t n = 0;
	int ret = 0;

	if (built) {
		get_kernels(c, true);
		for (size_t i = 0; i < c->nkernels; i++)
			for (size_t j = 0; j < c->run->info.nkernels; j++)
				if (!strcmp(c->run->info.kernels[j].name, c->kernels[i]->name) &&
				    !c->bad[i])
					fill_kernel(c, c->kernels[i], &c->run->info.kernels[j]);
		ret = run_save_info(c->run);
	}
	for (size_t i = 0; i < c->nkernels; i++) {
		if (comes_later(c, c->kernels[i]) != built)
			continue;
		k[n] = c->kernels[i];
		bad[n++] = c->bad[i];
	}
	r = (struct runner){
		.host = &c->host,
		.run = c->run,
		.kernels = k,
		.kernel_bad = bad,
		.nkernels = n,
		.tests = &c->tests,
		.measured = &c->measured,
		.durations = c->before,
		.jobs = c->o.jobs,
		/* Who asks for one at a time, or for less than there are, means it. */
		.spare = c->o.jobs > 1 && c->o.jobs >= cores() ? c->o.jobs : 0,
		.repeat = c->o.repeat,
		.seed = c->o.seed,
		.env = c->o.env,
		.seed_is_tests = c->o.seed_given && c->tests.n == 1,
		.deadline_ms = c->o.deadline_s * 1000,
		.interleave = c->o.interleave,
		.reach = c->o.reach,
		.certain = c->o.confirm && n == 2 ? certain : NULL,
		.isolation = c->isolation,
		.order = c->order,
		.verbose = c->o.verbose,
		.brief = c->o.brief,
		.quiet = c->o.quiet,
		.out = stdout,
	};
	if (!ret && n && !signalled)
		ret = runner_run(&r, &res);
	sum->planned += n * c->tests.n * c->o.repeat;
	sum->before += res.before;
	sum->done += res.done;
	sum->interrupted |= res.interrupted || signalled;
	buf_add(&sum->notes, res.notes.data, res.notes.len);
	buf_free(&res.notes);
	if (res.error) {
		sum->error = res.error;
		sum->error_text = res.error_text;
	}
	free(k);
	free(bad);
	return ret;
}

/* Without it, or with one that cannot be read, nothing is newer than anything. */
static void read_measured(struct run_ctx *c)
{
	int ret = measured_read(c->o.measured, &c->measured);

	if (ret && (ret != -ENOENT || strcmp(c->o.measured, MEASURED_FILE)))
		fprintf(stderr, "cowpen: %s; taken as if nothing had been measured\n", err_msg());
}

int run_main(int argc, char **argv)
{
	struct run_ctx c = { 0 };
	struct runner_result res = { 0 };
	struct guest_spec spec;
	struct run_info info;
	char *guest = NULL, *command = command_line(argc, argv);
	int ret, code = EXIT_NOT_RUN;
	size_t have, built = 0;

	opts_init(&c.o, 0);
	ret = opts_parse(&c.o, &run_argp, argc, argv);
	if (ret) {
		free(command);
		return ret;
	}
	if (!c.o.jobs)
		c.o.jobs = cores();
	read_measured(&c);
	if (!c.o.seed_given && getrandom(&c.o.seed, sizeof(c.o.seed), 0) != sizeof(c.o.seed))
		c.o.seed = now_ms();
	/* What the user may have got wrong comes before anything that takes time. */
	if (c.o.do_resume && resume(&c)) {
		fail("");
		goto out;
	}
	guest_default(&spec);
	ret = choose_isolation(&c);
	if (!ret)
		ret = guest_parse(c.o.guest, &spec);
	if (!ret)
		ret = cases_discover(c.o.build, &c.cases);
	if (!ret)
		ret = cases_select(&c.cases, c.o.cases, &c.tests);
	if (!ret && c.o.leave_out)
		ret = leave_out(&c);
	if (!ret && c.o.shard)
		ret = take_shard(&c);
	if (!ret && c.o.first)
		ret = choose_first(&c);
	for (size_t i = 0; !ret && i < c.tests.n; i++)
		c.tests.t[i].accepted = gate_accepts(c.o.accept, c.tests.t[i].name);
	if (!ret)
		ret = choose_kernels(&c.o, c.o.kernels, &c.all, &c.kernels, &c.nkernels);
	for (size_t i = 0; !ret && i < c.nkernels; i++)
		c.kernels[i]->only_named &= !c.o.full;
	if (!ret && c.run)
		ret = keep_to_plan(&c);
	if (ret) {
		code = fail_choice(ret);
		goto out;
	}
	guest = guest_dir(&c.o);
	ret = host_init(&c.host, c.o.accel, guest);
	if (!ret) {
		c.host_ready = true;
		ret = guest_parse(c.o.guest, &c.host.guest);
	}
	if (!ret)
		ret = choose_warm(&c);
	if (!ret && c.run)
		ret = keep_to_guest(&c);
	if (ret) {
		code = fail_choice(ret);
		goto out;
	}
	c.host.verbose = c.o.verbose;
	c.bad = xcalloc(c.nkernels + 1, sizeof(*c.bad));
	have = get_kernels(&c, false);
	for (size_t i = 0; i < c.nkernels; i++)
		built += comes_later(&c, c.kernels[i]);
	if (signalled || !(have + built)) {
		if (!signalled)
			fprintf(stderr, "cowpen: none of the kernels is here; `make list "
					"WHAT=kernels` shows where each comes from\n");
		goto out;
	}
	/* For the durations; there may be none yet. */
	if (!c.o.do_resume && run_load(c.o.runs, "last", &c.before))
		c.before = NULL;
	if (!c.run) {
		fill_info(&c, command, &info);
		ret = run_create(c.o.runs, &info, &c.run);
		run_info_free(&info);
		if (ret) {
			fail("");
			goto out;
		}
	}
	if (c.o.reuse && reuse(&c)) {
		fail("");
		goto out;
	}
	if (c.o.id_file && write_file(c.o.id_file, c.run->id, strlen(c.run->id))) {
		fail("");
		goto out;
	}
	/* There may be more shards than there is to do. */
	if (!c.tests.n) {
		code = EXIT_EXPECTED;
		goto out;
	}
	if (!c.o.quiet)
		head_line(&c);
	fflush(stdout);
	if (c.nkernels > built)
		ret = run_part(&c, false, &res);
	if (!ret && !res.error && built && !res.interrupted)
		ret = run_part(&c, true, &res);
	else
		res.planned += built * c.tests.n * c.o.repeat;
	if (ret) {
		fail("");
		goto out;
	}
	if (!c.o.quiet && !c.o.brief)
		putchar('\n');
	code = finish(&c, &res);
out:
	buf_free(&res.notes);
	free(res.error_text);
	run_ctx_free(&c);
	free(guest);
	free(command);
	return code;
}
