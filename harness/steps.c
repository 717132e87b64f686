// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <linux/userfaultfd.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "internal.h"

/* --- names for people ------------------------------------------------------------ */

static const char *which(const struct scene *s, unsigned int first, unsigned int n)
{
	static char text[32];

	n = clamp_pages(s, first, n);
	if (n == 1 && s->npages > 1)
		snprintf(text, sizeof(text), " page %u", first);
	else
		snprintf(text, sizeof(text), "%s", n == s->npages ? "" : " some pages");
	return text;
}

static const char *const who[MODEL_PROCS] = { "parent", "child", "grandchild", "other" };

/* --- pins ------------------------------------------------------------------------ */

static void pin_prepare(struct scene *s, struct pin *p, unsigned int first, unsigned int n)
{
	p->first = first;
	p->n = clamp_pages(s, first, n);
	page_range(s, first, n, &p->addr, &p->len);
}

/*
 * A R/O pin of what is shared has to unshare it, or it would go stale. What is
 * not for writing tells of it by the frame alone.
 */
static void remember_frames(struct scene *s, uint64_t pfn[])
{
	for_each_page(s, i)
		pfn[i] = PM_PFN(pagemap(0, page_addr(s, i)));
}

static void tell_unshared(struct scene *s, const char *what, const uint64_t pfn[])
{
	unsigned int n = 0, moved = 0;

	for_each_page(s, i) {
		n += !!pfn[i];
		moved += pfn[i] && pfn[i] != PM_PFN(pagemap(0, page_addr(s, i)));
	}
	observe(s, what, "%u of %u", moved, n);
}

static void pin_taken(struct scene *s, int n)
{
	struct pin *p = &s->pin[n];

	p->taken = true;
	if (!p->kind->on_demand)
		touch(s, p->first, p->n);
	model_pin(&s->model, n, p->owner, p->first, p->n, p->kind->coherent);
	if (p->owner == PARENT && p->kind->coherent && !p->kind->on_demand)
		for (unsigned int i = p->first; i < p->first + p->n; i++)
			s->pfn_at_pin[i] = PM_PFN(pagemap(0, page_addr(s, i)));
}

/*
 * The proof that a pin was taken is the kernel's count of FOLL_PIN references.
 * Not VmPin: 7.3 no longer accounts io_uring's buffers of a privileged user.
 * FOLL_GET is not counted, and O_DIRECT is that up to 6.4.
 */
static bool counted(const struct pin *p)
{
	return p->kind->coherent && !p->kind->one_shot && !p->kind->on_demand && !p->zero_page;
}

/* A R/O pin that got the zero page has got no reference (c8070b787519), but it has got it. */
static bool holds_zero_page(struct scene *s, const struct pin *p)
{
	for (unsigned int i = p->first; i < p->first + p->n; i++)
		if (!(kpageflags(PM_PFN(pagemap(0, page_addr(s, i)))) & KPF_ZERO_PAGE))
			return false;
	return true;
}

/* @before: pins_outstanding() then. */
static void prove_pin(struct scene *s, const struct pin *p, long before)
{
	if (!counted(p) || pins_outstanding() > before)
		return;
	if (holds_zero_page(s, p))
		scene_fail(s, "C7", "a page of the process's own is pinned for writing",
			   "the zero page, which is everybody's, is still mapped");
	scene_error(s, "nr_foll_pin_acquired did not grow: nothing was pinned");
}

void pin_pages(struct scene *s, unsigned int first, unsigned int n)
{
	struct pin *p = &s->pin[0];
	uint64_t pfn[MODEL_PAGES];
	long before;
	int err;

	if (!p->kind)
		return;
	before = counted(p) ? pins_outstanding() : 0;
	step_begin(s, "C7", "pin %s%s", p->kind->name, which(s, first, n));
	pin_prepare(s, p, first, n);
	remember_frames(s, pfn);
	err = p->kind->take(s, p, p->addr, p->len);
	if (err)
		scene_fail(s, "C7", "the pin is taken", "%s", strerrorname_np(-err));
	if (!p->kind->for_write) {
		tell_unshared(s, "frames_new_by_pin", pfn);
		p->zero_page = holds_zero_page(s, p);
	}
	prove_pin(s, p, before);
	pin_taken(s, 0);
	step_end(s);
}

void pin(struct scene *s)
{
	pin_pages(s, ALL_PAGES);
}

int pin_by(struct scene *s, const struct pin_kind *kind, int proc, unsigned int first,
	   unsigned int n)
{
	struct child_cmd cmd = { .op = OP_PIN, .pin = s->npins };
	struct pin *p = &s->pin[s->npins];
	struct child_reply reply;
	int err;

	step_begin(s, "C7", "pin %s by %s%s", kind->name, who[proc], which(s, first, n));
	if (s->npins == MODEL_PINS)
		scene_error(s, "a scene has at most %d pins", MODEL_PINS);
	p->kind = kind;
	p->owner = proc;
	pin_prepare(s, p, first, n);
	if (proc == PARENT) {
		kind->open(s, p);
		p->opened = true;
		err = kind->take(s, p, p->addr, p->len);
	} else {
		child_ask(s, proc, &cmd, &reply);
		err = reply.ret;
	}
	if (err)
		scene_fail(s, "C7", "the pin is taken", "%s", strerrorname_np(-err));
	pin_taken(s, s->npins);
	s->npins++;
	step_end(s);
	return s->npins - 1;
}

struct taker {
	struct scene *s;
	struct pin *p;
	volatile int err;
	volatile bool done;
};

static void *take_in_thread(void *arg)
{
	struct taker *t = arg;

	t->err = t->p->kind->take(t->s, t->p, t->p->addr, t->p->len);
	t->done = true;
	return NULL;
}

bool pin_write_protected(struct scene *s)
{
	struct taker t = { .s = s, .p = &s->pin[0] };
	uint64_t end = ms_now() + PATIENCE_MS;
	uint64_t pfn[MODEL_PAGES];
	unsigned int seen = 0;
	pthread_t thread;

	if (!t.p->kind)
		return false;
	step_begin(s, "C7", "pin %s under write-protect", t.p->kind->name);
	pin_prepare(s, t.p, ALL_PAGES);
	remember_frames(s, pfn);
	if (pthread_create(&thread, NULL, take_in_thread, &t))
		scene_error(s, "cannot start a thread");
	while (!t.done) {
		struct uffd_notice n;

		if (!uffd_next(s, s->uffd, &n)) {
			if (ms_now() > end)
				scene_fail(s, "C7", "the pin is taken or refused",
					   "neither within %d ms, after %u notifications",
					   PATIENCE_MS, seen);
			ms_sleep(1);
			continue;
		}
		if (!n.wp || !n.write)
			scene_fail(s, "C3", "a write-protect notification", "another kind");
		if (!t.p->kind->for_write)
			scene_fail(s, "C3", "no notification: this pin is not for writing",
				   "one for offset %#llx",
				   (unsigned long long)(n.address - (uintptr_t)s->area));
		seen++;
		/* Unprotect what was asked for, and no more: each page must ask for itself. */
		for_each_page(s, i)
			if (n.address >= (uintptr_t)page_addr(s, i) &&
			    n.address < (uintptr_t)page_addr(s, i) + s->page_len) {
				if (!model_marked(&s->model, PARENT, i))
					scene_fail(s, "C3", "one notification a page",
						   "a second one for page %u", i);
				model_mark(&s->model, PARENT, i, false);
			}
		uffd_protect(s, s->uffd, (void *)(n.address & ~(s->page_len - 1)), s->page_len, 0);
	}
	pthread_join(thread, NULL);
	observe(s, "pin_under_wp", "%s, %u notifications",
		t.err ? strerrorname_np(-t.err) : "taken", seen);
	if (!t.p->kind->for_write) {
		tell_unshared(s, "frames_new_by_pin", pfn);
		t.p->zero_page = holds_zero_page(s, t.p);
	}
	/*
	 * Up to 6.1 a long-term pin could not wait for the monitor: GUP without
	 * FAULT_FLAG_ALLOW_RETRY makes userfaultfd answer SIGBUS, so EFAULT.
	 */
	if (t.err == -EFAULT && !seen) {
		step_end(s);
		return false;
	}
	if (t.err)
		scene_fail(s, "C7", "the pin is taken, or refused with EFAULT and no notification",
			   "%s after %u notifications", strerrorname_np(-t.err), seen);
	for_each_page(s, i)
		if (t.p->kind->for_write && model_marked(&s->model, PARENT, i))
			scene_fail(s, "C3",
				   "a notification before a marked page is pinned for writing",
				   "none for page %u", i);
	pin_taken(s, 0);
	step_end(s);
	return true;
}

void unpin(struct scene *s)
{
	struct pin *p = &s->pin[0];
	uint64_t end = ms_now() + PATIENCE_MS;
	long before;

	if (!p->taken)
		return;
	before = counted(p) ? pins_outstanding() : 0;
	step_begin(s, "C8", "unpin %s", p->kind->name);
	p->kind->release(s, p);
	p->taken = false;
	model_unpin(&s->model, 0);
	memset(s->pfn_at_pin, 0, sizeof(s->pfn_at_pin));
	while (counted(p) && pins_outstanding() >= before) {
		if (ms_now() > end)
			scene_fail(s, "C8", "the count of pins goes down", "%ld, as before",
				   before);
		ms_sleep(1);
	}
	step_end(s);
}

void peek(struct scene *s)
{
	struct iovec local, remote[MODEL_PAGES];
	char copy[MODEL_PAGES][CELL_SPAN];
	uint64_t pfn[MODEL_PAGES], v;
	char wanted[96], seen[96];
	long before, pinned;
	ssize_t len;

	step_begin(s, "C2", "peek");
	for_each_page(s, i)
		remote[i] = (struct iovec){ page_addr(s, i), CELL_SPAN };
	local = (struct iovec){ copy, s->npages * sizeof(copy[0]) };
	remember_frames(s, pfn);
	before = pins_acquired();
	len = process_vm_readv(getpid(), &local, 1, remote, s->npages, 0);
	if (len < 0 && errno == ENOSYS)
		scene_skip(s, "this kernel has no process_vm_readv (CONFIG_CROSS_MEMORY_ATTACH)");
	if (len != (ssize_t)local.iov_len)
		scene_error(s, "process_vm_readv: %s", len < 0 ? strerror(errno) : "short");
	pinned = pins_acquired() - before;
	tell_unshared(s, "frames_new_by_peek", pfn);
	/* Of the zero page it takes no reference, see holds_zero_page(). */
	for_each_page(s, i)
		pinned += !!(kpageflags(PM_PFN(pagemap(0, page_addr(s, i)))) & KPF_ZERO_PAGE);
	if (pinned < s->npages)
		scene_error(s, "process_vm_readv pinned %ld pages of %u", pinned, s->npages);
	touch(s, ALL_PAGES);
	for_each_page(s, i)
		for (enum cell c = 0; c < NR_CELLS; c++) {
			uint64_t want = model_value(&s->model, PARENT, i, c);

			memcpy(&v, copy[i] + CELL_OFFSET(c), sizeof(v));
			if (v != want)
				scene_fail(s, "C2", stamp_str(want, wanted, sizeof(wanted)),
					   "%s (view: process_vm_readv, page %u)",
					   stamp_str(v, seen, sizeof(seen)), i);
		}
	step_end(s);
}

/* --- the CPU --------------------------------------------------------------------- */

static void parent_writes(struct scene *s, unsigned int first, unsigned int n)
{
	uint64_t *addr[MODEL_PAGES], value[MODEL_PAGES];
	unsigned int count = 0;

	for (unsigned int i = first; i < first + n; i++) {
		if (model_marked(&s->model, PARENT, i))
			scene_error(s,
				    "the case writes to page %u, which is write-protected, "
				    "without a monitor",
				    i);
		addr[count] = cell_addr(s, i, CELL_CPU);
		value[count++] = stamp(BY_PARENT, s->step, i, CELL_CPU);
	}
	writer_begin(s, count, addr, value);
	switch (writer_wait(s, s->uffd, PATIENCE_MS)) {
	case WRITER_DONE:
		break;
	case WRITER_NOTICE:
		scene_fail(s, "C3", "a write to memory without a mark goes through",
			   "it made a notification");
	case WRITER_STUCK:
		scene_fail(s, "C3", "the write ends", "it does not within %d ms", PATIENCE_MS);
	}
	for (unsigned int i = first; i < first + n; i++)
		model_write(&s->model, PARENT, i, CELL_CPU, stamp(BY_PARENT, s->step, i, CELL_CPU));
}

void cpu_write_pages(struct scene *s, int proc, unsigned int first, unsigned int n)
{
	struct child_cmd cmd = { .op = OP_WRITE };
	struct child_reply reply;

	step_begin(s, proc == PARENT ? "C1" : "C2", "cpu_write %s%s", who[proc],
		   which(s, first, n));
	n = clamp_pages(s, first, n);
	if (proc == PARENT) {
		parent_writes(s, first, n);
	} else {
		for (unsigned int i = first; i < first + n; i++) {
			if (model_marked(&s->model, proc, i))
				scene_error(s,
					    "the case lets the child write page %u, which is "
					    "write-protected, without a monitor",
					    i);
			cmd.pages |= 1U << i;
			cmd.value[i] = stamp((enum actor)proc, s->step, i, CELL_CPU);
		}
		child_send(s, proc, &cmd);
		if (!child_answer(s, proc, &reply))
			scene_fail(s, "C4", "the child's write ends: it inherited no mark",
				   "it does not within %d ms", PATIENCE_MS);
		for (unsigned int i = first; i < first + n; i++)
			model_write(&s->model, proc, i, CELL_CPU, cmd.value[i]);
	}
	touch(s, first, n);
	step_end(s);
}

void cpu_write(struct scene *s, int proc)
{
	cpu_write_pages(s, proc, ALL_PAGES);
}

void cpu_read(struct scene *s, int proc)
{
	step_begin(s, "C1", "cpu_read %s", who[proc]);
	/* A view that may look is the read. */
	touch(s, ALL_PAGES);
	step_end(s);
}

static sigjmp_buf segv_env;

static void on_segv(int sig)
{
	siglongjmp(segv_env, sig);
}

void cpu_write_refused(struct scene *s, unsigned int page)
{
	struct sigaction act = { .sa_handler = on_segv }, old;
	volatile bool refused = false;

	step_begin(s, "C5", "cpu_write_refused page %u", page);
	sigaction(SIGSEGV, &act, &old);
	if (!sigsetjmp(segv_env, 1))
		*(volatile uint64_t *)cell_addr(s, page, CELL_CPU) =
			stamp(BY_PARENT, s->step, page, CELL_CPU);
	else
		refused = true;
	sigaction(SIGSEGV, &old, NULL);
	if (!refused)
		scene_fail(s, "C5", "SIGSEGV: the mapping is read-only", "the write went through");
	step_end(s);
}

/* --- the device ------------------------------------------------------------------- */

static void notice_is_for(struct scene *s, const struct uffd_notice *n, unsigned int page);

void device_write_pages(struct scene *s, unsigned int first, unsigned int n)
{
	struct pin *p = &s->pin[0];
	uint64_t v[MODEL_PAGES];
	int err = 0;

	if (!p->kind)
		return;
	/* What it cannot write it is asked to read; a case need not know which of them it has. */
	if (p->taken && p->kind->coherent && p->kind->can_read && !p->kind->can_write) {
		step_begin(s, "C1", "device_read %s%s", p->kind->name, which(s, first, n));
		step_end(s);
		return;
	}
	step_begin(s, "C1", "device_write %s%s", p->kind->name, which(s, first, n));
	if (!p->taken || !p->kind->can_write)
		scene_error(s, "%s cannot write here", p->kind->name);
	if (first < p->first)
		first = p->first;
	n = clamp_pages(s, first, n);
	if (first + n > p->first + p->n)
		n = p->first + p->n - first;
	for (unsigned int i = 0; i < n; i++) {
		if (p->kind->on_demand && model_marked(&s->model, p->owner, first + i))
			scene_error(s,
				    "the case lets %s write page %u, which is write-protected, "
				    "without a monitor",
				    p->kind->name, first + i);
		v[i] = stamp(BY_DEVICE, s->step, first + i, CELL_DEV);
	}
	if (p->kind->one_shot) {
		if (first != p->first || n != p->n)
			scene_error(s, "%s writes all its pages or none", p->kind->name);
		err = p->kind->write(s, p, first, v);
	} else {
		for (unsigned int i = 0; i < n && !err; i++)
			err = p->kind->write(s, p, first + i, &v[i]);
	}
	/* It asks for what it holds already: no page table has a say in that. */
	if (err == -EFAULT && p->kind->coherent && !p->kind->one_shot && !p->kind->on_demand)
		scene_fail(s, "C1", "the device reaches the page that it has pinned", "EFAULT");
	if (err)
		scene_error(s, "the device failed: %s", strerror(-err));
	for (unsigned int i = 0; i < n; i++)
		model_device_write(&s->model, 0, first + i, v[i]);
	if (p->kind->on_demand)
		touch(s, first, n);
	if (p->kind->one_shot)
		model_unpin(&s->model, 0);
	step_end(s);
}

void device_write(struct scene *s)
{
	device_write_pages(s, ALL_PAGES);
}

void ask_device_write(struct scene *s)
{
	struct pin *p = &s->pin[0];
	int err;

	step_begin(s, "C5", "ask_device_write %s", p->kind->name);
	if (!p->taken || !p->kind->ask_write)
		scene_error(s, "%s cannot be asked for more than it has", p->kind->name);
	err = p->kind->ask_write(s, p);
	if (err == -EOPNOTSUPP || err == -ENOSYS)
		scene_skip(s, "soft-RoCE does not register an MR again (v6.5)");
	observe(s, "rereg_for_write", "%s", err ? strerrorname_np(-err) : "granted");
	step_end(s);
}

void device_write_refused(struct scene *s, unsigned int page)
{
	uint64_t v = stamp(BY_DEVICE, s->step + 1, page, CELL_DEV);
	struct pin *p = &s->pin[0];
	int err;

	step_begin(s, "C5", "device_write_refused %s page %u", p->kind->name, page);
	if (!p->taken || !p->kind->write_anyway)
		scene_error(s, "%s cannot be made to try", p->kind->name);
	err = p->kind->write_anyway(s, p, page, &v);
	if (err && err != -EACCES)
		scene_error(s, "the device failed: %s", strerror(-err));
	/* Where it got to is worth more than that it was let. */
	views_compare(s, "C5");
	if (!err)
		scene_fail(s, "C5", "the device's write is refused", "it went through");
	step_end(s);
}

struct dma {
	struct scene *s;
	struct pin *p;
	unsigned int page;
	uint64_t value;
	volatile int err;
	volatile bool done;
};

static void *dma_in_thread(void *arg)
{
	struct dma *d = arg;

	d->err = d->p->kind->write(d->s, d->p, d->page, &d->value);
	d->done = true;
	return NULL;
}

void device_write_under_wp(struct scene *s, unsigned int page)
{
	struct dma d = { .s = s, .p = &s->pin[0], .page = page };
	uint64_t end = ms_now() + PATIENCE_MS;
	struct uffd_notice n;
	pthread_t thread;

	step_begin(s, "C6", "device_write_under_wp %s page %u", d.p->kind->name, page);
	if (!d.p->taken || !d.p->kind->can_write || !d.p->kind->on_demand)
		scene_error(s, "%s does not fault", d.p->kind->name);
	if (!model_marked(&s->model, PARENT, page))
		scene_error(s, "page %u is not write-protected", page);
	d.value = stamp(BY_DEVICE, s->step, page, CELL_DEV);
	d.p->busy = true;
	if (pthread_create(&thread, NULL, dma_in_thread, &d))
		scene_error(s, "cannot start a thread");
	while (!uffd_next(s, s->uffd, &n)) {
		if (d.done && d.err)
			scene_fail(s, "C6", "a notification before the device's write",
				   "none, and the device failed: %s", strerror(-d.err));
		if (d.done || ms_now() > end)
			scene_fail(s, "C6", "a notification before the device's write",
				   d.done ? "it went through without" : "none");
		ms_sleep(1);
	}
	notice_is_for(s, &n, page);
	/* Before the data changes in any view. */
	views_compare(s, "C6");
	if (d.done)
		scene_fail(s, "C6", "the device waits for the monitor", "it does not");
	uffd_protect(s, s->uffd, page_addr(s, page), s->page_len, 0);
	pthread_join(thread, NULL);
	d.p->busy = false;
	if (d.err)
		scene_fail(s, "C6", "the write completes once the monitor has resolved it",
			   "the device failed: %s", strerror(-d.err));
	model_mark(&s->model, PARENT, page, false);
	model_device_write(&s->model, 0, page, d.value);
	touch(s, PAGE(page));
	step_end(s);
}

/* --- write-protect ------------------------------------------------------------------ */

/*
 * Where pagemap has no bit for the mark (before v5.13), ask a long-term pin on
 * a ring of its own: there it cannot wait for a monitor and is refused with
 * EFAULT, without a notification and without effect, exactly where a mark is.
 */
static bool marked_by_behaviour(struct scene *s, unsigned int page)
{
	static struct pin probe = { .kind = &pin_io_uring };

	if (!probe.opened)
		probe.kind->open(s, &probe);
	probe.opened = true;
	if (probe.kind->take(s, &probe, page_addr(s, page), 4096) == -EFAULT)
		return true;
	probe.kind->release(s, &probe);
	return false;
}

static void prove_mark(struct scene *s, unsigned int page)
{
	bool on = s->pagemap_has_mark ? !!(pagemap(0, page_addr(s, page)) & PM_UFFD_WP) :
					marked_by_behaviour(s, page);

	if (!on)
		scene_error(s, "UFFDIO_WRITEPROTECT left no mark on page %u", page);
}

void wp_pages(struct scene *s, unsigned int first, unsigned int n)
{
	size_t len;
	char *addr;

	if (s->uffd < 0)
		uffd_open(s, 0);
	step_begin(s, "C3", "wp%s", which(s, first, n));
	page_range(s, first, n, &addr, &len);
	uffd_protect(s, s->uffd, addr, len, UFFDIO_WRITEPROTECT_MODE_WP);
	n = clamp_pages(s, first, n);
	for (unsigned int i = first; i < first + n; i++) {
		/*
		 * Where no page is there is nothing to protect, unless the
		 * kernel was asked for markers or the memory has them anyway.
		 */
		if (!s->touched[i] && !(s->uffd_features & UFFD_FEATURE_WP_UNPOPULATED))
			continue;
		prove_mark(s, i);
		model_mark(&s->model, PARENT, i, true);
	}
	if (s->model.fault == FAULT_UNREGISTERED)
		uffd_unregister(s);
	step_end(s);
}

void wp(struct scene *s)
{
	wp_pages(s, ALL_PAGES);
}

void unwp_pages(struct scene *s, unsigned int first, unsigned int n)
{
	size_t len;
	char *addr;

	step_begin(s, "C3", "unwp%s", which(s, first, n));
	if (s->uffd < 0)
		scene_error(s, "nothing was ever write-protected");
	page_range(s, first, n, &addr, &len);
	uffd_protect(s, s->uffd, addr, len, 0);
	n = clamp_pages(s, first, n);
	for (unsigned int i = first; i < first + n; i++)
		model_mark(&s->model, PARENT, i, false);
	step_end(s);
}

void unwp(struct scene *s)
{
	unwp_pages(s, ALL_PAGES);
}

void marks_stay(struct scene *s)
{
	step_begin(s, "C4", "marks_stay");
	step_end(s);
}

static void notice_is_for(struct scene *s, const struct uffd_notice *n, unsigned int page)
{
	uintptr_t at = (uintptr_t)page_addr(s, page);

	if (!n->wp || !n->write)
		scene_fail(s, "C3", "a notification with the flags WP and WRITE", "%s%s",
			   n->wp ? "WP " : "", n->write ? "WRITE" : "");
	if (n->address < at || n->address >= at + s->page_len)
		scene_fail(s, "C3", "a notification for the page that is written",
			   "one for offset %#llx",
			   (unsigned long long)(n->address - (uintptr_t)s->area));
}

static void take_snapshot(struct scene *s, unsigned int page)
{
	for (enum cell c = 0; c < NR_CELLS; c++) {
		s->snapshot[page][c] = *(volatile uint64_t *)cell_addr(s, page, c);
		s->snapshot_wanted[page][c] = model_value(&s->model, PARENT, page, c);
	}
	s->snapshot_taken[page] = true;
}

/* The writer stands in its fault: its write is not to be seen anywhere, and it is noticed once. */
static void write_is_pending(struct scene *s)
{
	switch (writer_wait(s, s->uffd, PATIENCE_MS)) {
	case WRITER_DONE:
		scene_fail(s, "C3", "a notification before the write completes",
			   "it completed without");
	case WRITER_STUCK:
		scene_fail(s, "C3", "a notification", "none within %d ms, and the write hangs",
			   PATIENCE_MS);
	case WRITER_NOTICE:
		break;
	}
	/* Before the data changes in any view and before any copy is visible. */
	views_compare(s, "C3");
}

static void writer_must_end(struct scene *s)
{
	switch (writer_wait(s, s->uffd, PATIENCE_MS)) {
	case WRITER_DONE:
		return;
	case WRITER_NOTICE:
		scene_fail(s, "C3", "one notification for one write", "a second one");
	case WRITER_STUCK:
		scene_fail(s, "C3", "the write completes once the monitor has resolved it",
			   "it does not within %d ms", PATIENCE_MS);
	}
}

static void begin_one_write(struct scene *s, unsigned int page, uint64_t v)
{
	uint64_t *addr = cell_addr(s, page, CELL_CPU);

	if (!model_marked(&s->model, PARENT, page))
		scene_error(s, "page %u is not write-protected", page);
	writer_begin(s, 1, &addr, &v);
}

void write_under_wp(struct scene *s, unsigned int page, enum monitor how)
{
	static const char *const names[] = { "unprotects", "unprotects, then wakes",
					     "copies, then unprotects", "emulates" };
	struct uffd_notice n;
	bool ended = false;
	uint64_t v;

	step_begin(s, "C3", "write_under_wp page %u, monitor %s", page, names[how]);
	if (how == EMULATE)
		tracer_start(s);
	v = stamp(BY_PARENT, s->step, page, CELL_CPU);
	begin_one_write(s, page, v);
	write_is_pending(s);
	if (!uffd_next(s, s->uffd, &n))
		scene_error(s, "the notification went away");
	notice_is_for(s, &n, page);
	switch (how) {
	case COPY_THEN_UNPROTECT:
		take_snapshot(s, page);
		/* fallthrough */
	case UNPROTECT:
		uffd_protect(s, s->uffd, page_addr(s, page), s->page_len, 0);
		break;
	case UNPROTECT_THEN_WAKE:
		writer_asleep(s);
		uffd_protect(s, s->uffd, page_addr(s, page), s->page_len,
			     UFFDIO_WRITEPROTECT_MODE_DONTWAKE);
		/* It may wake up for another reason and go on: the page is resolved. */
		if (writer_wait(s, -1, 2) == WRITER_DONE) {
			observe(s, "went_on_unwoken", "1");
			ended = true;
			break;
		}
		views_compare(s, "C3");
		uffd_wake(s, s->uffd, page_addr(s, page), s->page_len);
		break;
	case EMULATE:
		tracer_emulate(s, page, v);
		break;
	}
	if (!ended)
		writer_must_end(s);
	model_write(&s->model, PARENT, page, CELL_CPU, v);
	model_mark(&s->model, PARENT, page, how == EMULATE);
	step_end(s);
}

void child_write_under_wp(struct scene *s, unsigned int page)
{
	struct child_cmd cmd = { .op = OP_WRITE, .pages = 1U << page };
	uint64_t end = ms_now() + PATIENCE_MS;
	struct child_reply reply;
	struct uffd_notice n;

	step_begin(s, "C4", "child_write_under_wp page %u", page);
	if (s->proc[CHILD].uffd < 0 || !model_marked(&s->model, CHILD, page))
		scene_error(s, "the child has no mark there");
	cmd.value[page] = stamp(BY_CHILD, s->step, page, CELL_CPU);
	child_send(s, CHILD, &cmd);
	while (!uffd_next(s, s->proc[CHILD].uffd, &n)) {
		if (ms_now() > end)
			scene_fail(s, "C4", "the child's write makes a notification on its uffd",
				   "none within %d ms", PATIENCE_MS);
		ms_sleep(1);
	}
	notice_is_for(s, &n, page);
	uffd_protect(s, s->proc[CHILD].uffd, page_addr(s, page), s->page_len, 0);
	if (!child_answer(s, CHILD, &reply))
		scene_fail(s, "C3", "the child's write completes once it is resolved",
			   "it does not within %d ms", PATIENCE_MS);
	model_write(&s->model, CHILD, page, CELL_CPU, cmd.value[page]);
	model_mark(&s->model, CHILD, page, false);
	step_end(s);
}

void snapshot(struct scene *s)
{
	step_begin(s, "C3", "snapshot");
	for_each_page(s, i)
		take_snapshot(s, i);
	step_end(s);
}

void snapshot_holds(struct scene *s)
{
	char w[96], v[96];

	step_begin(s, "C3", "snapshot_holds");
	for_each_page(s, i)
		for (enum cell c = 0; c < NR_CELLS; c++)
			if (s->snapshot_taken[i] && s->snapshot[i][c] != s->snapshot_wanted[i][c])
				scene_fail(s, "C3",
					   stamp_str(s->snapshot_wanted[i][c], w, sizeof(w)),
					   "%s (view: snapshot, page %u)",
					   stamp_str(s->snapshot[i][c], v, sizeof(v)), i);
	step_end(s);
}

static unsigned int begun_page;
static uint64_t begun_value;

void write_begin(struct scene *s, unsigned int page)
{
	step_begin(s, "C3", "write_begin page %u", page);
	begun_page = page;
	begun_value = stamp(BY_PARENT, s->step, page, CELL_CPU);
	begin_one_write(s, page, begun_value);
	write_is_pending(s);
	/* Nobody reads the notification: what wakes the writer takes it away. */
	s->racing[page] = true;
}

void write_finish(struct scene *s)
{
	step_begin(s, "C3", "write_finish page %u", begun_page);
	writer_must_end(s);
	s->racing[begun_page] = false;
	model_write(&s->model, PARENT, begun_page, CELL_CPU, begun_value);
	step_end(s);
}

/* --- fork -------------------------------------------------------------------------- */

static void *read_fork_event(void *arg)
{
	struct scene *s = arg;

	s->proc[CHILD].uffd = uffd_read_fork_event(s->uffd);
	return NULL;
}

void fork_child(struct scene *s)
{
	bool event = s->uffd >= 0 && s->uffd_features & UFFD_FEATURE_EVENT_FORK;
	pthread_t thread;

	step_begin(s, "C2", "fork%s", event ? " with EVENT_FORK" : "");
	/* fork() does not return before the event is read. */
	if (event && pthread_create(&thread, NULL, read_fork_event, s))
		scene_error(s, "cannot start a thread");
	child_fork(s, CHILD);
	if (event) {
		pthread_join(thread, NULL);
		if (s->proc[CHILD].uffd < 0)
			scene_error(s, "no EVENT_FORK: %s", strerror(-s->proc[CHILD].uffd));
	}
	model_fork(&s->model, PARENT, CHILD, event);
	/*
	 * Precondition: private memory that nothing pins is shared now. What a
	 * pin covers may have been copied early (70e806e4e645) and is not asked.
	 */
	for_each_page(s, i) {
		uint64_t mine = pagemap(0, page_addr(s, i));
		uint64_t theirs = pagemap(s->proc[CHILD].pid, page_addr(s, i));
		bool pinned = false;

		for (unsigned int n = 0; n < s->npins; n++)
			pinned |= s->pin[n].taken && !s->pin[n].kind->on_demand;
		if (pinned || s->memory->shared || !s->touched[i] || !(mine & PM_PRESENT))
			continue;
		if (theirs & PM_PRESENT && PM_PFN(theirs) != PM_PFN(mine))
			scene_error(s, "page %u is not shared after fork()", i);
	}
	step_end(s);
}

void child_exit(struct scene *s)
{
	struct child_cmd cmd = { .op = OP_EXIT };
	uint64_t end = ms_now() + PATIENCE_MS;

	step_begin(s, "C2", "child exits");
	child_send(s, CHILD, &cmd);
	while (waitpid(s->proc[CHILD].pid, NULL, WNOHANG) == 0) {
		if (ms_now() > end)
			scene_error(s, "the child does not exit");
		ms_sleep(1);
	}
	s->proc[CHILD].pid = 0;
	model_exit(&s->model, CHILD);
	step_end(s);
}

void child_unmap(struct scene *s)
{
	struct child_cmd cmd = { .op = OP_UNMAP };
	struct child_reply reply;

	step_begin(s, "C2", "child unmaps");
	child_ask(s, CHILD, &cmd, &reply);
	if (reply.ret)
		scene_error(s, "munmap in the child: %s", strerror(-reply.ret));
	model_unmap(&s->model, CHILD);
	step_end(s);
}

/* --- mprotect, soft-dirty, reclaim ---------------------------------------------------- */

static void protect(struct scene *s, unsigned int first, unsigned int n, int prot)
{
	size_t len;
	char *addr;

	page_range(s, first, n, &addr, &len);
	if (mprotect(addr, len, prot))
		scene_error(s, "mprotect: %s", strerror(errno));
}

void mprotect_ro_pages(struct scene *s, unsigned int first, unsigned int n)
{
	step_begin(s, "C5", "mprotect R%s", which(s, first, n));
	protect(s, first, n, PROT_READ);
	step_end(s);
}

void mprotect_ro(struct scene *s)
{
	mprotect_ro_pages(s, ALL_PAGES);
}

void mprotect_rw(struct scene *s)
{
	step_begin(s, "C5", "mprotect RW");
	protect(s, ALL_PAGES, PROT_READ | PROT_WRITE);
	step_end(s);
}

/* A page beside the scene, private and written, to prove that a thing is done at all. */
static char *canary(struct scene *s)
{
	char *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		scene_error(s, "mmap: %s", strerror(errno));
	*(volatile char *)p = 1;
	return p;
}

void soft_dirty_clear(struct scene *s)
{
	unsigned int still = 0;
	char *p;
	int err;

	step_begin(s, "C1", "soft_dirty_clear");
	p = canary(s);
	if (!(pagemap(0, p) & PM_SOFT_DIRTY))
		scene_skip(s, "this kernel has no soft-dirty bits (CONFIG_MEM_SOFT_DIRTY)");
	err = file_put("/proc/self/clear_refs", "4");
	if (err)
		scene_error(s, "clear_refs: %s", strerror(-err));
	if (pagemap(0, p) & PM_SOFT_DIRTY)
		scene_error(s, "clear_refs left the soft-dirty bit of a page that nothing pins");
	munmap(p, 4096);
	/* Pinned pages may keep it (9348b73c2e1b, v5.11): an over-report, which is allowed. */
	for_each_page(s, i)
		still += !!(pagemap(0, page_addr(s, i)) & PM_SOFT_DIRTY);
	observe(s, "soft_dirty_after_clear", "%u of %u", still, s->npages);
	step_end(s);
}

static bool swapped(const char *addr)
{
	return pagemap(0, addr) & PM_SWAP;
}

void pageout(struct scene *s, bool must_go)
{
	uint64_t end = ms_now() + PATIENCE_MS;
	char *p;

	step_begin(s, "C1", "pageout");
	if (file_number("/proc/meminfo", "SwapTotal") <= 0)
		scene_skip(s, "no swap: the zram module is not there");
	/* Reclaim must be seen to work, or "it stayed" would say nothing. */
	p = canary(s);
	for (;;) {
		bool all = true;

		if (madvise(s->area, s->area_len, MADV_PAGEOUT) || madvise(p, 4096, MADV_PAGEOUT))
			scene_error(s, "MADV_PAGEOUT: %s", strerror(errno));
		if (must_go)
			for_each_page(s, i)
				all &= swapped(page_addr(s, i));
		if (all && swapped(p))
			break;
		if (ms_now() > end)
			scene_error(s, "MADV_PAGEOUT did not swap out %s",
				    all ? "a page beside" : "the pages");
		/* A fresh page sits in a per-CPU batch until that is drained. */
		ms_sleep(2);
	}
	munmap(p, 4096);
	for_each_page(s, i)
		s->out[i] = swapped(page_addr(s, i));
	step_end(s);
}
