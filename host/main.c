// SPDX-License-Identifier: GPL-2.0-only
/*
 * cowpen: the host side as one program. Sub-commands parse their arguments,
 * put the parts together and turn what came of it into words and exit codes.
 */
#include <argp.h>
#include <errno.h>
#include <glob.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <jansson.h>

#include "cases.h"
#include "company.h"
#include "compare.h"
#include "err.h"
#include "kernels.h"
#include "matrix.h"
#include "measured.h"
#include "news.h"
#include "runner.h"
#include "vm.h"

/* In bench.c */
int bench_main(int argc, char **argv);
/* In gate.c; in table.c of results/ */
int gate_main(int argc, char **argv);
int table_main(int argc, char **argv);
/* In corpus.c, sabotage.c */
int prove_main(int argc, char **argv);
int observations_main(int argc, char **argv);
int catalogue_main(int argc, char **argv);
int expectations_main(int argc, char **argv);
int sabotage_main(int argc, char **argv);

enum { EXIT_EXPECTED, EXIT_UNEXPECTED, EXIT_NOT_RUN, EXIT_USAGE };

/* What sub-commands have in common. */
struct opts {
	const char *build, *runs, *conf;
	const char *cases, *kernels, *accel, *resume, *id_file;
	const char *isolation, *order, *guest, *measured;
	char *env; /* NAME=value lines for the test */
	unsigned int jobs, repeat, deadline_s;
	uint64_t seed;
	bool seed_given, do_resume, verbose, lenient, quiet, gdb, interleave, brief, full;
	const char *arg[2]; /* what is no option */
	unsigned int nargs, max_args;
};

static char default_build[PATH_MAX];

static int fail(const char *what)
{
	fprintf(stderr, "cowpen: %s%s%s\n", what, *what ? ": " : "", err_msg());
	return EXIT_NOT_RUN;
}

/* A wrong name is the user's, everything else the world's. */
static int fail_choice(int ret)
{
	fail("");
	return ret == -EINVAL ? EXIT_USAGE : EXIT_NOT_RUN;
}

/* --- options --------------------------------------------------------------------- */

enum {
	O_BUILD = 256,
	O_RUNS,
	O_CONF,
	O_CASES,
	O_KERNELS,
	O_ACCEL,
	O_JOBS,
	O_REPEAT,
	O_SEED,
	O_RESUME,
	O_DEADLINE,
	O_LENIENT,
	O_GDB,
	O_ENV,
	O_INTERLEAVE,
	O_BRIEF,
	O_ID_FILE,
	O_ISOLATION,
	O_ORDER,
	O_GUEST,
	O_FULL,
	O_MEASURED,
};

/* clang-format off */
#define OPT_BUILD   { "build", O_BUILD, "DIR", 0, \
		      "Where program, guest and cases were built (default: where cowpen is)", 9 }
#define OPT_RUNS    { "runs", O_RUNS, "DIR", 0, "Folder of the runs (default: results/runs)", 9 }
#define OPT_CONF    { "conf", O_CONF, "FILE", 0, "List of kernels (default: kernel-config/kernels.conf)", 9 }
#define OPT_ACCEL   { "accel", O_ACCEL, "WORD", 0, "auto, kvm or tcg (default: auto)", 3 }
#define OPT_KERNELS { "kernels", O_KERNELS, "NAMES", 0, \
		      "Kernels, blank-separated: names, \"default\", \"stock\", \"source\", \"patched\", or " \
		      "paths of images and build folders, which NAME=PATH gives a name", 1 }
#define OPT_GUEST   { "guest", O_GUEST, "WORDS", 0, \
		      "What the guests lack: some of mem=MIB, smp=N, swap=off, huge=off, thp=never, " \
		      "ksm=off", 2 }
#define OPT_VERBOSE { "verbose", 'v', NULL, 0, "Say more; keep a log of every test", 9 }
/* clang-format on */

static int number(struct argp_state *s, const char *arg, const char *what, unsigned long min,
		  unsigned long max, unsigned int *out)
{
	char *end;
	unsigned long n;

	errno = 0;
	n = strtoul(arg, &end, 10);
	if (errno || *end || end == arg || *arg == '-' || n < min || n > max) {
		argp_failure(s, EXIT_USAGE, 0, "%s is a number from %lu to %lu, not \"%s\"", what,
			     min, max, arg);
		return EINVAL;
	}
	*out = n;
	return 0;
}

static error_t parse(int key, char *arg, struct argp_state *s)
{
	struct opts *o = s->input;
	char *end;

	switch (key) {
	case O_BUILD:
		o->build = arg;
		break;
	case O_RUNS:
		o->runs = arg;
		break;
	case O_CONF:
		o->conf = arg;
		break;
	case O_CASES:
		o->cases = arg;
		break;
	case O_KERNELS:
		o->kernels = arg;
		break;
	case O_ACCEL:
		o->accel = arg;
		break;
	case O_JOBS:
		return number(s, arg, "--jobs", 1, 1024, &o->jobs);
	case O_REPEAT:
		return number(s, arg, "--repeat", 1, 100000, &o->repeat);
	case O_DEADLINE:
		return number(s, arg, "--deadline", 1, 86400, &o->deadline_s);
	case O_SEED:
		errno = 0;
		o->seed = strtoull(arg, &end, 0);
		if (errno || *end || end == arg || *arg == '-') {
			argp_failure(s, EXIT_USAGE, 0,
				     "--seed is a number such as 0x1234, not \"%s\"", arg);
			return EINVAL;
		}
		o->seed_given = true;
		break;
	case O_RESUME:
		o->do_resume = true;
		o->resume = arg && *arg ? arg : "last";
		break;
	case O_ENV:
		if (!strchr(arg, '=') || *arg == '=' || strchr(arg, '\n')) {
			argp_failure(s, EXIT_USAGE, 0, "--env is NAME=value, not \"%s\"", arg);
			return EINVAL;
		}
		end = xasprintf("%s%s\n", o->env ? o->env : "", arg);
		free(o->env);
		o->env = end;
		break;
	case O_INTERLEAVE:
		o->interleave = true;
		break;
	case O_BRIEF:
		o->brief = true;
		break;
	case O_FULL:
		o->full = true;
		break;
	case O_ISOLATION:
		o->isolation = arg;
		break;
	case O_ORDER:
		o->order = arg;
		break;
	case O_GUEST:
		o->guest = arg;
		break;
	case O_MEASURED:
		o->measured = arg;
		break;
	case O_ID_FILE:
		o->id_file = arg;
		break;
	case O_LENIENT:
		o->lenient = true;
		break;
	case O_GDB:
		o->gdb = true;
		break;
	case 'v':
		o->verbose = true;
		break;
	case 'q':
		o->quiet = true;
		break;
	case ARGP_KEY_ARG:
		if (o->nargs >= o->max_args) {
			argp_failure(s, EXIT_USAGE, 0,
				     "\"%s\" is one argument too many; see --help", arg);
			return EINVAL;
		}
		o->arg[o->nargs++] = arg;
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

static void opts_init(struct opts *o, unsigned int max_args)
{
	memset(o, 0, sizeof(*o));
	o->build = default_build;
	o->runs = "results/runs";
	o->conf = "kernel-config/kernels.conf";
	o->kernels = "";
	o->cases = "";
	o->measured = MEASURED_FILE;
	o->isolation = o->order = o->guest = "";
	o->repeat = 1;
	o->max_args = max_args;
}

/*
 * @argv[0] is the sub-command; argp shows it as part of the program's name. On
 * a mistake argp exits with argp_err_exit_status, which is ours.
 */
static int opts_parse(struct opts *o, const struct argp *argp, int argc, char **argv)
{
	char name[64];

	snprintf(name, sizeof(name), "cowpen %s", argv[0]);
	argv[0] = name;
	return argp_parse(argp, argc, argv, 0, NULL, o) ? EXIT_USAGE : 0;
}

static char *guest_dir(const struct opts *o)
{
	return xasprintf("%s/guest", o->build);
}

/* The kernels that were asked for; @all must be freed by the caller even on errors. */
static int choose_kernels(const struct opts *o, const char *names, struct kernel_list *all,
			  struct kernel ***sel, size_t *n)
{
	int ret = kernels_read(o->conf, all);

	*sel = NULL;
	*n = 0;
	if (ret)
		return ret;
	ret = kernels_select(all, names && *names ? names : "default", sel, n);
	/* A path that leads nowhere is a wrong name, too. */
	return ret == -ENOENT ? -EINVAL : ret;
}

static unsigned int cores(void)
{
	cpu_set_t set;

	return sched_getaffinity(0, sizeof(set), &set) ? 1 : (unsigned int)CPU_COUNT(&set);
}

/* --- run --------------------------------------------------------------------------- */

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
	.parser = parse,
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

		if (kernel_is_built(k) != built)
			continue;
		if (!kernel_fetch(k)) {
			have++;
			continue;
		}
		c->bad[i] = xasprintf("kernel not to be had: %s", err_msg());
		fprintf(stderr, "cowpen: kernel %s: %s\n", k->name, err_msg());
	}
	sigaction(SIGINT, &old_int, NULL);
	sigaction(SIGTERM, &old_term, NULL);
	return have;
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
	free(info->guest);
	info->guest = guest_text(&h->guest);
	info->seed = c->o.seed;
	info->jobs = c->o.jobs;
	info->repeat = c->o.repeat;
	for (size_t i = 0; i < c->nkernels; i++)
		fill_kernel(c, c->kernels[i], run_info_add_kernel(info, c->kernels[i]->name));
	for (size_t i = 0; i < c->tests.n; i++)
		run_info_add_test(info, c->tests.t[i].name);
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
}

/* What is true of the run as a whole. */
static void tell(const struct run_ctx *c, const struct runner_result *res)
{
	if (res->notes.len)
		printf("%s", res->notes.data);
	company_print(stdout, c->run, c->o.verbose ? c->run->nrec : 10);
	if (!c->o.brief)
		news_print(stdout, c->run, &c->measured, style_for(stdout));
}

static const char *exit_word(int code)
{
	return code == EXIT_EXPECTED   ? "as expected" :
	       code == EXIT_UNEXPECTED ? "not as expected" :
					 "incomplete";
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
		printf("%s: %zu result%s in %s\n", exit_word(code), c->run->nrec,
		       c->run->nrec == 1 ? "" : "s", c->run->dir);
	return code;
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
		if (kernel_is_built(c->kernels[i]) != built)
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
		.repeat = c->o.repeat,
		.seed = c->o.seed,
		.env = c->o.env,
		.seed_is_tests = c->o.seed_given && c->tests.n == 1,
		.deadline_ms = c->o.deadline_s * 1000,
		.interleave = c->o.interleave,
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

static int cmd_run(int argc, char **argv)
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
		built += kernel_is_built(c.kernels[i]);
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
	if (c.o.id_file && write_file(c.o.id_file, c.run->id, strlen(c.run->id))) {
		fail("");
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

/* --- list -------------------------------------------------------------------------- */

static const struct argp_option list_options[] = {
	{ "select", O_CASES, "GLOBS", 0, "Only the names of the tests that these choose", 1 },
	OPT_BUILD,
	OPT_CONF,
	OPT_VERBOSE,
	{ 0 }
};
static const struct argp list_argp = {
	.options = list_options,
	.parser = parse,
	.args_doc = "[cases|kernels]",
	.doc = "List the cases with their purpose and clauses (with -v also variants and what is "
	       "known "
	       "to be broken), or the kernels with where each comes from.",
};

static void list_case(const struct tcase *c, bool verbose)
{
	if (c->broken) {
		printf("%-30s  BROKEN: %s\n", c->id, c->broken);
		return;
	}
	printf("%-30s  %s (%s)\n", c->id, c->purpose, c->clauses);
	if (!verbose)
		return;
	printf("    class     %s\n    variants ", c->class);
	for (size_t i = 0; i < c->nv; i++)
		printf(" %s", c->v[i].name);
	putchar('\n');
	for (size_t i = 0; i < c->known.n; i++) {
		const struct expectation *e = &c->known.e[i];

		printf("    broken    %s..%s by %s%s%s%s: %s%s%s\n", e->from,
		       *e->to ? e->to : "today", e->clauses, *e->variants ? " (" : "", e->variants,
		       *e->variants ? ")" : "", e->reason, *e->fix ? ", fix " : "", e->fix);
	}
	for (size_t i = 0; i < c->known.npatched; i++) {
		const struct patched_expectation *e = &c->known.patched[i];

		printf("    %-9s %s%s%s%s%s%s: %s\n", e->pass ? "mended" : "broken", e->kernel,
		       e->pass ? "" : " by ", e->e.clauses, *e->e.variants ? " (" : "",
		       e->e.variants, *e->e.variants ? ")" : "", e->e.reason);
	}
	for (size_t i = 0; i < c->claims.nseen; i++) {
		const struct claim *s = &c->claims.seen[i];

		printf("    seen      to fail on %s by %s: %s\n", s->kernel, s->clause,
		       s->variants);
	}
	for (size_t i = 0; i < c->claims.nnot_seen; i++)
		printf("    not seen  to fail (%s): %s\n", c->claims.not_seen[i].variants,
		       c->claims.not_seen[i].reason);
}

static int list_tests(const struct opts *o)
{
	struct test_list tests = { 0 };
	struct case_list l;
	int ret;

	if (cases_discover(o->build, &l))
		return fail("");
	ret = cases_select(&l, o->cases, &tests);
	for (size_t i = 0; i < tests.n; i++)
		puts(tests.t[i].name);
	tests_free(&tests);
	cases_free(&l);
	return ret ? fail_choice(ret) : EXIT_EXPECTED;
}

static int list_cases(const struct opts *o)
{
	struct case_list l;
	bool broken = false;
	size_t tests = 0;

	if (cases_discover(o->build, &l))
		return fail("");
	for (size_t i = 0; i < l.n; i++) {
		list_case(&l.c[i], o->verbose);
		broken |= !!l.c[i].broken;
		tests += l.c[i].nv;
	}
	printf("%zu cases, %zu tests\n", l.n, tests);
	cases_free(&l);
	return broken ? EXIT_NOT_RUN : EXIT_EXPECTED;
}

/* What kernel-config/build has made of the user's trees and series, the latest first. */
static void list_built(void)
{
	const char *cache;
	char *pattern;
	glob_t g;

	if (cache_dir(&cache))
		return;
	for (int i = 0; i < 2; i++) {
		pattern = xasprintf("%s/kernels/%s/*/kernel.json", cache, i ? "series" : "tree-*");
		if (!glob(pattern, 0, NULL, &g)) {
			for (size_t j = 0; j < g.gl_pathc; j++) {
				json_t *root = json_load_file(g.gl_pathv[j], 0, NULL);
				const char *origin = json_string_value(json_object_get(root, "origi"
											     "n"));

				printf("%.*s\n%17s%s\n",
				       (int)(strlen(g.gl_pathv[j]) - strlen("/kernel.json")),
				       g.gl_pathv[j], "", origin ? origin : "");
				json_decref(root);
			}
		}
		globfree(&g);
		free(pattern);
	}
}

static int list_kernels(const struct opts *o)
{
	struct kernel_list l;
	int width = 8;

	if (kernels_read(o->conf, &l))
		return fail("");
	for (size_t i = 0; i < l.n; i++)
		if ((int)strlen(l.k[i].name) > width)
			width = strlen(l.k[i].name);
	for (size_t i = 0; i < l.n; i++) {
		const struct kernel *k = &l.k[i];

		printf("%-*s %-7s %s\n", width, k->name, k->is_default ? "default" : "", k->origin);
		printf("%*s%s%s\n", width + 9, "",
		       !k->cached  ? kernel_is_built(k) ? "not built yet" : "not here yet" :
		       *k->package ? "here: " :
				     "here",
		       k->cached ? k->package : "");
	}
	list_built();
	kernels_free(&l);
	return EXIT_EXPECTED;
}

static int cmd_list(int argc, char **argv)
{
	static const char *const words[] = { "cases", "kernels", NULL };
	struct opts o;
	char *near;
	int ret;

	opts_init(&o, 1);
	ret = opts_parse(&o, &list_argp, argc, argv);
	if (ret)
		return ret;
	if (!o.nargs || !strcmp(o.arg[0], "cases"))
		return *o.cases ? list_tests(&o) : list_cases(&o);
	if (!strcmp(o.arg[0], "kernels"))
		return list_kernels(&o);
	near = nearest_names(o.arg[0], words);
	fprintf(stderr, "cowpen: there is no list of \"%s\"; nearest: %s\n", o.arg[0], near);
	free(near);
	return EXIT_USAGE;
}

/* --- compare ------------------------------------------------------------------------- */

static const struct argp_option compare_options[] = { OPT_RUNS, { 0 } };
static const struct argp compare_argp = {
	.options = compare_options,
	.parser = parse,
	.args_doc = "[A] [B]",
	.doc = "Compare two runs, or the kernels of one (default: the last one): what differs, "
	       "worst "
	       "first.\vA run is an id, its beginning, \"last\", or a path. Exit status: 0 nothing "
	       "got "
	       "worse, 1 something did (between two runs), 2 nothing to compare, 3 usage.",
};

static int cmd_compare(int argc, char **argv)
{
	struct run *a = NULL, *b = NULL;
	struct style st;
	struct opts o;
	int ret;

	opts_init(&o, 2);
	ret = opts_parse(&o, &compare_argp, argc, argv);
	if (ret)
		return ret;
	st = style_for(stdout);
	st.width = 72;
	ret = run_load(o.runs, o.nargs ? o.arg[0] : "last", &a);
	if (!ret && o.nargs > 1)
		ret = run_load(o.runs, o.arg[1], &b);
	if (ret) {
		fail("");
		run_free(a);
		return ret == -EINVAL || (ret == -ENOENT && o.nargs) ? EXIT_USAGE : EXIT_NOT_RUN;
	}
	ret = b ? compare_runs(stdout, a, b, st) : compare_kernels(stdout, a, st);
	if (ret < 0)
		fail("");
	/* Older kernels that fail are no news; a second run that does is. */
	ret = ret < 0 ? EXIT_NOT_RUN : ret && b ? EXIT_UNEXPECTED : EXIT_EXPECTED;
	run_free(a);
	run_free(b);
	return ret;
}

/* --- fetch, shell ---------------------------------------------------------------------- */

static const struct argp_option fetch_options[] = { OPT_KERNELS, OPT_CONF, { 0 } };
static const struct argp fetch_argp = {
	.options = fetch_options,
	.parser = parse,
	.args_doc = "[KERNELS]",
	.doc = "Fetch what is missing of the kernels (default: the default set).",
};

static int cmd_fetch(int argc, char **argv)
{
	struct kernel_list all = { 0 };
	struct kernel **k;
	struct opts o;
	int ret, code = EXIT_EXPECTED;
	size_t n;

	opts_init(&o, 1);
	ret = opts_parse(&o, &fetch_argp, argc, argv);
	if (ret)
		return ret;
	ret = choose_kernels(&o, o.nargs ? o.arg[0] : o.kernels, &all, &k, &n);
	if (ret) {
		code = fail_choice(ret);
		kernels_free(&all);
		return code;
	}
	for (size_t i = 0; i < n; i++) {
		if (kernel_fetch(k[i])) {
			fprintf(stderr, "cowpen: kernel %s: %s\n", k[i]->name, err_msg());
			code = EXIT_NOT_RUN;
			continue;
		}
		printf("%-8s %s\n", k[i]->name, *k[i]->package ? k[i]->package : k[i]->image);
	}
	free(k);
	kernels_free(&all);
	return code;
}

static const struct argp_option shell_options[] = {
	OPT_KERNELS,
	{ "gdb", O_GDB, NULL, 0, "Open QEMU's gdb stub, wait for it, and say how to attach", 2 },
	OPT_ACCEL,
	OPT_GUEST,
	OPT_BUILD,
	OPT_CONF,
	OPT_VERBOSE,
	{ 0 }
};
static const struct argp shell_argp = {
	.options = shell_options,
	.parser = parse,
	.args_doc = "[KERNEL]",
	.doc = "The guest that tests run in, for a person: a shell on "
	       "the terminal.",
};

static int cmd_shell(int argc, char **argv)
{
	struct kernel_list all = { 0 };
	struct kernel **k = NULL;
	struct host h;
	struct opts o;
	char *guest;
	int ret;
	size_t n;

	opts_init(&o, 1);
	ret = opts_parse(&o, &shell_argp, argc, argv);
	if (ret)
		return ret;
	ret = choose_kernels(&o, o.nargs ? o.arg[0] : o.kernels, &all, &k, &n);
	if (!ret && n != 1)
		ret = err_set(-EINVAL,
			      "a shell is for one kernel, not %zu; say which, as in: make shell "
			      "KERNEL=%s",
			      n, n ? k[n - 1]->name : "6.12");
	if (ret) {
		ret = fail_choice(ret);
		goto out;
	}
	guest = guest_dir(&o);
	ret = host_init(&h, o.accel, guest);
	free(guest);
	if (!ret) {
		ret = guest_parse(o.guest, &h.guest);
		if (ret)
			host_free(&h);
	}
	if (ret) {
		ret = fail_choice(ret);
		goto out;
	}
	h.verbose = o.verbose;
	ret = kernel_fetch(k[0]);
	if (!ret)
		ret = vm_shell(&h, k[0], o.gdb);
	if (ret < 0)
		ret = fail(k[0]->name);
	host_free(&h);
out:
	free(k);
	kernels_free(&all);
	return ret;
}

/* --- the program ----------------------------------------------------------------------- */

static const struct {
	const char *name, *what;
	int (*run)(int argc, char **argv);
} commands[] = {
	{ "run", "Run cases on kernels", cmd_run },
	{ "list", "List cases or kernels", cmd_list },
	{ "compare", "Compare runs, or the kernels of one", cmd_compare },
	{ "gate", "What a series fixes and breaks", gate_main },
	{ "table", "A table of questions and measured answers", table_main },
	{ "expectations", "Where what cases expect is not what runs measured", expectations_main },
	{ "measured", "Take down the kernels that a run measured", measured_main },
	{ "prove", "Do tests fail where they were seen to fail?", prove_main },
	{ "sabotage", "Who tests the tests: lies beneath them, and mute checks", sabotage_main },
	{ "observations", "What kernels do where nothing is promised", observations_main },
	{ "catalogue", "All cases, for cases/README.md", catalogue_main },
	{ "shell", "A shell in the guest", cmd_shell },
	{ "bench", "What a test costs, and what a boot does", bench_main },
	{ "fetch", "Fetch kernels", cmd_fetch },
};

static void usage(FILE *out)
{
	fprintf(out, "Usage: cowpen COMMAND [OPTION...]\n\n");
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		fprintf(out, "  %-12s %s\n", commands[i].name, commands[i].what);
	fprintf(out, "\ncowpen COMMAND --help tells more.\n");
}

/* The folder that this program was built into. */
static void find_build(const char *argv0)
{
	ssize_t n = readlink("/proc/self/exe", default_build, sizeof(default_build) - 1);
	char *slash;

	if (n <= 0)
		snprintf(default_build, sizeof(default_build), "%s", argv0);
	else
		default_build[n] = '\0';
	slash = strrchr(default_build, '/');
	if (slash)
		*slash = '\0';
	else
		strcpy(default_build, ".");
}

int main(int argc, char **argv)
{
	const char *names[ARRAY_SIZE(commands) + 1] = { NULL };
	char *near;

	argp_err_exit_status = EXIT_USAGE;
	find_build(argv[0]);
	if (argc < 2) {
		usage(stderr);
		return EXIT_USAGE;
	}
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h") || !strcmp(argv[1], "help")) {
		usage(stdout);
		return 0;
	}
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		names[i] = commands[i].name;
		if (!strcmp(argv[1], commands[i].name))
			return commands[i].run(argc - 1, argv + 1);
	}
	near = nearest_names(argv[1], names);
	fprintf(stderr, "cowpen: there is no command \"%s\"; nearest: %s\n", argv[1], near);
	free(near);
	return EXIT_USAGE;
}
