// SPDX-License-Identifier: GPL-2.0-only
/* The log of a test. See pool.h. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "err.h"
#include "kernels.h"
#include "pool.h"
#include "runner.h"
#include "util.h"

static void file_name(char *s)
{
	for (; *s; s++) {
		if (*s == '/' || *s == ' ' || *s == '\n')
			*s = '_';
	}
}

static void log_part(struct buf *b, const char *title, const struct buf *text)
{
	buf_printf(b, "\n--- %s ---\n", title);
	if (text->len) {
		buf_add(b, text->data, text->len);
		if (text->data[text->len - 1] != '\n')
			buf_printf(b, "\n");
	}
}

void write_reach(struct pool *p, const struct job *j, const struct vm_result *vm)
{
	char *test = xstrdup(j->t->name), *path;
	const char *kernel = p->k[j->kernel].k->name;
	int ret = 0;

	file_name(test);
	path = xasprintf("%s/reach/%s", p->r->run->dir, kernel);
	if (vm->no_reach)
		ret = err_set(-EIO, "%s", vm->no_reach);
	if (!ret)
		ret = mkdir_p(path);
	free(path);
	path = xasprintf("%s/reach/%s/%s.txt", p->r->run->dir, kernel, test);
	if (!ret)
		ret = write_file(path, vm->reach.data ? vm->reach.data : "", vm->reach.len);
	if (ret) {
		pthread_mutex_lock(&p->lock);
		say_line(p, "no reach of %s on %s: %s", j->t->name, kernel, err_msg());
		pthread_mutex_unlock(&p->lock);
	}
	free(path);
	free(test);
}

void write_log(struct pool *p, const struct job *j, const struct vm_result *vm, struct record *r,
	       bool beside)
{
	char *kernel = xstrdup(r->kernel), *test = xstrdup(r->test), *rel, *path, *dir;
	struct buf b = { 0 };
	int ret;

	file_name(kernel);
	file_name(test);
	dir = xasprintf("%s/logs/%s", p->r->run->dir, kernel);
	rel = p->r->repeat > 1 ?
		      xasprintf("logs/%s/%s.%u%s.txt", kernel, test, j->repeat,
				beside ? ".company" : "") :
		      xasprintf("logs/%s/%s%s.txt", kernel, test, beside ? ".company" : "");
	path = xasprintf("%s/%s", p->r->run->dir, rel);

	buf_printf(&b, "test     %s\nkernel   %s  %s  %s\nstatus   %s\n", r->test, r->kernel,
		   r->release, r->package, status_name(r->status));
	if (*r->step)
		buf_printf(&b, "step     %s\n", r->step);
	if (*r->clause)
		buf_printf(&b, "clause   %s\n", r->clause);
	if (*r->check)
		buf_printf(&b, "check    %s\n", r->check);
	if (*r->wanted || *r->seen)
		buf_printf(&b, "wanted   %s\nseen     %s\n", r->wanted, r->seen);
	if (*r->reason)
		buf_printf(&b, "reason   %s\n", r->reason);
	buf_printf(&b, "replay   %s\n", r->replay);
	buf_printf(&b, "guest    %s%s%s, wait status 0x%x, taint 0x%lx then 0x%lx\n",
		   vm_end_name(vm->end), *vm->why ? ": " : "", vm->why, vm->wait_status,
		   vm->taint_before, vm->taint_after);
	buf_printf(&b, "ms       start %u, restore %u, hand-in %u, test %u, total %u\n",
		   vm->start_ms, vm->restore_ms, vm->handin_ms, vm->test_ms, vm->total_ms);
	buf_printf(&b, "\n--- command line ---\n%s\n", vm->cmdline);
	log_part(&b, "steps", &vm->marks);
	log_part(&b, "output", &vm->output);
	log_part(&b, "kernel messages", &vm->kmsg);
	log_part(&b, "console", &vm->console);
	if (vm->hang.len)
		log_part(&b, "stacks", &vm->hang);

	ret = mkdir_p(dir);
	if (!ret)
		ret = write_file(path, b.data, b.len);
	if (!ret) {
		record_set(&r->log, rel);
	} else {
		/* A lost log must not cost the result. */
		pthread_mutex_lock(&p->lock);
		say_line(p, "no log: %s", err_msg());
		pthread_mutex_unlock(&p->lock);
	}
	buf_free(&b);
	free(kernel);
	free(test);
	free(dir);
	free(rel);
	free(path);
}
