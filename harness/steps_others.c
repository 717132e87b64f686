// SPDX-License-Identifier: GPL-2.0-only
/*
 * What others do to pages that the scene has a share in, and what they take away:
 * its own data must not suffer by it (C0).
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "feature.h"
#include "memory.h"
#include "tell.h"

#define MPOL_DEFAULT   0
#define MPOL_PREFERRED 1
#define MPOL_BIND      2

/* --- a page of KSM's that somebody frees --------------------------------------------- */

/* Pages of equal content that are not the scene's. */
struct strangers {
	char *one, *two;
};

static bool strangers_merged(struct scene *s, void *arg)
{
	struct strangers *t = arg;

	for_each_page(s, i)
		if (!ksm_merged(t->one + s->page_offset[i], t->two + s->page_offset[i]))
			return false;
	return true;
}

static bool scene_merged(struct scene *s, void *arg)
{
	struct strangers *t = arg;

	for_each_page(s, i)
		if (!ksm_merged(page_addr(s, i), t->one + s->page_offset[i]))
			return false;
	return true;
}

void ksm_with_freed(struct scene *s)
{
	struct strangers t = { 0 };

	step_begin(s, "C0", "ksm_with_freed");
	tell("ksm_with_freed();");
	feature_needed(s, F_KSM);
	t.one = map_small(s, s->area_len);
	t.two = map_small(s, s->area_len);
	for_each_page(s, i) {
		memcpy(t.one + s->page_offset[i], page_addr(s, i), PAGE_4K);
		memcpy(t.two + s->page_offset[i], page_addr(s, i), PAGE_4K);
	}
	ksm_may_merge(s, t.one, s->area_len);
	ksm_may_merge(s, t.two, s->area_len);
	if (!ksm_run(s, 1, strangers_merged, &t))
		wait_error(s, by_kernel("ksmd"), "ksmd does not merge two strangers' pages");
	/* One goes, and the other is the only one to have it. */
	munmap(t.two, s->area_len);
	if (madvise(t.one, s->area_len, MADV_FREE))
		scene_error(s, "MADV_FREE: %s", strerror(errno));
	ksm_may_merge(s, s->area, s->area_len);
	if (!ksm_run(s, 1, scene_merged, &t))
		wait_error(s, by_kernel("ksmd"), "ksmd does not merge the pages with a stranger's");
	/* What it gave up goes: reclaim leaves alone what is mapped twice. */
	munmap(t.one, s->area_len);
	step_end(s);
}

/* --- a pool of huge pages that is empty ------------------------------------------------ */

/* That are free, and not set aside. */
static long hugepages_to_have(void)
{
	static const char *const keys[] = { "HugePages_Free", "HugePages_Rsvd" };
	long n[2];

	file_numbers("/proc/meminfo", 2, keys, n);
	return n[0] - n[1];
}

/*
 * A process that shares all that the scene's has, does @does and then nothing. It goes with the thread
 * that made it: one that waits for a huge page in the kernel, and cannot be killed there, gets it then
 * and ends. False of @does is an ERROR.
 */
static pid_t idle_process(struct scene *s, bool (*does)(struct scene *s, long arg), long arg)
{
	int ready[2];
	char byte;
	pid_t pid;

	if (pipe(ready))
		scene_error(s, "pipe: %s", strerror(errno));
	pid = fork();
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (does(s, arg))
			write(ready[1], "", 1);
		close(ready[1]);
		for (;;)
			pause();
	}
	close(ready[1]);
	if (pid < 0 || read(ready[0], &byte, 1) != 1)
		scene_error(s, "a process beside the scene's cannot have what it needs");
	close(ready[0]);
	return pid;
}

static void idle_end(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

static bool shares(struct scene *s, long arg)
{
	(void)s;
	(void)arg;
	return true;
}

static bool has_hugepages(struct scene *s, long n)
{
	munmap(s->area, s->area_len);
	return mmap(NULL, n * HUGEPAGE, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB | MAP_POPULATE, -1, 0) != MAP_FAILED;
}

static pid_t take_all_hugepages(struct scene *s)
{
	pid_t pid = idle_process(s, has_hugepages, hugepages_to_have());

	if (hugepages_to_have())
		scene_error(s, "cannot take all free huge pages");
	return pid;
}

static void write_without_hugepages(struct scene *s, bool beside)
{
	uint64_t *addr[MODEL_PAGES], value[MODEL_PAGES];
	pid_t holder, sharer = beside ? idle_process(s, shares, 0) : 0;

	if (beside)
		tell_not("shares memory with a process that is no view");
	tell("take_hugepages();");
	tell("cpu_write(PARENT, 0, %u, %u);", s->npages, s->step);
	tell("give_hugepages();");
	if (!s->memory->huge || s->memory->shared)
		scene_error(s, "this is for private huge pages of hugetlbfs");
	holder = take_all_hugepages(s);
	for_each_page(s, i)
		if (!s->touched[i] && read_raises(page_addr(s, i), SIGBUS))
			scene_fail(s, CHECK("hugetlb-none-left"), "C0",
				   "the huge pages that were set aside for this mapping",
				   "SIGBUS for who reads page %u", i);
	for_each_page(s, i) {
		addr[i] = cell_addr(s, i, CELL_CPU);
		value[i] = stamp(BY_PARENT, s->step, i, CELL_CPU);
	}
	writer_begin(s, s->npages, addr, value);
	if (writer_wait(s, -1, PATIENCE_MS) != WRITER_DONE) {
		writer_stuck(s, CHECK("hugetlb-write-hang"), "C0",
			     "the write ends: the pages were set aside for this mapping");
		kill(holder, SIGKILL);
		if (writer_wait(s, -1, PATIENCE_MS) != WRITER_DONE)
			scene_error(s, "the write does not end though there are huge pages");
	}
	for_each_page(s, i)
		model_write(&s->model, PARENT, i, CELL_CPU, value[i]);
	idle_end(holder);
	if (beside)
		idle_end(sharer);
}

static pid_t scarce_sharer, scarce_holder;

static long free_on_node(int node)
{
	char path[96], line[32];

	snprintf(path, sizeof(path),
		 "/sys/devices/system/node/node%d/hugepages/hugepages-2048kB/free_hugepages", node);
	return file_get(path, line, sizeof(line)) ? strtol(line, NULL, 10) : -1;
}

/* In a process of its own. */
static bool take_on_node(int node, long n)
{
	const int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB;
	unsigned long mask = 1UL << node;
	char *p;

	if (n <= 0)
		return !n;
	p = mmap(NULL, n * HUGEPAGE, PROT_READ | PROT_WRITE, flags, -1, 0);
	if (p == MAP_FAILED ||
	    syscall(SYS_mbind, p, n * HUGEPAGE, MPOL_BIND, &mask, sizeof(mask) * 8, 0))
		return false;
	for (long i = 0; i < n; i++)
		*(volatile char *)(p + i * HUGEPAGE) = 1;
	return true;
}

static bool leaves_one_on(struct scene *s, long node)
{
	munmap(s->area, s->area_len);
	return take_on_node(node, free_on_node(node) - 1) &&
	       take_on_node(!node, free_on_node(!node));
}

void hugepages_scarce(struct scene *s, int node)
{
	scarce_sharer = idle_process(s, shares, 0);
	scarce_holder = idle_process(s, leaves_one_on, node);
	if (hugepages_to_have() != 1 || free_on_node(node) != 1)
		scene_error(s, "cannot take all free huge pages but one on node %d", node);
}

void hugepages_plenty(void)
{
	idle_end(scarce_sharer);
	idle_end(scarce_holder);
}

void cpu_write_without_hugepages(struct scene *s)
{
	step_begin(s, "C0", "cpu_write parent without free huge pages");
	write_without_hugepages(s, false);
	/* It pays with its own page: what it would fault in now kills it (hugetlb_wp()). */
	if (s->model.proc[CHILD].alive)
		s->proc[CHILD].blind = true;
	step_end(s);
}

void cpu_write_taken_from_another(struct scene *s)
{
	step_begin(s, "C0", "cpu_write parent takes another's huge pages");
	write_without_hugepages(s, true);
	step_end(s);
}

void hugepages_accounted(struct scene *s)
{
	static const char *const keys[] = { "HugePages_Rsvd", "HugePages_Total" };
	char rsvd[64] = "";
	long value[2];

	step_begin(s, "C8", "hugepages_accounted");
	tell("hugepages_accounted();");
	file_numbers("/proc/meminfo", 2, keys, value);
	/* One below zero reads as 2^64-1. */
	if ((unsigned long)value[0] > (unsigned long)value[1]) {
		snprintf(rsvd, sizeof(rsvd), "%ld%s", value[0],
			 value[0] == LONG_MAX ? " or more" : "");
		scene_fail(s, CHECK("hugepages-overbooked"), "C8",
			   "no more huge pages are set aside than there are", "%s of %ld", rsvd,
			   value[1]);
	}
	step_end(s);
}

/* More than a processor has at hand of the free pages of a node, and of one kind. */
#define STRANGER_LEN (1UL << 20)

/* As memory of a process, and as memory of the kernel's, which page tables are of: in a pipe. */
static void stranger(struct scene *s)
{
	char *p = map_small(s, STRANGER_LEN);
	int fd[2];

	/* No entry of a page table is like that. */
	memset(p, 0xff, STRANGER_LEN);
	if (pipe2(fd, O_CLOEXEC | O_NONBLOCK) || fcntl(fd[1], F_SETPIPE_SZ, STRANGER_LEN) < 0 ||
	    write(fd[1], p, STRANGER_LEN) != STRANGER_LEN)
		scene_error(s, "a pipe with %lu bytes: %s", STRANGER_LEN, strerror(errno));
}

void freed_is_used(struct scene *s)
{
	cpu_set_t all, one;

	step_begin(s, "", "freed_is_used");
	tell_not("fills what was freed");
	/* What readers may still see is freed behind them: they are waited for. */
	syscall(SYS_membarrier, 1 /* MEMBARRIER_CMD_GLOBAL */, 0, 0);
	if (sched_getaffinity(0, sizeof(all), &all))
		scene_error(s, "sched_getaffinity: %s", strerror(errno));
	for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
		if (!CPU_ISSET(cpu, &all))
			continue;
		CPU_ZERO(&one);
		CPU_SET(cpu, &one);
		sched_setaffinity(0, sizeof(one), &one);
		for (unsigned long node = 1; node <= 2; node <<= 1) {
			/* A kernel without nodes has one. */
			syscall(SYS_set_mempolicy, MPOL_PREFERRED, &node, 8UL);
			stranger(s);
		}
	}
	syscall(SYS_set_mempolicy, MPOL_DEFAULT, NULL, 0UL);
	sched_setaffinity(0, sizeof(all), &all);
	step_end(s);
}
