// SPDX-License-Identifier: GPL-2.0-only
/*
 * Runs the programs of qemu/test/guests in real guests and looks whether the
 * host says of each what it should. Prints KTAP.
 *
 *	vmtest [--guest DIR] [--conf FILE] [KERNEL...]
 */
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "accel.h"
#include "err.h"
#include "interrupt.h"
#include "splat.h"
#include "vm.h"
#include "warm.h"

static struct host host;
static struct state *state;
static const char *kernel_name, *guest_dir;
static unsigned int nr, failed;
static struct warm *warm; /* for those that follow */

static void result(bool ok, const char *name, const char *why)
{
	printf("%sok %u %s %s%s%s\n", ok ? "" : "not ", ++nr, kernel_name, name, ok ? "" : " # ",
	       ok ? "" : why);
	fflush(stdout);
	failed += !ok;
}

/* What is wrong with it, NULL if nothing. */
typedef const char *look_fn(const struct vm_result *r);

#define NEED(cond)                    \
	do {                          \
		if (!(cond))          \
			return #cond; \
	} while (0)

static bool exited(const struct vm_result *r, int status)
{
	return WIFEXITED(r->wait_status) && WEXITSTATUS(r->wait_status) == status;
}

static bool has_splat(const char *text)
{
	char *s = kernel_splat(text, NULL);
	bool has = s;

	free(s);
	return has;
}

static const char *look_hello(const struct vm_result *r)
{
	NEED(exited(r, 0));
	NEED(strstr(r->output.data, "name hello\narg one\narg two\nCOWPEN_SEED=4711\n"
				    "COWPEN_MARK_PORT=0x402\nVMTEST=a b=c\n"));
	NEED(strstr(r->output.data, "stdin -1\n"));
	NEED(!strcmp(r->marks.data, "hello\n"));
	NEED(r->output_total == r->output.len);
	NEED(!r->kmsg.len && !r->console.len && !r->hang.len);
	NEED(!r->taint_before && !r->taint_after);
	NEED(r->total_ms >= r->test_ms);
	return NULL;
}

static const char *look_hello_alone(const struct vm_result *r)
{
	NEED(r->rss_kib > 10000);
	return look_hello(r);
}

static const char *look_panic(const struct vm_result *r)
{
	NEED(strstr(r->why, "sysrq triggered crash"));
	NEED(strstr(r->output.data, "before the panic\n"));
	NEED(strstr(r->marks.data, "step 2: panic\n"));
	NEED(strstr(r->console.data, "Call Trace:"));
	return NULL;
}

static const char *look_timeout(const struct vm_result *r)
{
	NEED(strstr(r->hang.data, "comm "));
	NEED(strstr(r->hang.data, "state "));
	NEED(strstr(r->console.data, "NMI: Not continuing"));
	NEED(strstr(r->console.data, "Call Trace:"));
	NEED(r->total_ms < 15000);
	return NULL;
}

static const char *look_spin(const struct vm_result *r)
{
	NEED(strstr(r->hang.data, "comm spin\n"));
	NEED(strstr(r->hang.data, "state R\n"));
	NEED(strstr(r->marks.data, "spinning\n"));
	NEED(strstr(r->kmsg.data, "sysrq: Show backtrace"));
	return look_timeout(r);
}

static const char *look_blocked(const struct vm_result *r)
{
	NEED(strstr(r->hang.data, "pipe_read"));
	NEED(strstr(r->hang.data, "pause"));
	return look_timeout(r);
}

static const char *look_flood(const struct vm_result *r)
{
	NEED(exited(r, 0));
	NEED(r->output_total == 100000021);
	NEED(r->output.len <= 300000);
	NEED(!strncmp(r->output.data, "first line\n", 11));
	NEED(strstr(r->output.data, "bytes left out]\n"));
	NEED(!strcmp(r->output.data + r->output.len - 10, "last line\n"));
	return NULL;
}

static const char *look_early(const struct vm_result *r)
{
	NEED(exited(r, 3));
	NEED(!strcmp(r->output.data, "gone\n"));
	return NULL;
}

static const char *look_forge(const struct vm_result *r)
{
	NEED(exited(r, 7));
	NEED(r->output.len > 100 && r->output_total == r->output.len);
	return NULL;
}

static const char *look_killall(const struct vm_result *r)
{
	NEED(WIFSIGNALED(r->wait_status) && WTERMSIG(r->wait_status) == SIGKILL);
	NEED(!strcmp(r->output.data, "still here\n"));
	return NULL;
}

static const char *look_child(const struct vm_result *r)
{
	NEED(exited(r, 0));
	NEED(strstr(r->output.data, "parent is done\n"));
	NEED(r->test_ms < 5000);
	return NULL;
}

static const char *look_kmsg(const struct vm_result *r)
{
	NEED(exited(r, 0));
	NEED(strstr(r->kmsg.data, "forged+0x0"));
	NEED(strstr(r->kmsg.data, "drop_caches: 1"));
	NEED(!has_splat(r->kmsg.data));
	return NULL;
}

static const char *look_reset(const struct vm_result *r)
{
	NEED(!strcmp(r->marks.data, "last words\n"));
	return NULL;
}

static const char *look_segv(const struct vm_result *r)
{
	NEED(WIFSIGNALED(r->wait_status) && WTERMSIG(r->wait_status) == SIGSEGV);
	NEED(!strcmp(r->output.data, "about to fault\n"));
	NEED(strstr(r->kmsg.data, "segv[") && strstr(r->kmsg.data, "segfault at 10"));
	NEED(!has_splat(r->kmsg.data));
	return NULL;
}

static const char *look_oom(const struct vm_result *r)
{
	NEED(WIFSIGNALED(r->wait_status) && WTERMSIG(r->wait_status) == SIGKILL);
	NEED(strstr(r->kmsg.data, "Out of memory: Killed process"));
	return NULL;
}

static const char *look_big(const struct vm_result *r)
{
	NEED(exited(r, 0));
	NEED(!strcmp(r->output.data, "sum 6\n"));
	return NULL;
}

static const char *look_no_exec(const struct vm_result *r)
{
	NEED(strstr(r->why, "cannot be run"));
	return NULL;
}

static const char *look_no_file(const struct vm_result *r)
{
	NEED(strstr(r->why, "No such file"));
	return NULL;
}

static const struct {
	const char *exe, *name;
	enum vm_end end;
	unsigned int deadline_ms;
	look_fn *look;
} tests[] = {
	{ "hello", NULL, VM_ENDED, 0, look_hello_alone },
	{ "panic", NULL, VM_PANIC, 0, look_panic },
	{ "spin", NULL, VM_TIMEOUT, 5000, look_spin },
	{ "blocked", NULL, VM_TIMEOUT, 5000, look_blocked },
	{ "flood", NULL, VM_ENDED, 60000, look_flood },
	{ "early", NULL, VM_ENDED, 0, look_early },
	{ "forge", NULL, VM_ENDED, 0, look_forge },
	{ "killall", NULL, VM_ENDED, 0, look_killall },
	{ "child", NULL, VM_ENDED, 0, look_child },
	{ "kmsg", NULL, VM_ENDED, 0, look_kmsg },
	{ "reset", NULL, VM_RESET, 0, look_reset },
	{ "poweroff", NULL, VM_POWEROFF, 0, NULL },
	{ "segv", NULL, VM_ENDED, 0, look_segv },
	{ "oom", NULL, VM_ENDED, 120000, look_oom },
	{ "quit", NULL, VM_BAD_FRAMES, 0, NULL },
	{ "big", NULL, VM_ENDED, 0, look_big },
	{ "Makefile", "no-executable", VM_NO_START, 0, look_no_exec },
	{ "no-such-file", NULL, VM_NO_START, 0, look_no_file },
	{ "hello", "hello-again", VM_ENDED, 0, look_hello_alone },
};

static void run(const char *exe, unsigned int deadline_ms, struct vm_result *r)
{
	char *path = xasprintf("%s/test/%s", guest_dir, exe);
	struct vm_job job = { .exe = path,
			      .args = "one  two",
			      .env = "VMTEST=a b=c\n",
			      .seed = 4711,
			      .deadline_ms = deadline_ms,
			      .max_output = 256 << 10,
			      .warm = warm };

	/* the agent refuses what is no ELF file: any text will do */
	if (!strcmp(exe, "Makefile"))
		job.exe = "Makefile";
	vm_run(state, &job, r);
	free(path);
}

static void one(size_t i)
{
	const char *name = tests[i].name ? tests[i].name : tests[i].exe, *what = NULL;
	char *why = NULL;
	struct vm_result r;

	run(tests[i].exe, tests[i].deadline_ms, &r);
	if (r.end != tests[i].end)
		why = xasprintf("it is \"%s\" instead of \"%s\": %s", vm_end_name(r.end),
				vm_end_name(tests[i].end), r.why);
	else if (tests[i].look)
		what = tests[i].look(&r);
	if (what)
		why = xasprintf("not true: %s (status %#x, %s)", what, r.wait_status, r.why);
	result(!why, name, why);
	if (why)
		printf("# output: %.300s\n# marks: %.100s\n# kmsg: %.300s\n# hang: %.300s\n# "
		       "console: %.600s\n",
		       r.output.data, r.marks.data, r.kmsg.data, r.hang.data, r.console.data);
	free(why);
	vm_result_free(&r);
}

/* --- several at once -------------------------------------------------------- */

#define THREADS 4
#define EACH	5

static void *thread(void *arg)
{
	unsigned int *bad = arg;

	for (int i = 0; i < EACH; i++) {
		struct vm_result r;

		/* one that ends well, one that does not: they must not disturb each other */
		run(i % 2 ? "panic" : "hello", 0, &r);
		*bad += r.end != (i % 2 ? VM_PANIC : VM_ENDED) ||
			(i % 2 ? look_panic(&r) : look_hello(&r));
		vm_result_free(&r);
	}
	return NULL;
}

/* --- one after the other in one guest ------------------------------------------ */

static const char *look_litter(const struct vm_result *r)
{
	NEED(exited(r, 0));
	NEED(!strncmp(r->marks.data, "littered\n", 9));
	NEED(!*r->left);
	return NULL;
}

static const char *look_tidy(const struct vm_result *r)
{
	NEED(exited(r, 0));
	NEED(!strcmp(r->output.data, "tmp 0 shm 0 processes 2 swappiness 60 hugepages 24\n"));
	NEED(!strcmp(r->marks.data, "looked\n"));
	NEED(!r->kmsg.len && !*r->left);
	return NULL;
}

static const char *look_keeps(const struct vm_result *r)
{
	NEED(exited(r, 0));
	NEED(!strcmp(r->left, "2 of 24 free huge pages are gone"));
	return NULL;
}

static const struct {
	const char *exe;
	enum vm_end end;
	look_fn *look;
} in_company[] = {
	{ "hello", VM_ENDED, look_hello },
	{ "litter", VM_ENDED, look_litter },
	{ "tidy", VM_ENDED, look_tidy },
	{ "child", VM_ENDED, look_child },
	{ "kmsg", VM_ENDED, look_kmsg },
	{ "hello", VM_ENDED, look_hello },
	{ "hello", VM_ENDED, look_hello },
	{ "segv", VM_ENDED, look_segv },
	{ "big", VM_ENDED, look_big },
	{ "flood", VM_ENDED, look_flood },
	{ "keeps", VM_ENDED, look_keeps },
	{ "tidy", VM_ENDED, look_tidy },
	{ "panic", VM_PANIC, look_panic },
	{ "hello", VM_ENDED, look_hello }, /* has no turn any more */
};
#define COMPANY ARRAY_SIZE(in_company)

struct company {
	char *why; /* the first that was wrong */
	size_t n, stop_at;
};

static bool on_done(void *arg, size_t nr, struct vm_result *r)
{
	struct company *c = arg;
	const char *what = NULL;

	if (c->why || nr != c->n)
		what = "in turn";
	else if (r->end != in_company[nr].end)
		what = vm_end_name(r->end);
	else
		what = in_company[nr].look(r);
	if (what && !c->why)
		c->why = xasprintf("number %zu, %s: %s (%s, left \"%s\"): %.200s%.200s", nr,
				   in_company[nr].exe, what, r->why, r->left, r->output.data,
				   r->marks.data);
	c->n++;
	vm_result_free(r);
	return nr != c->stop_at;
}

static void company(const char *name, size_t stop_at, size_t want)
{
	struct company c = { .stop_at = stop_at };
	struct vm_job job[COMPANY] = { 0 };
	char *path[COMPANY];
	size_t n;

	for (size_t i = 0; i < COMPANY; i++) {
		path[i] = xasprintf("%s/test/%s", guest_dir, in_company[i].exe);
		job[i] = (struct vm_job){ .exe = path[i],
					  .args = "one  two",
					  .env = "VMTEST=a b=c\n",
					  .seed = 4711,
					  .deadline_ms = 60000,
					  .max_output = 256 << 10 };
	}
	job->warm = warm;
	n = vm_run_several(state, job, COMPANY, on_done, &c);
	if (!c.why && (n != want || c.n != want))
		c.why = xasprintf("%zu results, told of %zu, not %zu", n, c.n, want);
	result(!c.why, name, c.why);
	free(c.why);
	for (size_t i = 0; i < COMPANY; i++)
		free(path[i]);
}

/* --- one after the other, back at the saved state in between ---------------------- */

static void warm_begin(const char *lie)
{
	host.warm_lie = lie;
	warm = warm_new(&host);
}

static void warm_end(void)
{
	warm_free(warm);
	warm = NULL;
	host.warm_lie = NULL;
}

static char why_not[240]; /* what the way back of pristine.c came to */

/* Line and clock (ms) of pristine.c; false if it did not run as @is_warm tells. */
static bool pristine(bool is_warm, char *line, size_t size, long *clock)
{
	struct vm_result r;
	long s = 0, ms = 0;
	char *at;
	bool ok;

	run("pristine", 0, &r);
	ok = r.end == VM_ENDED && exited(&r, 0) && r.warm == is_warm;
	snprintf(why_not, sizeof(why_not), "%s", r.warm_why ? r.warm_why : "");
	snprintf(line, size, "%.*s", (int)strcspn(r.output.data, "\n"), r.output.data);
	at = strstr(r.output.data, "clock ");
	ok = ok && at && sscanf(at, "clock %ld.%ld", &s, &ms) == 2;
	*clock = s * 1000 + ms;
	vm_result_free(&r);
	return ok;
}

/* stain.c ran well; what its guest's way back came to, "" for well. The caller frees. */
static char *stain(bool is_warm)
{
	struct vm_result r;
	char *why;

	run("stain", 0, &r);
	if (r.end != VM_ENDED || !exited(&r, 0) || r.warm != is_warm)
		why = xasprintf("stain: %s, %s, status %#x", vm_end_name(r.end),
				r.warm ? "warm" : "cold", r.wait_status);
	else
		why = xstrdup(r.warm_why ? r.warm_why : "");
	vm_result_free(&r);
	return why;
}

/* What a test leaves is gone, and time is what it was. */
static void warm_is_pristine(void)
{
	char first[200], then[200], why[500] = "";
	long clock = 0, later = 0;

	warm_begin(NULL);
	if (!pristine(false, first, sizeof(first), &clock) ||
	    !pristine(true, first, sizeof(first), &clock))
		snprintf(why, sizeof(why), "the first: %s", first);
	for (int i = 0; i < 3 && !*why; i++) {
		char *bad = stain(true);

		snprintf(why, sizeof(why), "%s", bad);
		free(bad);
	}
	if (!*why && !pristine(true, then, sizeof(then), &later))
		snprintf(why, sizeof(why), "the last: %s", then);
	/* They slept for three seconds, and a busy host may take one to start a test. */
	if (!*why && (strcmp(first, then) || later - clock > 2000))
		snprintf(why, sizeof(why), "%s, clock %ld ms, and then %s, %ld ms", first, clock,
			 then, later);
	result(!*why, "warm-pristine", why);
	warm_end();
	/* What was kept had none of gdb's, and number 0 is somebody's. */
	result(fcntl(STDIN_FILENO, F_GETFD) >= 0, "warm-closes-its-own",
	       "standard input is closed");
}

/* Several tests in a guest that goes on, and one that ends it. */
static void warm_company(void)
{
	char line[200];
	long clock;
	bool ok;

	warm_begin(NULL);
	ok = pristine(false, line, sizeof(line), &clock);
	company("warm-company", COMPANY, COMPANY - 1);
	ok = ok && pristine(false, line, sizeof(line), &clock) &&
	     pristine(true, line, sizeof(line), &clock);
	result(ok, "warm-after-a-panic", line);
	warm_end();
}

/* A way back that goes wrong is noticed, and the guest is not used again. */
static void warm_lie(const char *lie, const char *word)
{
	char *name = xasprintf("warm-lie-%s", lie), *why, line[200];
	long clock;

	warm_begin(lie);
	why = stain(false);
	result(strstr(why, word) && pristine(false, line, sizeof(line), &clock), name, why);
	free(why);
	free(name);
	warm_end();
}

/* Code runs as the test before left it. */
static void warm_stale_code(void)
{
	char *why, line[200] = "";
	long clock;

	warm_begin("code");
	why = stain(false);
	result(!*why && pristine(true, line, sizeof(line), &clock) &&
		       strncmp(line, "stale 0 ", 8) && strstr(why_not, "memory did not hold"),
	       "warm-lie-code",
	       *why	? why :
	       *why_not ? why_not :
			  line);
	free(why);
	warm_end();
}

#define WARM_TESTS 7

static void warm_tests(void)
{
	if (warm_choose(&host, "check") || host.warm == WARM_NO) {
		printf("# no guest is warm: %s\n", host.warm_why);
		for (int i = 0; i < WARM_TESTS; i++)
			result(true, "warm", "");
		return;
	}
	warm_is_pristine();
	warm_company();
	warm_lie("page", "is not what was saved");
	warm_lie("clock", "time stamp counter");
	warm_stale_code();
	host.warm = WARM_NO;
}

static int open_fds(void)
{
	int n = 0;

	for (int i = 0; i < 256; i++)
		n += fcntl(i, F_GETFD) >= 0;
	return n;
}

static void together(void)
{
	unsigned int bad[THREADS] = { 0 }, sum = 0;
	int before = open_fds(), after;
	pthread_t t[THREADS];
	char why[100];

	for (int i = 0; i < THREADS; i++)
		pthread_create(&t[i], NULL, thread, &bad[i]);
	for (int i = 0; i < THREADS; i++) {
		pthread_join(t[i], NULL);
		sum += bad[i];
	}
	after = open_fds();
	snprintf(why, sizeof(why), "%u of %d are wrong; %d descriptors before, %d after", sum,
		 THREADS * EACH, before, after);
	result(!sum && before == after, "several-at-once", why);
}

/* In a process of its own, for after an interrupt nothing runs any more. */
static void interrupt(void)
{
	int status = 0;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (!pid) {
		struct vm_result r;

		signal(SIGALRM, (void (*)(int))vm_interrupt_all);
		alarm(1);
		run("spin", 20000, &r);
		if (r.end != VM_INTERRUPTED || r.total_ms > 5000)
			_exit(1);
		run("hello", 0, &r);
		_exit(r.end == VM_INTERRUPTED ? 0 : 2);
	}
	waitpid(pid, &status, 0);
	result(!status, "interrupt", "it went on");
}

static int child_of(pid_t pid)
{
	char path[64], line[64] = "";
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/children", (int)pid, (int)pid);
	f = fopen(path, "re");
	if (f) {
		(void)!fgets(line, sizeof(line), f);
		fclose(f);
	}
	return atoi(line);
}

/* Neither gone nor a zombie that its new parent has not seen yet. */
static bool runs(int pid)
{
	char path[64], line[256] = "", *p;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	f = fopen(path, "re");
	if (!f)
		return false;
	(void)!fgets(line, sizeof(line), f);
	fclose(f);
	p = strrchr(line, ')');
	return p && p[1] && p[2] != 'Z' && p[2] != 'X';
}

/* Who kills us kills the guests: they may not live on and eat a CPU. */
static void orphan(void)
{
	int status, qemu;
	bool was;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (!pid) {
		struct vm_result r;

		run("spin", 20000, &r);
		_exit(0);
	}
	sleep(1);
	qemu = child_of(pid);
	was = qemu > 0 && runs(qemu);
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	usleep(500000);
	result(was && !runs(qemu), "orphan", was ? "QEMU outlives its parent" : "no QEMU was seen");
}

/* --- a thread that is held from outside ---------------------------------------------- */

static const char *look_held(const struct vm_result *r)
{
	const char *said = r->output.data;

	NEED(exited(r, 0));
	NEED(strstr(said, "hello: 1\n"));
	NEED(strstr(said, "unknown: -2, hits 0, met 0, gone 0,"));
	NEED(strstr(said, "never: 0, hits 0, met 0, gone 0, waited 0, lost 0, in \n"));
	NEED(strstr(said, "seldom: 0, hits 3, met 0, gone 0, waited 0, lost 0, in \n"));
	NEED(strstr(said, "third: 0, hits 3, met 1, gone 1, waited 0, lost 0, in __x64_sys_getp"));
	NEED(strstr(said, "lost: 0, hits 1, met 1, gone 1, waited 1, lost 1, in __x64_sys_getp"));
	return NULL;
}

/* Nobody is there who holds it. */
static const char *look_not_held(const struct vm_result *r)
{
	NEED(exited(r, 0));
	NEED(!strcmp(r->output.data, "hello: 0\n"));
	return NULL;
}

static void held_one(const char *name, look_fn *look, const struct state *in)
{
	char *path = xasprintf("%s/test/held", guest_dir);
	struct vm_job job = { .exe = path, .deadline_ms = 60000 };
	struct vm_result r;
	const char *what;

	vm_run(in, &job, &r);
	what = r.end == VM_ENDED ? look(&r) : r.why;
	result(!what, name, what);
	if (what)
		printf("# output: %.900s\n", r.output.data);
	vm_result_free(&r);
	free(path);
}

/* What nobody can do ends the guest with a line. */
static void held_in_vain(const struct state *in)
{
	char *path = xasprintf("%s/test/held", guest_dir);
	struct vm_job job = { .exe = path, .deadline_ms = 60000, .hide = "nothing" };
	struct vm_result r;

	vm_run(in, &job, &r);
	result(r.end == VM_NO_START && strstr(r.why, "nobody knows how to hide \"nothing\""),
	       "held-in-vain", r.why);
	vm_result_free(&r);
	free(path);
}

static void held(struct kernel *k)
{
	struct host other = host;
	struct state *s;

	other.guest.stub = STUB_ON;
	other.guest.smp = 2;
	held_one("not-held", look_not_held, state);
	if (state_get(&other, k, NULL, NULL, &s)) {
		result(false, "held", err_msg());
		return;
	}
	held_one("held", host.kvm ? look_not_held : look_held, s);
	if (!host.kvm)
		held_in_vain(s);
	state_put(s);
}

static void no_kernel(void)
{
	struct kernel k = { .name = "Makefile", .source = "path", .image = "Makefile" };
	struct state *s = NULL;
	int err = state_get(&host, &k, NULL, NULL, &s);

	result(err && !s && strstr(err_msg(), "no Linux kernel"), "no-kernel", err_msg());
	if (s)
		state_put(s);
}

static void say(void *arg, const char *line)
{
	printf("# %s\n", line);
	fflush(stdout);
}

int main(int argc, char **argv)
{
	static char self[4096];
	const char *conf = "kernel-config/kernels.conf";
	struct kernel_list list = { 0 };
	struct kernel **sel;
	struct buf names = { 0 };
	size_t n;

	if (readlink("/proc/self/exe", self, sizeof(self) - 1) > 0)
		*strrchr(self, '/') = '\0';
	guest_dir = xasprintf("%s/guest", self);
	for (int i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--guest") && i + 1 < argc)
			guest_dir = argv[++i];
		else if (!strcmp(argv[i], "--conf") && i + 1 < argc)
			conf = argv[++i];
		else
			buf_printf(&names, "%s%s", names.len ? " " : "", argv[i]);
	}
	if (!names.len)
		buf_printf(&names, "6.12");
	if (host_init(&host, getenv("ACCEL"), guest_dir) || kernels_read(conf, &list) ||
	    kernels_select(&list, names.data, &sel, &n)) {
		printf("Bail out! %s\n", err_msg());
		return 1;
	}
	printf("KTAP version 1\n1..%zu\n# %s, QEMU %s\n",
	       n * (ARRAY_SIZE(tests) + (host.kvm ? 8 : 9) + WARM_TESTS), host.accel_why,
	       host.qemu_version);
	for (size_t k = 0; k < n; k++) {
		kernel_name = sel[k]->name;
		if (kernel_fetch(sel[k]) || state_get(&host, sel[k], say, NULL, &state)) {
			printf("Bail out! %s\n", err_msg());
			return 1;
		}
		for (size_t i = 0; i < ARRAY_SIZE(tests); i++)
			one(i);
		company("company", COMPANY, COMPANY - 1);
		company("company-ended-early", 4, 5);
		warm_tests();
		together();
		interrupt();
		orphan();
		held(sel[k]);
		no_kernel();
		state_put(state);
	}
	free(sel);
	buf_free(&names);
	kernels_free(&list);
	host_free(&host);
	return failed > 0;
}
