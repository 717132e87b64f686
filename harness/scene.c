// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <linux/userfaultfd.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/io.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "case_info.h"
#include "internal.h"

/* kselftest's codes; its header may be included only once, by the case. */
enum { KSFT_PASS = 0, KSFT_FAIL = 1, KSFT_SKIP = 4 };

/* One line for machines before the result; kselftest passes diagnostics through. */
static void say_json(json_t *o)
{
	char *text = json_dumps(o, JSON_COMPACT | JSON_ENSURE_ASCII);

	if (text)
		dprintf(STDOUT_FILENO, "# cowpen %s\n", text);
	free(text);
	json_decref(o);
}

static const struct known_broken *hint(const struct scene *s)
{
	char name[64];

	snprintf(name, sizeof(name), "%s-%s", s->memory->name,
		 s->pin[0].kind ? s->pin[0].kind->name : "none");
	return case_known_broken(name);
}

static void end_test(struct scene *s, int code)
{
	knobs_restore();
	*s->exit_code = code;
	/* _exit: kselftest's parent reads the shared exit code and tears down. */
	_exit(0);
}

static json_t *result_json(struct scene *s, const char *status)
{
	char step[160];

	snprintf(step, sizeof(step), "%u %s", s->step, s->step_name);
	return json_pack("{s:s, s:s}", "status", status, "step", step);
}

static void fail_said(struct scene *s, const char *clause, const char *wanted, const char *seen)
{
	const struct known_broken *known = hint(s);
	json_t *o = result_json(s, "fail");

	dprintf(STDOUT_FILENO, "# step   %u %s\n# clause %s broken\n# wanted %s\n# seen   %s\n",
		s->step, s->step_name, clause, wanted, seen);
	if (known)
		dprintf(STDOUT_FILENO, "# known  broken from %s %s%s%s%s: %s\n", known->from,
			*known->to ? "until " : "to this day", known->to,
			*known->fix ? ", fixed by " : "", known->fix, known->reason);
	json_object_set_new(o, "clause", json_string(clause));
	json_object_set_new(o, "wanted", json_string(wanted));
	json_object_set_new(o, "seen", json_string(seen));
	if (known && *known->fix)
		json_object_set_new(o, "fix", json_string(known->fix));
	say_json(o);
	snprintf(s->reason, s->reason_len, "%s at step %u %s", clause, s->step, s->step_name);
}

void scene_fail(struct scene *s, const char *clause, const char *wanted, const char *seen_fmt, ...)
{
	char seen[512];
	va_list ap;

	va_start(ap, seen_fmt);
	vsnprintf(seen, sizeof(seen), seen_fmt, ap);
	va_end(ap);
	fail_said(s, clause, wanted, seen);
	end_test(s, KSFT_FAIL);
	abort();
}

void scene_error(struct scene *s, const char *fmt, ...)
{
	json_t *o = result_json(s, "error");
	char why[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why, sizeof(why), fmt, ap);
	va_end(ap);
	snprintf(s->reason, s->reason_len, "ERROR step %u %s: %s", s->step, s->step_name, why);
	json_object_set_new(o, "reason", json_string(why));
	say_json(o);
	end_test(s, KSFT_FAIL);
	abort();
}

void scene_skip(struct scene *s, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(s->reason, s->reason_len, fmt, ap);
	va_end(ap);
	end_test(s, KSFT_SKIP);
	abort();
}

void observe(struct scene *s, const char *what, const char *fmt, ...)
{
	unsigned int i;
	va_list ap;

	for (i = 0; i < s->nobservations; i++)
		if (!strcmp(s->observation[i][0], what))
			break;
	if (i == SCENE_OBSERVATIONS)
		return;
	if (i == s->nobservations)
		s->nobservations++;
	snprintf(s->observation[i][0], sizeof(s->observation[i][0]), "%s", what);
	va_start(ap, fmt);
	vsnprintf(s->observation[i][1], sizeof(s->observation[i][1]), fmt, ap);
	va_end(ap);
}

/* --- steps --------------------------------------------------------------------- */

const char *which(const struct scene *s, unsigned int first, unsigned int n)
{
	static char text[32];

	n = clamp_pages(s, first, n);
	if (n == 1 && s->npages > 1)
		snprintf(text, sizeof(text), " page %u", first);
	else
		snprintf(text, sizeof(text), "%s", n == s->npages ? "" : " some pages");
	return text;
}

const char *const who[MODEL_PROCS] = { "parent", "child", "grandchild", "other" };

/*
 * Straight to the debug console if the runner named its port: what is written
 * there has reached the host when the instruction is done, so the step that
 * killed the kernel is known.
 */
static void mark(struct scene *s, const char *text)
{
	if (!s->mark_port)
		return;
	for (; *text; text++)
		outb(*text, s->mark_port);
	outb('\n', s->mark_port);
}

void step_begin(struct scene *s, const char *clause, const char *fmt, ...)
{
	char line[128];
	va_list ap;

	s->step++;
	snprintf(s->step_clause, sizeof(s->step_clause), "%s", clause);
	va_start(ap, fmt);
	vsnprintf(s->step_name, sizeof(s->step_name), fmt, ap);
	va_end(ap);
	snprintf(line, sizeof(line), "step %u %s", s->step, s->step_name);
	mark(s, line);
}

void page_range(const struct scene *s, unsigned int first, unsigned int n, char **start,
		size_t *len)
{
	n = clamp_pages(s, first, n);
	if (first == 0 && n == s->npages) {
		*start = s->area;
		*len = s->area_len;
	} else {
		*start = page_addr(s, first);
		*len = s->page_offset[first + n - 1] - s->page_offset[first] + s->page_len;
	}
}

void touch(struct scene *s, unsigned int first, unsigned int n)
{
	for (unsigned int i = first; i < first + clamp_pages(s, first, n); i++) {
		s->touched[i] = true;
		s->out[i] = false;
	}
}

/* --- views --------------------------------------------------------------------- */



/*
 * Which clause a wrong value breaks. Another process's write in a place that
 * is private is isolation, whoever looks; else a pin and its page parted if
 * either end of the difference is a device; else it is what the step is about.
 */
static const char *clause_of(const struct scene *s, int viewer, bool by_pin, uint64_t wanted,
			     uint64_t seen)
{
	enum actor wanted_by = NR_ACTORS, seen_by = NR_ACTORS;

	stamp_parse(wanted, &wanted_by, NULL, NULL);
	stamp_parse(seen, &seen_by, NULL, NULL);
	if (!s->memory->shared &&
	    (viewer != PARENT || (seen_by <= BY_OTHER && (int)seen_by != viewer)))
		return "C2";
	if (by_pin || wanted_by == BY_DEVICE || seen_by == BY_DEVICE)
		return "C1";
	return s->step_clause;
}

static void mismatch(struct scene *s, const char *clause, const char *view, unsigned int page,
		     enum cell c, uint64_t wanted, uint64_t seen)
{
	char w[96], v[96], moved[96] = "";
	uint64_t pfn = PM_PFN(pagemap(0, page_addr(s, page)));

	if (s->pfn_at_pin[page] && pfn != s->pfn_at_pin[page])
		snprintf(moved, sizeof(moved),
			 "; the parent's page moved from pfn %#llx (pinned) to %#llx",
			 (unsigned long long)s->pfn_at_pin[page], (unsigned long long)pfn);
	scene_fail(s, clause, stamp_str(wanted, w, sizeof(w)), "%s%s (view: %s, page %u, %s cell)",
		   stamp_str(seen, v, sizeof(v)), moved, view, page,
		   c == CELL_CPU ? "CPU" : "device");
}

static bool visible(const struct scene *s, int proc, unsigned int page)
{
	/* What is read-and-write protected is not to be looked at: that would be noticed. */
	bool closed = s->uffd_mode & UFFDIO_REGISTER_MODE_RWP &&
		      model_marked(&s->model, proc, page);

	return s->touched[page] && !s->out[page] && !s->racing[page] && !closed &&
	       !s->proc[proc].blind;
}

static void compare_proc(struct scene *s, int proc, uint64_t cell[][NR_CELLS], const char *clause)
{
	for_each_page(s, i)
		for (enum cell c = 0; c < NR_CELLS; c++) {
			uint64_t wanted = model_value(&s->model, proc, i, c);

			if (!visible(s, proc, i) || cell[i][c] == wanted)
				continue;
			mismatch(s, clause ?: clause_of(s, proc, false, wanted, cell[i][c]),
				 who[proc], i, c, wanted, cell[i][c]);
		}
}

static void compare_alias(struct scene *s)
{
	for_each_page(s, i)
		for (enum cell c = 0; c < NR_CELLS; c++) {
			uint64_t seen =
				*(volatile uint64_t *)(s->alias + s->page_offset[i] + CELL_OFFSET(c));
			uint64_t wanted = s->alias_follows ? model_value(&s->model, PARENT, i, c) :
							     s->first_content[i][c];

			if (seen != wanted && !(s->alias_follows && s->racing[i]))
				mismatch(s, s->alias_follows ? "C1" : "C2",
					 s->alias_follows ? "second mapping of the file" :
							    "what is behind the private mapping",
					 i, c, wanted, seen);
		}
}

static void compare_pin(struct scene *s, int n, const char *clause)
{
	struct pin *p = &s->pin[n];
	char view[64];
	int asked;

	if (!s->model.pin[n].live || !p->taken || p->busy || !p->kind->can_read)
		return;
	asked = s->model.proc[p->owner].alive ? p->owner : p->also;
	snprintf(view, sizeof(view), "%s's %s pin", who[p->owner], p->kind->name);
	for_each_page(s, i) {
		uint64_t cell[NR_CELLS], wanted;
		struct child_cmd cmd = { .op = OP_PIN_READ, .pin = n, .page = i };
		struct child_reply reply;
		int err;

		if (!model_pin_covers(&s->model, n, i) || s->racing[i])
			continue;
		/* It would bring in what is not there. */
		if (p->kind->on_demand && !visible(s, p->owner, i))
			continue;
		if (asked == PARENT) {
			err = p->kind->read(s, p, i, cell);
		} else {
			child_ask(s, asked, &cmd, &reply);
			err = reply.ret;
			memcpy(cell, reply.cell[0], sizeof(cell));
		}
		/* It asks for what it holds: no page table has a say in that. */
		if (err == -EFAULT && p->kind->coherent && !p->kind->on_demand)
			scene_fail(s, "C1", "the device reaches the page that it has pinned",
				   "EFAULT (view: %s, page %u)", view, i);
		if (err)
			scene_error(s, "%s could not be read: %s", view, strerror(-err));
		for (enum cell c = 0; c < NR_CELLS; c++)
			if (!model_pin_allows(&s->model, n, i, c, cell[c], &wanted))
				mismatch(s, clause ?: clause_of(s, p->owner, true, wanted, cell[c]),
					 view, i, c, wanted, cell[c]);
	}
}

void views_compare(struct scene *s, const char *clause)
{
	uint64_t cell[MODEL_PAGES][NR_CELLS];

	s->look++;
	for_each_page(s, i)
		for (enum cell c = 0; c < NR_CELLS; c++)
			if (visible(s, PARENT, i))
				cell[i][c] = *(volatile uint64_t *)cell_addr(s, i, c);
	compare_proc(s, PARENT, cell, clause);
	if (s->alias)
		compare_alias(s);
	for (int proc = CHILD; proc < MODEL_PROCS; proc++) {
		struct child_cmd cmd = { .op = OP_READ };
		struct child_reply reply;

		if (!s->model.proc[proc].alive || !s->model.proc[proc].mapped)
			continue;
		for_each_page(s, i)
			if (visible(s, proc, i))
				cmd.pages |= 1U << i;
		child_ask(s, proc, &cmd, &reply);
		compare_proc(s, proc, reply.cell, clause);
	}
	for (unsigned int i = 0; i < s->npins; i++)
		compare_pin(s, i, clause);
}

static void compare_marks(struct scene *s)
{
	/* Also when the last registration has gone: it must have taken its marks along. */
	if (!s->pagemap_has_mark)
		return;
	/* There a write takes the mark away, and so may others: that is the ledger's, C9. */
	if (s->uffd_features & UFFD_FEATURE_WP_ASYNC)
		return;
	for (int proc = PARENT; proc < MODEL_PROCS; proc++) {
		if (!s->model.proc[proc].alive || !s->model.proc[proc].mapped)
			continue;
		for_each_page(s, i) {
			bool wanted = model_marked(&s->model, proc, i);
			uint64_t e =
				pagemap(proc == PARENT ? 0 : s->proc[proc].pid,
					page_addr_in(s, proc, i));

			if (!!(e & PM_UFFD_WP) == wanted)
				continue;
			scene_fail(s, "C4",
				   wanted ? "the write-protect mark" : "no write-protect mark",
				   "%s on page %u of the %s (pagemap 0x%016llx)",
				   wanted ? "none" : "one", i, who[proc],
				   (unsigned long long)e);
		}
	}
}

void step_end(struct scene *s)
{
	bool write_waits = false;
	struct uffd_notice n;

	/* Before anybody has looked, and again when what looking brought in is there. */
	ledger_compare(s);
	views_compare(s, NULL);
	compare_marks(s);
	ledger_compare(s);
	/* A write that waits has its notification still to be read: write_begin(). */
	for_each_page(s, i)
		write_waits |= s->racing[i];
	if (s->uffd >= 0 && !write_waits && uffd_next(s, s->uffd, &n))
		scene_fail(s, "C3", "no notification without a write", "one for offset %#llx",
			   (unsigned long long)(n.address - (uintptr_t)s->area));
}

/* --- set-up and tear-down --------------------------------------------------------- */

static void counters_read(struct scene_counters *c)
{
	static const char *const keys[] = { "HugePages_Free", "SwapFree" };
	long value[2];

	c->pins = pins_outstanding();
	file_numbers("/proc/meminfo", 2, keys, value);
	c->hugepages_free = value[0];
	c->swap_free_kib = value[1];
	c->taint = kernel_taint();
}

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

void scene_make(struct scene *s, const struct _fixture_variant_scene *v)
{
	const char *port = getenv("COWPEN_MARK_PORT");

	s->memory = v->memory;
	s->uffd = s->memfd = -1;
	for (int i = 0; i < MODEL_PROCS; i++)
		s->proc[i].sock = s->proc[i].uffd = -1;
	if (port) {
		s->mark_port = strtol(port, NULL, 0);
		if (ioperm(s->mark_port, 1, 1))
			s->mark_port = 0;
	}
	snprintf(s->step_name, sizeof(s->step_name), "set-up");
	mark(s, "step 0 set-up");
	if (v->pin) {
		s->pin[0].kind = v->pin;
		s->npins = 1;
	}
	if (geteuid())
		scene_error(s, "must run as root (page frame numbers, userfaultfd)");
	vary(s);
	counters_read(&s->before);
	if (v->pin) {
		v->pin->open(s, &s->pin[0]);
		s->pin[0].opened = true;
	}
	s->page_len = 4096;
	s->npages = s->memory->npages;
	model_init(&s->model, s->npages, s->memory->shared);
	plant(s);
	writer_start_thread(s);
	s->memory->map(s);
	for_each_page(s, i)
		for (enum cell c = 0; c < NR_CELLS; c++)
			s->first_content[i][c] = model_value(&s->model, PARENT, i, c);
	views_compare(s, "C1");
}

/*
 * Pins outlive the process that made them while a child holds the device, and
 * io_uring gives pages back after exit has returned, so this waits: first for
 * the children, then for the counters.
 */
void scene_end(struct scene *s)
{
	uint64_t end = ms_now() + PATIENCE_MS;
	struct scene_counters now;
	const char *what;
	long was, is;
	/* Kernels up to 6.17 keep up to 64 swap slots a CPU and direction for later. */
	long slack = 4L * 128 * sysconf(_SC_NPROCESSORS_ONLN);

	children_kill(s);
	for (int i = CHILD; i < MODEL_PROCS; i++)
		while (!process_gone(s->proc[i].pid) && ms_now() < end)
			ms_sleep(1);
	end = ms_now() + PATIENCE_MS / 2;
	for (;;) {
		counters_read(&now);
		what = NULL;
		if (now.taint & ~s->before.taint) {
			what = "kernel taint", was = s->before.taint, is = now.taint;
			break;
		}
		if (now.pins != s->before.pins)
			what = "outstanding pins", was = s->before.pins, is = now.pins;
		else if (now.hugepages_free != s->before.hugepages_free)
			what = "free huge pages", was = s->before.hugepages_free,
			is = now.hugepages_free;
		else if (now.swap_free_kib < s->before.swap_free_kib - slack)
			what = "free swap in KiB", was = s->before.swap_free_kib,
			is = now.swap_free_kib;
		if (!what || ms_now() > end)
			break;
		ms_sleep(5);
	}
	if (what && *s->exit_code == KSFT_PASS) {
		char wanted[96], seen[64];

		s->step++;
		snprintf(s->step_name, sizeof(s->step_name), "nothing left behind");
		snprintf(wanted, sizeof(wanted), "%s as before: %ld", what, was);
		snprintf(seen, sizeof(seen), "%ld", is);
		fail_said(s, "C8", wanted, seen);
		*s->exit_code = KSFT_FAIL;
	}
	if (s->nobservations || *s->exit_code == KSFT_PASS) {
		json_t *o = json_object(), *obs = json_object();

		for (unsigned int i = 0; i < s->nobservations; i++)
			json_object_set_new(obs, s->observation[i][0],
					    json_string(s->observation[i][1]));
		if (*s->exit_code == KSFT_PASS) {
			json_object_set_new(o, "status", json_string("pass"));
			json_object_set_new(o, "steps", json_integer(s->step));
		}
		if (s->nobservations)
			json_object_set_new(o, "observations", obs);
		else
			json_decref(obs);
		say_json(o);
	}
}
