// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <linux/userfaultfd.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "internal.h"
#include "tell.h"

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
		addr[count] = write_addr(s, i);
		value[count++] = stamp(BY_PARENT, s->step, i, write_cell(s, i));
	}
	writer_begin(s, count, addr, value);
	writer_goes_through(s);
	for (unsigned int i = first; i < first + n; i++)
		model_write(&s->model, PARENT, i, write_cell(s, i), value[i - first]);
}

void cpu_write_pages(struct scene *s, int proc, unsigned int first, unsigned int n)
{
	struct child_cmd cmd = { .op = OP_WRITE };
	struct child_reply reply;

	step_begin(s, proc == PARENT ? "C1" : "C2", "cpu_write %s%s", who[proc],
		   which(s, first, n));
	n = clamp_pages(s, first, n);
	tell("cpu_write(%s, %u, %u, %u);", told_proc(proc), first, n, s->step);
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
			cmd.cell[i] = write_cell(s, i);
			cmd.value[i] = stamp((enum actor)proc, s->step, i, cmd.cell[i]);
		}
		child_send(s, proc, &cmd);
		while (!child_answer(s, proc, &reply))
			child_stuck(s, proc, CHECK("child-write-hang"), "C4",
				    "the child's write ends: it inherited no mark");
		for (unsigned int i = first; i < first + n; i++)
			model_write(&s->model, proc, i, cmd.cell[i], cmd.value[i]);
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
	tell_nothing();
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
	uint64_t value;

	step_begin(s, "C5", "cpu_write_refused page %u", page);
	tell("write_refused(%u, %u);", page, s->step);
	value = stamp(BY_PARENT, s->step, page, write_cell(s, page));
	sigaction(SIGSEGV, &act, &old);
	if (!sigsetjmp(segv_env, 1))
		*(volatile uint64_t *)write_addr(s, page) = value;
	else
		refused = true;
	sigaction(SIGSEGV, &old, NULL);
	if (!refused) {
		scene_fail(s, CHECK("readonly-written"), "C5", "SIGSEGV: the mapping is read-only",
			   "the write went through");
		model_write(&s->model, PARENT, page, write_cell(s, page), value);
	}
	step_end(s);
}

/* --- by other ways than a store of its own --------------------------------------- */

static const char *const way_names[] = {
	[STORE] = "a store",
	[READ_SYSCALL] = "read(2)",
	[IO_WORKER] = "a worker of io_uring",
	[VM_WRITEV] = "process_vm_writev",
	[PROC_MEM] = "/proc/pid/mem",
	[PTRACE_POKE] = "PTRACE_POKE",
	[VM_CLONE] = "a clone(CLONE_VM)",
	[POPULATE] = "MADV_POPULATE_WRITE",
	[FUTEX] = "futex(2)",
};

/* What is observed of those that cannot wait. */
static const char *const way_keys[] = {
	[PROC_MEM] = "proc_mem_under_wp",
	[PTRACE_POKE] = "poke_under_wp",
};

/* As a debugger may: with FOLL_FORCE. */
static bool forces(enum write_way way)
{
	return way == PROC_MEM || way == PTRACE_POKE;
}

/*
 * A fault in which the kernel cannot wait for a monitor (no FAULT_FLAG_ALLOW_RETRY) gets
 * SIGBUS from userfaultfd, and a debugger EIO (a kernel that learns to wait is told apart
 * here).
 */
static bool cannot_wait(const struct scene *s, enum write_way way)
{
	/* What is not a fault in user mode nobody is told of who asked for those only. */
	return forces(way) || (s->uffd_user_mode && way != STORE && way != VM_CLONE);
}

static int refusal_of(enum write_way way)
{
	return forces(way) ? -EIO : -EFAULT;
}

/* The kernel gets hold of the page, and then writes. */
static bool by_gup(enum write_way way)
{
	return way == VM_WRITEV || way == POPULATE || forces(way);
}

/* Its name in a program: of @proc's memory, as nobody may trace his own threads. */
static const char *told_way(enum write_way way, int proc)
{
	static const char *const names[] = {
		[READ_SYSCALL] = "by_read", [IO_WORKER] = "by_worker", [VM_WRITEV] = "by_vm_writev",
		[PROC_MEM] = "by_mem",	    [PTRACE_POKE] = "by_poke", [VM_CLONE] = "by_clone",
		[POPULATE] = "by_populate", [FUTEX] = "by_futex",
	};

	return way == PTRACE_POKE && proc != PARENT ? "poke" : names[way];
}

/* A write fault that leaves the content as it is. */
static bool changes_nothing(enum write_way way)
{
	return way == POPULATE || way == FUTEX;
}

/* The byte of the page that the fault is about. */
static size_t asked_for(const struct scene *s, unsigned int page, enum write_way way)
{
	size_t offset = write_offset(s, page);

	/* To populate is to ask for all of it, from its start. */
	if (way == POPULATE)
		return 0;
	/* GUP asks for each small page of a huge one by itself. */
	return by_gup(way) ? offset & ~4095UL : offset;
}

/* Let the writer begin; the stamps are of who owns the memory. */
static void begin(struct scene *s, enum write_way way, int proc, unsigned int first, unsigned int n,
		  uint64_t value[])
{
	uint64_t *addr[MODEL_PAGES];

	for (unsigned int i = 0; i < n; i++) {
		enum cell c = write_cell(s, first + i);

		addr[i] = (uint64_t *)(page_addr_in(s, proc, first + i) +
				       cell_offset(c, s->page_len));
		value[i] = stamp((enum actor)proc, s->step, first + i, c);
	}
	if (proc != PARENT && way != VM_WRITEV && !forces(way))
		scene_error(s, "%s writes to no memory but its own", way_names[way]);
	writer_begin_by(s, way, proc == PARENT ? 0 : s->proc[proc].pid, n, addr, value);
}

static void must_have_written(struct scene *s, const char *clause, enum write_way way)
{
	if (writer_error())
		scene_fail(s, CHECK("way-write-error"), clause, "the write goes through",
			   "%s says %s", way_names[way], strerrorname_np(-writer_error()));
}

void cpu_write_by(struct scene *s, enum write_way way, int proc, unsigned int first, unsigned int n)
{
	uint64_t value[MODEL_PAGES];

	n = clamp_pages(s, first, n);
	step_begin(s, proc == PARENT ? "C1" : "C2", "cpu_write %s by %s%s", who[proc],
		   way_names[way], which(s, first, n));
	way_prepare(s, way);
	for (unsigned int i = first; i < first + n; i++)
		if (model_marked(&s->model, proc, i))
			scene_error(s, "page %u is write-protected: use write_under_wp_by()", i);
	tell("for (int p = %u; p < %u; p++)", first, first + n);
	tell("\tcpu_write_by(%s, %s, p, VALUE(%s, %u, p));", told_way(way, proc),
	     proc == PARENT ? "parent_pid" : "child_pid", told_proc(proc), s->step);
	begin(s, way, proc, first, n, value);
	writer_goes_through(s);
	must_have_written(s, s->step_clause, way);
	for (unsigned int i = 0; !changes_nothing(way) && i < n; i++)
		model_write(&s->model, proc, first + i, write_cell(s, first + i), value[i]);
	touch(s, first, n);
	step_end(s);
}

void write_under_wp_by(struct scene *s, unsigned int page, enum write_way way)
{
	struct uffd_notice n;
	uint64_t value;

	step_begin(s, "C3", "write_under_wp page %u by %s", page, way_names[way]);
	if (!model_marked(&s->model, PARENT, page))
		scene_error(s, "page %u is not write-protected", page);
	way_prepare(s, way);
	if (cannot_wait(s, way))
		tell("must_refuse(%s, \"C3\", %u, %u);", told_way(way, PARENT), page, s->step);
	else
		tell("write_begins_by(%s, %u, %u);", told_way(way, PARENT), page, s->step);
	begin(s, way, PARENT, page, 1, &value);
	if (cannot_wait(s, way) && writer_wait(s, s->uffd, PATIENCE_MS) == WRITER_DONE) {
		/* Nothing may have changed then, and nobody is told. */
		if (writer_error() != refusal_of(way))
			scene_fail(s, CHECK("way-wp-unnoticed"), "C3",
				   forces(way) ? "EIO and nothing changed" :
						 "EFAULT and nothing changed",
				   "%s without a notification",
				   writer_error() ? strerrorname_np(-writer_error()) : "success");
		if (!writer_error()) {
			/* It may have taken the mark with it, which the case goes on to rely on. */
			uffd_protect(s, s->uffd, page_addr(s, page), s->page_len,
				     UFFDIO_WRITEPROTECT_MODE_WP);
			if (!changes_nothing(way))
				model_write(&s->model, PARENT, page, write_cell(s, page), value);
		}
		if (way_keys[way])
			observe(s, way_keys[way], "%s", strerrorname_np(-writer_error()));
		step_end(s);
		return;
	}
	if (cannot_wait(s, way))
		scene_fail(s, CHECK("way-wp-waits"), "C3",
			   "a write that cannot wait for a monitor is refused", "%s waits for one",
			   way_names[way]);
	write_is_pending(s, page);
	if (!uffd_next(s, s->uffd, &n))
		scene_fail(s, CHECK("way-wp-notice-gone"), "C3", "a notification that can be read",
			   "it went away before anybody had read it");
	else
		notice_is_for(s, PARENT, &n, page, asked_for(s, page, way));
	uffd_protect(s, s->uffd, page_addr(s, page), s->page_len, 0);
	writer_must_end(s);
	must_have_written(s, "C3", way);
	if (!changes_nothing(way))
		model_write(&s->model, PARENT, page, write_cell(s, page), value);
	/* A case goes on to rely on the mark that a refused write leaves. */
	if (cannot_wait(s, way))
		uffd_protect(s, s->uffd, page_addr(s, page), s->page_len,
			     UFFDIO_WRITEPROTECT_MODE_WP);
	else
		model_mark(&s->model, PARENT, page, false);
	step_end(s);
}

void write_readonly_by(struct scene *s, unsigned int page, enum write_way way)
{
	bool marked = model_marked(&s->model, PARENT, page);
	enum writer_state state;
	struct uffd_notice n;
	uint64_t value;
	int err;

	step_begin(s, "C5", "write_readonly page %u by %s", page, way_names[way]);
	if (way == STORE || way == VM_CLONE)
		scene_error(s, "a store to a read-only mapping is cpu_write_refused()");
	way_prepare(s, way);
	if (!forces(way) || s->memory->shared || marked)
		tell("must_refuse(%s, \"C5\", %u, %u);", told_way(way, PARENT), page, s->step);
	begin(s, way, PARENT, page, 1, &value);
	while ((state = writer_wait(s, s->uffd, PATIENCE_MS)) == WRITER_STUCK)
		writer_stuck(s, CHECK("readonly-way-hang"), "C5",
			     "the write is refused, or forced");
	if (state == WRITER_NOTICE) {
		scene_fail(s, CHECK("readonly-way-noticed"), "C5",
			   "the write is refused, or forced", "it makes a notification");
		if (uffd_next(s, s->uffd, &n)) {
			uffd_protect(s, s->uffd, page_addr(s, page), s->page_len, 0);
			model_mark(&s->model, PARENT, page, false);
		}
		writer_must_end(s);
	}
	err = writer_error();
	if (forces(way) && !s->memory->shared && !marked)
		tell("%s(%s, %u, %u);", err ? "may_force" : "force", told_way(way, PARENT), page,
		     s->step);
	if (err && err != -EFAULT && err != -EIO && err != -EINVAL)
		scene_fail(s, CHECK("readonly-way-errno"), "C5", "EFAULT, EIO or EINVAL, or none",
			   "%s says %s", way_names[way], strerrorname_np(-err));
	if (forces(way))
		observe(s, "forced_write", "%s", err ? strerrorname_np(-err) : "written");
	/* Where it got to is worth more than that it was let. */
	if (!err && (!forces(way) || s->memory->shared || marked)) {
		views_compare(s, "C5");
		scene_fail(s, CHECK("readonly-way-written"), marked ? "C3" : "C5",
			   marked ? "a forced write to a write-protected page is refused" :
				    "the write is refused: this mapping is read-only",
			   "%s went through", way_names[way]);
	} else if (!err) {
		model_write(&s->model, PARENT, page, write_cell(s, page), value);
	}
	step_end(s);
}
