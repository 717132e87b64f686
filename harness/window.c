// SPDX-License-Identifier: GPL-2.0-only
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/hw_breakpoint.h>
#include <linux/perf_event.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "feature.h"
#include "memory.h"
#include "race_calls.h"
#include "window.h"

#define RING_PAGES 8 /* so that @hit samples fill less than half of it */
#define MOST_HITS  512
#define B_STACK	   (256UL << 10)

#define STRUCT_PAGE 64 /* bytes */

/* --- where A is waited for -------------------------------------------------------------- */

static int event_open(struct perf_event_attr *attr, pid_t tid)
{
	attr->size = sizeof(*attr);
	attr->sample_period = 1;
	attr->sample_type = PERF_SAMPLE_IP;
	attr->disabled = 1;
	return syscall(SYS_perf_event_open, attr, tid, -1, -1, PERF_FLAG_FD_CLOEXEC);
}

static int probe_open(const char *name, bool at_return, unsigned int hit, pid_t tid)
{
	long type = -1;
	char text[16];
	int fd;

	if (file_get(KPROBE_PMU "/type", text, sizeof(text)))
		sscanf(text, "%ld", &type);
	struct perf_event_attr attr = {
		.type = type,
		.config = at_return, /* KPROBE_PMU/format/retprobe */
		.kprobe_func = (uintptr_t)name,
		.wakeup_events = hit,
	};
	fd = event_open(&attr, tid);
	return fd < 0 ? -errno : fd;
}

static int watch_open(uintptr_t addr, unsigned int hit, pid_t tid)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_BREAKPOINT,
		.bp_type = HW_BREAKPOINT_W,
		.bp_addr = addr,
		.bp_len = HW_BREAKPOINT_LEN_4,
		.wakeup_events = hit,
	};
	int fd = event_open(&attr, tid);

	return fd < 0 ? -errno : fd;
}

static const char *spot_verb(const struct spot *spot)
{
	return spot->how == SPOT_AT ? "at" : "behind";
}

static void probe(struct window *w)
{
	char refused[256] = "";

	for (int i = 0; i < SPOT_NAMES && w->spot.name[i]; i++) {
		const char *name = w->spot.name[i];

		w->event = probe_open(name, w->spot.how == SPOT_RETURN, w->spot.hit, w->a);
		if (w->event >= 0) {
			snprintf(w->probed, sizeof(w->probed), "%s", name);
			return;
		}
		snprintf(refused + strlen(refused), sizeof(refused) - strlen(refused), " %s (%s)",
			 name,
			 w->event == -ENOENT ? "no such function" :
			 w->event == -EINVAL ? "not to be probed" :
					       strerrorname_np(-w->event));
	}
	scene_error(w->s, "no probe can be put %s%s", spot_verb(&w->spot), refused);
}

static void call(struct window *w)
{
	w->event = calls_event(w->spot.hit, w->a);
	if (w->event < 0)
		scene_error(w->s, "no event of A's calls: %s", strerrorname_np(-w->event));
}

static const char *word_name(enum page_word word)
{
	return word == FLAGS ? "flags" : word == MAPCOUNT ? "mapcount" : "refcount";
}

/* Only then the mapcount is its own. */
static bool is_small(const struct scene *s, unsigned int page)
{
	return !s->memory->huge && !pmd_mapped(page_addr(s, page));
}

uintptr_t window_page(const struct window *w)
{
	uint64_t pfn = frame_at(page_addr(w->s, w->spot.page));

	return pfn ? VMEMMAP + pfn * STRUCT_PAGE : 0;
}

uintptr_t window_word(struct window *w)
{
	uintptr_t page = window_page(w);

	if (!page || (w->spot.word == MAPCOUNT && !is_small(w->s, w->spot.page)))
		scene_error(w->s, "page %u is not there, or not a small one", w->spot.page);
	snprintf(w->probed, sizeof(w->probed), "page %u's %s", w->spot.page,
		 word_name(w->spot.word));
	return page + w->spot.word;
}

static void watch_word(struct window *w)
{
	w->event = watch_open(window_word(w), w->spot.hit, w->a);
	if (w->event < 0)
		scene_error(w->s, "no debug register can be put on %s: %s", w->probed,
			    strerrorname_np(-w->event));
}

void window_needed(struct scene *s, struct spot *spot)
{
	if (spot->how == SPOT_WRITES && !is_small(s, spot->page)) {
		if (spot->name[0])
			spot->how = spot->at_name ? SPOT_AT : SPOT_RETURN;
		else if (spot->word == MAPCOUNT)
			spot->word = spot->word_of_huge;
	}
	feature_needed(s, spot->how == SPOT_WRITES ? F_WATCH_KERNEL : F_KPROBE);
}

/* --- B ------------------------------------------------------------------------------------- */

static long slept(void)
{
	struct rusage u;

	return getrusage(RUSAGE_THREAD, &u) ? -1 : u.ru_nvcsw;
}

/* What is between A's last function and the scheduler. */
static bool is_preemption(const char *name)
{
	static const char *const begin[] = {
		"__schedule",
		"schedule",
		"preempt_schedule",
		"__preempt_schedule",
		"irqentry",
		"raw_irqentry",
		"asm_",
		"sysvec_",
		"__cond_resched",
		"_cond_resched",
		"dynamic_cond_resched",
		"dynamic_preempt",
		"__might_resched",
		"common_interrupt",
		"ret_from_intr",
		"retint_kernel",
		"smp_",
		"apic_timer",
		"irq_work_interrupt",
		"exc_",
		"do_int3",
		"noist_exc",
		"kretprobe",
		"arch_rethook",
		"rethook_trampoline",
		"__kretprobe",
		"kprobe_ftrace",
		"optimized_callback",
		"ftrace_",
		"0x",
	};

	for (size_t i = 0; i < sizeof(begin) / sizeof(*begin); i++)
		if (!strncmp(name, begin[i], strlen(begin[i])))
			return true;
	return false;
}

static bool named(const char *name, const char *const names[SPOT_NAMES])
{
	for (int i = 0; i < SPOT_NAMES && names[i]; i++)
		if (!strcmp(name, names[i]))
			return true;
	return false;
}

/* Where A stands. It allocates nothing and writes to nothing but @w. */
static void look_at_a(struct window *w)
{
	unsigned int n = 0;
	char path[64], name[48];
	ssize_t len;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/stack", w->a, w->a);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	len = fd < 0 ? -1 : read(fd, w->stack, sizeof(w->stack) - 1);
	close(fd);
	w->stack[len > 0 ? len : 0] = 0;
	memset(w->stood, 0, sizeof(w->stood));
	w->in_kernel = len > 0;
	w->within = !w->spot.within[0];
	for (const char *line = w->stack; *line;
	     line += strcspn(line, "\n"), line += *line == '\n') {
		const char *at = strstr(line, "] ");
		size_t end;

		if (!at)
			break;
		end = strcspn(at + 2, "+ \n");
		memset(name, 0, sizeof(name));
		memcpy(name, at + 2, end < sizeof(name) ? end : sizeof(name) - 1);
		if (is_preemption(name))
			continue;
		/* It is done, and has only not got back to its own code. */
		if (strstr(name, "exit_to_user_mode") || strstr(name, "prepare_exit_to_usermode") ||
		    !strncmp(name, "syscall_exit", 12))
			w->in_kernel = false;
		w->within |= named(name, w->spot.within);
		if (n < 3)
			memcpy(w->stood[n++], name, sizeof(name));
	}
	w->in_kernel &= n > 0;
	snprintf(path, sizeof(path), "/proc/%d/task/%d/stat", w->a, w->a);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	len = fd < 0 ? -1 : read(fd, path, sizeof(path) - 1);
	close(fd);
	path[len > 0 ? len : 0] = 0;
	w->asleep = !strstr(path, ") R");
}

/* While A forks a fault of ours would have to wait for it: code and data that are not there yet. */
void window_touch_program(void)
{
	const Elf64_Phdr *ph = (void *)getauxval(AT_PHDR);
	unsigned long n = getauxval(AT_PHNUM);
	uintptr_t base = 0;

	for (unsigned long i = 0; i < n; i++)
		if (ph[i].p_type == PT_PHDR)
			base = (uintptr_t)ph - ph[i].p_vaddr;
	for (unsigned long i = 0; i < n; i++)
		for (size_t at = 0; ph[i].p_type == PT_LOAD && at < ph[i].p_filesz; at += 4096)
			(void)*(volatile char *)(base + ph[i].p_vaddr + at);
}

static void b_waits(void *arg)
{
	struct window *w = arg;
	struct pollfd p[2] = { { .fd = w->event, .events = POLLIN },
			       { .fd = w->quit, .events = POLLIN } };
	long before;

	window_touch_program();
	go_first(w->s, true);
	/* What it does later it has done once. */
	look_at_a(w);
	before = slept();
	w->ready = true;
	do
		poll(p, 2, -1);
	while (!(p[0].revents & POLLIN) && !(p[1].revents & POLLIN));
	if (!(p[0].revents & POLLIN))
		return;
	look_at_a(w);
	w->begun = true;
	before = slept();
	w->err = w->does(w->s);
	w->waited = slept() != before;
	w->finished = true;
}

/*
 * B's stack, and what it writes to: private memory that fork() does not copy, and so does not
 * take the right to write from. (Not MADV_DONTFORK: libc looks at all its threads in the child.)
 */
void *window_memory(struct scene *s, size_t len)
{
	char *p =
		map_or_error(s, NULL, len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1);

	if (madvise(p, len, MADV_WIPEONFORK))
		scene_error(s, "MADV_WIPEONFORK: %s", strerror(errno));
	memset(p, 0, len);
	return p;
}

struct window *window_open(struct scene *s, const struct spot *spot, pid_t a,
			   int (*does)(struct scene *s), bool forks)
{
	static struct window *w;
	static char *stack;
	cpu_set_t here;
	int cpu = sched_getcpu();

	if (!w) {
		w = window_memory(s, sizeof(*w));
		stack = window_memory(s, B_STACK);
	}
	memset(w, 0, sizeof(*w));
	w->s = s;
	w->spot = *spot;
	w->a = a;
	w->does = does;
	if (spot->how != SPOT_CALL && spot->hit > MOST_HITS)
		scene_error(s, "a spot is waited for %d times at most", MOST_HITS);
	CPU_ZERO(&here);
	CPU_SET(cpu < 0 ? 0 : cpu, &here);
	if (sched_setaffinity(0, sizeof(here), &here) || sched_setaffinity(a, sizeof(here), &here))
		scene_error(s, "sched_setaffinity: %s", strerror(errno));
	if (spot->how == SPOT_WRITES)
		watch_word(w);
	else if (spot->how == SPOT_CALL)
		call(w);
	else
		probe(w);
	w->ring = mmap(NULL, (1 + RING_PAGES) * 4096, PROT_READ | PROT_WRITE, MAP_SHARED, w->event,
		       0);
	w->quit = eventfd(0, EFD_CLOEXEC);
	if (w->ring == MAP_FAILED || w->quit < 0)
		scene_error(s, "the event's ring buffer: %s", strerror(errno));
	/* The child of B begins on it. */
	if (madvise(stack, B_STACK, forks ? MADV_KEEPONFORK : MADV_WIPEONFORK))
		scene_error(s, "madvise of B's stack: %s", strerror(errno));
	helper_start_on(s, &w->b, b_waits, w, stack, B_STACK);
	if (!wait_until(w->ready))
		wait_error(s, by_thread(&w->b), "the second thread does not start");
	if (ioctl(w->event, PERF_EVENT_IOC_ENABLE, 0))
		scene_error(s, "PERF_EVENT_IOC_ENABLE: %s", strerror(errno));
	return w;
}

/* What is never met is an error, whoever's fault it is: nothing is known then. */
static void must_be_met(struct window *w, uint64_t hits)
{
	if (w->spot.how == SPOT_CALL)
		return;
	if (!w->begun)
		scene_error(w->s, "%s was reached %llu times, and not %u", w->probed,
			    (unsigned long long)hits, w->spot.hit);
	if (!w->in_kernel || w->asleep || !w->within) {
		dprintf(STDOUT_FILENO, "# A stood\n%s", w->stack);
		/* It is on its way out, or elsewhere: there it can be preempted, not before. */
		feature_needed(w->s, F_PREEMPT);
		scene_error(w->s, "%s was reached, but A %s only in %s < %s < %s", w->probed,
			    w->asleep ? "went to sleep by itself" : "could be held", w->stood[0],
			    w->stood[1], w->stood[2]);
	}
}

void window_b_ends(struct window *w, const char *clause)
{
	while (w->begun && !wait_until(w->finished))
		wait_failed(w->s, CHECK("race-b-hang"), clause, by_thread(&w->b),
			    "what the second thread does ends", "it does not within %d ms",
			    PATIENCE_MS);
}

void window_close(struct window *w, const char *clause)
{
	uint64_t hits = 0;

	/* One that is not ours may still be on its way to the spot. */
	if (w->spot.how != SPOT_CALL)
		wait_until(w->begun || w->a == syscall(SYS_gettid));
	else if (w->a != syscall(SYS_gettid))
		calls_settle(w->event, w->spot.hit, w->a);
	ioctl(w->event, PERF_EVENT_IOC_DISABLE, 0);
	read(w->event, &hits, sizeof(hits));
	if (hits >= w->spot.hit)
		wait_until(w->begun);
	window_b_ends(w, clause);
	write(w->quit, &(uint64_t){ 1 }, sizeof(uint64_t));
	if (!helper_wait(&w->b))
		wait_error(w->s, by_thread(&w->b), "the second thread does not end");
	must_be_met(w, hits);
	munmap(w->ring, (1 + RING_PAGES) * 4096);
	close(w->event);
	close(w->quit);
}
