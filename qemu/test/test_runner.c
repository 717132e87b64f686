// SPDX-License-Identifier: GPL-2.0-only
/*
 * The runner with a machine made of paper: vm_run() and state_get() here stand
 * in for those of session.c and state.c, which the linker then leaves out.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "certain.h"
#include "company.h"
#include "err.h"
#include "matrix.h"
#include "runner.h"
#include "spare.h"
#include "warm.h"

/* --- the paper machine ---------------------------------------------------------- */

static atomic_bool interrupted;
static atomic_uint runs, states, with_devices, puts_, now_running, most_running, guests;
static pthread_mutex_t log_lock = PTHREAD_MUTEX_INITIALIZER;
static char order[4096]; /* "kernel:exe " in the order of vm_run() */
static uint64_t last_seed;
static char last_args[100];

void vm_interrupt_all(void)
{
	interrupted = true;
}

bool vm_interrupted(void)
{
	return interrupted;
}

/* Is a processor of the paper machine idle? */
static bool idle;

bool spare_processor(struct spare *s, const char *stat, uint64_t now)
{
	return idle;
}

const char *vm_end_name(enum vm_end end)
{
	return end == VM_ENDED ? "ended" : "ended otherwise";
}

int state_get(const struct host *h, const struct kernel *k,
	      void (*say)(void *arg, const char *line), void *arg, struct state **s)
{
	say(arg, "booting");
	usleep(2000);
	if (!strcmp(k->name, "dead"))
		return err_set(-EIO, "no READY within 60 s; see /some/console.txt");
	*s = xcalloc(1, sizeof(**s));
	(*s)->kernel = k;
	(*s)->host = h;
	with_devices += h->guest.devices == DEVICES_ON;
	(*s)->release = xasprintf("%s-paper", k->version);
	(*s)->version = xstrdup(k->version);
	states++;
	return 0;
}

void state_put(struct state *s)
{
	free(s->release);
	free(s->version);
	free(s);
	puts_++;
}

/* A thread's guests: is one here? */
struct warm {
	bool here;
};

static atomic_uint dropped;

struct warm *warm_new(const struct host *h)
{
	return h->warm == WARM_NO ? NULL : xcalloc(1, sizeof(struct warm));
}

void warm_free(struct warm *w)
{
	free(w);
}

void warm_drop(struct warm *w, const struct state *s)
{
	dropped++;
	w->here = false;
}

/* What some do in company of others only, and only in their second variant. */
static bool misbehaves(const struct vm_job *job, bool company, const char *what)
{
	return company && !strcmp(job->exe, what) && !strcmp(job->args, "-v anon-rdma");
}

/* How often @what was begun, on any kernel. */
static unsigned int nth_of(const char *what)
{
	unsigned int n = 0;

	for (const char *s = order; (s = strstr(s, what)); s++)
		n++;
	return n / 2;
}

static void paper_run(const struct state *s, const struct vm_job *job, struct vm_result *r,
		      bool company)
{
	const char *what = job->exe, *variant = job->args + 3;
	unsigned int n = ++now_running, nth;

	if (n > most_running)
		most_running = n;
	pthread_mutex_lock(&log_lock);
	if (strlen(order) < sizeof(order) - 100)
		sprintf(order + strlen(order), "%s%s:%s ", s->kernel->name,
			s->host->guest.devices == DEVICES_ON ? "+" : "", what);
	last_seed = job->seed;
	snprintf(last_args, sizeof(last_args), "%s", job->args);
	pthread_mutex_unlock(&log_lock);
	memset(r, 0, sizeof(*r));
	r->why = xstrdup("");
	r->cmdline = xstrdup("qemu-system-paper");
	r->total_ms = 20;
	nth = ++runs;
	usleep(!strcmp(what, "hangs") ? 500000 : !strcmp(what, "slow") ? 20000 : 1000);
	if (!strcmp(what, "sigint") && nth == 5)
		kill(getpid(), SIGINT);
	if (interrupted) {
		r->end = VM_INTERRUPTED;
	} else if (!strcmp(what, "crash") || misbehaves(job, company, "kills")) {
		r->end = VM_PANIC;
		buf_printf(&r->marks, "1 setup\n2 fork\n");
		buf_printf(&r->console, "[    9.0] BUG: unable to handle page fault\n");
	} else if (!strcmp(what, "fail") ||
		   (!strcmp(s->kernel->name, "new") &&
		    (!strcmp(what, "worse") || (!strcmp(what, "chance") && nth_of(what) % 2))) ||
		   misbehaves(job, company, "shy") ||
		   (!strcmp(what, "stale") && job->warm && job->warm->here)) {
		r->end = VM_ENDED;
		r->wait_status = 1 << 8;
		buf_printf(&r->output,
			   "TAP version 13\n1..1\n"
			   "# cowpen {\"step\":\"4 "
			   "cpu_write\",\"clause\":\"C1\",\"seen\":\"old\"}\n"
			   "not ok 1 scene.%s.t # C1\n",
			   variant);
	} else if (misbehaves(job, company, "unmet")) {
		r->end = VM_ENDED;
		r->wait_status = 4 << 8;
		buf_printf(&r->output,
			   "TAP version 13\n1..1\n"
			   "# cowpen {\"status\":\"inconclusive\",\"step\":\"5 race\","
			   "\"reason\":\"no window\"}\n"
			   "ok 1 scene.%s.t # SKIP no window\n",
			   variant);
	} else {
		r->end = VM_ENDED;
		buf_printf(&r->output, "TAP version 13\n1..1\nok 1 scene.%s.t\n", variant);
		r->taint_after = misbehaves(job, company, "taints") ? 512 : 0;
		if (misbehaves(job, company, "leaves"))
			r->left = xstrdup("2 of 24 free huge pages are gone");
	}
	r->output_total = r->output.len;
	now_running--;
}

void vm_run(const struct state *s, const struct vm_job *job, struct vm_result *r)
{
	guests++;
	paper_run(s, job, r, false);
	if (!job->warm)
		return;
	r->warm = job->warm->here;
	job->warm->here = r->end == VM_ENDED;
}

size_t vm_run_several(const struct state *s, const struct vm_job *job, size_t n, vm_done_fn *done,
		      void *arg)
{
	guests++;
	for (size_t i = 0; i < n; i++) {
		struct vm_result r;
		bool dead;

		paper_run(s, &job[i], &r, true);
		dead = r.end != VM_ENDED;
		if (!done(arg, i, &r) || dead)
			return i + 1;
	}
	return n;
}

void vm_result_free(struct vm_result *r)
{
	buf_free(&r->output);
	buf_free(&r->marks);
	buf_free(&r->kmsg);
	buf_free(&r->console);
	buf_free(&r->hang);
	free(r->why);
	free(r->left);
	free(r->cmdline);
}

/* --- a run over it -------------------------------------------------------------- */

static char dir[] = "/tmp/cowpen-test-XXXXXX";
static struct host host = { .qemu_version = "7.2.22", .accel_why = "paper" };
static struct kernel kernels[] = {
	{ .name = "old",
	  .source = "stock",
	  .spec = "old",
	  .version = "5.10.262",
	  .release = "",
	  .package = "linux-old 5.10.262-1",
	  .sha256 = "aa" },
	{ .name = "new",
	  .source = "stock",
	  .spec = "new",
	  .version = "7.3.4",
	  .release = "",
	  .package = "linux-new 7.3.4-1",
	  .sha256 = "bb" },
	{ .name = "dead",
	  .source = "stock",
	  .spec = "dead",
	  .version = "6.1",
	  .release = "",
	  .package = "",
	  .sha256 = "cc" },
};

static struct variant variants[] = {
	{ .name = "anon-io_uring" },
	{ .name = "anon-rdma" },
	{ .name = "thp-rdma" },
};

#define NCASES 6
static struct tcase cases[NCASES];
static struct expectation old_fails = {
	.bug = "",
	.stable = "",
	.from = "5.9",
	.to = "5.19",
	.fix = "6c287605fd56",
	.reason = "counts references",
	.variants = "anon-*",
	.clauses = "C1 C8",
};

struct setup {
	struct test_list tests;
	struct kernel *k[3];
	struct runner r;
	struct runner_result res;
	char *id;
};

static void add_case(struct setup *s, unsigned int i, const char *exe, size_t nv)
{
	struct tcase *c = &cases[i];

	*c = (struct tcase){ .area = "area",
			     .name = (char *)exe,
			     .id = xasprintf("area/%s%u", exe, i),
			     .exe = (char *)exe,
			     .exe_sha256 = "ee",
			     .clauses = "C1",
			     .test = "t",
			     .v = variants,
			     .nv = nv };
	for (size_t v = 0; v < nv; v++) {
		s->tests.t = xrealloc(s->tests.t, (s->tests.n + 1) * sizeof(*s->tests.t));
		s->tests.t[s->tests.n++] = (struct test){
			.c = c,
			.v = &variants[v],
			.name = xasprintf("%s/%s", c->id, variants[v].name),
		};
	}
}

static void prepare(struct setup *s, size_t nkernels)
{
	memset(s, 0, sizeof(*s));
	for (size_t i = 0; i < nkernels; i++)
		s->k[i] = &kernels[i];
	s->r = (struct runner){ .host = &host,
				.kernels = s->k,
				.nkernels = nkernels,
				.tests = &s->tests,
				.jobs = 3,
				.repeat = 1,
				.seed = 42,
				.out = fopen("/dev/null", "w") };
	interrupted = false;
	runs = states = with_devices = puts_ = most_running = guests = dropped = 0;
	host.warm = WARM_NO;
	order[0] = '\0';
	host.kvm = false;
	guest_default(&host.guest);
}

static void start(struct setup *s)
{
	struct run_info info;

	run_info_init(&info);
	for (size_t i = 0; i < s->r.nkernels; i++)
		run_info_add_kernel(&info, s->k[i]->name);
	for (size_t i = 0; i < s->tests.n; i++)
		run_info_add_test(&info, s->tests.t[i].name);
	info.repeat = s->r.repeat;
	if (run_create(dir, &info, &s->r.run))
		fail_msg("%s", err_msg());
	s->id = xstrdup(s->r.run->id);
	run_info_free(&info);
}

static void go(struct setup *s)
{
	free(s->res.error_text);
	buf_free(&s->res.notes);
	if (runner_run(&s->r, &s->res))
		fail_msg("%s", err_msg());
}

/* As a second cowpen would see it. */
static void reopen(struct setup *s)
{
	run_free(s->r.run);
	if (run_resume(dir, s->id, &s->r.run))
		fail_msg("%s", err_msg());
	interrupted = false;
	runs = 0;
	order[0] = '\0';
}

static void done(struct setup *s)
{
	for (size_t i = 0; i < s->tests.n; i++)
		free(s->tests.t[i].name);
	free(s->tests.t);
	for (size_t i = 0; i < NCASES; i++) {
		free(cases[i].id);
		cases[i].id = NULL;
	}
	fclose(s->r.out);
	run_free(s->r.run);
	free(s->id);
	free(s->res.error_text);
	buf_free(&s->res.notes);
}

static const struct record *find(const struct setup *s, const char *kernel, const char *test)
{
	const struct record *r = run_find(s->r.run, kernel, test, 0);

	if (!r)
		fail_msg("no record of %s on %s", test, kernel);
	return r;
}

/* --- tests ------------------------------------------------------------------------ */

/* An expectation holds for its clause; what a newer kernel does otherwise is its news. */
static void clause_and_age(void **state)
{
	static char name[] = "old", version[] = "5.10.261-1";
	struct measured_kernel before = { .name = name, .version = version };
	static struct expectation leaks = {
		.bug = "",
		.stable = "",
		.from = "5.9",
		.to = "",
		.fix = "",
		.reason = "leaks",
		.variants = "*",
		.clauses = "C2",
	};
	struct measured m = { .k = &before, .n = 1 };

	for (int newer = 0; newer < 2; newer++) {
		const struct record *r;
		struct setup s;

		prepare(&s, 1);
		add_case(&s, 0, "fail", 1);
		cases[0].known = (struct expectations){ .e = &leaks, .n = 1 };
		add_case(&s, 1, "pass", 1);
		cases[1].known = (struct expectations){ .e = &old_fails, .n = 1 };
		add_case(&s, 2, "fail", 1);
		cases[2].known = (struct expectations){ .e = &old_fails, .n = 1 };
		s.r.measured = newer ? &m : NULL;
		s.r.isolation = ISO_AREA;
		start(&s);
		go(&s);
		/* Not as expected in company, and so once more alone. */
		r = find(&s, "old", "area/fail0/anon-io_uring");
		assert_int_equal(r->verdict, newer ? V_BROKEN : V_FAIL);
		assert_string_equal(r->isolation, "test");
		assert_string_equal(r->reason, "known to fail by C2: leaks");
		assert_string_equal(r->known, "C2");
		assert_string_equal(r->measured, newer ? version : "");
		r = find(&s, "old", "area/pass1/anon-io_uring");
		assert_int_equal(r->verdict, newer ? V_FIXED : V_XPASS);
		r = find(&s, "old", "area/fail2/anon-io_uring");
		assert_int_equal(r->verdict, V_XFAIL);
		assert_string_equal(r->isolation, "area");
		assert_int_equal(run_exit_code(s.r.run, false), 1);
		done(&s);
	}
}

static void crash_costs_one_test(void **state)
{
	const struct record *r;
	struct setup s;
	char *path;

	prepare(&s, 2);
	add_case(&s, 0, "pass", 3);
	add_case(&s, 1, "crash", 1);
	add_case(&s, 2, "fail", 1);
	cases[2].known = (struct expectations){ .e = &old_fails, .n = 1 };
	start(&s);
	go(&s);
	assert_int_equal(s.res.planned, 10);
	assert_int_equal(s.res.done, 10);
	assert_int_equal(s.r.run->nrec, 10);
	assert_int_equal(states, 2);
	assert_int_equal(puts_, 2);
	assert_true(most_running <= 3);

	r = find(&s, "new", "area/crash1/anon-io_uring");
	assert_int_equal(r->status, ST_CRASH);
	assert_int_equal(r->verdict, V_FAIL);
	assert_string_equal(r->step, "2 fork");
	assert_string_equal(r->reason, "BUG: unable to handle page fault");
	path = xasprintf("%s/%s", s.r.run->dir, r->log);
	assert_int_equal(access(path, R_OK), 0);
	free(path);

	r = find(&s, "old", "area/fail2/anon-io_uring");
	assert_int_equal(r->status, ST_FAIL);
	assert_int_equal(r->expected, ST_FAIL);
	assert_int_equal(r->verdict, V_XFAIL);
	assert_string_equal(r->fix, "6c287605fd56");
	assert_string_equal(r->reason, "counts references");
	assert_string_equal(r->release, "5.10.262-paper");
	assert_string_equal(r->package, "linux-old 5.10.262-1");
	assert_string_equal(r->accel, "tcg");
	r = find(&s, "new", "area/fail2/anon-io_uring");
	assert_int_equal(r->verdict, V_FAIL);
	r = find(&s, "new", "area/pass0/thp-rdma");
	assert_int_equal(r->verdict, V_PASS);
	assert_string_equal(r->log, "");
	assert_int_equal(run_exit_code(s.r.run, false), 1);
	done(&s);
}

/* One that waits for nobody's processor is in nobody's way, if more are allowed. */
static void hung_test_is_not_waited_for(void **state)
{
	static const struct {
		unsigned int spare, at_once;
		bool idle;
	} when[] = { { 1, 2, true }, { 1, 1, false }, { 0, 1, true } };
	struct setup s;

	for (size_t i = 0; i < 3; i++) {
		prepare(&s, 1);
		add_case(&s, 0, "hangs", 3);
		s.r.jobs = 1;
		s.r.spare = when[i].spare;
		idle = when[i].idle;
		start(&s);
		go(&s);
		assert_int_equal(s.res.done, 3);
		assert_int_equal(most_running, when[i].at_once);
		done(&s);
	}
	idle = false;
}

static void xpass_is_not_silent(void **state)
{
	struct setup s;

	prepare(&s, 1);
	add_case(&s, 0, "pass", 1);
	cases[0].known = (struct expectations){ .e = &old_fails, .n = 1 };
	start(&s);
	go(&s);
	assert_int_equal(find(&s, "old", "area/pass0/anon-io_uring")->verdict, V_XPASS);
	assert_int_equal(run_exit_code(s.r.run, false), 1);
	assert_int_equal(run_exit_code(s.r.run, true), 0);
	done(&s);
}

static void dead_kernel_costs_its_own(void **state)
{
	char *bad[3] = { NULL, NULL, NULL };
	const struct record *r;
	struct setup s;

	prepare(&s, 3);
	add_case(&s, 0, "pass", 2);
	start(&s);
	go(&s);
	assert_int_equal(s.res.done, 6);
	assert_int_equal(runs, 4);
	r = find(&s, "dead", "area/pass0/anon-rdma");
	assert_int_equal(r->status, ST_ERROR);
	assert_int_equal(r->verdict, V_ERROR);
	assert_non_null(strstr(r->reason, "kernel did not boot: no READY"));
	assert_int_equal(find(&s, "new", "area/pass0/anon-rdma")->verdict, V_PASS);
	assert_int_equal(run_exit_code(s.r.run, false), 2);

	/* Errors are no results: they are tried again; here the kernel cannot be had at all. */
	reopen(&s);
	bad[2] = "kernel not to be had: no mirror";
	s.r.kernel_bad = bad;
	go(&s);
	assert_int_equal(runs, 0);
	assert_int_equal(s.res.before, 4);
	assert_int_equal(s.res.done, 2);
	r = find(&s, "dead", "area/pass0/anon-rdma");
	assert_string_equal(r->reason, "kernel not to be had: no mirror");
	done(&s);
}

static void interrupt_keeps_results(void **state)
{
	size_t kept;
	struct setup s;

	prepare(&s, 2);
	for (unsigned int i = 0; i < NCASES; i++)
		add_case(&s, i, "sigint", 3);
	start(&s);
	go(&s);
	assert_true(s.res.interrupted);
	assert_int_equal(s.res.planned, 36);
	assert_true(s.res.done < 36);
	kept = s.r.run->nrec;
	assert_int_equal(kept, s.res.done);
	assert_int_equal(run_exit_code(s.r.run, false), 2);
	assert_int_equal(states, puts_);

	/* A second Ctrl-C does nothing worse. */
	kill(getpid(), SIGINT);

	/* Going on runs the rest and nothing else. */
	reopen(&s);
	runs = 100; /* no signal this time */
	assert_int_equal(s.r.run->nrec, kept);
	go(&s);
	assert_false(s.res.interrupted);
	assert_int_equal(s.res.before, kept);
	assert_int_equal(s.res.done, 36 - kept);
	assert_int_equal(runs, 100 + 36 - kept);
	assert_int_equal(run_exit_code(s.r.run, false), 0);

	/* And once more: nothing is left to do. */
	reopen(&s);
	go(&s);
	assert_int_equal(runs, 0);
	assert_int_equal(s.res.before, 36);

	/* Another build of a case is another test. */
	reopen(&s);
	cases[3].exe_sha256 = "changed";
	runs = 100; /* no signal, here either */
	go(&s);
	assert_int_equal(runs, 106);
	done(&s);
}

static void full_disk_stops(void **state)
{
	struct setup s;
	struct run *r;
	int keep, full = open("/dev/full", O_WRONLY);

	if (full < 0)
		skip();
	prepare(&s, 1);
	for (unsigned int i = 0; i < NCASES; i++)
		add_case(&s, i, "pass", 3);
	s.r.jobs = 2;
	start(&s);
	keep = s.r.run->fd;
	s.r.run->fd = full;
	go(&s);
	assert_int_equal(s.res.error, -ENOSPC);
	assert_non_null(strstr(s.res.error_text, "No space left"));
	assert_true(runs <= 4);
	s.r.run->fd = keep;
	close(full);
	assert_int_equal(run_load(dir, s.id, &r), 0);
	assert_int_equal(r->nrec, 0);
	assert_int_equal(run_exit_code(r, false), 2);
	run_free(r);
	reopen(&s);
	go(&s);
	assert_int_equal(s.res.done, 18);
	done(&s);
}

static void longest_first(void **state)
{
	struct setup s;
	struct record r;
	struct run *before;

	prepare(&s, 1);
	add_case(&s, 0, "short", 1);
	add_case(&s, 1, "long", 1);
	add_case(&s, 2, "unknown", 1);
	start(&s);
	before = s.r.run;
	for (unsigned int i = 0; i < 2; i++) {
		record_init(&r);
		record_set(&r.kernel, "old");
		record_set(&r.test, s.tests.t[i].name);
		r.duration_ms = i ? 9000 : 200;
		assert_int_equal(run_append(before, &r), 0);
	}
	free(s.id);
	start(&s);
	s.r.durations = before;
	s.r.jobs = 1;
	go(&s);
	assert_string_equal(order, "old:unknown old:long old:short ");
	run_free(before);
	done(&s);
}

static unsigned int times(const struct setup *s, const char *kernel, const char *test)
{
	unsigned int n = 0;

	for (size_t i = 0; i < s->r.run->nrec; i++)
		n += !strcmp(s->r.run->rec[i].kernel, kernel) &&
		     !strcmp(s->r.run->rec[i].test, test);
	return n;
}

/* What differs is run again on both: at once, in pristine guests, with the same seed. */
static void what_differs_is_run_again(void **state)
{
	struct setup s;
	char said[4096] = "";
	const struct record *a, *b;

	prepare(&s, 2);
	fclose(s.r.out);
	s.r.out = fmemopen(said, sizeof(said), "w");
	add_case(&s, 0, "worse", 1);
	add_case(&s, 1, "fail", 1);
	add_case(&s, 2, "pass", 1);
	s.tests.t[1].turn = s.tests.t[2].turn = 1;
	start(&s);
	s.r.jobs = 1;
	s.r.brief = s.r.interleave = true;
	s.r.certain = certain;
	go(&s);
	assert_string_equal(order, "old:worse new:worse old:worse new:worse "
				   "old:fail new:fail old:pass new:pass ");
	assert_int_equal(s.res.planned, 8);
	assert_int_equal(s.res.done, 8);
	a = run_find(s.r.run, "old", "area/worse0/anon-io_uring", 2);
	b = run_find(s.r.run, "new", "area/worse0/anon-io_uring", 2);
	assert_int_equal(a->status, ST_PASS);
	assert_int_equal(b->status, ST_FAIL);
	assert_int_equal(a->seed, b->seed);
	assert_string_equal(b->isolation, "test");
	fflush(s.r.out);
	assert_non_null(strstr(said, "broken  area/worse0/anon-io_uring: pass -> fail, run 2 times "
				     "on either; seen old\n"));
	done(&s);
}

/* A result that is there already is not believed, either; and what may be worse is not told. */
static void also_of_a_run_that_goes_on(void **state)
{
	struct setup s;
	char said[4096] = "";

	prepare(&s, 2);
	add_case(&s, 0, "worse", 1);
	start(&s);
	s.r.jobs = 1;
	go(&s);
	assert_int_equal(times(&s, "old", "area/worse0/anon-io_uring"), 1);
	reopen(&s);
	fclose(s.r.out);
	s.r.out = fmemopen(said, sizeof(said), "w");
	s.r.certain = certain;
	s.tests.t[0].accepted = true;
	go(&s);
	assert_string_equal(order, "old:worse new:worse ");
	fflush(s.r.out);
	assert_null(strstr(said, "broken"));
	done(&s);
}

/* Now so, now so: as often as it takes, and no more often than that. */
static void chance_is_no_verdict(void **state)
{
	struct setup s;

	prepare(&s, 2);
	add_case(&s, 0, "chance", 1);
	start(&s);
	s.r.jobs = 1;
	s.r.interleave = true;
	s.r.certain = certain;
	go(&s);
	assert_int_equal(times(&s, "old", "area/chance0/anon-io_uring"), 5);
	assert_int_equal(times(&s, "new", "area/chance0/anon-io_uring"), 5);
	assert_int_equal(s.res.notes.len, 0);
	done(&s);
}

static void seeds(void **state)
{
	struct setup s;
	uint64_t a, b;
	char *replay;

	prepare(&s, 2);
	add_case(&s, 0, "pass", 1);
	s.r.repeat = 3;
	start(&s);
	go(&s);
	assert_int_equal(s.r.run->nrec, 6);
	a = run_find(s.r.run, "old", "area/pass0/anon-io_uring", 2)->seed;
	b = run_find(s.r.run, "new", "area/pass0/anon-io_uring", 2)->seed;
	assert_true(a == b);
	assert_true(a != run_find(s.r.run, "old", "area/pass0/anon-io_uring", 1)->seed);
	assert_true(a == runner_test_seed(&s.r, "area/pass0/anon-io_uring", 2));
	s.r.seed = 43;
	assert_true(a != runner_test_seed(&s.r, "area/pass0/anon-io_uring", 2));
	done(&s);

	/* The replay line gives the test the very seed that is in it. */
	prepare(&s, 1);
	add_case(&s, 0, "pass", 1);
	s.r.seed = 0xabcULL;
	s.r.seed_is_tests = true;
	start(&s);
	go(&s);
	assert_true(last_seed == 0xabc);
	assert_string_equal(last_args, "-v anon-io_uring");
	assert_string_equal(s.r.run->rec[0].replay, "make run CASE=area/pass0/anon-io_uring "
						    "KERNEL=old SEED=0xabc ACCEL=tcg");
	done(&s);
	host.kvm = true;
	host.guest.smp = 2;
	host.guest.mem_mib = 256;
	host.guest.swap = SWAP_OFF;
	replay = runner_replay("a/b/c", "/home/me/my kernel's/bzImage", 1, &host, "A=1\nB=2\n");
	assert_string_equal(replay, "make run CASE=a/b/c KERNEL='/home/me/my kernel'\\''s/bzImage' "
				    "SEED=0x1 ACCEL=kvm SMP=2 GUEST='mem=256 swap=off' ENV='A=1 "
				    "B=2'");
	free(replay);
	replay = runner_env("A=1\nnew:B=2:3\nold:C=4\nD=a:b\n", "new");
	assert_string_equal(replay, "A=1\nB=2:3\nD=a:b\n");
	free(replay);
	replay = runner_env(NULL, "new");
	assert_string_equal(replay, "");
	free(replay);
}

/* What a test needs it gets, and all others have the guest that they always had. */
static void another_guest(void **state)
{
	struct setup s;

	prepare(&s, 1);
	variants[1].guest = (char *)"devices=on";
	add_case(&s, 0, "pass", 2);
	s.r.jobs = 1;
	start(&s);
	go(&s);
	assert_int_equal(s.res.done, 2);
	assert_int_equal(states, 2);
	assert_int_equal(puts_, 2);
	assert_int_equal(with_devices, 1);
	assert_non_null(strstr(order, "old:pass"));
	assert_non_null(strstr(order, "old+:pass"));
	assert_string_equal(s.r.run->rec[0].guest, "");
	assert_string_equal(s.r.run->rec[1].guest, "");
	done(&s);

	/* If the user says so, nobody has it. */
	prepare(&s, 1);
	host.guest.devices = DEVICES_OFF;
	add_case(&s, 0, "pass", 2);
	start(&s);
	go(&s);
	assert_int_equal(states, 1);
	assert_int_equal(with_devices, 0);
	assert_null(strstr(order, "+"));
	done(&s);
	variants[1].guest = NULL;
}

static void nothing_to_run(void **state)
{
	struct setup s;

	prepare(&s, 1);
	start(&s);
	go(&s);
	assert_int_equal(s.res.planned, 0);
	assert_int_equal(run_exit_code(s.r.run, false), 2);
	done(&s);
}

static void lost_log_is_no_lost_result(void **state)
{
	struct setup s;
	char *path;

	prepare(&s, 1);
	add_case(&s, 0, "fail", 1);
	start(&s);
	path = xasprintf("%s/logs", s.r.run->dir);
	assert_int_equal(rmdir(path), 0);
	assert_int_equal(write_file(path, "", 0), 0); /* a file where the folder should be */
	go(&s);
	assert_int_equal(s.res.done, 1);
	assert_string_equal(s.r.run->rec[0].log, "");
	free(path);
	done(&s);
}

/* --- in company ------------------------------------------------------------------- */

/* Of everything planned one record and not two, also in the file. */
static void assert_complete(const struct setup *s)
{
	char *path = xasprintf("%s/results.jsonl", s->r.run->dir);
	struct buf b = { 0 };
	size_t lines = 0;

	assert_int_equal(s->res.before + s->res.done, s->res.planned);
	assert_int_equal(s->r.run->nrec, s->res.planned);
	assert_int_equal(read_file(path, &b), 0);
	for (size_t i = 0; i < b.len; i++)
		lines += b.data[i] == '\n';
	assert_int_equal(lines, s->res.planned);
	buf_free(&b);
	free(path);
}

static void assert_record(const struct setup *s, const char *test, enum status status,
			  const char *isolation, const char *company)
{
	const struct record *r = find(s, "new", test);

	assert_int_equal(r->status, status);
	assert_string_equal(r->isolation, isolation);
	if (strncmp(r->company, company, strlen(company)) || (!*company && *r->company))
		fail_msg("%s: company is \"%s\", not \"%s\"", test, r->company, company);
}

/* One case of three variants on a kernel of today, in company; how many guests it took. */
static unsigned int go_together(struct setup *s, const char *exe)
{
	prepare(s, 2);
	s->k[0] = s->k[1];
	s->r.nkernels = 1;
	add_case(s, 0, exe, 3);
	s->r.isolation = ISO_CASE;
	start(s);
	go(s);
	assert_complete(s);
	return guests;
}

static void pass_in_company_counts(void **state)
{
	struct setup s;

	assert_int_equal(go_together(&s, "pass"), 1);
	assert_record(&s, "area/pass0/anon-io_uring", ST_PASS, "case", "");
	assert_record(&s, "area/pass0/thp-rdma", ST_PASS, "case", "");
	done(&s);
}

static void fail_in_company_runs_again(void **state)
{
	struct setup s;
	char *path;

	assert_int_equal(go_together(&s, "shy"), 2);
	assert_record(&s, "area/shy0/anon-io_uring", ST_PASS, "case", "");
	assert_record(&s, "area/shy0/anon-rdma", ST_PASS, "test", "fail by C1: ");
	assert_record(&s, "area/shy0/thp-rdma", ST_PASS, "case", "");
	assert_true(company_differs(find(&s, "new", "area/shy0/anon-rdma")));
	path = xasprintf("%s/logs/new/area_shy0_anon-rdma.company.txt", s.r.run->dir);
	assert_int_equal(access(path, R_OK), 0);
	free(path);
	done(&s);

	/* What fails alone, too, is no news; all of them failed in company first. */
	assert_int_equal(go_together(&s, "fail"), 4);
	assert_record(&s, "area/fail0/anon-rdma", ST_FAIL, "test", "fail by C1: ");
	assert_false(company_differs(find(&s, "new", "area/fail0/anon-rdma")));
	done(&s);
}

/* Others may be why a race was not met, or compaction moved nothing. */
static void unmet_in_company_runs_again(void **state)
{
	struct setup s;

	assert_int_equal(go_together(&s, "unmet"), 2);
	assert_record(&s, "area/unmet0/anon-io_uring", ST_PASS, "case", "");
	assert_record(&s, "area/unmet0/anon-rdma", ST_PASS, "test", "inconclusive: no window");
	done(&s);
}

/* Whoever has not had his turn when the guest dies, or cannot be trusted any more, gets it alone. */
static void dead_guest_loses_nothing(void **state)
{
	static const char *const exes[] = { "kills", "taints", "leaves" };
	static const char *const was[] = { "crash: BUG", "crash: new taint",
					   "error: left behind: 2 of 24" };
	struct setup s;

	for (size_t i = 0; i < ARRAY_SIZE(exes); i++) {
		char *first = xasprintf("area/%s0/anon-io_uring", exes[i]);
		char *second = xasprintf("area/%s0/anon-rdma", exes[i]);
		char *third = xasprintf("area/%s0/thp-rdma", exes[i]);

		assert_int_equal(go_together(&s, exes[i]), 3);
		assert_record(&s, first, ST_PASS, "case", "");
		assert_record(&s, second, ST_PASS, "test", was[i]);
		assert_record(&s, third, ST_PASS, "test", "");
		done(&s);
		free(first);
		free(second);
		free(third);
	}
}

static void expected_failure_in_company_counts(void **state)
{
	struct setup s;

	prepare(&s, 1);
	add_case(&s, 0, "fail", 3);
	cases[0].known = (struct expectations){ .e = &old_fails, .n = 1 };
	s.r.isolation = ISO_CASE;
	start(&s);
	go(&s);
	assert_complete(&s);
	/* the two anon ones are known to fail; the third is not, and fails again alone */
	assert_int_equal(guests, 2);
	assert_int_equal(runs, 4);
	assert_string_equal(find(&s, "old", "area/fail0/anon-rdma")->isolation, "case");
	assert_string_equal(find(&s, "old", "area/fail0/anon-rdma")->company, "");
	assert_string_equal(find(&s, "old", "area/fail0/thp-rdma")->isolation, "test");
	done(&s);
}

static void one_guest_for_all(void **state)
{
	struct setup s;

	prepare(&s, 2);
	s.k[0] = s.k[1];
	s.r.nkernels = 1;
	add_case(&s, 0, "pass", 2);
	add_case(&s, 1, "kills", 3);
	add_case(&s, 2, "shy", 2);
	s.r.isolation = ISO_NONE;
	start(&s);
	go(&s);
	assert_complete(&s);
	assert_int_equal(guests, 2);
	assert_int_equal(runs, 7);
	assert_record(&s, "area/pass0/anon-io_uring", ST_PASS, "none", "");
	assert_record(&s, "area/kills1/anon-rdma", ST_CRASH, "none", "area/kills1/anon-io_uring");
	assert_record(&s, "area/kills1/thp-rdma", ST_PASS, "none", "");
	assert_record(&s, "area/shy2/anon-rdma", ST_FAIL, "none", "area/shy2/anon-io_uring");
	assert_non_null(strstr(s.res.notes.data, "new: the guest ended with area/kills1/anon-rdma "
						 "(crash); the 3 tests left"));
	done(&s);
}

static void interrupt_in_company(void **state)
{
	static const enum isolation iso[] = { ISO_CASE, ISO_NONE };
	struct setup s;
	size_t kept;

	for (size_t i = 0; i < ARRAY_SIZE(iso); i++) {
		prepare(&s, 2);
		for (unsigned int n = 0; n < NCASES; n++)
			add_case(&s, n, "sigint", 3);
		s.r.isolation = iso[i];
		start(&s);
		go(&s);
		assert_true(s.res.interrupted);
		kept = s.r.run->nrec;
		assert_true(kept >= 1 && kept < 36);
		reopen(&s);
		runs = 100; /* no signal this time */
		go(&s);
		assert_int_equal(s.res.before, kept);
		assert_int_equal(runs, 100 + 36 - kept);
		assert_complete(&s);
		done(&s);
	}
}

static int setup(void **state)
{
	return mkdtemp(dir) ? 0 : -1;
}

static int teardown(void **state)
{
	return remove_tree(dir);
}

/* A warm guest is believed what is expected; all else is asked again of a new one. */
static void warm_is_not_believed_a_failure(void **state)
{
	struct setup s;

	prepare(&s, 1);
	host.warm = WARM_YES;
	s.r.jobs = 1;
	add_case(&s, 0, "pass", 2);
	add_case(&s, 1, "stale", 1);
	add_case(&s, 2, "crash", 1);
	start(&s);
	go(&s);
	assert_int_equal(s.res.done, 4);
	/* the first, one that goes on, and the stale one twice; the crash in a new one */
	assert_int_equal(runs, 5);
	assert_int_equal(dropped, 2);
	assert_string_equal(find(&s, "old", "area/pass0/anon-io_uring")->start, "cold");
	assert_string_equal(find(&s, "old", "area/pass0/anon-rdma")->start, "warm");
	assert_string_equal(find(&s, "old", "area/pass0/anon-rdma")->was_warm, "");
	assert_string_equal(find(&s, "old", "area/stale1/anon-io_uring")->start, "cold");
	assert_int_equal(find(&s, "old", "area/stale1/anon-io_uring")->status, ST_PASS);
	assert_string_equal(find(&s, "old", "area/stale1/anon-io_uring")->was_warm,
			    "fail by C1: old");
	assert_true(warm_differs(find(&s, "old", "area/stale1/anon-io_uring")));
	assert_string_equal(find(&s, "old", "area/crash2/anon-io_uring")->start, "cold");
	assert_false(warm_differs(find(&s, "old", "area/crash2/anon-io_uring")));
	done(&s);
}

/* How often a test fails is told by guests that are all alike. */
static void repeats_are_cold(void **state)
{
	struct setup s;

	prepare(&s, 1);
	host.warm = WARM_YES;
	s.r.jobs = 1;
	s.r.repeat = 3;
	add_case(&s, 0, "pass", 1);
	start(&s);
	go(&s);
	assert_int_equal(s.res.done, 3);
	assert_string_equal(find(&s, "old", "area/pass0/anon-io_uring")->start, "cold");
	done(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(clause_and_age),
		cmocka_unit_test(crash_costs_one_test),
		cmocka_unit_test(hung_test_is_not_waited_for),
		cmocka_unit_test(xpass_is_not_silent),
		cmocka_unit_test(dead_kernel_costs_its_own),
		cmocka_unit_test(interrupt_keeps_results),
		cmocka_unit_test(full_disk_stops),
		cmocka_unit_test(longest_first),
		cmocka_unit_test(what_differs_is_run_again),
		cmocka_unit_test(also_of_a_run_that_goes_on),
		cmocka_unit_test(chance_is_no_verdict),
		cmocka_unit_test(seeds),
		cmocka_unit_test(another_guest),
		cmocka_unit_test(nothing_to_run),
		cmocka_unit_test(lost_log_is_no_lost_result),
		cmocka_unit_test(pass_in_company_counts),
		cmocka_unit_test(fail_in_company_runs_again),
		cmocka_unit_test(unmet_in_company_runs_again),
		cmocka_unit_test(dead_guest_loses_nothing),
		cmocka_unit_test(expected_failure_in_company_counts),
		cmocka_unit_test(one_guest_for_all),
		cmocka_unit_test(interrupt_in_company),
		cmocka_unit_test(warm_is_not_believed_a_failure),
		cmocka_unit_test(repeats_are_cold),
	};

	return cmocka_run_group_tests_name("runner", tests, setup, teardown);
}
