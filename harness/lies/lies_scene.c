// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "lies.h"

/* What happens behind the harness's back, between what a step does and what it compares. */

int __real_ioctl(int fd, unsigned long req, ...);
int __real_madvise(void *addr, size_t len, int advice);
uint64_t __real_pagemap(pid_t pid, const void *addr);
int __real_munmap(void *addr, size_t len);
void *__real_mmap(void *addr, size_t len, int prot, int flags, int fd, off_t offset);

static bool protect(int uffd, void *addr, size_t len, uint64_t mode)
{
	struct uffdio_writeprotect w = { .range = { (uintptr_t)addr, len }, .mode = mode };

	return !__real_ioctl(uffd, UFFDIO_WRITEPROTECT, &w);
}

/* --- marks and registration ------------------------------------------------------------ */

static bool write_waits(const struct scene *s)
{
	for_each_page(s, i)
		if (s->racing[i])
			return true;
	return false;
}

static void mark_vanishes(struct scene *s, int proc)
{
	int uffd = proc == PARENT ? s->uffd : s->proc[proc].uffd;
	pid_t pid = proc == PARENT ? 0 : s->proc[proc].pid;

	if (times_told() || uffd < 0 || write_waits(s) || s->uffd_features & UFFD_FEATURE_WP_ASYNC)
		return;
	for_each_page(s, i) {
		char *at = page_addr_in(s, proc, i);

		if (model_marked(&s->model, proc, i) && __real_pagemap(pid, at) & PM_UFFD_WP &&
		    protect(uffd, at, s->page_len, UFFDIO_WRITEPROTECT_MODE_DONTWAKE)) {
			told();
			return;
		}
	}
}

static void mark_appears(struct scene *s)
{
	if (times_told() || s->uffd < 0 || write_waits(s) ||
	    !(s->uffd_mode & UFFDIO_REGISTER_MODE_WP) || s->uffd_features & UFFD_FEATURE_WP_ASYNC)
		return;
	for_each_page(s, i)
		if (plain_page(s, i) &&
		    protect(s->uffd, page_addr(s, i), s->page_len, UFFDIO_WRITEPROTECT_MODE_WP) &&
		    __real_pagemap(0, page_addr(s, i)) & PM_UFFD_WP) {
			told();
			return;
		}
}

static void rwp_appears(struct scene *s)
{
	struct uffdio_writeprotect w = { .mode = UFFDIO_WRITEPROTECT_MODE_WP };

	if (times_told() || s->uffd < 0 || write_waits(s) ||
	    !(s->uffd_mode & UFFDIO_REGISTER_MODE_RWP))
		return;
	for_each_page(s, i) {
		w.range.start = (uintptr_t)page_addr(s, i);
		w.range.len = s->page_len;
		if (plain_page(s, i) && !__real_ioctl(s->uffd, UFFDIO_RWPROTECT, &w)) {
			told();
			return;
		}
	}
}

static void lose_registration(struct scene *s, unsigned int after)
{
	struct uffdio_range r = { (uintptr_t)s->area, s->area_len };
	static unsigned int steps;

	if (times_told() || s->uffd < 0 || (!vm_flag(s->area, "uw") && !vm_flag(s->area, "ur")))
		return;
	if (steps++ < after || __real_ioctl(s->uffd, UFFDIO_UNREGISTER, &r))
		return;
	told();
}

/* --- content --------------------------------------------------------------------------- */

/* Complement 8 bytes of the first page that is free to be written. */
static void destroy(struct scene *s, size_t off)
{
	if (times_told() || s->step < 2)
		return;
	for_each_page(s, i) {
		char *at = page_addr(s, i) + off;
		uint64_t v;

		if (!plain_page(s, i) || !peek_at(0, at, &v, sizeof(v)))
			continue;
		v = ~v;
		if (poke_at(0, at, &v, sizeof(v))) {
			told();
			return;
		}
	}
}

static void lose_content(struct scene *s)
{
	uint64_t zero = 0;

	if (times_told() || s->step < 2)
		return;
	for_each_page(s, i)
		if (plain_page(s, i) && model_value(&s->model, PARENT, i, CELL_CPU) &&
		    poke_at(0, cell_addr(s, i, CELL_CPU), &zero, sizeof(zero))) {
			told();
			return;
		}
}

static void change_file(struct scene *s, size_t off)
{
	uint64_t bad = 0x5a5a5a5a5a5a5a5aULL;

	if (times_told() || s->step < 2 || s->memfd < 0)
		return;
	for_each_page(s, i)
		if (s->touched[i] && !s->out[i] && !s->racing[i] &&
		    pwrite(s->memfd, &bad, sizeof(bad), s->page_offset[i] + off) == sizeof(bad)) {
			told();
			return;
		}
}

/* One page of the second mapping of a file is one of its own from now on. */
static void part_alias(struct scene *s, bool spoil)
{
	static char copy[4096];
	char *at;

	if (times_told() || s->step < 2 || !s->alias || !s->alias_follows || s->page_len != 4096)
		return;
	for_each_page(s, i) {
		if (!plain_page(s, i))
			continue;
		at = s->alias + s->page_offset[i];
		memcpy(copy, at, sizeof(copy));
		if (__real_mmap(at, sizeof(copy), PROT_READ | PROT_WRITE,
				MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == MAP_FAILED)
			return;
		memcpy(at, copy, sizeof(copy));
		if (spoil)
			at[1500] ^= 0x5a;
		told();
		return;
	}
}

static void swap_loses(struct scene *s)
{
	if (times_told() || s->memory->shared)
		return;
	for_each_page(s, i)
		if (s->out[i] && __real_pagemap(0, page_addr(s, i)) & PM_SWAP &&
		    !__real_madvise(page_addr(s, i), s->page_len, MADV_DONTNEED)) {
			told();
			return;
		}
}

/* --- fork --------------------------------------------------------------------------------- */

static void destroy_child(struct scene *s, size_t off, bool zero)
{
	pid_t pid = s->proc[CHILD].pid;

	if (times_told() || !step_is("fork") || pid <= 0 || s->memory->shared ||
	    s->at_fork != INHERITED)
		return;
	for_each_page(s, i) {
		char *at = page_addr_in(s, CHILD, i) + off;
		uint64_t v;

		if (!s->touched[i] || s->out[i] || model_marked(&s->model, CHILD, i) ||
		    !peek_at(pid, at, &v, sizeof(v)) || (zero && !v))
			continue;
		v = zero ? 0 : ~v;
		if (poke_at(pid, at, &v, sizeof(v))) {
			told();
			return;
		}
	}
}

/* What @from has just written is seen by @to. */
static void leak(struct scene *s, int from, int to)
{
	pid_t from_pid = from == PARENT ? 0 : s->proc[from].pid;
	pid_t to_pid = to == PARENT ? 0 : s->proc[to].pid;

	if (s->memory->shared || !s->model.proc[CHILD].alive || !s->model.proc[CHILD].mapped ||
	    s->proc[CHILD].pid <= 0)
		return;
	if (from == PARENT ? !step_is("cpu_write parent") && !step_is("device_write") :
			     !step_is("cpu_write child"))
		return;
	for_each_page(s, i)
		for (enum cell c = 0; c < NR_CELLS; c++) {
			char *src = page_addr_in(s, from, i) + cell_offset(c, s->page_len);
			char *dst = page_addr_in(s, to, i) + cell_offset(c, s->page_len);
			uint64_t v, old;

			if (!s->touched[i] || s->out[i] || s->proc[to].blind ||
			    model_marked(&s->model, to, i) ||
			    !peek_at(from_pid, src, &v, sizeof(v)) ||
			    !peek_at(to_pid, dst, &old, sizeof(old)) || v == old)
				continue;
			if (poke_at(to_pid, dst, &v, sizeof(v)))
				told();
		}
}

/* --- what is left behind ------------------------------------------------------------------- */

/* A pipe that holds references to pages, as nobody reads it. */
static int kept[2] = { -1, -1 };
static int ready_fd;

/* A process of its own that has something and does not end. */
static bool process_left(struct scene *s, bool (*have)(struct scene *s))
{
	struct child_reply reply;
	int ready[2];
	bool has;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ready))
		return false;
	if (!fork()) {
		setsid();
		for (int fd = 0; fd < 256; fd++)
			if (fd != ready[1] && fd != kept[0])
				close(fd);
		__real_munmap(s->area, s->area_len);
		ready_fd = ready[1];
		if (have(s))
			write(ready[1], "", 1);
		close(ready[1]);
		for (;;)
			pause();
	}
	close(ready[1]);
	has = read(ready[0], &reply, sizeof(reply)) > 0;
	close(ready[0]);
	return has;
}

static void leave(struct scene *s, bool (*have)(struct scene *s))
{
	if (!times_told() && s->step && process_left(s, have))
		told();
}

static bool have_pin(struct scene *s)
{
	static char page[4096] __attribute__((aligned(4096)));
	static struct pin p;

	p.kind = &pin_io_uring;
	page[0] = 1;
	p.kind->open(s, &p);
	return !p.kind->take(s, &p, page, sizeof(page));
}

static bool have_hugepage(struct scene *s)
{
	char *p = __real_mmap(NULL, 2UL << 20, PROT_READ | PROT_WRITE,
			      MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB, -1, 0);

	if (p == MAP_FAILED)
		return false;
	*(volatile char *)p = 1;
	return true;
}

/* Set aside, and never touched. */
static bool have_reserve(struct scene *s)
{
	(void)s;
	return __real_mmap(NULL, 2UL << 20, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB, -1, 0) != MAP_FAILED;
}

/* The pipe and nothing else: no memory of the scene's, and none of its devices'. */
static bool have_frames(struct scene *s)
{
	become_idler(ready_fd);
	return false;
}

/* A plain reference, of which no counter tells, to a page of this process's. */
static bool keep_frame(struct scene *s, char *at)
{
	struct iovec iov = { at, 8 };
	uint64_t e = __real_pagemap(0, at);

	return e & PM_PRESENT && kpageflags(PM_PFN(e)) & KPF_SWAPBACKED &&
	       vmsplice(kept[1], &iov, 1, 0) == 8;
}

static void leave_frame(struct scene *s)
{
	bool have = false;

	if (times_told() || !s->step || s->uffd >= 0 || pipe(kept))
		return;
	for (unsigned int i = 0; i < s->npages && !have; i++)
		have = plain_page(s, i) && keep_frame(s, page_addr(s, i));
	if (have && process_left(s, have_frames))
		told();
	close(kept[0]);
	close(kept[1]);
}

/* One of the child's, that nobody else has. */
static void leave_frame_of_child(struct scene *s)
{
	bool have = false;

	/* Before there is a child: where it can leave one. */
	if (!s->step && kept[0] < 0 && !pipe(kept))
		process_left(s, have_frames);
	if (times_told() || kept[1] < 0 || getpid() != s->proc[CHILD].pid)
		return;
	for (unsigned int i = 0; i < s->npages && !have; i++) {
		char *at = page_addr_in(s, CHILD, i);

		have = PM_PFN(__real_pagemap(0, at)) != PM_PFN(__real_pagemap(getppid(), at)) &&
		       keep_frame(s, at);
	}
	if (have)
		told();
}

/* As little as can be: one slot. */
static bool have_swap(struct scene *s)
{
	char *p =
		__real_mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		return false;
	*(volatile char *)p = 1;
	for (int n = 0; n < 100 && !(__real_pagemap(0, p) & PM_SWAP); n++) {
		__real_madvise(p, 4096, MADV_PAGEOUT);
		usleep(2000);
	}
	return __real_pagemap(0, p) & PM_SWAP;
}

/* One bit that is not there yet, so that it is new for this test, too. */
static void taint(struct scene *s)
{
	unsigned long now = kernel_taint();
	char text[32];

	if (times_told())
		return;
	for (int bit = 4; bit < 18; bit++) {
		if (now & 1UL << bit)
			continue;
		snprintf(text, sizeof(text), "%lu", 1UL << bit);
		if (!file_put("/proc/sys/kernel/tainted", text) && kernel_taint() != now)
			told();
		return;
	}
}

/* --- at the end of a step ------------------------------------------------------------------ */

void lie_at_step_end(struct scene *s)
{
	switch (lie) {
	case LIE_MARK_VANISHES:
		mark_vanishes(s, PARENT);
		break;
	case LIE_CHILD_MARK_VANISHES:
		if (s->model.proc[CHILD].alive && s->model.proc[CHILD].mapped)
			mark_vanishes(s, CHILD);
		break;
	case LIE_MARK_APPEARS:
		mark_appears(s);
		break;
	case LIE_REGISTRATION_GONE:
		lose_registration(s, 0);
		break;
	case LIE_REGISTRATION_GONE_LATE:
		lose_registration(s, 3);
		break;
	case LIE_CONTENT_LOST:
		lose_content(s);
		break;
	case LIE_BYTES_PARENT:
		destroy(s, 1500);
		break;
	case LIE_BYTES_LAST:
		destroy(s, s->page_len - 8);
		break;
	case LIE_BYTES_HUGE:
		if (s->memory->huge)
			destroy(s, s->page_len / 2 + 1500);
		break;
	case LIE_BYTES_CHILD:
		destroy_child(s, 1500, false);
		break;
	case LIE_FORK_EMPTY:
		destroy_child(s, cell_offset(CELL_CPU, s->page_len), true);
		break;
	case LIE_BYTES_FILE:
		if (s->memory->shared)
			change_file(s, 1500);
		break;
	case LIE_BEHIND_CHANGED:
		if (!s->memory->shared && s->alias)
			change_file(s, cell_offset(CELL_CPU, s->page_len));
		break;
	case LIE_FORK_SHARES:
		leak(s, PARENT, CHILD);
		break;
	case LIE_FORK_SHARES_BACK:
		leak(s, CHILD, PARENT);
		break;
	case LIE_SWAP_LOSES:
		swap_loses(s);
		break;
	case LIE_PIN_LEAKED:
		leave(s, have_pin);
		break;
	case LIE_HUGEPAGE_LEAKED:
		leave(s, have_hugepage);
		break;
	case LIE_SWAP_LEAKED:
		leave(s, have_swap);
		break;
	case LIE_FRAME_KEPT:
		leave_frame(s);
		break;
	case LIE_TAINTED:
		taint(s);
		break;
	case LIE_RESERVE_LEAKED:
		leave(s, have_reserve);
		break;
	case LIE_RWP_APPEARS:
		rwp_appears(s);
		break;
	case LIE_ALIAS_COPY:
		part_alias(s, false);
		break;
	case LIE_ALIAS_BYTES:
		part_alias(s, true);
		break;
	case LIE_BEHIND_BYTES:
		if (!s->memory->shared && s->alias)
			change_file(s, 1500);
		break;
	default:
		break;
	}
}

void __real_step_end(struct scene *s);
void __wrap_step_end(struct scene *s)
{
	if (lie)
		lie_at_step_end(s);
	__real_step_end(s);
}

/* --- accesses that nobody is told of, and a copy that is none ------------------------------ */

void __real_writer_begin(struct scene *s, unsigned int n, uint64_t *const addr[],
			 const uint64_t value[]);
void __wrap_writer_begin(struct scene *s, unsigned int n, uint64_t *const addr[],
			 const uint64_t value[])
{
	size_t at = n ? ((char *)addr[0] - s->area) / s->page_len * s->page_len : 0;

	if (lie == LIE_WRITE_SLIPS && step_is("write_under_wp") && !times_told() &&
	    protect(s->uffd, s->area + at, s->page_len, UFFDIO_WRITEPROTECT_MODE_DONTWAKE))
		told();
	__real_writer_begin(s, n, addr, value);
}

static void read_slips(struct scene *s)
{
	struct uffdio_writeprotect w = { .mode = UFFDIO_WRITEPROTECT_MODE_DONTWAKE };
	struct uffdio_zeropage z = { 0 };
	unsigned int page;
	int err = -1;

	if (sscanf(s->step_name, "read_under_rwp parent page %u", &page) == 1) {
		w.range = (struct uffdio_range){ (uintptr_t)page_addr(s, page), s->page_len };
		err = __real_ioctl(s->uffd, UFFDIO_RWPROTECT, &w);
	} else if (sscanf(s->step_name, "read_missing page %u", &page) == 1) {
		z.range = (struct uffdio_range){ (uintptr_t)page_addr(s, page), s->page_len };
		err = __real_ioctl(s->uffd, UFFDIO_ZEROPAGE, &z);
	}
	if (!err)
		told();
}

static void (*reads)(void *arg);

static void read_late(void *arg)
{
	reads(arg);
	late_once();
}

void __real_helper_start(struct scene *s, struct helper_thread *t, void (*run)(void *arg),
			 void *arg);
void __wrap_helper_start(struct scene *s, struct helper_thread *t, void (*run)(void *arg),
			 void *arg)
{
	if (lie == LIE_READ_SLIPS && !times_told())
		read_slips(s);
	if (lie == LIE_READ_LATE && (step_is("read_missing") || step_is("read_async"))) {
		reads = run;
		run = read_late;
	}
	__real_helper_start(s, t, run, arg);
}

void __real_look_at(const struct scene *s, const char *from, char *to);
void __wrap_look_at(const struct scene *s, const char *from, char *to)
{
	size_t off = lie == LIE_SNAPSHOT_BYTES ? 1504 : cell_offset(CELL_CPU, s->page_len);
	uint64_t v;

	if (lie == LIE_FRAME_KEPT_CHILD)
		leave_frame_of_child(scene_now);
	if (looked_at_cells(from, to))
		return;
	__real_look_at(s, from, to);
	/* Of a page that has been moved away. */
	if ((lie == LIE_AWAY_BYTES || lie == LIE_AWAY_CELL) && step_is("remap_page") &&
	    !times_told() && !of_area((uintptr_t)from, 1)) {
		to[lie == LIE_AWAY_BYTES ? 1504 : off] ^= 1;
		told();
	}
	if ((lie != LIE_SNAPSHOT_BYTES && lie != LIE_SNAPSHOT_CELL) || times_told() ||
	    !(step_is("snapshot") || step_is("write_under_wp")) ||
	    (to >= (char *)s->seen && to < (char *)(s->seen + MODEL_PAGES)))
		return;
	told();
	memcpy(&v, to + off, sizeof(v));
	v = ~v;
	memcpy(to + off, &v, sizeof(v));
}

/* --- a clear ------------------------------------------------------------------------------- */

void __real_clear_refs(struct scene *s, pid_t pid);
void __wrap_clear_refs(struct scene *s, pid_t pid)
{
	__real_clear_refs(s, pid);
	if (lie != LIE_DIRTIED)
		return;
	for (int proc = PARENT; proc < MODEL_PROCS; proc++) {
		if (pid != (proc == PARENT ? 0 : s->proc[proc].pid) || !s->model.proc[proc].alive)
			continue;
		for_each_page(s, i) {
			char *at = page_addr_in(s, proc, i);
			bool pinned = false;
			uint64_t v;

			/* There the kernel may keep the bit itself. */
			for (unsigned int n = 0; n < s->npins; n++)
				pinned |= s->pin[n].taken && model_pin_covers(&s->model, n, i);
			if (pinned || !s->touched[i] || s->out[i] || s->racing[i] ||
			    __real_pagemap(pid, at) & PM_SOFT_DIRTY)
				continue;
			if (peek_at(pid, at, &v, sizeof(v)) && poke_at(pid, at, &v, sizeof(v)) &&
			    __real_pagemap(pid, at) & PM_SOFT_DIRTY)
				told();
		}
	}
}
