// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <linux/userfaultfd.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

#include "case_info.h"
#include "feature.h"
#include "internal.h"
#include "tell.h"
#include "version.h"

/* @lead bytes before the first page belong to it, and of the last one only @tail (0: all). */
static void pin_prepare(struct scene *s, struct pin *p, unsigned int first, unsigned int n,
			size_t lead, size_t tail)
{
	p->first = first;
	p->n = clamp_pages(s, first, n);
	page_range(s, first, n, &p->addr, &p->len);
	p->lead = lead;
	p->tail = tail;
	p->addr -= lead;
	p->len += lead;
	if (tail)
		p->len -= s->page_len - tail;
	if (p->owner != PARENT)
		p->addr += s->proc[p->owner].area - s->area;
}

void pin_taken(struct scene *s, int n)
{
	struct pin *p = &s->pin[n];

	p->taken = true;
	p->fds = p->kind->by_fd ? 1U << p->owner : 0;
	if (!p->kind->on_demand && !p->kind->by_file) {
		touch(s, p->first, p->n);
		/* The page that its bytes begin in is none of its own, but in its hands, too. */
		if (p->lead)
			touch(s, p->first - 1, 1);
	}
	model_pin(&s->model, n, p->owner, p->first, p->n, p->kind->coherent);
	/* Where it begins is a page of the scene, too, if that is next to it. */
	if (p->lead && p->kind->coherent &&
	    s->page_offset[p->first] - s->page_offset[p->first - 1] == s->page_len)
		model_pin_leads(&s->model, n);
	frames_remember(s);
	if (p->owner == PARENT && p->kind->coherent && !p->kind->on_demand)
		for (unsigned int i = p->first; i < p->first + p->n; i++)
			s->pfn_at_pin[i] = p->frame[i] = PM_PFN(pagemap(0, page_addr(s, i)));
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

struct account account_now(struct scene *s)
{
	static const char *const keys[] = { "VmPin", "VmLck" };
	long kib[2];

	file_numbers("/proc/self/status", 2, keys, kib);
	if (kib[0] < 0 || kib[1] < 0)
		scene_error(s, "no VmPin or VmLck in /proc/self/status");
	return (struct account){ kib[0], kib[1] };
}

/* Has the parent a pin, other than @but? */
static bool has_pin(const struct scene *s, const struct pin *but)
{
	for (unsigned int i = 0; i < s->npins; i++)
		if (&s->pin[i] != but && s->pin[i].taken && s->pin[i].owner == PARENT)
			return true;
	return false;
}

static int take_accounted(struct scene *s, struct pin *p)
{
	struct account before = account_now(s), after;
	int err = p->kind->take(s, p, p->addr, p->len);

	if (!has_pin(s, p))
		s->account = before;
	after = account_now(s);
	if (err && after.pinned != before.pinned)
		scene_fail(s, CHECK("refused-vm-pin"), "C8",
			   "what was refused is not on VmPin's account", "%ld kB",
			   after.pinned - before.pinned);
	if (err && after.locked != before.locked)
		scene_fail(s, CHECK("refused-vm-lck"), "C8",
			   "what was refused is not on VmLck's account", "%ld kB",
			   after.locked - before.locked);
	return err;
}

/* A device may have pins of its own. */
static void open_accounted(struct scene *s, struct pin *p)
{
	struct account before = account_now(s), after;

	p->kind->open(s, p);
	p->opened = true;
	after = account_now(s);
	s->account.pinned += after.pinned - before.pinned;
	s->account.locked += after.locked - before.locked;
	s->lock.before += after.locked - before.locked;
}

int pin_file(const struct scene *s, const struct pin *p, const void *addr, off_t *at)
{
	const char *start = p->owner == PARENT ? s->area : s->proc[p->owner].area;

	if (s->handed.fd >= 0 && s->handed.start)
		start = s->handed.start;
	*at = (const char *)addr - start;
	return s->handed.fd >= 0 ? s->handed.fd : s->memfd;
}

/* Small pages that a range of bytes is in. */
static unsigned long span_pages(const void *addr, size_t len)
{
	uintptr_t at = (uintptr_t)addr;

	return (at + len + 4095) / 4096 - at / 4096;
}

/*
 * By how much the kernel's count of pins has to grow: a reference for each small page.
 * io_uring keeps one for each folio (57bebf807e2a, v6.8; a8edbb424b13, v6.12). Of the zero
 * page a R/O pin takes none, from c8070b787519 (v6.5) on. @before: pins_outstanding() then.
 */
static void prove_pin(struct scene *s, const struct pin *p, long before)
{
	struct pages held;
	long grown, least, most;
	unsigned long span;

	if (!counted(p))
		return;
	held = pages_at(s->proc[p->owner].pid, p->addr, p->len);
	if (p->kind->for_write && held.zero)
		scene_fail(s, CHECK("zero-page-pinned"), "C7",
			   "a page of the process's own is pinned for writing",
			   "the zero page, which is everybody's, is still mapped");
	/* What is not mapped is not looked at when pins are counted by what is: all of it is. */
	span = span_pages(p->addr, p->len);
	/*
	 * It would keep the kernel from what that zone is for: to free a part of the machine, or
	 * to find a range in one piece. So it is moved first (d1e153fea2a8, v5.13).
	 */
	if (held.movable)
		scene_fail(s, CHECK("pin-in-movable"), "C7",
			   "nothing of ZONE_MOVABLE is pinned for long",
			   "%lu of %lu small pages are still there", held.movable, held.pages);
	/* What is a device's it must be able to take away (f25cbb7a95a2, v6.0). */
	if (held.device && !s->memory->device)
		scene_fail(s, CHECK("pin-in-device"), "C7",
			   "nothing of a device's memory is pinned for long",
			   "%lu of %lu small pages are still there", held.device, held.pages);
	if (!p->kind->by_file && held.pages != span)
		scene_fail(s, CHECK("pin-not-mapped"), "C7", "all that is pinned is mapped",
			   "%lu of %lu small pages are", held.pages, span);
	most = held.pages;
	least = held.pages;
	/* Of a device's pages /proc/kpageflags does not tell which are of one folio. */
	if (!strncmp(p->kind->name, "io_uring", 8) && kernel_since("6.8"))
		least = held.device ? 1 : held.folios;
	/* Mapped or not. */
	if (p->kind->by_file)
		least = most = span;
	if (p->kind->by_folio) {
		most = (p->len + s->page_len - 1) / s->page_len;
		least = held.pages ? (long)held.folios : most;
	}
	if (kernel_since("6.5")) {
		least -= held.zero;
		most -= held.zero;
	}
	least += p->besides;
	most += p->besides;
	grown = pins_outstanding() - before;
	if (grown < least || grown > most) {
		char wanted[64];

		snprintf(wanted, sizeof(wanted), least == most ? "%ld pins" : "%ld to %ld pins",
			 least, most);
		scene_fail(s, CHECK("pin-count"), "C7", wanted, "the kernel counts %ld", grown);
	}
}

static void must_be_taken(struct scene *s, const struct pin_kind *kind, int err)
{
	if (err && s->memory->on_disk && !strncmp(kind->name, "io_uring", 8))
		feature_needed(s, F_IO_URING_FILES);
	if (err)
		scene_fail(s, CHECK("pin-error"), "C7", "the pin is taken", "%s",
			   strerrorname_np(-err));
}

/* See must_be_taken(). */
static void tell_must_pin(struct scene *s, const struct pin *p)
{
	if (s->memory->on_disk && !strncmp(p->kind->name, "io_uring", 8))
		tell("need_file_buffers();");
	tell("must_pin(%s);", told_take(s, p));
}

static void take_first_pin(struct scene *s, unsigned int first, unsigned int n, size_t lead,
			   size_t tail)
{
	struct pin *p = &s->pin[0];
	uint64_t pfn[MODEL_PAGES];
	long before;
	int err;

	before = counted(p) ? pins_outstanding() : 0;
	pin_prepare(s, p, first, n, lead, tail);
	frames_now(s, pfn);
	tell_must_pin(s, p);
	err = take_accounted(s, p);
	must_be_taken(s, p->kind, err);
	/*
	 * A R/O pin of what is shared has to unshare it, or it would go stale.
	 * What is not for writing tells of it by the frame alone.
	 */
	if (!p->kind->for_write) {
		tell_moved(s, "frames_new_by_pin", pfn);
		p->zero_page = holds_zero_page(s, p);
	}
	prove_pin(s, p, before);
	pin_taken(s, 0);
	step_end(s);
}

void pin_pages(struct scene *s, unsigned int first, unsigned int n)
{
	if (!s->pin[0].kind)
		return;
	step_begin(s, "C7", "pin %s%s", s->pin[0].kind->name, which(s, first, n));
	take_first_pin(s, first, n, 0, 0);
}

void pin(struct scene *s)
{
	pin_pages(s, ALL_PAGES);
}

void pin_range(struct scene *s, unsigned int first, unsigned int n, size_t lead, size_t tail)
{
	if (!s->pin[0].kind)
		return;
	step_begin(s, "C7", "pin %s%s, %zu bytes before, %zu bytes of the last",
		   s->pin[0].kind->name, which(s, first, n), lead, tail ?: s->page_len);
	if (page_addr(s, first) - lead < s->area || tail > s->page_len)
		scene_error(s, "the range is not in the area");
	take_first_pin(s, first, n, lead, tail);
}

/* A child that opens a device has it for itself; a process has one of a kind. */
static void tell_pin_by(struct scene *s, int n)
{
	const struct pin *p = &s->pin[n];

	for (int i = 0; i < n; i++)
		if (s->pin[i].taken && s->pin[i].owner == p->owner)
			tell_not("has two pins by one process");
	if (p->owner == GRANDCHILD)
		tell_not("has a pin by a grandchild");
	tell_device(s, n);
	if (p->owner != PARENT)
		tell_owner(s, n);
	tell_open(p->kind, p->owner);
	tell_must_pin(s, p);
}

int pin_by(struct scene *s, const struct pin_kind *kind, int proc, unsigned int first,
	   unsigned int n)
{
	struct child_cmd cmd = { .op = OP_PIN, .pin = s->npins };
	struct pin *p = &s->pin[s->npins];
	struct child_reply reply;
	long before;
	int err;

	step_begin(s, "C7", "pin %s by %s%s", kind->name, who[proc], which(s, first, n));
	if (s->npins == MODEL_PINS)
		scene_error(s, "a scene has at most %d pins", MODEL_PINS);
	if (kind->needed)
		kind->needed(s);
	p->kind = kind;
	p->owner = proc;
	pin_prepare(s, p, first, n, 0, 0);
	before = pins_outstanding();
	tell_pin_by(s, s->npins);
	if (proc == PARENT) {
		open_accounted(s, p);
		/* What the device has pinned for itself is not what is asked for. */
		before = pins_outstanding();
		err = take_accounted(s, p);
	} else {
		child_send(s, proc, &cmd);
		while (!child_answer(s, proc, &reply))
			child_stuck(s, proc, CHECK("child-pin-hang"), "C7",
				    "the pin is taken, or refused");
		err = reply.ret;
	}
	must_be_taken(s, kind, err);
	if (proc == PARENT && !kind->for_write)
		p->zero_page = holds_zero_page(s, p);
	/* A child opens its device and takes in one go: of what has pins of its own, they count. */
	prove_pin(s, p, proc == PARENT ? before : before + reply.pins);
	pin_taken(s, s->npins);
	s->npins++;
	step_end(s);
	return s->npins - 1;
}

int pin_again(struct scene *s, int proc, unsigned int first, unsigned int n)
{
	return s->pin[0].kind ? pin_by(s, s->pin[0].kind, proc, first, n) : NO_PIN;
}

/*
 * What kernels say to memory that a pin cannot have. Mostly EFAULT: that is GUP's word
 * for all that it does not give. What a driver looked at itself, before GUP did:
 */
static const struct refusal {
	const char *pins, *memory; /* those whose name begins so */
	const char *until;	   /* kernels up to that, and stable ones */
	int err;
} refusals[] = {
	/* It did not want pages of files; 34ed8d0dcd69 (v6.5) leaves that to GUP. */
	{ "io_uring", "file_", "6.5", -EOPNOTSUPP },
	/* Nor a buffer that is a file's in part (edd478269640, v6.3, and stable ones). */
	{ "io_uring", "mixed", "6.5", -EINVAL },
};

static bool begins_with(const char *text, const char *start)
{
	return !strncmp(text, start, strlen(start));
}

static int refusal(const struct scene *s, int otherwise)
{
	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
		const struct refusal *r = &refusals[i];

		if (begins_with(s->pin[0].kind->name, r->pins) &&
		    begins_with(s->memory->name, r->memory) && !kernel_since(r->until))
			return r->err;
	}
	return otherwise;
}

/* As an expression: the wanted errno, positive. */
static const char *told_refusal(const struct scene *s, const char *otherwise)
{
	static char text[64];

	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
		const struct refusal *r = &refusals[i];
		int major, minor;

		if (!begins_with(s->pin[0].kind->name, r->pins) ||
		    !begins_with(s->memory->name, r->memory) ||
		    sscanf(r->until, "%d.%d", &major, &minor) != 2)
			continue;
		snprintf(text, sizeof(text), "kernel_since(\"%d.%d\") ? %s : %s", major, minor,
			 otherwise, strerrorname_np(-r->err));
		return text;
	}
	return otherwise;
}

/* A page of a file of its own in the place of the page at @addr. */
static void hand_canary(struct scene *s, char *addr)
{
	s->handed.fd = memfd_create("cowpen-canary", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	s->handed.start = addr;
	if (s->handed.fd < 0 || ftruncate(s->handed.fd, 4096) ||
	    mmap(addr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, s->handed.fd, 0) !=
		    addr)
		scene_error(s, "a file beside: %s", strerror(errno));
	*(volatile char *)addr = 1;
}

/*
 * It was refused. That is said of the memory only if the device can pin at all: just now,
 * an ordinary page.
 */
static void device_can_pin(struct scene *s, struct pin *p)
{
	long before = pins_outstanding();
	struct pin was = *p;
	int handed = s->handed.fd;
	int err;

	p->addr = canary(s);
	if (p->kind->by_file)
		hand_canary(s, p->addr);
	p->len = 4096;
	p->lead = 0;
	p->first = 0;
	p->n = 1;
	err = p->kind->take(s, p, p->addr, p->len);
	if (err)
		scene_fail(s, CHECK("refused-all"), "C7",
			   "a page beside, which is like any, is pinned",
			   "%s refuses that, too: %s", p->kind->name, strerrorname_np(-err));
	else
		prove_pin(s, p, before);
	if (!err)
		p->kind->release(s, p);
	if (p->kind->by_file)
		close(s->handed.fd);
	s->handed.fd = handed;
	s->handed.start = NULL;
	munmap(p->addr, 4096);
	*p = was;
	if (!wait_until(pins_outstanding() == before))
		wait_error(s, by_kernel(NULL), "the pin of a page beside stands");
}

/* 0 or the errno with which it was refused, which is the one that must be. */
static int take_or_not(struct scene *s, int wanted)
{
	struct pin *p = &s->pin[0];
	long before = pins_outstanding();
	int err;

	pin_prepare(s, p, ALL_PAGES, 0, 0);
	err = take_accounted(s, p);
	observe(s, "pin", "%s", err ? strerrorname_np(-err) : "taken");
	if (!err) {
		prove_pin(s, p, before);
		pin_taken(s, 0);
		return 0;
	}
	if (err != wanted)
		scene_fail(s, CHECK("refused-errno"), "C7",
			   wanted ? strerrorname_np(-wanted) : "the pin is taken", "%s",
			   strerrorname_np(-err));
	if (pins_outstanding() != before)
		scene_fail(s, CHECK("refused-pins"), "C7", "what was refused has pinned nothing",
			   "%ld pins", pins_outstanding() - before);
	device_can_pin(s, p);
	return err;
}

void pin_refused_with(struct scene *s, int err)
{
	struct pin *p = &s->pin[0];

	step_begin(s, "C7", "pin_refused %s, %s", p->kind->name, strerrorname_np(err));
	pin_prepare(s, p, ALL_PAGES, 0, 0);
	tell("pin_refused(%s, %s);", told_take(s, p), told_refusal(s, strerrorname_np(err)));
	if (!take_or_not(s, refusal(s, -err))) {
		views_compare(s, "C7");
		scene_fail(s, CHECK("refused-taken"), "C7", "this memory cannot be pinned",
			   "it is");
	}
	step_end(s);
}

void pin_refused(struct scene *s)
{
	pin_refused_with(s, EFAULT);
}

/* Which errno is documented nowhere, but that a mapping would be refused with EACCES or EPERM. */
void pin_no_rights(struct scene *s)
{
	struct pin *p = &s->pin[0];
	long before;
	int err;

	step_begin(s, "C5", "pin_no_rights %s", p->kind->name);
	if (!p->kind->by_file || !p->kind->for_write)
		scene_error(s, "%s pins no file for writing", p->kind->name);
	tell_not("pins a file that it must not write to");
	pin_prepare(s, p, ALL_PAGES, 0, 0);
	before = pins_outstanding();
	err = take_accounted(s, p);
	observe(s, "pin", "%s", err ? strerrorname_np(-err) : "taken");
	if (!err) {
		scene_fail(s, CHECK("no-rights-taken"), "C5",
			   "a file that nobody may write to by it is not pinned for writing",
			   "it is");
		p->kind->release(s, p);
	}
	if (pins_outstanding() != before)
		scene_fail(s, CHECK("no-rights-pins"), "C7", "what was refused has pinned nothing",
			   "%ld pins", pins_outstanding() - before);
	device_can_pin(s, p);
	step_end(s);
}

bool pin_or_refused(struct scene *s)
{
	int wanted = refusal(s, 0), err;

	step_begin(s, "C7", "pin_or_refused %s", s->pin[0].kind->name);
	tell_not("goes on by what the kernel makes of this memory");
	err = take_or_not(s, wanted);
	if (!err && wanted)
		scene_fail(s, CHECK("mixed-taken"), "C7", strerrorname_np(-wanted),
			   "the pin is taken");
	step_end(s);
	return !err;
}

struct taker {
	struct scene *s;
	struct pin *p;
	_Atomic int err;
};

static void take_in_thread(void *arg)
{
	struct taker *t = arg;

	t->err = t->p->kind->take(t->s, t->p, t->p->addr, t->p->len);
}

/*
 * Can this pin wait for the monitor of what is write-protected? GUP without
 * FAULT_FLAG_ALLOW_RETRY makes userfaultfd answer SIGBUS, so EFAULT. That is so for
 * pin_user_pages(), which is called with the lock held; pin_user_pages_fast() of a long-term pin
 * did the same until b2cac248191b (v6.3). io_uring took the former until 1943f96b3816
 * (v6.10, 6.6.84).
 */
static bool pin_waits(const struct scene *s, const struct pin_kind *k)
{
	bool marked = false;

	/* A R/O one has nobody to wait for, unless it is one for writing by force (b40656aa7d55). */
	for_each_page(s, i)
		marked |= model_marked(&s->model, PARENT, i);
	if (!marked || k->on_demand)
		return true;
	if (!k->for_write && !(s->uffd_mode & UFFDIO_REGISTER_MODE_RWP) && kernel_since("6.2"))
		return true;
	/* A pin is a fault in kernel mode, which nobody is told of then. */
	if (s->uffd_user_mode)
		return false;
	/* One by VFIO that is not for writing is not by force, on no kernel. */
	if (!strcmp(k->name, "vfio_ro") && !(s->uffd_mode & UFFDIO_REGISTER_MODE_RWP))
		return true;
	/* xdp_umem_pin_pages() and vaddr_get_pfns() take the lock themselves, and pin under it. */
	if (!strcmp(k->name, "gup") || !strcmp(k->name, "gup_ro") || !strcmp(k->name, "xdp") ||
	    begins_with(k->name, "vfio"))
		return false;
	/* Not for long until v5.12, by pin_user_pages_locked(), which waits. */
	if (!strcmp(k->name, "v4l2") && !kernel_since("5.12"))
		return true;
	return kernel_since(begins_with(k->name, "io_uring") ? "6.10 6.6.84" : "6.3");
}

/* The same as an expression, of the kernel that the program will run on. */
static const char *told_waits(const struct scene *s, const struct pin_kind *k)
{
	bool rwp = s->uffd_mode & UFFDIO_REGISTER_MODE_RWP, marked = false;

	for_each_page(s, i)
		marked |= model_marked(&s->model, PARENT, i);
	if (!marked || k->on_demand)
		return "1";
	if (!strcmp(k->name, "gup") || (!strcmp(k->name, "gup_ro") && rwp))
		return "0";
	if (!k->for_write && !rwp)
		return "kernel_since(\"6.2\")";
	return begins_with(k->name, "io_uring") ? "kernel_since(\"6.10\")" :
						  "kernel_since(\"6.3\")";
}

/* Unprotect what was asked for, and no more: each page must ask for itself. */
static void pin_noticed(struct scene *s, const struct uffd_notice *n, bool asks)
{
	if (s->uffd_mode & UFFDIO_REGISTER_MODE_RWP ? !n->rwp : !n->wp || !n->write)
		scene_fail(s, CHECK("pin-wp-notice-kind"), "C3",
			   "a notification of what it is protected by", "another kind");
	if (!asks)
		scene_fail(s, CHECK("pin-ro-notice"), "C3",
			   "no notification: this pin is not for writing", "one for offset %#llx",
			   (unsigned long long)(n->address - (uintptr_t)s->area));
	for_each_page(s, i)
		if (n->address >= (uintptr_t)page_addr(s, i) &&
		    n->address < (uintptr_t)page_addr(s, i) + s->page_len) {
			if (!model_marked(&s->model, PARENT, i))
				scene_fail(s, CHECK("pin-wp-second-notice"), "C3",
					   "one notification a page", "a second one for page %u",
					   i);
			model_mark(&s->model, PARENT, i, false);
		}
	uffd_protect(s, s->uffd, (void *)(n->address & ~(s->page_len - 1)), s->page_len, 0);
}

static void tell_pin_under(struct scene *s, const struct pin *p, bool asks)
{
	unsigned int marks = 0;

	for_each_page(s, i)
		marks |= model_marked(&s->model, PARENT, i) << i;
	if (s->uffd_mode & UFFDIO_REGISTER_MODE_RWP)
		tell_not("pins what is read-and-write protected");
	tell("pin_under_wp(take_%s, %s, %#x);", p->kind->name, told_waits(s, p->kind),
	     asks ? marks : 0);
}

bool pin_write_protected(struct scene *s)
{
	struct taker t = { .s = s, .p = &s->pin[0] };
	struct helper_thread thread;
	/* A read of what is read-and-write protected is asked for, too. */
	bool rwp = s->uffd_mode & UFFDIO_REGISTER_MODE_RWP;
	bool asks = t.p->kind && (rwp || t.p->kind->for_write), waits;
	long before;
	uint64_t pfn[MODEL_PAGES];
	unsigned int seen = 0;

	if (!t.p->kind)
		return false;
	step_begin(s, "C7", "pin %s under %s", t.p->kind->name, rwp ? "rwp" : "write-protect");
	pin_prepare(s, t.p, ALL_PAGES, 0, 0);
	waits = pin_waits(s, t.p->kind);
	tell_pin_under(s, t.p, asks);
	tell_part(true);
	frames_now(s, pfn);
	before = pins_outstanding();
	helper_start(s, &thread, take_in_thread, &t);
	for (;;) {
		struct uffd_notice n;
		bool done;

		while (!wait_until((done = helper_done(&thread)) || uffd_next(s, s->uffd, &n)))
			wait_failed(s, CHECK("pin-wp-hang"), "C7", by_thread(&thread),
				    "the pin is taken or refused",
				    "neither within %d ms, after %u notifications", PATIENCE_MS,
				    seen);
		if (done)
			break;
		seen++;
		pin_noticed(s, &n, asks);
	}
	helper_join(&thread);
	tell_part(false);
	observe(s, "pin_under_wp", "%s, %u notifications",
		t.err ? strerrorname_np(-t.err) : "taken", seen);
	if (!t.p->kind->for_write) {
		tell_moved(s, "frames_new_by_pin", pfn);
		t.p->zero_page = holds_zero_page(s, t.p);
	}
	if (!waits && (t.err != -EFAULT || seen))
		scene_fail(s, CHECK("pin-wp-not-refused"), "C7",
			   "the pin cannot wait for a monitor: EFAULT and no notification",
			   "%s after %u notifications",
			   t.err ? strerrorname_np(-t.err) : "it is taken", seen);
	if (!waits && t.err) {
		if (pins_outstanding() != before)
			scene_fail(s, CHECK("pin-wp-refused-pins"), "C7",
				   "what was refused has pinned nothing", "%ld pins",
				   pins_outstanding() - before);
		device_can_pin(s, t.p);
		step_end(s);
		return false;
	}
	if (t.err)
		scene_fail(s, CHECK("pin-wp-error"), "C7", "the pin is taken",
			   "%s after %u notifications", strerrorname_np(-t.err), seen);
	for_each_page(s, i) {
		if (!asks || !model_marked(&s->model, PARENT, i))
			continue;
		scene_fail(s, CHECK("pin-wp-unnoticed"), "C3",
			   "a notification before a marked page is pinned", "none for page %u", i);
		uffd_protect(s, s->uffd, page_addr(s, i), s->page_len, 0);
		model_mark(&s->model, PARENT, i, false);
	}
	prove_pin(s, t.p, before);
	pin_taken(s, 0);
	step_end(s);
	return true;
}

/*
 * When no pin is left VmPin must be what it was before there were any (C8). Which
 * of two pins of one huge page has it on its account is nobody's business.
 */
static void release_accounted(struct scene *s, struct pin *p)
{
	p->kind->release(s, p);
	if (has_pin(s, p))
		return;
	if (!wait_until(account_now(s).pinned == s->account.pinned))
		wait_failed(s, CHECK("vm-pin-left"), "C8", by_kernel(NULL),
			    "VmPin as it was before there were pins", "%ld kB more",
			    account_now(s).pinned - s->account.pinned);
	if (!wait_until(account_now(s).locked == s->account.locked))
		wait_failed(s, CHECK("vm-lck-left"), "C8", by_kernel(NULL),
			    "VmLck as it was before there were pins", "%ld kB more",
			    account_now(s).locked - s->account.locked);
}

void account_tell(struct scene *s)
{
	struct account now = account_now(s);
	long pinned = now.pinned - s->account.pinned, locked = now.locked - s->account.locked;

	step_begin(s, "C8", "account_tell");
	tell_nothing();
	observe(s, "account", "%s%s%s", pinned ? "VmPin" : "", pinned && locked ? " and " : "",
		locked	? "VmLck" :
		!pinned ? "neither" :
			  "");
	if ((pinned && pinned != (long)(s->area_len >> 10)) ||
	    (locked && locked != (long)(s->area_len >> 10)))
		observe(s, "account_kib", "%ld and %ld of %zu", pinned, locked, s->area_len >> 10);
	step_end(s);
}

static bool others_live(const struct scene *s)
{
	for (int proc = CHILD; proc < MODEL_PROCS; proc++)
		if (s->model.proc[proc].alive)
			return true;
	return false;
}

static void tell_unpin(const struct pin *p)
{
	char text[64];

	snprintf(text, sizeof(text), p->owner == PARENT ? "unpin_%s()" : "in(CHILD, give_%s, 0, 0)",
		 told_kind(p->kind));
	/* Nothing but its account shows that it is gone. */
	tell(counted(p) && strstr(the_case->info->clauses, "C8") ? "pins_go(%s);" : "%s;", text);
}

void unpin_by(struct scene *s, int n)
{
	struct child_cmd cmd = { .op = OP_UNPIN, .pin = n };
	struct pin *p = &s->pin[n == NO_PIN ? 0 : n];
	struct child_reply reply;
	long before;

	if (n == NO_PIN || !p->taken)
		return;
	step_begin(s, "C8", "unpin %s by %s", p->kind->name, who[p->owner]);
	before = counted(p) ? pins_outstanding() : 0;
	tell_unpin(p);
	if (p->owner == PARENT)
		release_accounted(s, p);
	else
		child_ask(s, p->owner, &cmd, &reply);
	p->fds &= ~(1U << p->owner);
	if (p->fds) {
		if (counted(p) && pins_outstanding() < before)
			scene_fail(s, CHECK("unpin-held-gone"), "C1",
				   "the pin stands as long as a process has its file descriptor",
				   "%ld pins of %ld are left", pins_outstanding(), before);
		/* Who has it still may have no way to ask it. */
		p->busy = !p->kind->inherited;
		step_end(s);
		return;
	}
	p->taken = false;
	model_unpin(&s->model, n);
	memset(s->pfn_at_pin, 0, sizeof(s->pfn_at_pin));
	while (counted(p) && !wait_until(pins_outstanding() < before))
		wait_failed(s, CHECK("unpin-pins-left"), "C8", by_kernel(NULL),
			    "the count of pins goes down", "%ld, as before%s", before,
			    others_live(s) ?
				    "; a process that was forked has the device open, too, "
				    "and may hold them" :
				    "");
	step_end(s);
}

void unpin(struct scene *s)
{
	unpin_by(s, 0);
}

void peek(struct scene *s)
{
	struct iovec local[MODEL_PAGES * SAMPLES], remote[MODEL_PAGES * SAMPLES];
	unsigned int n = s->npages * samples(s);
	struct view v = { .name = "process_vm_readv", .clause = "C2", .proc = PARENT };
	uint64_t pfn[MODEL_PAGES];
	long before, pinned;
	ssize_t len;

	step_begin(s, "C2", "peek");
	feature_needed(s, F_VM_READV);
	tell("peek();");
	for (unsigned int i = 0; i < n; i++) {
		unsigned int page = i / samples(s), k = i % samples(s);

		remote[i] = (struct iovec){ page_addr(s, page) + sample_offset(s, k), SAMPLE };
		local[i] = (struct iovec){ s->seen[page] + k * SAMPLE, SAMPLE };
	}
	frames_now(s, pfn);
	before = pins_acquired();
	len = process_vm_readv(getpid(), local, n, remote, n, 0);
	if (len != (ssize_t)(n * SAMPLE)) {
		scene_fail(s, CHECK("peek-error"), "C2", "process_vm_readv of oneself", "%s",
			   len < 0 ? strerrorname_np(errno) : "short");
		return;
	}
	pinned = pins_acquired() - before;
	tell_moved(s, "frames_new_by_peek", pfn);
	/* Of the zero page it takes no reference, see holds_zero_page(). */
	for_each_page(s, i)
		pinned += !!(kpageflags(PM_PFN(pagemap(0, page_addr(s, i)))) & KPF_ZERO_PAGE);
	if (pinned < s->npages)
		scene_error(s, "process_vm_readv pinned %ld pages of %u", pinned, s->npages);
	touch(s, ALL_PAGES);
	v.cells = CHECK("peek-content");
	v.bytes = CHECK("peek-bytes");
	for_each_page(s, i)
		samples_compare(s, &v, i, model_content(&s->model, PARENT, i), s->seen[i],
				s->page_len);
	step_end(s);
}

/* --- the device ------------------------------------------------------------------- */

/* By the process that has the device: the owner, or @via, who inherited it. */
static int device_do_write(struct scene *s, int n, int via, unsigned int page, enum cell cell,
			   const uint64_t *v, unsigned int nv)
{
	struct child_cmd cmd = { .op = OP_PIN_WRITE, .pin = n, .page = page, .cell[0] = cell };
	struct pin *p = &s->pin[n];
	struct child_reply reply;

	if (via == PARENT)
		return device_write_at(s, p, page, cell, v);
	memcpy(cmd.value, v, nv * sizeof(*v));
	child_ask(s, via, &cmd, &reply);
	return reply.ret;
}

/* Where a write of the step in hand goes to. */
enum cell device_cell(const struct scene *s, const struct pin *p, unsigned int page)
{
	enum cell c = dev_cell(s->step, page);

	if (p->kind->middle)
		return CELL_DEV_MID;
	/* A disk knows sectors only; and not all pins have all of their last page. */
	if (p->kind->one_shot || p->kind->page_start ||
	    cell_offset(c, s->page_len) + cell_len(c) > pin_reach(s, p, page))
		return CELL_DEV;
	return c;
}

/* It asks for what it holds already: no page table has a say in that. */
static void device_must_reach(struct scene *s)
{
	scene_fail(s, CHECK("device-write-efault"), "C1",
		   "the device reaches the page that it has pinned", "EFAULT");
}

/* In the model; false: it does not know where that lands. */
static bool device_wrote(struct scene *s, int pin, unsigned int page, uint64_t v)
{
	const struct pin *p = &s->pin[pin];
	struct content c = content_by(BY_DEVICE, s->step, page);
	bool known = true;

	if (!p->kind->zones)
		return model_device_write(&s->model, pin, page, device_cell(s, p, page), v);
	for (enum zone z = 0; z < NR_ZONES; z++)
		if (pin_has_zone(s, p, page, z))
			known &= model_device_fill(&s->model, pin, page, z, s->page_len, &c);
	return known;
}

void device_writes(struct scene *s, int pin, int via, unsigned int first, unsigned int n)
{
	struct pin *p = &s->pin[pin];
	unsigned int end = first + clamp_pages(s, first, n);
	uint64_t v[MODEL_PAGES];
	int err = 0;

	if (!p->taken || !p->kind->can_write)
		scene_error(s, "%s cannot write here", p->kind->name);
	if (first < p->first)
		first = p->first;
	if (end > p->first + p->n)
		end = p->first + p->n;
	if (first >= end)
		scene_error(s, "the case lets %s write pages that it has not pinned",
			    p->kind->name);
	n = end - first;
	if (via == PARENT)
		tell("device_write(%s, %u, %u, %u);", told_pin(pin), first, n, s->step);
	else
		tell("device_write_in(%s, %s, %u, %u, %u);", told_proc(via), told_pin(pin), first,
		     n, s->step);
	for (unsigned int i = 0; i < n; i++) {
		if (p->kind->on_demand && model_marked(&s->model, p->owner, first + i))
			scene_error(s,
				    "the case lets %s write page %u, which is write-protected, "
				    "without a monitor",
				    p->kind->name, first + i);
		v[i] = stamp(BY_DEVICE, s->step, first + i, device_cell(s, p, first + i));
	}
	if (p->kind->one_shot) {
		if (first != p->first || n != p->n)
			scene_error(s, "%s writes all its pages or none", p->kind->name);
		err = device_do_write(s, pin, via, first, CELL_DEV, v, n);
	} else {
		for (unsigned int i = 0; i < n && !err; i++)
			err = device_do_write(s, pin, via, first + i, device_cell(s, p, first + i),
					      &v[i], 1);
	}
	if (err == -EFAULT && p->kind->coherent && !p->kind->one_shot && !p->kind->on_demand) {
		device_must_reach(s);
		err = 0;
	}
	if (err)
		scene_error(s, "the device failed: %s", strerror(-err));
	for (unsigned int i = 0; i < n; i++)
		if (!device_wrote(s, pin, first + i, v[i]))
			scene_error(s, "the model does not know where %s writes to", p->kind->name);
	if (p->kind->on_demand) {
		for (unsigned int i = 0; i < n; i++)
			if (!in_device(s, first + i) || frame_at(page_addr(s, first + i)))
				touch(s, PAGE(first + i));
		/* It faults as its owner's CPU does. */
		for (unsigned int i = 0; i < n; i++)
			model_report(&s->model, p->owner, first + i, true);
	}
	if (p->kind->one_shot)
		model_unpin(&s->model, pin);
}

void device_writes_page(struct scene *s, unsigned int page)
{
	for (unsigned int n = 0; n < s->npins; n++) {
		struct pin *p = &s->pin[n];
		enum cell c = device_cell(s, p, page);
		uint64_t v = stamp(BY_DEVICE, s->step, page, c);
		int err;

		if (!p->taken || p->busy || !p->kind->can_write || !p->kind->coherent ||
		    p->kind->one_shot || p->kind->on_demand ||
		    !model_pin_covers(&s->model, n, page) || pin_asked(s, p) != PARENT)
			continue;
		err = device_write_at(s, p, page, c, &v);
		if (err == -EFAULT)
			device_must_reach(s);
		else if (err)
			scene_error(s, "the device failed: %s", strerror(-err));
		else if (!model_device_write(&s->model, n, page, c, v))
			scene_error(s, "the model does not know where %s writes to", p->kind->name);
		return;
	}
}

void device_write_by(struct scene *s, int pin)
{
	struct pin *p = &s->pin[pin == NO_PIN ? 0 : pin];

	/* Nobody is there who could ask it, or there is none. */
	if (pin == NO_PIN || p->busy)
		return;
	step_begin(s, "C1", "device_write %s of %s", p->kind->name, who[p->owner]);
	device_writes(s, pin, pin_asked(s, p), ALL_PAGES);
	step_end(s);
}

void device_write_via(struct scene *s, int proc)
{
	struct pin *p = &s->pin[0];

	step_begin(s, "C2", "device_write %s by way of the %s", p->kind->name, who[proc]);
	if (!p->kind->inherited)
		scene_error(s, "%s is of no use to who inherits it", p->kind->name);
	device_writes(s, 0, proc, ALL_PAGES);
	step_end(s);
}

void device_write_pages(struct scene *s, unsigned int first, unsigned int n)
{
	struct pin *p = &s->pin[0];

	if (!p->kind)
		return;
	/* What it cannot write it is asked to read; a case need not know which of them it has. */
	if (p->taken && (p->kind->can_read || p->kind->coherent) && !p->kind->can_write) {
		step_begin(s, "C1", "device_read %s%s", p->kind->name, which(s, first, n));
		tell_nothing();
		step_end(s);
		return;
	}
	step_begin(s, "C1", "device_write %s%s", p->kind->name, which(s, first, n));
	device_writes(s, 0, p->taken ? pin_asked(s, p) : PARENT, first, n);
	step_end(s);
}

void device_write(struct scene *s)
{
	device_write_pages(s, ALL_PAGES);
}

void device_delivers(struct scene *s, int pin)
{
	struct child_cmd cmd = { .op = OP_PIN_DELIVER, .pin = pin };
	struct pin *p = &s->pin[pin];
	struct child_reply reply = { 0 };
	struct view v = { .clause = "C2", .proc = p->owner, .by_pin = true };
	char name[64];

	step_begin(s, "C2", "device_delivers %s of %s", p->kind->name, who[p->owner]);
	if (!p->taken || !p->kind->deliver)
		scene_error(s, "%s takes nothing away", p->kind->name);
	tell(p->owner == PARENT ? "deliver_%s();" : "in(CHILD, hand_over_%s, 0, 0);",
	     p->kind->name);
	tell("sees(%s, %u, %u, OWN, 0);", told_pin(pin), p->first, p->n);
	if (p->owner == PARENT)
		reply.ret = p->kind->deliver(s, p);
	else
		child_ask(s, p->owner, &cmd, &reply);
	if (reply.ret)
		scene_error(s, "the device failed: %s", strerror(-reply.ret));
	snprintf(name, sizeof(name), "what %s's %s took away", who[p->owner], p->kind->name);
	v.name = name;
	v.cells = CHECK("delivered-content");
	v.bytes = CHECK("delivered-bytes");
	for (unsigned int i = p->first; i < p->first + p->n; i++) {
		struct content wanted = content_seen(s, s->seen[i]);

		if (!model_pin_knows(&s->model, pin, i))
			scene_error(s, "the model has no room for all that page %u has held", i);
		wanted = model_pin_content(&s->model, pin, i, &wanted);
		samples_compare(s, &v, i, &wanted, s->seen[i], s->page_len);
	}
	model_unpin(&s->model, pin);
	step_end(s);
}

void ask_device_write(struct scene *s)
{
	struct pin *p = &s->pin[0];
	int err;

	step_begin(s, "C5", "ask_device_write %s", p->kind->name);
	if (!p->taken || !p->kind->ask_write)
		scene_error(s, "%s cannot be asked for more than it has", p->kind->name);
	tell("ask_device_write();");
	err = p->kind->ask_write(s, p);
	if (err == -EOPNOTSUPP || err == -ENOSYS)
		feature_needed(s, F_RXE_REREG);
	/* What it is worth that it was granted, the device shows. */
	if (err && err != -EACCES)
		scene_fail(s, CHECK("rereg-errno"), "C5", "the wish is refused with EACCES", "%s",
			   strerrorname_np(-err));
	observe(s, "rereg_for_write", "%s", err ? strerrorname_np(-err) : "granted");
	step_end(s);
}

void device_write_refused(struct scene *s, unsigned int page)
{
	struct pin *p = &s->pin[0];
	enum cell cell;
	uint64_t v;
	int err;

	step_begin(s, "C5", "device_write_refused %s page %u", p->kind->name, page);
	cell = device_cell(s, p, page);
	v = stamp(BY_DEVICE, s->step, page, cell);
	if (!p->taken || !p->kind->write_anyway)
		scene_error(s, "%s cannot be made to try", p->kind->name);
	tell("device_write_refused(%u, %u);", page, s->step);
	err = p->kind->write_anyway(s, p, page, cell, &v);
	if (err && err != -EACCES)
		scene_error(s, "the device failed: %s", strerror(-err));
	/* Where it got to is worth more than that it was let. */
	views_compare(s, "C5");
	if (!err)
		scene_fail(s, CHECK("device-write-allowed"), "C5", "the device's write is refused",
			   "it went through");
	step_end(s);
}

static void dma_in_thread(void *arg)
{
	struct dma *d = arg;

	d->err = d->p->kind->write(d->s, d->p, d->page, d->cell, &d->value);
}

void dma_begin(struct scene *s, struct dma *d, unsigned int page)
{
	*d = (struct dma){ .s = s, .p = &s->pin[0], .page = page };
	if (!d->p->taken || !d->p->kind->can_write || !d->p->kind->on_demand)
		scene_error(s, "%s does not fault", d->p->kind->name);
	d->cell = device_cell(s, d->p, page);
	d->value = stamp(BY_DEVICE, s->step, page, d->cell);
	d->p->busy = true;
	helper_start(s, &d->thread, dma_in_thread, d);
}

void dma_end(struct scene *s, struct dma *d)
{
	helper_join(&d->thread);
	d->p->busy = false;
	tell_part(false);
	if (d->err)
		scene_fail(s, CHECK("odp-wp-error"), "C6",
			   "the write completes once the monitor has resolved it",
			   "the device failed: %s", strerror(-d->err));
	model_mark(&s->model, PARENT, d->page, false);
	if (!model_device_write(&s->model, 0, d->page, d->cell, d->value))
		scene_error(s, "the model does not know where %s writes to", d->p->kind->name);
	model_report(&s->model, PARENT, d->page, true);
	touch(s, PAGE(d->page));
}

void device_write_under_wp(struct scene *s, unsigned int page)
{
	static struct dma d;
	struct uffd_notice n;
	bool noticed;

	step_begin(s, "C6", "device_write_under_wp %s page %u", s->pin[0].kind->name, page);
	if (!model_marked(&s->model, PARENT, page))
		scene_error(s, "page %u is not write-protected", page);
	tell("device_write_waits(%u, %u);", page, s->step);
	tell_part(true);
	dma_begin(s, &d, page);
	/* Who faults may be a worker of the kernel's. */
	while (!wait_until((noticed = uffd_next(s, s->uffd, &n)) || helper_done(&d.thread)))
		wait_failed(s, CHECK("odp-wp-no-notice"), "C6", by_kernel(NULL),
			    "a notification before the device's write", "none within %d ms",
			    PATIENCE_MS);
	if (noticed || uffd_next(s, s->uffd, &n)) {
		notice_is_for(s, PARENT, &n, page, cell_offset(d.cell, s->page_len) & ~4095UL);
		/* Before the data changes in any view: so it waits, too. */
		views_compare(s, "C6");
	} else {
		scene_fail(s, CHECK("odp-wp-unnoticed"), "C6",
			   "a notification before the device's write", "none, and the device %s%s",
			   d.err ? "failed: " : "wrote", d.err ? strerror(-d.err) : "");
	}
	uffd_protect(s, s->uffd, page_addr(s, page), s->page_len, 0);
	dma_end(s, &d);
	step_end(s);
}
