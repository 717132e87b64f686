// SPDX-License-Identifier: GPL-2.0-only
/* `cowpen bench`: what a test costs and where the time goes, against a plain boot. */
#include <argp.h>
#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "accel.h"
#include "cmd.h"
#include "err.h"
#include "interrupt.h"
#include "util.h"
#include "vm.h"
#include "warm.h"

#define MAX_COMMANDS 32
#define MAX_WITHOUT  4
#define BOOTS	     3

struct bench {
	const char *build, *conf, *kernel, *accel;
	unsigned int runs;
	char *command[MAX_COMMANDS];
	unsigned int n;
	const char *without[MAX_WITHOUT];
	unsigned int nwithout;
	bool warm;
};

static const struct argp_option options[] = {
	{ "kernel", 'k', "NAME", 0, "Kernel to run on (default: 6.12)", 0 },
	{ "runs", 'n', "N", 0, "Runs of each test (default: 15)", 0 },
	{ "without", 'w', "NAME=VALUE", 0,
	  "Instead: what each test costs more than with this in its environment, in pairs", 0 },
	{ "warm", 'W', NULL, 0, "Instead: each test in a new QEMU and in a warm one, in pairs", 0 },
	{ "accel", 'a', "WORD", 0, "auto, kvm or tcg", 0 },
	{ "build", 'b', "DIR", 0, "Where the build is (default: where this program is)", 0 },
	{ "conf", 'c', "FILE", 0, "List of kernels (default: kernel-config/kernels.conf)", 0 },
	{ 0 },
};

static error_t parse(int key, char *arg, struct argp_state *st)
{
	struct bench *b = st->input;

	switch (key) {
	case 'k':
		b->kernel = arg;
		return 0;
	case 'n':
		b->runs = atoi(arg);
		if (!b->runs || b->runs > 10000)
			argp_error(st, "--runs must be 1 to 10000");
		return 0;
	case 'w':
		if (b->nwithout == MAX_WITHOUT)
			argp_error(st, "more than %d of --without", MAX_WITHOUT);
		b->without[b->nwithout++] = arg;
		return 0;
	case 'W':
		b->warm = true;
		return 0;
	case 'a':
		b->accel = arg;
		return 0;
	case 'b':
		b->build = arg;
		return 0;
	case 'c':
		b->conf = arg;
		return 0;
	case ARGP_KEY_ARG:
		if (b->n == MAX_COMMANDS)
			argp_error(st, "more than %d commands", MAX_COMMANDS);
		b->command[b->n++] = arg;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static int by_value(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

static double median(double *v, size_t n)
{
	if (!n)
		return 0;
	qsort(v, n, sizeof(*v), by_value);
	return n % 2 ? v[n / 2] : (v[n / 2 - 1] + v[n / 2]) / 2;
}

static double children_cpu_ms(void)
{
	struct rusage u;

	getrusage(RUSAGE_CHILDREN, &u);
	return (u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1e3 +
	       (u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e3;
}

static void say(void *arg, const char *line)
{
	fprintf(stderr, "%s\n", line);
}

/* "EXE ARGS": split into @exe (to free) and the arguments. */
static const char *split(const char *command, char **exe)
{
	size_t n = strcspn(command, " \t");

	*exe = xasprintf("%.*s", (int)n, command);
	return command + n + strspn(command + n, " \t");
}

/* --- one after the other ------------------------------------------------------ */

enum { START, RESTORE, HANDIN, TEST, TOTAL, CPU, RSS, COLUMNS };

static int one_by_one(const struct bench *b, const struct state *s, const char *command,
		      double boot)
{
	double *v[COLUMNS], m[COLUMNS];
	unsigned int bad = 0, n = 0;
	char *exe, *why = NULL;
	const char *args = split(command, &exe), *name = strrchr(exe, '/');
	char *label;

	for (int c = 0; c < COLUMNS; c++)
		v[c] = xcalloc(b->runs, sizeof(double));
	for (unsigned int i = 0; i < b->runs && !vm_interrupted(); i++) {
		struct vm_job job = { .exe = exe, .args = args, .env = "" };
		double cpu = children_cpu_ms();
		struct vm_result r;

		vm_run(s, &job, &r);
		if (r.end == VM_ENDED) {
			v[START][n] = r.start_ms;
			v[RESTORE][n] = r.restore_ms;
			v[HANDIN][n] = r.handin_ms;
			v[TEST][n] = r.test_ms;
			v[TOTAL][n] = r.total_ms;
			v[CPU][n] = children_cpu_ms() - cpu;
			v[RSS][n++] = r.rss_kib / 1024.0;
		} else {
			bad++;
			if (!why)
				why = xasprintf("%s: %s", vm_end_name(r.end), r.why);
		}
		vm_result_free(&r);
	}
	for (int c = 0; c < COLUMNS; c++)
		m[c] = median(v[c], n);
	label = xasprintf("%s %s", name ? name + 1 : exe,
			  strncmp(args, "-v ", 3) ? args : args + 3);
	printf("%-28.28s %6.0f %8.0f %8.0f %6.0f %6.0f %7.0f %6.0f", label, m[START], m[RESTORE],
	       m[HANDIN], m[TEST], m[TOTAL], m[CPU], m[RSS]);
	free(label);
	if (n)
		printf("   1/%.0f of a boot; total %.0f..%.0f\n", m[TOTAL] ? boot / m[TOTAL] : 0,
		       v[TOTAL][0], v[TOTAL][n - 1]);
	else
		printf("\n");
	if (bad)
		printf("  %u of %u runs did not end as they should; the first: %s\n", bad, b->runs,
		       why);
	for (int c = 0; c < COLUMNS; c++)
		free(v[c]);
	free(why);
	free(exe);
	return bad ? 1 : 0;
}

/* --- in pairs ------------------------------------------------------------------ */

/* Processor time of one run; negative if it did not end well. */
static double run_cpu_ms(const struct state *s, const char *exe, const char *args, const char *env)
{
	struct vm_job job = { .exe = exe, .args = args, .env = env };
	double cpu = children_cpu_ms();
	struct vm_result r;
	bool ok;

	vm_run(s, &job, &r);
	cpu = children_cpu_ms() - cpu;
	ok = r.end == VM_ENDED && !r.wait_status;
	vm_result_free(&r);
	return ok ? cpu : -1;
}

/*
 * By turns, and which is first by turns too: what else the machine does hits both
 * alike, and the ratio within a pair is what stays.
 */
static int in_pairs(const struct bench *b, const struct state *s, const char *command,
		    const char *without, double *sum)
{
	double *ratio = xcalloc(b->runs, sizeof(*ratio)), *cpu = xcalloc(b->runs, sizeof(*cpu));
	const char *args, *name;
	unsigned int n = 0, bad = 0;
	char *exe, *label;

	args = split(command, &exe);
	name = strrchr(exe, '/');
	for (unsigned int i = 0; i < b->runs && !vm_interrupted(); i++) {
		double first = run_cpu_ms(s, exe, args, i % 2 ? without : "");
		double second = run_cpu_ms(s, exe, args, i % 2 ? "" : without);
		double with = i % 2 ? second : first, less = i % 2 ? first : second;

		if (with <= 0 || less <= 0) {
			bad++;
			continue;
		}
		cpu[n] = with;
		ratio[n++] = with / less;
	}
	label = xasprintf("%s %s", name ? name + 1 : exe,
			  strncmp(args, "-v ", 3) ? args : args + 3);
	*sum = median(ratio, n);
	if (n)
		printf("%-32.32s %-22.22s %7.0f   x %.3f  (quartiles %.3f..%.3f, %u pairs)\n",
		       label, without, median(cpu, n), *sum, ratio[n / 4], ratio[n - 1 - n / 4], n);
	if (bad)
		printf("  %u of %u pairs of %s did not end as they should\n", bad, b->runs, label);
	free(label);
	free(exe);
	free(ratio);
	free(cpu);
	return bad ? 1 : 0;
}

static int all_in_pairs(const struct bench *b, const struct state *s)
{
	double *ratio = xcalloc(b->n, sizeof(*ratio));
	int ret = 0;

	printf("%-32s %-22s %7s   what it costs\n", "median of pairs", "against", "cpu ms");
	for (unsigned int w = 0; w < b->nwithout; w++) {
		for (unsigned int i = 0; i < b->n && !vm_interrupted(); i++)
			ret |= in_pairs(b, s, b->command[i], b->without[w], &ratio[i]);
		printf("%-32s %-22.22s %7s   x %.3f\n", "median of them", b->without[w], "",
		       median(ratio, b->n));
	}
	free(ratio);
	return ret;
}

/* --- a new QEMU, and one that goes on -------------------------------------------- */

/* QEMU's processor time of one run, ms; negative if it did not end well, or not as @w tells. */
static double run_once(const struct state *s, const char *exe, const char *args, struct warm *w,
		       bool is_warm)
{
	struct vm_job job = { .exe = exe, .args = args, .env = "", .warm = w };
	struct vm_result r;
	double cpu;

	vm_run(s, &job, &r);
	cpu = r.end == VM_ENDED && r.warm == is_warm ? r.cpu_us / 1e3 : -1;
	vm_result_free(&r);
	return cpu;
}

/* By turns, as in in_pairs(). */
static int warm_pairs(const struct bench *b, const struct state *s, const char *command)
{
	double *v[3], m[3];
	struct warm *w = warm_new(s->host);
	const char *args, *name;
	unsigned int n = 0, bad = 0;
	char *exe, *label;

	for (int i = 0; i < 3; i++)
		v[i] = xcalloc(b->runs, sizeof(double));
	args = split(command, &exe);
	name = strrchr(exe, '/');
	bad += run_once(s, exe, args, w, false) < 0; /* it is not warm yet */
	for (unsigned int i = 0; i < b->runs && !vm_interrupted(); i++) {
		double one = run_once(s, exe, args, i % 2 ? w : NULL, i % 2);
		double two = run_once(s, exe, args, i % 2 ? NULL : w, !(i % 2));

		if (one <= 0 || two <= 0) {
			bad++;
			continue;
		}
		v[0][n] = i % 2 ? two : one;
		v[1][n] = i % 2 ? one : two;
		v[2][n] = v[0][n] / v[1][n];
		n++;
	}
	for (int i = 0; i < 3; i++)
		m[i] = median(v[i], n);
	label = xasprintf("%s %s", name ? name + 1 : exe,
			  strncmp(args, "-v ", 3) ? args : args + 3);
	printf("%-32.32s %7.0f %7.0f   x %.1f  (quartiles %.1f..%.1f, %u pairs)\n", label, m[0],
	       m[1], m[2], n ? v[2][n / 4] : 0, n ? v[2][n - 1 - n / 4] : 0, n);
	if (bad)
		printf("  %u of %u runs of %s did not end as they should\n", bad, b->runs, label);
	for (int i = 0; i < 3; i++)
		free(v[i]);
	free(label);
	free(exe);
	warm_free(w);
	return bad ? 1 : 0;
}

static int all_warm(const struct bench *b, const struct state *s)
{
	int ret = 0;

	if (s->host->warm == WARM_NO) {
		printf("no guest is warm: %s\n", s->host->warm_why);
		return 0;
	}
	printf("%-32s %7s %7s   new / warm\n", "processor time, median ms", "new", "warm");
	for (unsigned int i = 0; i < b->n && !vm_interrupted(); i++)
		ret |= warm_pairs(b, s, b->command[i]);
	return ret;
}

/* --- several at once ---------------------------------------------------------- */

struct crowd {
	const struct bench *b;
	const struct state *s;
	atomic_uint next, bad, busy;
	unsigned int runs;
};

static void *worker(void *arg)
{
	struct crowd *c = arg;

	while (!vm_interrupted()) {
		unsigned int i = c->next++;
		struct vm_job job = { .env = "" };
		struct vm_result r;
		char *exe;

		if (i >= c->runs)
			break;
		job.args = split(c->b->command[i % c->b->n], &exe);
		job.exe = exe;
		vm_run(c->s, &job, &r);
		c->bad += r.end != VM_ENDED;
		vm_result_free(&r);
		free(exe);
	}
	c->busy--;
	return NULL;
}

/* Proportional share of memory of process @pid, MiB; 0 if it is gone. */
static double pss(int pid)
{
	char path[64], line[256];
	double kib = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/smaps_rollup", pid);
	f = fopen(path, "re");
	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "Pss: %lf", &kib) == 1)
			break;
	if (f)
		fclose(f);
	return kib / 1024;
}

/* Tests per second with @jobs at a time; the largest PSS of a QEMU seen to @peak. */
static double rate(const struct bench *b, const struct state *s, unsigned int jobs, double *peak,
		   unsigned int *bad)
{
	struct crowd c = { .b = b, .s = s, .runs = b->runs * 2 > 8 ? b->runs * 2 : 8 };
	pthread_t t[16];
	uint64_t t0 = now_ms();

	c.busy = jobs;
	for (unsigned int i = 0; i < jobs; i++)
		pthread_create(&t[i], NULL, worker, &c);
	while (c.busy) {
		int pids[64], n;

		usleep(peak ? 30000 : 5000);
		n = peak ? vm_running(pids, 64) : 0;
		for (int i = 0; i < n; i++) {
			double p = pss(pids[i]);

			if (p > *peak)
				*peak = p;
		}
	}
	for (unsigned int i = 0; i < jobs; i++)
		pthread_join(t[i], NULL);
	*bad += c.bad;
	return c.runs * 1000.0 / (now_ms() - t0 + 1);
}

int bench_main(int argc, char **argv)
{
	static const struct argp argp = {
		.options = options,
		.parser = parse,
		.args_doc = "'EXE [ARGS]'...",
		.doc = "What a test costs on a saved guest, and what a boot costs: medians, ms.",
	};
	struct bench b = { .conf = "kernel-config/kernels.conf", .kernel = "6.12", .runs = 15 };
	static char self[PATH_MAX];
	double boots[BOOTS], boot, one, two, peak = 0, load[3] = { 0 };
	struct kernel_list list = { 0 };
	struct kernel **sel = NULL;
	struct state *s = NULL;
	struct host h = { 0 };
	unsigned int bad = 0;
	char *guest = NULL;
	size_t n = 0;
	int ret = 2;

	if (readlink("/proc/self/exe", self, sizeof(self) - 1) > 0)
		*strrchr(self, '/') = '\0';
	b.build = self;
	if (argp_parse(&argp, argc, argv, 0, NULL, &b))
		return 3;
	guest = xasprintf("%s/guest", b.build);
	if (!b.n) {
		fprintf(stderr, "cowpen: bench: which test? Give an executable, with its arguments "
				"in the "
				"same word\n");
		free(guest);
		return 3;
	}
	if (kernels_read(b.conf, &list) || kernels_select(&list, b.kernel, &sel, &n) ||
	    host_init(&h, b.accel, guest) || kernel_fetch(sel[0]) ||
	    state_get(&h, sel[0], say, NULL, &s)) {
		fprintf(stderr, "cowpen: bench: %s\n", err_msg());
		goto out;
	}
	(void)!getloadavg(load, 3);
	printf("kernel %s (%s), QEMU %s, %s; load %.2f; %u runs\n\n", sel[0]->name, s->release,
	       h.qemu_version, h.accel_why, load[0], b.runs);
	if (b.warm) {
		ret = warm_choose(&h, "1") ? 2 : all_warm(&b, s);
		if (vm_interrupted())
			ret = 2;
		goto out;
	}
	if (b.nwithout) {
		ret = all_in_pairs(&b, s);
		if (vm_interrupted())
			ret = 2;
		goto out;
	}
	for (int i = 0; i < BOOTS; i++) {
		int ms = vm_boot_ms(&h, sel[0]);

		if (ms < 0) {
			fprintf(stderr, "cowpen: bench: %s\n", err_msg());
			goto out;
		}
		boots[i] = ms;
	}
	boot = median(boots, BOOTS);
	printf("%-28s %6s %8s %8s %6s %6s %7s %6s\n", "median, ms", "start", "restore", "hand-in",
	       "test", "total", "cpu", "MiB");
	ret = 0;
	for (unsigned int i = 0; i < b.n && !vm_interrupted(); i++)
		ret |= one_by_one(&b, s, b.command[i], boot);
	printf("%-28s %6s %8s %8s %6s %6.0f   (to the same point, %d runs: %.0f..%.0f)\n",
	       "plain boot", "", "", "", "", boot, BOOTS, boots[0], boots[BOOTS - 1]);

	one = rate(&b, s, 1, NULL, &bad);
	two = rate(&b, s, 2, NULL, &bad);
	rate(&b, s, 2, &peak, &bad); /* to look at memory slows it down: not the same run */
	printf("\n%.1f tests/s with 1 job, %.1f with 2 (x %.2f); %.0f MiB of memory per guest "
	       "(PSS)\n",
	       one, two, one > 0 ? two / one : 0, peak);
	if (bad) {
		printf("%u runs of these did not end as they should\n", bad);
		ret = 1;
	}
	if (vm_interrupted())
		ret = 2;
out:
	state_put(s);
	host_free(&h);
	free(sel);
	kernels_free(&list);
	free(guest);
	return ret;
}
