// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "internal.h"

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
