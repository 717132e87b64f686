// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a process does to its own memory. Some of it parts a pin from its page,
 * as the process asked for (C1's list); then the pin must keep the old page, which
 * only its device still reaches, and the process gets what it asked for.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "feature.h"
#include "internal.h"
#include "memory.h"
#include "tell.h"

static void advise(struct scene *s, int advice, const char *name, unsigned int first,
		   unsigned int n)
{
	size_t len;
	char *addr;

	page_range(s, first, n, &addr, &len);
	tell("advise(%s);", name);
	if (madvise(addr, len, advice))
		scene_fail(s, CHECK("advice-refused"), s->step_clause, "the advice is taken",
			   "%s says %s", name, strerrorname_np(errno));
}

/* model_part(), but what holds no page loses it together with its owner. */
static void part(struct scene *s, int proc, unsigned int first, unsigned int n)
{
	struct model_pin before[MODEL_PINS];

	memcpy(before, s->model.pin, sizeof(before));
	model_part(&s->model, proc, first, n);
	for (unsigned int k = 0; k < s->npins; k++)
		if (s->pin[k].taken && s->pin[k].kind->on_demand)
			s->model.pin[k] = before[k];
}

/* --- giving pages up ---------------------------------------------------------- */

/* What is read where @proc has given its own page up: the file's content, or zeros. */
static const struct content *without_page(const struct scene *s, unsigned int page)
{
	static const struct content zeros;

	return s->memfd >= 0 ? &s->first_content[page] : &zeros;
}

/* What was the file's page all along is no write. */
static void becomes(struct scene *s, int proc, unsigned int page)
{
	const struct content *now = without_page(s, page);

	if (memcmp(model_content(&s->model, proc, page), now, sizeof(*now)))
		model_replace(&s->model, proc, page, now);
}

void not_poisoned(struct scene *s, int proc, unsigned int page)
{
	if (!(s->proc[proc].poisoned & ~s->failed & 1U << page))
		return;
	s->proc[proc].poisoned &= ~(1U << page);
	s->proc[proc].guarded &= ~(1U << page);
}

void file_page_gone(struct scene *s, unsigned int page)
{
	s->failed &= ~(1U << page);
	for (int proc = PARENT; proc < MODEL_PROCS; proc++)
		not_poisoned(s, proc, page);
}

void gave_up_pages(struct scene *s, int proc, unsigned int first, unsigned int n)
{
	n = clamp_pages(s, first, n);
	for (unsigned int i = first; i < first + n; i++) {
		if (!mark_outlives_page(s, false))
			model_mark(&s->model, proc, i, false);
		not_poisoned(s, proc, i);
	}
	/* Shared memory has only been unmapped: the page is the file's. */
	if (!s->memory->shared) {
		part(s, proc, first, n);
		for (unsigned int i = first; i < first + n; i++)
			becomes(s, proc, i);
		if (n == s->npages)
			becomes(s, proc, MODEL_REST);
	}
	for (unsigned int i = first; proc == PARENT && i < first + n; i++)
		s->pfn_at_pin[i] = 0;
}

void give_up_pages(struct scene *s, int proc, unsigned int first, unsigned int n)
{
	struct child_cmd cmd = { .op = OP_ADVISE, .arg = MADV_DONTNEED, .page = first };
	struct child_reply reply;
	size_t len;
	char *addr;
	int err;

	n = clamp_pages(s, first, n);
	cmd.npages = n;
	if (proc == PARENT) {
		page_range(s, first, n, &addr, &len);
		err = madvise(addr, len, MADV_DONTNEED) ? -errno : 0;
	} else {
		child_ask(s, proc, &cmd, &reply);
		err = reply.ret;
	}
	pages_given_up(s, proc, first, n, err);
}

void pages_given_up(struct scene *s, int proc, unsigned int first, unsigned int n, int err)
{
	if (err && s->memory->huge)
		feature_needed(s, F_DONTNEED_HUGETLB);
	if (err)
		scene_fail(s, CHECK("dontneed-error"), "C1", "MADV_DONTNEED takes the page away",
			   "%s", strerrorname_np(-err));
	for (unsigned int i = first; i < first + n; i++)
		if (pagemap(proc == PARENT ? 0 : s->proc[proc].pid, page_addr_in(s, proc, i)) &
		    PM_PRESENT)
			scene_fail(s, CHECK("dontneed-stays"), "C1",
				   "MADV_DONTNEED takes the page away", "page %u is still mapped",
				   i);
	gave_up_pages(s, proc, first, n);
}

void dontneed(struct scene *s, int proc, unsigned int first, unsigned int n)
{
	step_begin(s, "C1", "dontneed %s%s", who[proc], which(s, first, n));
	tell("dontneed(%s, %u, %u);", told_proc(proc), first, clamp_pages(s, first, n));
	give_up_pages(s, proc, first, n);
	touch(s, first, n);
	step_end(s);
}

void dontneed_vector(struct scene *s)
{
	ssize_t all = s->area_len, done;
	struct iovec v[MODEL_PAGES];
	size_t n = s->npages;
	int fd, err;

	step_begin(s, "C1", "dontneed by a vector");
	tell_not("drops pages by process_madvise()");
	feature_needed(s, F_MADVISE_SELF);
	fd = syscall(SYS_pidfd_open, getpid(), 0);
	if (fd < 0)
		scene_error(s, "pidfd_open: %s", strerror(errno));
	for_each_page(s, i)
		v[s->npages - 1 - i] = (struct iovec){ page_addr(s, i), s->page_len };
	/* Of more than the scene's pages there are two halves. */
	if (s->area_len != s->npages * s->page_len) {
		n = 2;
		v[0] = (struct iovec){ s->area + s->area_len / 2, s->area_len / 2 };
		v[1] = (struct iovec){ s->area, s->area_len / 2 };
	}
	done = syscall(SYS_process_madvise, fd, v, n, MADV_DONTNEED, 0);
	err = done < 0 ? -errno : 0;
	close(fd);
	if (!err && done != all)
		scene_fail(s, CHECK("dontneed-vector-short"), "C1",
			   "process_madvise() does all that it was asked for", "%zd bytes of %zd",
			   done, all);
	pages_given_up(s, PARENT, 0, s->npages, err);
	touch(s, ALL_PAGES);
	step_end(s);
}

/* Of what is not present: a file of swap, and none of the kernel's types behind them (markers). */
#define IN_SWAP(entry) ((entry)&PM_SWAP && ((entry)&0x1f) < 16)

/* A process's own copy is not the file's any more, wherever it is. */
static bool owns(const struct scene *s, int proc, unsigned int page)
{
	pid_t pid = proc == PARENT ? 0 : s->proc[proc].pid;
	uint64_t entry = pagemap(pid, page_addr_in(s, proc, page));

	return IN_SWAP(entry) || (entry & PM_PRESENT && kpageflags(PM_PFN(entry)) & KPF_ANON);
}

/* Who is not concerned if the file loses this page. */
static void who_owns(const struct scene *s, unsigned int page, bool own[MODEL_PROCS])
{
	for (int proc = PARENT; proc < MODEL_PROCS; proc++)
		own[proc] = !s->model.proc[proc].alive || !s->model.proc[proc].mapped ||
			    (!s->memory->shared && owns(s, proc, page));
}

static void lose_file_page(struct scene *s, unsigned int page, const bool own[MODEL_PROCS])
{
	s->first_content[page] = (struct content){ 0 };
	for (int proc = PARENT; proc < MODEL_PROCS; proc++) {
		if (own[proc])
			continue;
		model_replace(&s->model, proc, page, &s->first_content[page]);
		if (!mark_outlives_page(s, true))
			model_mark(&s->model, proc, page, false);
	}
	if (!own[PARENT])
		s->pfn_at_pin[page] = 0;
}

/* Zeros are there, by whatever mapping (MADV_REMOVE in madvise(2)). */
static void is_mended(struct scene *s, unsigned int page)
{
	bool area = read_raises(page_addr(s, page), SIGBUS);

	if (area || (s->alias && read_raises(s->alias + s->page_offset[page], SIGBUS)))
		scene_fail(s, CHECK("punched-still-poisoned"), "C1",
			   "where memory failed a hole in the file makes an end of it",
			   "SIGBUS for who reads page %u by %s mapping", page,
			   area ? "the area's" : "the file's second");
}

/* What a hole in the file is to who maps it, but for who had @own pages. */
static void punched(struct scene *s, unsigned int first, unsigned int n,
		    bool own[MODEL_PAGES][MODEL_PROCS])
{
	if (s->memory->shared)
		part(s, PARENT, first, n);
	for (unsigned int i = first; i < first + n; i++) {
		lose_file_page(s, i, own[i]);
		if (s->failed & 1U << i)
			is_mended(s, i);
		file_page_gone(s, i);
	}
	if (n == s->npages && s->memory->shared)
		model_replace(&s->model, PARENT, MODEL_REST, &(struct content){ 0 });
	touch(s, first, n);
}

void all_punched(struct scene *s)
{
	bool own[MODEL_PAGES][MODEL_PROCS];

	for_each_page(s, i)
		who_owns(s, i, own[i]);
	punched(s, 0, s->npages, own);
}

void punch(struct scene *s, unsigned int first, unsigned int n)
{
	bool own[MODEL_PAGES][MODEL_PROCS];
	size_t len;
	char *addr;
	int err;

	n = clamp_pages(s, first, n);
	step_begin(s, "C1", "punch%s", which(s, first, n));
	if (s->memfd < 0)
		scene_error(s, "there is no file to punch a hole into");
	for (unsigned int i = first; i < first + n; i++)
		who_owns(s, i, own[i]);
	page_range(s, first, n, &addr, &len);
	tell("punch_%s(%u, %u);", s->memory->shared ? "shared" : "private", first, n);
	if (s->memory->shared)
		err = madvise(addr, len, MADV_REMOVE);
	else
		err = fallocate(s->memfd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
				s->page_offset[first], len);
	err = err ? errno : 0;
	if (err && s->memory->on_disk)
		feature_needed(s, F_PUNCH);
	if (err)
		scene_fail(s, CHECK("punch-error"), "C1", "the hole is punched", "%s",
			   strerrorname_np(err));
	punched(s, first, n, own);
	step_end(s);
}

/* --- where the pages are the disk ------------------------------------------------------------ */

struct hole {
	struct scene *s;
	int err;
};

static void punch_in_thread(void *arg)
{
	struct hole *h = arg;

	h->err = madvise(h->s->area, h->s->area_len, MADV_REMOVE) ? errno : 0;
}

/* For whoever has pages that are blocks of the file; one or the other is inlined. */
static bool waits_for_dax(pid_t tid)
{
	return thread_sleeps_in(tid, "ext4_break_layouts") ||
	       thread_sleeps_in(tid, "ext4_wait_dax_page");
}

void punch_waits(struct scene *s, enum meanwhile meanwhile)
{
	static struct helper_thread thread;
	struct pin *p = &s->pin[0];
	static struct hole hole;
	bool own[MODEL_PAGES][MODEL_PROCS];

	step_begin(s, "C1", "punch_waits for %s%s", p->kind ? p->kind->name : "nobody",
		   meanwhile == IS_READ ? ", and the file is read meanwhile" : "");
	if (!s->memory->dax || !s->memory->shared)
		scene_error(s, "a hole in such memory does not wait");
	if (!p->taken || !p->kind->one_shot)
		scene_error(s, "there is no pin that will go by itself");
	tell_not("waits for a hole in a file");
	for_each_page(s, i)
		who_owns(s, i, own[i]);
	hole = (struct hole){ .s = s };
	helper_start(s, &thread, punch_in_thread, &hole);
	if (!wait_until(helper_done(&thread) || waits_for_dax(thread.tid)))
		wait_error(s, by_thread(&thread), "the hole is not begun");
	if (helper_done(&thread))
		scene_fail(s, CHECK("dax-hole-waits-not"), "C1",
			   "the hole is made when nobody has its blocks any more", "%s",
			   hole.err ? strerrorname_np(hole.err) : "made");
	if (meanwhile == IS_READ)
		views_compare(s, "C1");
	device_writes(s, 0, PARENT, ALL_PAGES);
	while (!helper_wait(&thread))
		wait_failed(s, CHECK("dax-hole-hangs"), "C8", by_thread(&thread),
			    "the hole is made once the pin is gone", "it is not");
	if (hole.err)
		scene_fail(s, CHECK("dax-hole-error"), "C1", "the hole is made", "%s",
			   strerrorname_np(hole.err));
	punched(s, 0, s->npages, own);
	step_end(s);
}

void give_hint(struct scene *s, enum hint how, unsigned int first, unsigned int n)
{
	static const struct {
		const char *name;
		int advice;
	} hints[] = {
		[COLD] = { "MADV_COLD", MADV_COLD },
		[WILLNEED] = { "MADV_WILLNEED", MADV_WILLNEED },
		[POPULATE_READ] = { "MADV_POPULATE_READ", 22 },
	};
	size_t len;
	char *addr;

	step_begin(s, "C0", "give_hint %s%s", hints[how].name, which(s, first, n));
	if (how == POPULATE_READ)
		feature_needed(s, F_POPULATE);
	n = clamp_pages(s, first, n);
	tell("hint(%s, %u, %u);", how == POPULATE_READ ? "22" : hints[how].name, first, n);
	page_range(s, first, n, &addr, &len);
	if (madvise(addr, len, hints[how].advice))
		scene_fail(s, CHECK("hint-refused"), "C0", "the advice is taken", "%s says %s",
			   hints[how].name, strerrorname_np(errno));
	if (how == POPULATE_READ)
		touch(s, first, n);
	step_end(s);
}

void dontneed_bytes(struct scene *s, unsigned int page)
{
	char *addr = page_addr(s, page);
	int err;

	step_begin(s, "C0", "dontneed_bytes page %u", page);
	if (s->page_len != PAGE_4K && !s->memory->huge)
		scene_error(s, "page %u is more than one, and no huge page", page);
	tell("dontneed_bytes(%u, %d);", page, s->memory->huge);
	if (!madvise(addr + 1, PAGE_4K, MADV_DONTNEED) || errno != EINVAL)
		scene_fail(s, CHECK("dontneed-within"), "C0",
			   "EINVAL: it begins in the middle of a page", "it is done, or %s",
			   strerrorname_np(errno));
	err = madvise(addr, 100, MADV_DONTNEED) ? -errno : 0;
	/* A part of a small page is all of it; of a huge page it is nothing (8ebe0a5eaaeb, v6.1). */
	if (!s->memory->huge) {
		pages_given_up(s, PARENT, page, 1, err);
		touch(s, PAGE(page));
	} else if (err) {
		feature_needed(s, F_DONTNEED_HUGETLB);
		scene_fail(s, CHECK("dontneed-part-error"), "C0",
			   "no error: there is no whole huge page to drop", "%s",
			   strerrorname_np(-err));
	}
	step_end(s);
}

/* --- what fork() does with it ---------------------------------------------------- */

void dontfork(struct scene *s)
{
	step_begin(s, "C2", "dontfork");
	advise(s, MADV_DONTFORK, "MADV_DONTFORK", ALL_PAGES);
	s->at_fork = NOT_INHERITED;
	step_end(s);
}

static void leave_out(struct scene *s, unsigned int page, size_t len)
{
	tell_not("leaves a page out of the child");
	if (madvise(page_addr(s, page), len, MADV_DONTFORK))
		scene_fail(s, CHECK("dontfork-page-refused"), "C2", "the advice is taken",
			   "MADV_DONTFORK says %s", strerrorname_np(errno));
	s->not_inherited |= 1U << page;
	step_end(s);
}

void dontfork_page(struct scene *s, unsigned int page)
{
	step_begin(s, "C2", "dontfork page %u", page);
	leave_out(s, page, s->page_len);
}

void dontfork_bytes(struct scene *s, unsigned int page)
{
	step_begin(s, "C2", "dontfork_bytes page %u", page);
	leave_out(s, page, 100);
}

void dofork(struct scene *s)
{
	step_begin(s, "C2", "dofork");
	advise(s, MADV_DOFORK, "MADV_DOFORK", ALL_PAGES);
	s->at_fork = INHERITED;
	step_end(s);
}

void wipeonfork(struct scene *s)
{
	step_begin(s, "C2", "wipeonfork");
	advise(s, MADV_WIPEONFORK, "MADV_WIPEONFORK", ALL_PAGES);
	s->at_fork = WIPED;
	step_end(s);
}

void at_fork_apply(struct scene *s, int proc)
{
	for_each_page(s, i) {
		if (!(s->proc[proc].lacking & 1U << i))
			continue;
		if (maps_has(s->proc[proc].pid, page_addr_in(s, proc, i)))
			scene_fail(s, CHECK("dontfork-page-mapped"), "C2",
				   "no such page in the child (MADV_DONTFORK)", "it has page %u",
				   i);
		model_mark(&s->model, proc, i, false);
		if (!s->memory->shared)
			model_report(&s->model, proc, i, false);
	}
	if (s->at_fork == NOT_INHERITED) {
		if (maps_has(s->proc[proc].pid, page_addr_in(s, proc, 0)))
			scene_fail(s, CHECK("dontfork-mapped"), "C2",
				   "no such mapping in the child (MADV_DONTFORK)", "it has one");
		model_unmap(&s->model, proc);
	}
	if (s->at_fork != WIPED)
		return;
	for_each_page(s, i) {
		model_mark(&s->model, proc, i, false);
		model_replace(&s->model, proc, i, &(struct content){ 0 });
	}
	model_replace(&s->model, proc, MODEL_REST, &(struct content){ 0 });
}

/* --- rights ------------------------------------------------------------------------ */

void mprotect_rw_by(struct scene *s, int proc)
{
	struct child_cmd cmd = { .op = OP_PROTECT, .arg = PROT_READ | PROT_WRITE };
	struct child_reply reply;

	step_begin(s, "C5", "mprotect RW by %s", who[proc]);
	tell("in(%s, writable, 0, %u);", told_proc(proc), s->npages);
	child_ask(s, proc, &cmd, &reply);
	if (reply.ret)
		scene_fail(s, CHECK("mprotect-by-refused"), "C5", "mprotect() is done", "%s",
			   strerrorname_np(-reply.ret));
	s->proc[proc].blind = false;
	s->proc[proc].readonly = 0;
	step_end(s);
}
