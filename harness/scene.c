// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/io.h>
#include <sys/mman.h>
#include <unistd.h>

#include "case_info.h"
#include "feature.h"
#include "internal.h"
#include "race_calls.h"
#include "tell.h"

/* --- set-up and tear-down --------------------------------------------------------- */

static unsigned int scene_random(struct scene *s)
{
	/* xorshift: repeatable for a seed; nothing here needs more. */
	s->rng ^= s->rng << 13;
	s->rng ^= s->rng >> 17;
	s->rng ^= s->rng << 5;
	return s->rng;
}

/*
 * A restored guest is a replay: same page frames, same CPU. Vary both by the
 * seed, which the record keeps.
 */
static void vary(struct scene *s)
{
	const char *seed = getenv("COWPEN_SEED");
	unsigned int pages;
	cpu_set_t cpus;
	char *p;

	s->seed = seed ? strtoull(seed, NULL, 0) : (uint64_t)ms_now() ^ (uint64_t)getpid() << 32;
	s->rng = (s->seed ^ s->seed >> 32) | 1;
	pages = scene_random(s) % 32;
	p = pages ? mmap(NULL, pages * 4096UL, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0) :
		    MAP_FAILED;
	if (!sched_getaffinity(0, sizeof(cpus), &cpus)) {
		int n = CPU_COUNT(&cpus), pick = scene_random(s) % n;
		cpu_set_t one;

		for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
			if (!CPU_ISSET(cpu, &cpus) || pick--)
				continue;
			CPU_ZERO(&one);
			CPU_SET(cpu, &one);
			sched_setaffinity(0, sizeof(one), &one);
			sched_setaffinity(0, sizeof(cpus), &cpus);
			break;
		}
	}
	/* Every other page goes back: what the scene gets is scattered. */
	if (p != MAP_FAILED)
		for (unsigned int i = 0; i < pages; i += 2)
			munmap(p + i * 4096UL, 4096);
}

/* A process of its own that holds a pin and does not end. */
static void leave_behind(struct scene *s)
{
	static char page[4096] __attribute__((aligned(4096)));
	struct pin p = { .kind = &pin_io_uring };
	int ready[2];

	if (pipe(ready))
		scene_error(s, "pipe: %s", strerror(errno));
	if (!fork()) {
		setsid();
		page[0] = 1;
		p.kind->open(s, &p);
		if (!p.kind->take(s, &p, page, sizeof(page)))
			write(ready[1], "", 1);
		for (;;)
			pause();
	}
	if (read(ready[0], page, 1) != 1)
		scene_error(s, "the process that is to be left behind has no pin");
}

static void plant(struct scene *s)
{
	const char *name = getenv("COWPEN_PLANT");

	if (!name || !*name)
		return;
	for (enum model_fault f = 0; f < NR_FAULTS; f++)
		if (!strcmp(name, model_fault_name(f))) {
			s->model.fault = f;
			if (f == FAULT_LEFT_BEHIND)
				leave_behind(s);
			return;
		}
	scene_error(s, "COWPEN_PLANT=%s: no such fault in the model", name);
}

static void open_device(struct scene *s, const struct pin_kind *kind)
{
	s->pin[0].kind = kind;
	s->npins = 1;
	if (s->pin[0].opened)
		return;
	tell_device(s, 0);
	tell_open(kind, PARENT);
	kind->open(s, &s->pin[0]);
	s->pin[0].opened = true;
}

void scene_begin(struct scene *s, const struct _fixture_variant_scene *v)
{
	s->memory = v->memory;
	s->uffd = s->memfd = s->handed.fd = -1;
	for (int i = 0; i < MODEL_PROCS; i++)
		s->proc[i].sock = s->proc[i].uffd = -1;
	if (v->pin)
		open_device(s, v->pin);
	s->page_len = 4096;
	s->npages = calls_one_page() ? 1 : s->memory->npages;
	model_init(&s->model, s->npages, s->memory->shared);
	s->seen = mmap(NULL, MODEL_PAGES * sizeof(*s->seen), PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (s->seen == MAP_FAILED)
		scene_error(s, "mmap: %s", strerror(errno));
	plant(s);
	writer_start_thread(s);
	watch_main(s);
	tell("map_%s();", s->memory->name);
	s->memory->map(s);
	for (unsigned int i = 0; i <= MODEL_REST; i++)
		s->first_content[i] = *model_content(&s->model, PARENT, i);
	tell_views(s);
	views_compare(s, "C1");
}

void scene_make(struct scene *s, const struct _fixture_variant_scene *v)
{
	const char *port = getenv("COWPEN_MARK_PORT");

	s->memory = v->memory;
	s->pin[0].kind = v->pin;
	if (port) {
		s->mark_port = strtol(port, NULL, 0);
		if (ioperm(s->mark_port, 1, 1))
			s->mark_port = 0;
	}
	snprintf(s->step_name, sizeof(s->step_name), "set-up");
	console_mark(s, "step 0 set-up");
	if (geteuid())
		scene_error(s, "must run as root (page frame numbers, userfaultfd)");
	tell_setup(s);
	/* Of swap nobody else can be told from us. */
	if (strstr(the_case->info->clauses, "C8") && (v->pin || v->memory->huge))
		tell("leaves_nothing();");
	/* Also where no step says so. */
	if (the_case->info->guest && !strcmp(the_case->info->guest, "swap=queued"))
		feature_needed(s, F_SWAP_QUEUED);
	vary(s);
	counters_read(&s->before);
	scene_begin(s, v);
}
