// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "feature.h"
#include "memory.h"
#include "race_calls.h"
#include "window.h"

/*
 * First kprobes are put into all functions that A may call, as one event: its samples are A's
 * calls. Then each function that A does call gets an event of its own: a perf event of it with
 * sample_period = n wakes B when A calls it for the n-th time. A probe at the very beginning of a
 * function is one of ftrace, where there is that, and takes 50 ms: they stand behind it. Probes
 * are never removed, which takes 10 ms each: the guest goes anyway. But only that one is armed at
 * a time whose function is the schedule's. All of them make a process ten times as slow: its fork
 * and its exit call what is probed for each of their pages.
 */

#define TRACING	    "/sys/kernel/tracing/"
#define OPTIMIZE    "/proc/sys/debug/kprobes-optimization"
#define MOST_PROBES 8000
#define MOST_CALLS  20000
#define RING_PAGES  128 /* room for them, in half of it */
#define AT_ONCE	    50	/* schedules for a process, so that little is left behind by each */
#define MOST_LOST   32

struct probed {
	uint64_t addr;
	char name[48];
};

static struct probed *probes;
static unsigned int nprobes;
static uint64_t text; /* the kernel's _text, which probes are told relative to */

/* What all processes share. */
static struct exploring {
	enum calls_for what;
	enum calls_first first;
	bool guess; /* no: who is first is asked for */
	bool done;
	bool alone; /* a process has one schedule, and the noted one is its first */
	unsigned int nraces;
	unsigned int at, last; /* schedules */
	int event;	       /* the id of that of all functions */
	int one[MOST_PROBES];  /* of a function alone */
	bool one_page;
	unsigned int ncalls, nfunctions;
	uint64_t ip[MOST_CALLS];
	unsigned int time[MOST_CALLS]; /* so many times it was called by then */
	unsigned int order[MOST_CALLS];
	/* What held at a call: 0 if it is not known, else who was first, and whether B waited. */
	struct order_held {
		bool known, waited;
		enum calls_first first;
	} held[MOST_CALLS], now;
	bool met;
	char stood[64];
	unsigned int tried, nmet, nwaited, nlost, nother, nerrors;
	char error[160];
	struct lost {
		char stood[64], clause[8];
		char wanted[160], seen[240]; /* of one of them */
		unsigned int n, first, last;
	} lost[MOST_LOST];
	unsigned int ngroups;
	double began, until, ended;
} * x;

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

enum calls_for calls_for(void)
{
	return x ? x->what : CALLS_NOT;
}

unsigned int calls_at(void)
{
	return x->what == CALLS_TRY ? x->order[x->at - 1] : 0;
}

/*
 * Where A's effect comes at one of its calls, those before it are as if B had been first, and
 * those behind it as if A had: who was first at the nearest call that is known. Where that does not
 * hold the other orders are tried, so it is a matter of time only.
 */
static enum calls_first first_nearby(bool waited)
{
	unsigned int n = calls_at() - 1;

	for (unsigned int d = 1; d < x->ncalls; d++) {
		const struct order_held *before = n >= d ? &x->held[n - d] : NULL,
					*behind = n + d < x->ncalls ? &x->held[n + d] : NULL;

		if (before && before->known && before->waited == waited)
			return before->first;
		if (behind && behind->known && behind->waited == waited)
			return behind->first;
	}
	return AS_IT_SEEMS;
}

enum calls_first calls_first(const struct window *w)
{
	enum calls_first first = x->first;

	/* One came when the other was done. */
	if (x->guess)
		first = w->begun ? first_nearby(w->waited) : AS_IT_SEEMS;
	x->now = (struct order_held){ w->begun, w->waited, first };
	return first;
}

/* --- the probes -------------------------------------------------------------------------- */

static bool begins(const char *name, const char *const *with)
{
	for (; *with; with++)
		if (!strncmp(name, *with, strlen(*with)))
			return true;
	return false;
}

/* Of what is beside mm/. */
static bool of_memory(const char *name)
{
	static const char *const those[] = { "userfaultfd_",
					     "handle_userfault",
					     "clear_refs",
					     "pagemap_",
					     "copy_process",
					     "kernel_clone",
					     "dup_mm",
					     "flush_tlb_",
					     "ptep_",
					     "pmdp_",
					     "io_sqe_buffer",
					     "io_pin_pages",
					     "io_buffer_",
					     "__io_uring_reg",
					     "io_uring_reg",
					     "mmput",
					     NULL };

	return begins(name, those);
}

/* What is never a place to stop at, or is called by everybody all the time. */
static bool left_out(const char *name)
{
	static const char *const those[] = {
		"__pfx",	  "__cfi",	 "__traceiter", "perf_trace", "trace_",
		"__bpf_",	  "__probestub", "kmem",	"kmalloc",    "__kmalloc",
		"kfree",	  "kvfree",	 "__kmem",	"__slab",     "___slab",
		"slab_",	  "free_percpu", "pcpu_",	"mod_",	      "__mod_",
		"__x64_",	  "__ia32_",	 "mempool_",	"vmap_",      "usercopy",
		"__check_object", NULL
	};

	return strchr(name, '.') || begins(name, those);
}

static int by_address(const void *a, const void *b)
{
	const struct probed *p = a, *q = b;

	return p->addr < q->addr ? -1 : p->addr > q->addr;
}

/* mm/ is linked in one piece, behind kernel/ and before fs/. */
static bool functions_found(void)
{
	static struct probed all[80000];
	uint64_t from = UINT64_MAX, to = 0, addr;
	char line[512], name[256], type;
	unsigned int n = 0;
	FILE *f = fopen("/proc/kallsyms", "re");

	while (f && fgets(line, sizeof(line), f) && n < sizeof(all) / sizeof(*all)) {
		if (sscanf(line, "%lx %c %255s", &addr, &type, name) != 3 || strchr(line, '['))
			continue;
		if (!strcmp(name, "_text"))
			text = addr;
		if ((type | 32) != 't' || strlen(name) >= sizeof(all->name) || left_out(name))
			continue;
		if (!strncmp(name, "filemap_", 8) && addr < from)
			from = addr;
		if (!strcmp(name, "do_dentry_open"))
			to = addr;
		all[n].addr = addr;
		strcpy(all[n++].name, name);
	}
	if (f)
		fclose(f);
	probes = all;
	for (unsigned int i = 0; i < n; i++)
		if (((all[i].addr >= from && all[i].addr < to) || of_memory(all[i].name)) &&
		    nprobes < MOST_PROBES)
			probes[nprobes++] = all[i];
	qsort(probes, nprobes, sizeof(*probes), by_address);
	return text && to > from && nprobes > 100;
}

static int event_id(const char *event)
{
	char path[96], line[16];

	snprintf(path, sizeof(path), TRACING "events/cowpen/%s/id", event);
	return file_get(path, line, sizeof(line)) ? atoi(line) : -1;
}

/*
 * A name is looked for in all modules, which takes 8 ms. An address is not, but to an event of several
 * probes only one can be added that has no name.
 */
static void probe_put(int fd, const char *event, const struct probed *p, bool alone)
{
	static const int behind[] = { 9, 5, 0 }; /* endbr64 and a call; a call; neither */
	bool ftrace = !access(TRACING "available_filter_functions", F_OK);
	char line[128];
	int len;

	for (unsigned int k = ftrace ? 0 : 2; k < (ftrace ? 2 : 3); k++) {
		len = snprintf(line, sizeof(line),
			       alone ? "p:cowpen/%s 0x%lx\n" : "p:cowpen/%s _text+%lu\n", event,
			       p->addr - (alone ? 0 : text) + behind[k]);
		if (write(fd, line, len) == len)
			return;
	}
}

/* The event's id, or -1. What is there already is of a test before. */
static int probes_put(const char *event, unsigned int from, unsigned int n)
{
	int fd = -1;

	if (event_id(event) < 0)
		fd = open(TRACING "kprobe_events", O_WRONLY | O_APPEND | O_CLOEXEC);
	for (unsigned int i = from; fd >= 0 && i < from + n; i++)
		probe_put(fd, event, &probes[i], n == 1);
	if (fd >= 0)
		close(fd);
	return event_id(event);
}

static int event_open(int id, uint64_t period, uint64_t sample, pid_t a)
{
	struct perf_event_attr attr = {
		.size = sizeof(attr),
		.type = PERF_TYPE_TRACEPOINT,
		.config = id,
		.sample_period = period,
		.sample_type = sample,
		.disabled = 1,
		.wakeup_events = 1,
	};
	int fd = syscall(SYS_perf_event_open, &attr, a, -1, -1, PERF_FLAG_FD_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

/* The function that it is in: it is some bytes behind its beginning. */
static const struct probed *function_at(uint64_t ip)
{
	unsigned int from = 0, to = nprobes;

	while (to - from > 1) {
		unsigned int mid = (from + to) / 2;

		if (probes[mid].addr <= ip)
			from = mid;
		else
			to = mid;
	}
	return &probes[from];
}

/* As long as an event of it is open it need not be armed anew. */
static void arm(unsigned int f)
{
	static int armed = -1;
	static unsigned int which = -1;
	char name[32];

	if (which == f)
		return;
	if (armed >= 0)
		close(armed);
	which = f;
	if (!x->one[f]) {
		snprintf(name, sizeof(name), "f%lx", probes[f].addr - text);
		x->one[f] = probes_put(name, f, 1);
	}
	armed = event_open(x->one[f], 1, 0, 0);
}

int calls_event(unsigned int n, pid_t a)
{
	unsigned int f = function_at(x->ip[n - 1]) - probes;

	arm(f);
	return event_open(x->one[f], x->time[n - 1], 0, a);
}

static uint64_t hits_of(int event)
{
	uint64_t hits = 0;

	return read(event, &hits, sizeof(hits)) == sizeof(hits) ? hits : 0;
}

/*
 * No call for a while, that is, and a short one if it sleeps. What has waked it since is found by
 * how often it slept.
 */
void calls_settle(int event, unsigned int n, pid_t a)
{
	unsigned long slept = times_put_to_sleep(a), before;
	uint64_t hits = hits_of(event), had;
	unsigned int quiet = 0;

	for (int ms = 0; ms < 300 && !(n && hits >= x->time[n - 1]); ms++) {
		had = hits;
		before = slept;
		usleep(1000);
		slept = times_put_to_sleep(a);
		hits = hits_of(event);
		quiet = hits == had && slept == before ? quiet + 1 : 0;
		if (quiet >= (slept ? 1 : 20))
			break;
	}
}

/* --- the calls --------------------------------------------------------------------------- */

static struct {
	int event;
	struct perf_event_mmap_page *ring;
} noting;

void calls_note(struct scene *s, pid_t a)
{
	noting.event = event_open(x->event, 1, PERF_SAMPLE_IP, a);
	if (noting.event < 0)
		scene_error(s, "no event of all calls: %s", strerrorname_np(-noting.event));
	noting.ring = mmap(NULL, (1 + RING_PAGES) * 4096, PROT_READ | PROT_WRITE, MAP_SHARED,
			   noting.event, 0);
	if (noting.ring == MAP_FAILED || ioctl(noting.event, PERF_EVENT_IOC_ENABLE, 0))
		scene_error(s, "the event's ring buffer: %s", strerror(errno));
}

void calls_noted(struct scene *s, pid_t a)
{
	const char *data = (char *)noting.ring + 4096;
	uint64_t at = 0;

	if (a != syscall(SYS_gettid))
		calls_settle(noting.event, 0, a);
	ioctl(noting.event, PERF_EVENT_IOC_DISABLE, 0);
	while (at < noting.ring->data_head && x->ncalls < MOST_CALLS) {
		const struct perf_event_header *h = (void *)(data + at % (RING_PAGES * 4096));

		if (h->type == PERF_RECORD_SAMPLE)
			x->ip[x->ncalls++] = function_at(*(uint64_t *)(h + 1))->addr;
		if (!h->size)
			break;
		at += h->size;
	}
	munmap(noting.ring, (1 + RING_PAGES) * 4096);
	close(noting.event);
	if (!x->ncalls)
		scene_error(s, "A makes no call that could be noted");
}

/*
 * A loop over 512 entries calls the same functions 512 times. The first and the last time that
 * each is called come first, then the next two from either end, then four, and so on: if the time
 * is up, that is what was seen. Each of these lots goes function by function, as arming one takes
 * its time.
 */
static unsigned int *lot;

/* As far apart as can be, one after the other. */
static unsigned int spread(unsigned int n)
{
	unsigned int r = 0;

	for (unsigned int bit = 0; bit < 32; bit++)
		r |= (n >> bit & 1) << (31 - bit);
	return r;
}

static int by_lot(const void *a, const void *b)
{
	unsigned int m = *(const unsigned int *)a, n = *(const unsigned int *)b;
	uint64_t f = x->ip[m - 1], g = x->ip[n - 1];

	if (lot[m] != lot[n])
		return lot[m] < lot[n] ? -1 : 1;
	/* Each is armed in a process of its own: so it may as well be anywhere on A's way. */
	if (x->alone)
		return spread(m) < spread(n) ? -1 : m != n;
	return f != g ? (f < g ? -1 : 1) : m < n ? -1 : m > n;
}

static void put_in_order(void)
{
	static unsigned int lots[MOST_CALLS + 1], all[MOST_PROBES], seen[MOST_PROBES];

	memset(lots, 0, sizeof(lots));
	memset(all, 0, sizeof(all));
	memset(seen, 0, sizeof(seen));
	for (unsigned int i = 0; i < x->ncalls; i++)
		all[function_at(x->ip[i]) - probes]++;
	for (unsigned int i = 0; i < x->ncalls; i++) {
		unsigned int f = function_at(x->ip[i]) - probes;
		bool late = seen[f] && seen[f] + 1 > all[f] / 2;

		x->nfunctions += !seen[f]++;
		x->time[i] = seen[f];
		for (unsigned int k = late ? all[f] - seen[f] + 1 : seen[f]; k > 1; k /= 2)
			lots[i + 1]++;
		/* Where each is armed anew all are called once before one is for the last time. */
		if (x->alone)
			lots[i + 1] = 2 * lots[i + 1] + late;
		x->order[i] = i + 1;
	}
	lot = lots;
	qsort(x->order, x->ncalls, sizeof(*x->order), by_lot);
}

void calls_tried(const struct window *w)
{
	x->met = w->begun && w->in_kernel && !w->asleep;
	x->nmet += x->met;
	x->nwaited += x->met && w->waited;
	x->tried++;
	snprintf(x->stood, sizeof(x->stood), "%.20s < %.20s < %.16s", w->stood[0], w->stood[1],
		 w->stood[2]);
}

static void tell_lost(void)
{
	for (unsigned int i = 0; i < x->ngroups; i++) {
		const struct lost *l = &x->lost[i];

		printf("# lost %s: %u of schedules %u..%u, A in %s\n", l->clause, l->n, l->first,
		       l->last, l->stood);
		printf("#   wanted %s\n#   seen   %s\n", l->wanted, l->seen);
	}
	if (*x->error)
		printf("# %u schedules could not be judged, the first: %s\n", x->nerrors, x->error);
}

static void tell(struct scene *s)
{
	if (x->alone) {
		feature_needed(s, F_KPROBE);
		if (!x->nraces)
			scene_error(s, "no probe could be put");
		return;
	}
	if (!x->ncalls)
		scene_error(s, "no call of A's could be noted: %s",
			    *x->error ? x->error : "no probe could be put");
	observe(s, "schedules", "%u of %u, %u functions, %.0f ms", x->tried, x->ncalls,
		x->nfunctions, (x->ended - x->began) * 1000);
	observe(s, "schedules_met", "%u, %u waited, %u lost, %u errors", x->nmet, x->nwaited,
		x->nlost, x->nerrors);
	tell_lost();
}

bool calls_round(struct scene *s, unsigned int round)
{
	bool more = false;

	switch (x->what) {
	case CALLS_NOT:
		break;
	case CALLS_NOTE:
		more = round <= (x->alone ? 1 : 2);
		break;
	case CALLS_TRY:
		if (round > 1) {
			x->held[calls_at() - 1] = x->now;
			x->at++;
		}
		more = x->at <= x->last && (round == 1 || now() < x->until);
		break;
	case CALLS_TELL:
		more = round == 1;
		if (!more)
			tell(s);
		break;
	}
	x->done = !more;
	return more;
}

/* --- in processes of their own ---------------------------------------------------------- */

static struct {
	int argc;
	char **argv;
	int (*run)(int argc, char **argv);
	int out;
	char text[16384];
} each;

static bool said(const char *what)
{
	return strstr(each.text, what);
}

/* True if it came to its end. */
static bool process(enum calls_for what, unsigned int from, unsigned int last, bool guess,
		    enum calls_first first)
{
	ssize_t len;
	int status;
	pid_t pid;

	x->what = what;
	x->at = from;
	x->last = last;
	x->first = first;
	x->guess = guess;
	x->done = x->met = false;
	*x->stood = 0;
	fflush(NULL);
	if (ftruncate(each.out, 0))
		return false;
	lseek(each.out, 0, SEEK_SET);
	pid = fork();
	if (!pid) {
		dup2(each.out, STDOUT_FILENO);
		dup2(each.out, STDERR_FILENO);
		exit(each.run(each.argc, each.argv));
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return false;
	len = pread(each.out, each.text, sizeof(each.text) - 1, 0);
	each.text[len > 0 ? len : 0] = 0;
	return x->done && WIFEXITED(status) && !WEXITSTATUS(status);
}

/* The first of what it said in the record of its end, or in a line. */
static void word(const char *key, char *to, size_t size)
{
	const char *at = strstr(each.text, key);

	snprintf(to, size, "%.*s", at ? (int)strcspn(at + strlen(key), "\"\n") : 0,
		 at ? at + strlen(key) : "");
}

static void group(const char *stood, const char *clause, unsigned int n)
{
	struct lost *l = x->lost;

	x->nlost++;
	while (l < x->lost + x->ngroups && (strcmp(l->stood, stood) || strcmp(l->clause, clause)))
		l++;
	if (l == x->lost + MOST_LOST)
		l--;
	if (l == x->lost + x->ngroups) {
		x->ngroups++;
		l->first = n;
		snprintf(l->stood, sizeof(l->stood), "%s", stood);
		snprintf(l->clause, sizeof(l->clause), "%s", clause);
		word("\"wanted\":\"", l->wanted, sizeof(l->wanted));
		word("\"seen\":\"", l->seen, sizeof(l->seen));
	}
	l->n++;
	l->first = n < l->first ? n : l->first;
	l->last = n > l->last ? n : l->last;
}

static void could_not_be_judged(unsigned int n)
{
	char why[100];

	word("\"reason\":\"", why, sizeof(why));
	if (!x->nerrors++)
		snprintf(x->error, sizeof(x->error), "%u: %s", n, *why ? why : "its process died");
}

/*
 * One process ended at schedule @n: is it lost? If so whoever is seen as the first, in processes
 * that have nothing but this schedule. Who was first by the one that failed is tried again: what
 * may come out either way did so there by another.
 */
static void look_into(unsigned int n)
{
	unsigned int tried = x->tried, met = x->nmet, waited = x->nwaited;
	char stood[sizeof(x->stood)], clause[8];
	bool lost = true, failed = said("\"status\":\"fail\"");

	snprintf(stood, sizeof(stood), "%s", x->stood);
	word("\"clause\":\"", clause, sizeof(clause));
	for (unsigned int k = 0; failed && lost && k < 4; k++) {
		enum calls_first first = k % 2 ? B_FIRST : A_FIRST;

		if (process(CALLS_TRY, n, n, false, first))
			lost = false;
		else
			failed = said("\"status\":\"fail\"");
	}
	x->tried = tried;
	x->nmet = met;
	x->nwaited = waited;
	if (!failed)
		could_not_be_judged(x->order[n - 1]);
	else if (lost)
		group(stood, clause, x->order[n - 1]);
	else
		x->nother++;
}

static void explore(double seconds)
{
	unsigned int n = 1;

	x->began = now();
	x->until = x->began + seconds;
	while (n <= x->ncalls && now() < x->until) {
		unsigned int last = n + (x->alone ? 1 : AT_ONCE) - 1;

		last = last < x->ncalls ? last : x->ncalls;
		if (process(CALLS_TRY, n, last, true, AS_IT_SEEMS)) {
			n = x->at;
			continue;
		}
		n = x->at < n ? n : x->at > last ? last : x->at;
		look_into(n);
		n++;
	}
	x->ended = now();
}

static bool ready(void)
{
	if (access(TRACING "kprobe_events", F_OK) && mount("tracefs", TRACING, "tracefs", 0, NULL))
		return false;
	return !access(TRACING "kprobe_events", F_OK) && functions_found();
}

/* False, and why in x->error. */
static bool note_calls(void)
{
	x->ncalls = 0;
	if (process(CALLS_NOTE, 0, 0, false, AS_IT_SEEMS))
		return true;
	word("\"reason\":\"", x->error, sizeof(x->error));
	if (!*x->error)
		word("\"seen\":\"", x->error, sizeof(x->error));
	if (!*x->error)
		word("# SKIP ", x->error, sizeof(x->error));
	x->ncalls = 0;
	return false;
}

static void explore_race(double seconds)
{
	/* What A does page by page is to be one page. */
	if (!note_calls() || (x->one_page && !note_calls()))
		return;
	put_in_order();
	explore(seconds);
}

/* One after the other, in processes of which none knows of another's. */
static void explore_races(double seconds, bool (*next)(char *name, size_t size))
{
	char name[96];

	while (next(name, sizeof(name))) {
		x->nraces++;
		x->one_page = false;
		x->tried = x->nmet = x->nwaited = x->nlost = x->nother = x->nerrors = 0;
		x->ngroups = x->nfunctions = 0;
		*x->error = 0;
		memset(x->held, 0, sizeof(x->held));
		explore_race(seconds);
		if (!x->ncalls) {
			bool not_here = said("\"status\":\"error\"") || said("# SKIP ");

			/* One after the other, or not to the end: then it is no race that it lost. */
			printf("# race %s: %s: %s\n", name, not_here ? "not here" : "control fails",
			       *x->error ? x->error : "its process died");
			continue;
		}
		printf("# race %s: %u of %u, %u functions, %.0f ms, %u met, %u waited, %u lost, %u errors\n",
		       name, x->tried, x->ncalls, x->nfunctions, (x->ended - x->began) * 1000,
		       x->nmet, x->nwaited, x->nlost, x->nerrors);
		tell_lost();
	}
}

bool (*calls_next)(char *name, size_t size);

void calls_explore(int argc, char **argv, int (*run)(int argc, char **argv))
{
	const char *text = getenv("COWPEN_RACE_CALLS");
	double t = now(), seconds = text ? strtod(text, NULL) : 0;

	if (!text)
		return;
	x = mmap(NULL, sizeof(*x), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	each.out = memfd_create("output", MFD_CLOEXEC);
	each.argc = argc;
	each.argv = argv;
	each.run = run;
	if (x == MAP_FAILED || each.out < 0)
		exit(3);
	x->alone = calls_next;
	if (ready()) {
		/* Who is preempted in what a probe was optimized to has no stack that can be read. */
		file_put(OPTIMIZE, "0");
		x->event = probes_put("all", 0, nprobes);
		if (x->event >= 0)
			printf("# %u functions are probed, after %.1f s\n", nprobes, now() - t);
		if (x->event >= 0 && calls_next)
			explore_races(seconds, calls_next);
		else if (x->event >= 0)
			explore_race(seconds);
	}
	file_put(OPTIMIZE, "1");
	x->what = CALLS_TELL;
}

bool calls_alone(void)
{
	return x && x->alone;
}

bool calls_one_page(void)
{
	return x && x->one_page;
}

void calls_by_page(void)
{
	x->one_page = true;
}
