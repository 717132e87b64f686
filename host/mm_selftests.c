// SPDX-License-Identifier: GPL-2.0-only
/* cowpen mm-selftests: the kernel's own mm selftests on mutants, in our guests. See mutants.h. */
#include <argp.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "accel.h"
#include "cmd.h"
#include "err.h"
#include "interrupt.h"
#include "kernels.h"
#include "mutants.h"
#include "vm.h"

enum { EXIT_DONE, EXIT_UNUSED, EXIT_NOT_RUN, EXIT_USAGE };

#define BASE_RUNS 2
#define DEADLINE  180000
/* With a mutant: so often the time that it takes without one. */
#define PATIENCE 6
#define AT_LEAST 30000

struct program {
	char *name, *args, *exe;
	char *passes; /* lines of subtests that pass without a mutant, every time */
	bool ends;    /* every time: with a status that is no failure */
	bool *reaches;
	unsigned int ms;
};

struct work {
	const char *programs, *points, *kernel, *build, *out, *conf, *list;
	unsigned int jobs;
	struct program *p;
	size_t np;
	struct mutants all;
	unsigned int *nr; /* the sample */
	size_t n, next;
	char *known;
	const struct state *state;
	pthread_mutex_t lock;
};

/* "ok 3 word" or "not ok 3 word": the word in @name; 1 it passes, 0 it fails, -1 it says nothing. */
static int subtest(const char *line, size_t len, char *name, size_t size)
{
	const char *end = line + len, *s = line;
	bool ok;

	while (s < end && (*s == ' ' || *s == '#'))
		s++;
	if (end - s > 3 && !strncmp(s, "ok ", 3)) {
		ok = true;
		s += 3;
	} else if (end - s > 7 && !strncmp(s, "not ok ", 7)) {
		ok = false;
		s += 7;
	} else {
		return -1;
	}
	snprintf(name, size, "%.*s", (int)(end - s), s);
	if (strstr(name, "# SKIP") || strstr(name, "# XFAIL"))
		return -1;
	return ok;
}

static bool says(const char *output, const char *wanted)
{
	char name[512];

	for (const char *s = output; *s; s += strcspn(s, "\n"), s += !!*s)
		if (subtest(s, strcspn(s, "\n"), name, sizeof(name)) == 1 && !strcmp(name, wanted))
			return true;
	return false;
}

static bool ended_well(const struct vm_result *vm)
{
	int rc = WIFEXITED(vm->wait_status) ? WEXITSTATUS(vm->wait_status) : -1;

	return vm->end == VM_ENDED && (rc == 0 || rc == 4) &&
	       !(vm->taint_after & ~vm->taint_before);
}

static unsigned int deadline(const struct program *p, unsigned int nr)
{
	unsigned int ms = p->ms * PATIENCE;

	return !nr || ms > DEADLINE ? DEADLINE : ms < AT_LEAST ? AT_LEAST : ms;
}

static void run(const struct work *w, const struct program *p, unsigned int nr,
		struct vm_result *vm)
{
	char *env = xasprintf("COWPEN_MUTANT=%u", nr);
	struct vm_job job = { .exe = p->exe,
			      .args = p->args,
			      .env = env,
			      .seed = 1,
			      .deadline_ms = deadline(p, nr) };

	memset(vm, 0, sizeof(*vm));
	vm_run(w->state, &job, vm);
	free(env);
}

/* Only what passes every time can tell. */
static void keep_passes(struct program *p, const char *output, bool first)
{
	struct buf both = { 0 };
	char name[512];

	buf_add(&both, "", 0);
	for (const char *s = first ? output : p->passes; *s; s += strcspn(s, "\n"), s += !!*s) {
		if (first ? subtest(s, strcspn(s, "\n"), name, sizeof(name)) == 1 :
			    (snprintf(name, sizeof(name), "%.*s", (int)strcspn(s, "\n"), s),
			     says(output, name)))
			buf_printf(&both, "%s\n", name);
	}
	free(p->passes);
	p->passes = both.data;
}

static void note_reached(const struct work *w, struct program *p, const char *output)
{
	static const char word[] = "# mutants reached: ";
	const char *s = NULL;
	char *end;

	for (const char *t = output; (t = strstr(t, word)); t++)
		s = t + strlen(word);
	for (; s && *s && *s != '\n'; s = end) {
		unsigned long nr = strtoul(s, &end, 10);

		if (end == s)
			break;
		if (nr <= w->all.n)
			p->reaches[nr] = true;
		end += *end == ' ';
	}
}

static void base(const struct work *w, struct program *p)
{
	size_t n = 0;

	p->reaches = xcalloc(w->all.n + 1, sizeof(*p->reaches));
	p->ends = true;
	for (int i = 0; i < BASE_RUNS && !vm_interrupted(); i++) {
		struct vm_result vm;

		run(w, p, 0, &vm);
		p->ends &= ended_well(&vm);
		p->ms = vm.test_ms;
		if (vm.end != VM_ENDED && i < BASE_RUNS)
			vm.output.data[0] = '\0';
		keep_passes(p, vm.output.data, !i);
		note_reached(w, p, vm.output.data);
		vm_result_free(&vm);
	}
	for (const char *s = p->passes; *s; s += strcspn(s, "\n"), s += !!*s)
		n++;
	printf("%-24s %zu subtests pass every time, %s, %u ms\n", p->name, n,
	       p->ends ? "it ends well" : "IT DOES NOT END WELL", p->ms);
	fflush(stdout);
}

/* Why it is killed by this program; NULL if it is not. */
static char *killed(const struct work *w, const struct program *p, unsigned int nr)
{
	struct vm_result vm;
	char *why = NULL;

	run(w, p, nr, &vm);
	if (vm.end == VM_TIMEOUT) {
		/* For want of time, or by the mutant? */
		vm_result_free(&vm);
		run(w, p, nr, &vm);
	}
	if (vm.end == VM_INTERRUPTED || vm.end == VM_NO_START) {
		vm_result_free(&vm);
		return NULL;
	}
	if (vm.end != VM_ENDED && p->ends)
		why = xasprintf("%s: %s", p->name, vm_end_name(vm.end));
	else if (p->ends && !ended_well(&vm))
		why = xasprintf("%s: status 0x%x", p->name, vm.wait_status);
	for (const char *s = p->passes; !why && *s; s += strcspn(s, "\n"), s += !!*s) {
		char name[512];

		snprintf(name, sizeof(name), "%.*s", (int)strcspn(s, "\n"), s);
		if (!says(vm.output.data, name))
			why = xasprintf("%s: %s", p->name, name);
	}
	vm_result_free(&vm);
	return why;
}

static void note(const struct work *w, unsigned int nr, const char *why)
{
	char *line = xasprintf("%u\t%s\n", nr, why);
	int fd = open(w->out, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);

	if (fd < 0 || write(fd, line, strlen(line)) < 0)
		fprintf(stderr, "cowpen: mm-selftests: %s: %s\n", w->out, strerror(errno));
	if (fd >= 0)
		close(fd);
	printf("mutant %u %s %s\n", nr, *why ? "killed by" : "ALIVE", why);
	fflush(stdout);
	free(line);
}

static bool is_known(const struct work *w, unsigned int nr)
{
	for (const char *s = w->known ?: ""; *s; s += strcspn(s, "\n"), s += !!*s)
		if (strtoul(s, NULL, 10) == nr)
			return true;
	return false;
}

static void *worker(void *arg)
{
	struct work *w = arg;

	pthread_mutex_lock(&w->lock);
	while (w->next < w->n && !vm_interrupted()) {
		unsigned int nr = w->nr[w->next++];
		char *why = NULL;

		if (is_known(w, nr))
			continue;
		pthread_mutex_unlock(&w->lock);
		for (size_t i = 0; i < w->np && !why && !vm_interrupted(); i++)
			if (w->p[i].reaches[nr])
				why = killed(w, &w->p[i], nr);
		pthread_mutex_lock(&w->lock);
		if (!vm_interrupted())
			note(w, nr, why ?: "");
		free(why);
	}
	pthread_mutex_unlock(&w->lock);
	return NULL;
}

/* Lines "name arguments"; what was not built is told. */
static int read_programs(struct work *w)
{
	struct buf text = { 0 };
	char *save = NULL;
	int ret = read_file(w->list, &text);

	for (char *line = ret ? NULL : strtok_r(text.data, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save)) {
		struct program p = { 0 };
		size_t len = strcspn(line, " ");

		if (*line == '#')
			continue;
		p.name = xstrdup(line);
		p.args = xstrdup(line + len + (line[len] == ' '));
		p.exe = xasprintf("%s/%.*s", w->programs, (int)len, line);
		if (access(p.exe, X_OK)) {
			fprintf(stderr, "cowpen: mm-selftests: %s was not built\n", p.exe);
			free(p.name);
			free(p.args);
			free(p.exe);
			continue;
		}
		w->p = xrealloc(w->p, (w->np + 1) * sizeof(*w->p));
		w->p[w->np++] = p;
	}
	buf_free(&text);
	return ret ?: w->np ? 0 : err_set(-ENOENT, "none of the programs of %s is there", w->list);
}

static int by_ms(const void *a, const void *b)
{
	const struct program *x = a, *y = b;

	return x->ms < y->ms ? -1 : x->ms > y->ms;
}

static void read_sample(struct work *w)
{
	char line[64];

	while (fgets(line, sizeof(line), stdin)) {
		unsigned int nr = strtoul(line, NULL, 10);

		if (!mutant_find(&w->all, nr))
			continue;
		w->nr = xrealloc(w->nr, (w->n + 1) * sizeof(*w->nr));
		w->nr[w->n++] = nr;
	}
}

static void go(struct work *w)
{
	pthread_t thread[64];
	size_t started = 0;

	for (size_t i = 0; i < w->np && !vm_interrupted(); i++)
		base(w, &w->p[i]);
	qsort(w->p, w->np, sizeof(*w->p), by_ms);
	while (started < w->jobs && !pthread_create(&thread[started], NULL, worker, w))
		started++;
	if (!started)
		worker(w);
	while (started)
		pthread_join(thread[--started], NULL);
}

enum { O_PROGRAMS = 256, O_LIST, O_POINTS, O_KERNEL, O_OUT, O_JOBS, O_BUILD, O_CONF };

static const struct argp_option options[] = {
	{ "programs", O_PROGRAMS, "DIR", 0, "Where they were built, static", 1 },
	{ "list", O_LIST, "FILE", 0, "Which, with their arguments, a line each", 1 },
	{ "points", O_POINTS, "FILE", 0, "The mutants of the kernel", 1 },
	{ "kernel", O_KERNEL, "NAME=PATH", 0, "The kernel that has them", 1 },
	{ "out", O_OUT, "FILE", 0, "Where to note which one was killed by what", 1 },
	{ "jobs", O_JOBS, "N", 0, "At a time (default: 1)", 2 },
	{ "build", O_BUILD, "DIR", 0, "Where the build is (default: build)", 9 },
	{ "conf", O_CONF, "FILE", 0, "List of kernels (default: kernel-config/kernels.conf)", 9 },
	{ 0 }
};

static error_t parse(int key, char *arg, struct argp_state *st)
{
	struct work *w = st->input;
	const char **text[] = { &w->programs, &w->list, &w->points, &w->kernel,
				&w->out,      NULL,	&w->build,  &w->conf };

	if (key == O_JOBS) {
		w->jobs = atoi(arg);
		if (w->jobs && w->jobs <= 64)
			return 0;
		argp_failure(st, EXIT_USAGE, 0, "\"%s\" is no number from 1 to 64", arg);
		return EINVAL;
	}
	if (key < O_PROGRAMS || key > O_CONF)
		return ARGP_ERR_UNKNOWN;
	*text[key - O_PROGRAMS] = arg;
	return 0;
}

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.doc = "Run the kernel's own mm selftests with mutants on, whose numbers come by standard "
	       "input: which does none of them notice? First without one, to know what passes.\v"
	       "Exit status: 0 all were run, 2 not all, 3 usage.",
};

int mm_selftests_main(int argc, char **argv)
{
	struct work w = { .jobs = 1,
			  .build = "build",
			  .conf = "kernel-config/kernels.conf",
			  .lock = PTHREAD_MUTEX_INITIALIZER };
	struct kernel_list kernels = { 0 };
	struct kernel **sel = NULL;
	struct state *s = NULL;
	struct host h = { 0 };
	struct buf known = { 0 };
	char *guest;
	size_t n;

	argv[0] = "cowpen mm-selftests";
	if (argp_parse(&argp, argc, argv, 0, NULL, &w))
		return EXIT_USAGE;
	if (!w.programs || !w.list || !w.points || !w.kernel || !w.out) {
		fprintf(stderr,
			"cowpen: mm-selftests: say --programs, --list, --points, --kernel and "
			"--out\n");
		return EXIT_USAGE;
	}
	guest = xasprintf("%s/guest", w.build);
	if (mutants_read(w.points, &w.all) || read_programs(&w) ||
	    (!access(w.out, R_OK) && read_file(w.out, &known)) || kernels_read(w.conf, &kernels) ||
	    kernels_select(&kernels, w.kernel, &sel, &n) || host_init(&h, NULL, guest) ||
	    kernel_fetch(sel[0]) || state_get(&h, sel[0], NULL, NULL, &s)) {
		fprintf(stderr, "cowpen: mm-selftests: %s\n", err_msg());
		return EXIT_NOT_RUN;
	}
	w.known = known.data;
	w.state = s;
	read_sample(&w);
	go(&w);
	state_put(s);
	host_free(&h);
	free(sel);
	kernels_free(&kernels);
	free(guest);
	buf_free(&known);
	for (size_t i = 0; i < w.np; i++) {
		free(w.p[i].name);
		free(w.p[i].args);
		free(w.p[i].exe);
		free(w.p[i].passes);
		free(w.p[i].reaches);
	}
	free(w.p);
	free(w.nr);
	mutants_free(&w.all);
	return vm_interrupted() ? EXIT_NOT_RUN : EXIT_DONE;
}
