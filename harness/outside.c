// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "memory.h"
#include "window.h"

/*
 * A is held from outside, by who runs the guest: inside a spinlock, with interrupts off, anywhere.
 * See lib/outside.h for how he is asked, and race.h.
 */
#define B_STACK	  (256UL << 10)
#define TEXT_MOST (32UL << 20)

static bool has_hook;

static long ask(enum outside_call what, struct outside_window *w)
{
	long (*hook)(long what, void *w) = (void *)OUTSIDE_HOOK;

	return hook(what, w);
}

/* "xor eax,eax; ret" where it is looked for. */
static void put_hook(struct scene *s)
{
	static const unsigned char code[] = { 0x31, 0xc0, 0xc3 };
	void *at;

	if (has_hook)
		return;
	at = mmap((void *)OUTSIDE_HOOK, 4096, PROT_READ | PROT_WRITE,
		  MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
	if (at != (void *)OUTSIDE_HOOK)
		scene_error(s, "no memory at 0x%lx", OUTSIDE_HOOK);
	memcpy(at, code, sizeof(code));
	if (mprotect(at, 4096, PROT_READ | PROT_EXEC))
		scene_error(s, "mprotect: %s", strerror(errno));
	has_hook = true;
}

/* Only this kernel knows where its functions are; who asks keeps it. */
static long tell_symbols(struct scene *s, struct outside_window *w)
{
	char *text = map_or_error(s, NULL, TEXT_MOST, PROT_READ | PROT_WRITE,
				  MAP_PRIVATE | MAP_ANONYMOUS, -1);
	int fd = open("/proc/kallsyms", O_RDONLY | O_CLOEXEC);
	size_t len = 0;
	ssize_t n;
	long ret;

	while (fd >= 0 && (n = read(fd, text + len, TEXT_MOST - len)) > 0)
		len += n;
	if (!len)
		scene_skip(s, "this kernel has no /proc/kallsyms");
	close(fd);
	w->text.at = (uintptr_t)text;
	w->text.len = len;
	ret = ask(OUTSIDE_SYMBOLS, w);
	munmap(text, TEXT_MOST);
	return ret;
}

void outside_needed(struct scene *s, struct spot *spot)
{
	static struct outside_window w;
	static bool ready;
	long ret;

	/* A huge page's own word, as in window_needed(): nothing else is settled here. */
	if (spot->how == SPOT_WRITES && spot->word == MAPCOUNT &&
	    (s->memory->huge || pmd_mapped(page_addr(s, spot->page))))
		spot->word = spot->word_of_huge;
	if (ready)
		return;
	put_hook(s);
	memset(&w, 0, sizeof(w));
	ret = ask(OUTSIDE_HELLO, &w);
	if (ret != OUTSIDE_NOBODY && sysconf(_SC_NPROCESSORS_ONLN) < 2)
		scene_skip(s, "this kernel has found one processor");
	if (ret == OUTSIDE_UNKNOWN)
		ret = tell_symbols(s, &w);
	if (ret == OUTSIDE_NOBODY)
		scene_skip(s, "nobody is there who holds a thread from outside (stub=off)");
	ready = true;
}

/* --- B --------------------------------------------------------------------------------------- */

static void b_waits(void *arg)
{
	const struct timespec moment = { .tv_nsec = 100000 };
	struct window *w = arg;

	window_touch_program();
	w->ready = true;
	while (!*(volatile uint32_t *)&w->outside.go && w->quit < 0)
		nanosleep(&moment, NULL);
	if (!w->outside.go)
		return;
	w->begun = true;
	*(volatile uint32_t *)&w->outside.begun = 1;
	w->err = w->does(w->s);
	ask(OUTSIDE_DONE, &w->outside);
	w->finished = true;
}

/* Where B sleeps, the longest: on its processor others have their turn only then. */
static void b_is_watched(void *arg)
{
	const struct timespec moment = { .tv_nsec = 5000000 };
	struct window *w = arg;
	char path[64], stack[sizeof(w->b_stack)], last[sizeof(w->b_stack)] = "";
	unsigned int seen = 0, longest = 0;
	ssize_t len;
	int fd;

	window_touch_program();
	snprintf(path, sizeof(path), "/proc/%d/task/%d/stack", getpid(), w->b.tid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	while (w->quit < 0) {
		nanosleep(&moment, NULL);
		if (!w->begun || w->finished)
			continue;
		len = pread(fd, stack, sizeof(stack) - 1, 0);
		if (len <= 0)
			continue;
		stack[len] = 0;
		/* Or it was preempted. */
		if (strstr(stack, "irqentry_exit") || strstr(stack, "asm_sysvec"))
			continue;
		seen = strcmp(stack, last) ? 1 : seen + 1;
		memcpy(last, stack, len + 1);
		if (seen > longest) {
			longest = seen;
			memcpy(w->b_stack, stack, len + 1);
		}
	}
	close(fd);
}

/* A stays where it is, and B is elsewhere. */
static void set_apart(struct scene *s, struct window *w)
{
	cpu_set_t all, one;
	int here = sched_getcpu(), there = -1;

	CPU_ZERO(&all);
	CPU_ZERO(&one);
	for (int cpu = 0; cpu < sysconf(_SC_NPROCESSORS_ONLN); cpu++)
		if (cpu != here)
			there = cpu;
	if (here < 0 || there < 0)
		scene_error(s, "who is held from outside has one processor, and B another one");
	CPU_SET(here, &all);
	CPU_SET(there, &one);
	if (sched_setaffinity(0, sizeof(all), &all) ||
	    sched_setaffinity(w->b.tid, sizeof(one), &one) ||
	    sched_setaffinity(w->watcher.tid, sizeof(one), &one))
		scene_error(s, "sched_setaffinity: %s", strerror(errno));
}

struct window *outside_open(struct scene *s, const struct spot *spot, int (*does)(struct scene *s))
{
	static const enum outside_how how[] = {
		[SPOT_AT] = OUTSIDE_AT, [SPOT_RETURN] = OUTSIDE_RETURN, [SPOT_WRITES] = OUTSIDE_WRITES
	};
	static struct window *w;
	static char *stack, *watcher;
	long ret;

	if (!w) {
		w = window_memory(s, sizeof(*w));
		stack = window_memory(s, B_STACK);
		watcher = window_memory(s, B_STACK);
	}
	memset(w, 0, sizeof(*w));
	w->s = s;
	w->spot = *spot;
	w->a = syscall(SYS_gettid);
	w->does = does;
	w->event = w->quit = -1;
	w->outside.spot.how = how[spot->how];
	w->outside.spot.hit = spot->hit;
	w->outside.spot.page = window_page(w);
	if (spot->how == SPOT_WRITES)
		w->outside.spot.addr = window_word(w);
	for (int i = 0; i < SPOT_NAMES; i++) {
		snprintf(w->outside.spot.name[i], sizeof(w->outside.spot.name[i]), "%s",
			 spot->name[i] ?: "");
		snprintf(w->outside.spot.within[i], sizeof(w->outside.spot.within[i]), "%s",
			 spot->within[i] ?: "");
	}
	helper_start_on(s, &w->b, b_waits, w, stack, B_STACK);
	if (!wait_until(w->ready))
		wait_error(s, by_thread(&w->b), "the second thread does not start");
	helper_start_on(s, &w->watcher, b_is_watched, w, watcher, B_STACK);
	if (!wait_until(helper_begun(&w->watcher)))
		wait_error(s, by_thread(&w->watcher), "the third thread does not start");
	set_apart(s, w);
	ret = ask(OUTSIDE_WAIT, &w->outside);
	if (ret == -ENOENT)
		scene_error(s,
			    "there is no function %s%s%s in this kernel, or it is a part of others",
			    spot->name[0], spot->name[1] ? " or " : "", spot->name[1] ?: "");
	if (ret)
		scene_error(s, "A cannot be waited for: %s", strerrorname_np(-ret));
	return w;
}

static void tell_stacks(const struct window *w)
{
	for (int i = 0; i < 2; i++) {
		const char *line = w->outside.told.stack[i];

		for (size_t n; (n = strcspn(line, "\n")); line += n + (line[n] == '\n'))
			printf("# %c stood in %.*s\n", "AB"[i], (int)n, line);
	}
}

/* In which functions B waited: from outside it is seen if it turns round, and here if it sleeps. */
static void tell_wait(struct scene *s, const struct window *w)
{
	const char *where = w->outside.told.where;
	char in[96] = "";
	size_t len = 0;

	if (!strstr(where, "halt") && !strstr(where, "idle"))
		len = snprintf(in, sizeof(in), "%.*s", (int)strcspn(where, "+"), where);
	for (const char *line = len ? "" : w->b_stack; *line && len + 32 < sizeof(in);
	     line += strcspn(line, "\n"), line += *line == '\n') {
		const char *name = strstr(line, "] ");

		if (!name)
			break;
		name += 2;
		if (!strncmp(name, "__schedule", 10) || !strncmp(name, "schedule", 8))
			continue;
		len += snprintf(in + len, sizeof(in) - len, "%s%.*s", len ? " < " : "",
				(int)(strcspn(name, "+\n") < 28 ? strcspn(name, "+\n") : 28), name);
	}
	observe(s, "b_waited_in", "%s", in);
	printf("# B waited in %s\n", in);
}

void outside_close(struct window *w, const char *clause)
{
	struct scene *s = w->s;

	ask(OUTSIDE_END, &w->outside);
	w->waited = w->outside.told.waited;
	for (int i = 0; i < OUTSIDE_FRAMES; i++)
		memcpy(w->stood[i], w->outside.told.stood[i], sizeof(w->stood[i]));
	if (w->spot.how != SPOT_WRITES)
		memcpy(w->probed, w->outside.told.probed, sizeof(w->probed));
	if (w->outside.told.met)
		wait_until(w->begun);
	if (w->outside.told.lost || (w->begun && !wait_until(w->finished)))
		tell_stacks(w);
	window_b_ends(w, clause);
	w->quit = 0;
	if (!helper_wait(&w->b))
		wait_error(s, by_thread(&w->b), "the second thread does not end");
	if (!helper_wait(&w->watcher))
		wait_error(s, by_thread(&w->watcher), "the third thread does not end");
	/* What is never met is an error, whoever's fault it is: nothing is known then. */
	if (!w->outside.told.met)
		scene_error(s, "%s was reached %u times, and not %u", w->probed,
			    w->outside.told.hits, w->spot.hit);
	if (w->waited)
		tell_wait(s, w);
}
