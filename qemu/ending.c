// SPDX-License-Identifier: GPL-2.0-only
/* How a test ended, or the guest that it ran in. See session.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "interrupt.h"
#include "session.h"
#include "splat.h"
#include "text.h"
#include "util.h"

bool bad_frames(struct session *s)
{
	unsigned int lost = s->q.frames->lost - s->lost;
	unsigned int damaged = s->q.frames->damaged - s->damaged;

	if (!lost && !damaged)
		return false;
	s->r.end = VM_BAD_FRAMES;
	s->r.why = xasprintf("of the agent's frames %u are damaged and there are %u gaps: "
			     "something else wrote to port 0x%x",
			     damaged, lost, PORT_FRAMES);
	return true;
}

void judge_ended(struct session *s)
{
	int n = frame_number(s->end.data, "exec_errno", 0);

	s->r.end = VM_ENDED;
	if (!n)
		return;
	s->r.end = VM_NO_START;
	s->r.why = xasprintf("the executable cannot be run in the guest: %s", strerror(n));
}

void judge_guest(struct session *s)
{
	struct vm_result *r = &s->r;
	struct qemu *q = &s->q;
	char *splat = kernel_splat(r->console.data, NULL);
	int rc = WIFEXITED(q->status) ? WEXITSTATUS(q->status) : -1;
	bool left = s->ended && rc == QEMU_RC(EXIT_DONE);

	if (vm_interrupted()) {
		r->end = VM_INTERRUPTED;
		r->why = xstrdup("interrupted");
	} else if (s->hold_why) {
		r->end = VM_NO_START;
		r->why = xasprintf("a thread cannot be held from outside: %s", s->hold_why);
	} else if (left && bad_frames(s)) {
		;
	} else if (left) {
		judge_ended(s);
	} else if (s->starved) {
		r->end = VM_NO_START;
		r->why = xasprintf(
			"the host is too busy: most of the time QEMU could run and was not let, "
			"and the guest %s: make it less busy, or take JOBS=1",
			s->started ? "had no time for an NMI either" : "did not start the test");
	} else if (s->no_start || (!s->started && !q->resumed)) {
		r->end = VM_NO_START;
		if (q->killed)
			r->why =
				xasprintf("the guest did not start the test within %d s (%s)",
					  START_DEADLINE / 1000,
					  q->resumed ? "it is restored" : "it is not restored yet");
		else
			r->why = qemu_complaint(q);
	} else if (s->ended && q->killed) {
		r->end = VM_DIED;
		r->why = xasprintf("QEMU did not leave within %d s", LEAVE_GRACE / 1000);
	} else if (q->stopped && !s->nmi && !s->hold) {
		r->end = VM_DIED;
		r->why = xstrdup("QEMU stopped the guest (internal error)");
	} else if (s->nmi || q->killed) {
		r->end = VM_TIMEOUT;
		r->why = xasprintf("the deadline passed after %u ms%s", r->test_ms,
				   q->killed ? "; not even an NMI got an answer" : "");
	} else if (rc == 0 && !strcmp(q->shutdown, "guest-shutdown")) {
		r->end = VM_POWEROFF;
		r->why = xstrdup("the guest was powered off");
	} else if (rc == 0 && splat) {
		r->end = VM_PANIC;
		r->why = splat;
		splat = NULL;
	} else if (rc == 0) {
		r->end = VM_RESET;
		r->why = xstrdup("the guest was reset without a word (triple fault, reboot)");
	} else if (rc == QEMU_RC(EXIT_GAVE_UP)) {
		char *l = last_line(r->console.data);

		r->end = VM_NO_START;
		r->why = xasprintf("the agent gave up: %s", l);
		free(l);
	} else if (WIFEXITED(q->status) && (rc & 1) && rc > 1) {
		r->end = VM_BAD_FRAMES;
		r->why = xasprintf("the guest was left by port 0x%x (status %d) without the "
				   "agent's "
				   "end frame",
				   PORT_EXIT, rc);
	} else {
		r->end = VM_DIED;
		r->why = qemu_complaint(q);
	}
	free(splat);
}

void test_gather(struct session *s)
{
	struct vm_result *r = &s->r;
	uint64_t ready = s->at ? s->t0 : s->t_resumed;
	struct buf b = { 0 };

	if (s->started && ready)
		r->handin_ms = s->t_start > ready ? s->t_start - ready : 0;
	if (s->ended)
		r->test_ms = s->t_end - s->t_start;
	else if (s->started && !r->test_ms)
		r->test_ms = now_ms() - s->t_start;
	split_text(&s->q.console, s->at, &r->console);
	split_text(&s->q.marks, s->at, &r->marks);
	r->wait_status = frame_number(s->end.data, "status", 0);
	r->output_total = frame_number(s->end.data, "output_total", r->output.len);
	r->taint_before = frame_number(s->start.data, "taint_before", 0);
	r->taint_after = frame_number(s->end.data, "taint_after", r->taint_before);
	r->left = frame_string(s->end.data, "left");
	r->unfit = frame_number(s->end.data, "unfit", 0);
	r->rss_kib = s->q.usage.ru_maxrss;
	if (!s->gap || r->output_total <= r->output.len)
		return;
	buf_add(&b, r->output.data, s->gap - 1);
	buf_printf(&b, "\n[cowpen: %llu bytes left out]\n",
		   (unsigned long long)(r->output_total - r->output.len));
	buf_add(&b, r->output.data + s->gap - 1, r->output.len - (s->gap - 1));
	buf_free(&r->output);
	r->output = b;
}
