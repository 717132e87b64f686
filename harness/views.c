// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <linux/userfaultfd.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "feature.h"
#include "internal.h"

/*
 * Every viewer is asked, and what it sees is compared with the model: all bytes of a
 * page, of a huge one samples until the test ends.
 */

/* Who wrote that, be it a stamp or a word of a pattern; NR_ACTORS: neither. */
static enum actor by_whom(uint64_t word)
{
	enum actor by = NR_ACTORS;

	if (!stamp_parse(word, &by, NULL, NULL))
		pattern_parse(word, &by, NULL, NULL, NULL);
	return by;
}

/* Nothing is, or was, at work but what the kernel does on its own: no pin, mark or fork. */
static bool plain(const struct scene *s)
{
	return !s->npins && s->uffd < 0 && !s->proc[CHILD].area;
}

/*
 * Which clause a wrong value breaks. Another process's write in a place that
 * is private is isolation, whoever looks; else a pin and its page parted if
 * either end of the difference is a device; else, if nobody has written that, or
 * nobody has a share in it, it is the process's own data that is lost; else it is what
 * the step is about. Where that is the mark, the data is lost all the same.
 */
static const char *clause_of(const struct scene *s, const struct view *v, uint64_t wanted,
			     uint64_t seen)
{
	enum actor wanted_by = by_whom(wanted), seen_by = by_whom(seen);

	if (!s->memory->shared && seen_by != NR_ACTORS &&
	    (v->proc != PARENT || (seen_by <= BY_OTHER && (int)seen_by != v->proc)))
		return "C2";
	if (v->by_pin || wanted_by == BY_DEVICE || seen_by == BY_DEVICE)
		return "C1";
	if (seen_by == NR_ACTORS || plain(s) || !strcmp(s->step_clause, "C4"))
		return "C0";
	return s->step_clause;
}

static const char *moved(const struct scene *s, unsigned int page)
{
	static char text[96];
	uint64_t pfn;

	*text = 0;
	if (page == MODEL_REST || !s->pfn_at_pin[page])
		return text;
	pfn = PM_PFN(pagemap(0, page_addr(s, page)));
	if (pfn != s->pfn_at_pin[page])
		snprintf(text, sizeof(text),
			 "; the parent's page moved from pfn %#llx (pinned) to %#llx",
			 (unsigned long long)s->pfn_at_pin[page], (unsigned long long)pfn);
	return text;
}

static void wrong_cell(struct scene *s, const struct view *v, unsigned int page, enum cell c,
		       uint64_t wanted, uint64_t seen)
{
	static const char *const names[NR_CELLS] = {
		[CELL_DEV] = "device cell",
		[CELL_CPU] = "CPU cell",
		[CELL_CPU_MID] = "CPU cell in the middle",
		[CELL_DEV_MID] = "device cell in the middle",
		[CELL_DEV_END] = "device cell at the end",
		[CELL_CPU_END] = "CPU cell at the end",
	};
	char w[96], x[96];

	scene_fail(s, v->cells, v->clause ?: clause_of(s, v, wanted, seen),
		   stamp_str(wanted, w, sizeof(w)), "%s%s (view: %s, page %u, %s)",
		   stamp_str(seen, x, sizeof(x)), moved(s, page), v->name, page, names[c]);
}

/* @wanted and @seen: @len bytes from @offset of a page on, and no cell differs. */
static void wrong_bytes(struct scene *s, const struct view *v, unsigned int page, size_t offset,
			const char *wanted, const char *seen, size_t len)
{
	size_t first = 0, last = len - 1, at;
	char name[16], w[96], x[96];
	const char *clause;
	uint64_t is, must;

	while (wanted[first] == seen[first])
		first++;
	while (wanted[last] == seen[last])
		last--;
	at = first & ~(size_t)7;
	must = word_at(wanted + at);
	is = word_at(seen + at);
	clause = v->clause && by_whom(is) != NR_ACTORS ? v->clause : clause_of(s, v, must, is);
	snprintf(name, sizeof(name), page == MODEL_REST ? "the area" : "page %u", page);
	scene_fail(s, v->bytes, clause, stamp_str(must, w, sizeof(w)),
		   "%s%s (view: %s, bytes %zu to %zu of %s)", stamp_str(is, x, sizeof(x)),
		   moved(s, page), v->name, offset + first, offset + last, name);
}

/* @len bytes at @offset of a page; both multiples of 8. */
static void bytes_compare(struct scene *s, const struct view *v, unsigned int page,
			  const struct content *wanted, size_t offset, const char *seen, size_t len)
{
	size_t page_len = page == MODEL_REST ? 0 : s->page_len;
	const char *bytes = bytes_unlike(wanted, page_len, offset, seen, len);
	bool differs = false;

	if (!bytes)
		return;
	for (enum cell c = 0; c < NR_CELLS && page_len; c++) {
		size_t at = cell_offset(c, page_len);

		if (at < offset || at + 8 > offset + len ||
		    word_at(seen + at - offset) == wanted->v[c])
			continue;
		wrong_cell(s, v, page, c, wanted->v[c], word_at(seen + at - offset));
		differs = true;
	}
	if (!differs)
		wrong_bytes(s, v, page, offset, bytes, seen, len);
}

void samples_compare(struct scene *s, const struct view *v, unsigned int page,
		     const struct content *wanted, const char *seen, size_t reach)
{
	for (unsigned int n = 0; n < samples(s); n++) {
		size_t offset = sample_offset(s, n), len = SAMPLE;

		if (offset + len > reach)
			len = reach > offset ? (reach - offset) & ~(size_t)7 : 0;
		if (len)
			bytes_compare(s, v, page, wanted, offset, seen + n * SAMPLE, len);
	}
}

bool page_visible(const struct scene *s, int proc, unsigned int page)
{
	/* What is read-and-write protected is not to be looked at: that would be noticed. */
	bool closed = s->uffd_mode & UFFDIO_REGISTER_MODE_RWP &&
		      model_marked(&s->model, proc, page);

	return s->touched[page] && !s->out[page] && !s->racing[page] && !closed &&
	       !s->proc[proc].blind &&
	       !((s->proc[proc].guarded | s->proc[proc].lacking) & 1U << page);
}

static struct view view_of(int proc, const char *clause)
{
	struct view v = { .name = who[proc], .clause = clause, .proc = proc };

	v.cells = proc == PARENT ? CHECK("view-parent") : CHECK("view-child");
	v.bytes = proc == PARENT ? CHECK("bytes-parent") : CHECK("bytes-child");
	return v;
}

static void compare_proc(struct scene *s, int proc, const char *clause)
{
	struct view v = view_of(proc, clause);

	for_each_page(s, i)
		if (page_visible(s, proc, i))
			samples_compare(s, &v, i, model_content(&s->model, proc, i), s->seen[i],
					s->page_len);
}

static struct view view_of_alias(const struct scene *s)
{
	struct view v = { .proc = PARENT };

	v.clause = s->alias_follows ? "C1" : "C2";
	v.name = s->alias_follows ? "second mapping of the file" :
				    "what is behind the private mapping";
	v.cells = s->alias_follows ? CHECK("view-alias") : CHECK("view-behind");
	v.bytes = s->alias_follows ? CHECK("bytes-alias") : CHECK("bytes-behind");
	return v;
}

static const struct content *alias_content(const struct scene *s, unsigned int page)
{
	return s->alias_follows ? model_content(&s->model, PARENT, page) : &s->first_content[page];
}

static void compare_alias(struct scene *s)
{
	struct view v = view_of_alias(s);

	for_each_page(s, i) {
		/* What is swapped out it would bring back, before the parent's own fault does. */
		if (s->failed & 1U << i || in_device(s, i) ||
		    (s->to_fill & 1U << i && !s->touched[i]) ||
		    (s->alias_follows && (s->racing[i] || s->out[i])))
			continue;
		look_at(s, s->alias + s->page_offset[i], s->seen[i]);
		samples_compare(s, &v, i, alias_content(s, i), s->seen[i], s->page_len);
	}
}

bool pin_can_be_asked(const struct scene *s, int n, int *asked)
{
	const struct pin *p = &s->pin[n];

	if (!s->model.pin[n].live || !p->taken || p->busy || !p->kind->can_read)
		return false;
	*asked = pin_asked(s, p);
	return !s->proc[*asked].asleep;
}

static struct view view_of_pin(const struct pin *p, const char *clause, char name[64])
{
	struct view v = { .name = name, .clause = clause, .proc = p->owner, .by_pin = true };

	v.cells = CHECK("view-pin");
	v.bytes = CHECK("bytes-pin");
	snprintf(name, 64, "%s's %s pin", who[p->owner], p->kind->name);
	return v;
}

/* True if the device has done it. */
static bool device_did(struct scene *s, const struct pin *p, const struct view *v, int err)
{
	/* It asks for what it holds: no page table has a say in that. */
	if (err == -EFAULT && p->kind->coherent && !p->kind->on_demand) {
		scene_fail(s, CHECK("pin-device-efault"), "C1",
			   "the device reaches the page that it has pinned", "EFAULT (view: %s)",
			   v->name);
		return false;
	}
	if (err)
		scene_error(s, "%s could not be read: %s", v->name, strerror(-err));
	return true;
}

/* What neither reads nor writes shows by its frame that it is parted. */
static void compare_frames(struct scene *s, int n)
{
	const struct pin *p = &s->pin[n];

	if (!p->taken || !s->model.pin[n].live || !p->kind->coherent || p->kind->can_read ||
	    p->kind->can_write || p->owner != PARENT)
		return;
	for_each_page(s, i) {
		uint64_t was = s->pfn_at_pin[i], now = frame_at(page_addr(s, i));

		if (model_pin_covers(&s->model, n, i) && !s->model.pin[n].parted[i] && was && now &&
		    was != now)
			scene_fail(s, CHECK("frame-parted"), "C1",
				   "the page that is pinned is the one that is mapped",
				   "pfn %#llx, and pinned is %#llx (page %u, %s)",
				   (unsigned long long)now, (unsigned long long)was, i,
				   p->kind->name);
	}
}

/* What it has of the page that it begins in the middle of, up to that page's end. */
static void compare_lead(struct scene *s, int n, const struct view *v)
{
	struct pin *p = &s->pin[n];
	unsigned int page = p->first - 1;
	size_t len = p->lead & ~(size_t)7;
	int err;

	if (!s->model.pin[n].leads || s->racing[page])
		return;
	if (len > SAMPLE)
		len = SAMPLE;
	err = device_read(s, p, p->addr + p->lead - len, s->seen[page], len);
	if (device_did(s, p, v, err))
		bytes_compare(s, v, page, model_lead(&s->model, n), s->page_len - len,
			      s->seen[page], len);
}

static void compare_pin(struct scene *s, int n, const char *clause)
{
	struct pin *p = &s->pin[n];
	struct view v;
	char name[64];
	int asked;

	compare_frames(s, n);
	if (!pin_can_be_asked(s, n, &asked))
		return;
	v = view_of_pin(p, clause, name);
	if (asked == PARENT && p->owner == PARENT)
		compare_lead(s, n, &v);
	for_each_page(s, i) {
		struct child_cmd cmd = { .op = OP_PIN_READ, .pin = n, .page = i };
		struct content wanted;
		struct child_reply reply;
		int err;

		if (!model_pin_covers(&s->model, n, i) || s->racing[i])
			continue;
		/* It would bring in what is not there. */
		if (p->kind->on_demand && !page_visible(s, p->owner, i) &&
		    !(p->kind->own_memory && in_device(s, i)))
			continue;
		if (!model_pin_knows(&s->model, n, i))
			scene_error(s, "the model has no room for all that page %u has held", i);
		if (asked == PARENT) {
			err = pin_look(s, p, i, s->seen[i]);
		} else {
			child_ask(s, asked, &cmd, &reply);
			err = reply.ret;
		}
		if (!device_did(s, p, &v, err))
			continue;
		wanted = content_seen(s, s->seen[i]);
		wanted = model_pin_content(&s->model, n, i, &wanted);
		samples_compare(s, &v, i, &wanted, s->seen[i], pin_reach(s, p, i));
	}
}

/*
 * Of a child that stands in a fault. By /proc/PID/mem, which takes a reference and no
 * pin: process_vm_readv() would unshare what it reads (a7f226604170, v5.19).
 */
static void read_from_outside(struct scene *s, int proc, unsigned int pages)
{
	char path[32];
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/mem", s->proc[proc].pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		scene_error(s, "%s: %s", path, strerror(errno));
	for_each_page(s, i)
		for (unsigned int k = 0; pages & 1U << i && k < samples(s); k++) {
			uintptr_t at = (uintptr_t)page_addr_in(s, proc, i) + sample_offset(s, k);

			if (pread(fd, s->seen[i] + k * SAMPLE, SAMPLE, at) != SAMPLE)
				scene_error(s, "%s cannot be read at page %u", path, i);
		}
	close(fd);
}

static bool has_area(const struct scene *s, int proc)
{
	return s->model.proc[proc].alive && s->model.proc[proc].mapped;
}

static void child_look(struct scene *s, int proc, const struct child_cmd *cmd)
{
	struct child_reply reply;

	child_ask(s, proc, cmd, &reply);
	for_each_page(s, i)
		if (reply.ret & 1 << i)
			scene_fail(s, CHECK("child-sigbus"), "C0", "the process has its memory",
				   "reading page %u of the %s is SIGBUS", i, who[proc]);
}

void views_compare(struct scene *s, const char *clause)
{
	s->look++;
	for_each_page(s, i) {
		if (!page_visible(s, PARENT, i))
			continue;
		if (!read_raises(page_addr(s, i), SIGBUS))
			look_at(s, page_addr(s, i), s->seen[i]);
		else
			scene_fail(s, CHECK("parent-sigbus"), "C0", "the process has its memory",
				   "reading page %u is SIGBUS", i);
	}
	compare_proc(s, PARENT, clause);
	if (s->alias)
		compare_alias(s);
	for (int proc = CHILD; proc < MODEL_PROCS; proc++) {
		struct child_cmd cmd = { .op = OP_LOOK };

		if (!has_area(s, proc))
			continue;
		for_each_page(s, i)
			if (page_visible(s, proc, i))
				cmd.pages |= 1U << i;
		if (s->proc[proc].asleep)
			read_from_outside(s, proc, cmd.pages);
		else
			child_look(s, proc, &cmd);
		compare_proc(s, proc, clause);
	}
	for (unsigned int i = 0; i < s->npins; i++)
		compare_pin(s, i, clause);
}

/* --- all of it ----------------------------------------------------------------------- */

/* Bytes of the area that belong to one page, or to the rest. */
struct range {
	unsigned int page;
	size_t at, len; /* in the area */
	size_t offset;	/* in the page; of the rest, in the area */
};

static int page_at(const struct scene *s, size_t at)
{
	if (s->page_len > SAMPLE)
		return at / s->page_len;
	return s->rest[at / SAMPLE] ? MODEL_REST : -1;
}

/* The next range behind @r that a look by samples does not see. */
static bool next_range(const struct scene *s, struct range *r)
{
	size_t at = r->at + r->len;
	int page;

	for (; at < s->area_len && page_at(s, at) < 0; at += SAMPLE)
		;
	if (at >= s->area_len)
		return false;
	page = page_at(s, at);
	*r = (struct range){ .page = page, .at = at };
	r->offset = page == MODEL_REST ? at : at - s->page_offset[page];
	for (; r->len < LOOK_LEN && at < s->area_len && page_at(s, at) == page; at += SAMPLE)
		r->len += SAMPLE;
	return true;
}

static bool range_visible(const struct scene *s, int proc, const struct range *r)
{
	if (r->page != MODEL_REST)
		return page_visible(s, proc, r->page);
	/* The rest is protected along with the pages, and nobody keeps book of that. */
	return s->touched[MODEL_REST] && !s->proc[proc].blind &&
	       !(s->uffd_mode & UFFDIO_REGISTER_MODE_RWP);
}

static void compare_range(struct scene *s, const struct view *v, const struct range *r,
			  const struct content *wanted)
{
	bytes_compare(s, v, r->page, wanted, r->offset, s->seen[0], r->len);
}

static void compare_range_of_pin(struct scene *s, int n, const struct range *r)
{
	struct pin *p = &s->pin[n];
	struct content wanted;
	struct view v;
	char name[64];
	int asked;

	/* A child's would be asked piece by piece over a socket; its samples must do. */
	if (!pin_can_be_asked(s, n, &asked) || asked != PARENT || !p->kind->coherent || p->lead ||
	    p->tail || !model_pin_covers(&s->model, n, r->page) ||
	    (p->kind->on_demand && !range_visible(s, p->owner, r)) ||
	    (r->page != MODEL_REST && s->racing[r->page]))
		return;
	v = view_of_pin(p, NULL, name);
	if (!device_did(s, p, &v,
			device_read(s, p, p->addr + r->at - s->page_offset[p->first], s->seen[0],
				    r->len)))
		return;
	wanted = (struct content){ 0 };
	wanted = model_pin_content(&s->model, n, r->page, &wanted);
	compare_range(s, &v, r, &wanted);
}

void views_compare_whole(struct scene *s)
{
	struct view alias = view_of_alias(s);
	struct range r = { 0 };

	s->look++;
	while (next_range(s, &r)) {
		for (int proc = PARENT; proc < MODEL_PROCS; proc++) {
			struct child_cmd cmd = { .op = OP_READ, .offset = r.at, .len = r.len };
			struct view v = view_of(proc, NULL);
			struct child_reply reply;

			if (!has_area(s, proc) || !range_visible(s, proc, &r))
				continue;
			if (proc == PARENT)
				memcpy(s->seen[0], s->area + r.at, r.len);
			else
				child_ask(s, proc, &cmd, &reply);
			compare_range(s, &v, &r, model_content(&s->model, proc, r.page));
		}
		if (s->alias &&
		    (r.page == MODEL_REST ? s->alias_rest :
					    !s->racing[r.page] && !(s->failed & 1U << r.page))) {
			memcpy(s->seen[0], s->alias + r.at, r.len);
			compare_range(s, &alias, &r, alias_content(s, r.page));
		}
		for (unsigned int i = 0; i < s->npins; i++)
			compare_range_of_pin(s, i, &r);
	}
}

void compare_marks(struct scene *s)
{
	const void *addr[MODEL_PAGES];
	uint64_t e[MODEL_PAGES];

	/* Also when the last registration has gone: it must have taken its marks along. */
	if (!s->pagemap_has_mark)
		return;
	/* There a write takes the mark away, and so may others: that is the ledger's, C9. */
	if (s->uffd_features & UFFD_FEATURE_WP_ASYNC)
		return;
	for (int proc = PARENT; proc < MODEL_PROCS; proc++) {
		if (!s->model.proc[proc].alive || !s->model.proc[proc].mapped)
			continue;
		for_each_page(s, i)
			addr[i] = page_addr_in(s, proc, i);
		marks_all(proc == PARENT ? 0 : s->proc[proc].pid, addr, e, s->npages);
		for_each_page(s, i) {
			bool wanted = model_marked(&s->model, proc, i);

			if (s->proc[proc].lacking & 1U << i)
				continue;
			if (!!(e[i] & PM_UFFD_WP) == wanted)
				continue;
			scene_fail(s, wanted ? CHECK("mark-lost") : CHECK("mark-uninvited"), "C4",
				   wanted ? "the write-protect mark" : "no write-protect mark",
				   "%s on page %u of the %s (pagemap 0x%016llx)",
				   wanted ? "none" : "one", i, who[proc], (unsigned long long)e[i]);
		}
	}
}

/* As pagemap has them (v6.15). */
void guards_compare(struct scene *s)
{
	if (!s->guards || !feature_there(s, F_PAGEMAP_GUARD))
		return;
	for (int proc = PARENT; proc < MODEL_PROCS; proc++) {
		pid_t pid = proc == PARENT ? 0 : s->proc[proc].pid;

		if (!s->model.proc[proc].alive || !s->model.proc[proc].mapped)
			continue;
		for_each_page(s, i) {
			bool wanted = s->proc[proc].guarded & ~s->proc[proc].poisoned & 1U << i;
			uint64_t e = pagemap(pid, page_addr_in(s, proc, i));

			if (!!(e & PM_GUARD) == wanted)
				continue;
			scene_fail(s, wanted ? CHECK("guard-lost") : CHECK("guard-uninvited"), "C5",
				   wanted ? "a guard page" : "no guard page",
				   "%s is page %u of the %s (pagemap 0x%016llx)",
				   wanted ? "none" : "one", i, who[proc], (unsigned long long)e);
		}
	}
}

/*
 * UFFDIO_POISON leaves an entry where nothing is, and each process that has the page has one: pagemap
 * tells it as in swap, but for hugetlb (pagemap_hugetlb_range()). What failed is another entry,
 * which a file's pages need not have.
 */
void poison_compare(struct scene *s)
{
	if (s->memory->huge)
		return;
	for (int proc = PARENT; proc < MODEL_PROCS; proc++) {
		unsigned int poisoned = s->proc[proc].poisoned & ~s->failed;

		if (!s->model.proc[proc].alive || !s->model.proc[proc].mapped)
			continue;
		for_each_page(s, i) {
			uint64_t e;

			if (!(poisoned & 1U << i))
				continue;
			e = pagemap(proc == PARENT ? 0 : s->proc[proc].pid,
				    page_addr_in(s, proc, i));
			if (!(e & PM_SWAP))
				scene_fail(
					s, CHECK("poison-lost"), "C5", "a page that is poisoned",
					"nothing says so of page %u of the %s (pagemap 0x%016llx)",
					i, who[proc], (unsigned long long)e);
		}
	}
}

static void look_for_lock(void *arg, uintptr_t from, uintptr_t to, const char *flags)
{
	(void)from;
	(void)to;
	*(bool *)arg |= !!strstr(flags, " lo");
}

void locks_compare(struct scene *s)
{
	long wanted = s->lock.before + locked_kib(s), kib;

	if (!s->lock.any)
		return;
	kib = file_number("/proc/self/status", "VmLck");
	if (kib != wanted)
		scene_fail(s, CHECK("lock-account"), "C8", "VmLck has what is locked, and no more",
			   "%ld kB, not %ld", kib, wanted);
	for (int proc = CHILD; proc < MODEL_PROCS; proc++) {
		bool locked = false;

		if (!s->model.proc[proc].alive || !s->model.proc[proc].mapped)
			continue;
		if (!vm_flags_over(s->proc[proc].pid, area_in(s, proc), s->area_len, look_for_lock,
				   &locked))
			scene_error(s, "smaps of the %s cannot be read", who[proc]);
		if (locked)
			scene_fail(s, CHECK("lock-inherited"), "C8",
				   "memory locks are not inherited (mlock(2))",
				   "that of the %s is locked", who[proc]);
	}
}

/* What is mapped of hugetlbfs. Tables that are shared are on no account. */
static void hugepages_compare(struct scene *s, int proc, pid_t pid, long accounted)
{
	long mapped = 0;

	if (!s->memory->huge || s->memory->shared)
		return;
	for_each_page(s, i) {
		if (pagemap(pid, page_addr_in(s, proc, i)) & PM_PRESENT)
			mapped += s->page_len / 1024;
		if (s->alias && pagemap(pid, s->alias + s->page_offset[i]) & PM_PRESENT)
			mapped += s->page_len / 1024;
	}
	if (accounted != mapped)
		scene_fail(s, CHECK("hugepages-account"), "C8",
			   "HugetlbPages has what is mapped, and no more",
			   "%ld kB of %ld of the %s", accounted, mapped, who[proc]);
}

/*
 * Nothing looks at these when a process ends, as check_mm() does at what it has of pages: what is wrong
 * there stays, and RLIMIT_AS and RLIMIT_DATA go by it.
 */
void accounts_compare(struct scene *s)
{
	struct accounts a;

	for (int proc = PARENT; proc < MODEL_PROCS; proc++) {
		const pid_t pid = proc == PARENT ? getpid() : s->proc[proc].pid;

		if (!s->model.proc[proc].alive || !s->model.proc[proc].mapped)
			continue;
		if (!accounts_of(pid, &a))
			scene_error(s, "maps and status of the %s cannot be read", who[proc]);
		if (a.size != a.mapped)
			scene_fail(s, CHECK("vm-account"), "C8",
				   "VmSize has all mappings, and no more",
				   "%ld kB of %ld of the %s", a.size, a.mapped, who[proc]);
		if (a.data != a.mapped_data)
			scene_fail(
				s, CHECK("data-account"), "C8",
				"VmData has private mappings that may be written to, and no more",
				"%ld kB of %ld of the %s", a.data, a.mapped_data, who[proc]);
		hugepages_compare(s, proc, pid, a.hugetlb);
	}
}
