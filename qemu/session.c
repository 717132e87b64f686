// SPDX-License-Identifier: GPL-2.0-only
/* Tests in a guest restored from a saved state. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "err.h"
#include "interrupt.h"
#include "session.h"
#include "util.h"

#define DEFAULT_DEADLINE 30000
#define DEFAULT_OUTPUT	 (1 << 20)
#define COMMAND_MAX	 (1 << 20)
#define NMI_GRACE	 2000
/* How often one that is starved is waited for again. */
#define SPARED 4

static void text_limited(struct buf *b, const uint8_t *data, size_t len, size_t max)
{
	if (b->len < max)
		buf_add(b, data, b->len + len > max ? max - b->len : len);
}

/* Did QEMU, since this was asked, wait for a processor longer than half of the time? */
static bool starved_since(struct session *s, uint64_t now)
{
	uint64_t waited = qemu_waited_ms(&s->q), since = waited - s->waited,
		 ms = now - s->looked_at;
	bool is = waited > s->waited && since > ms / 2;

	s->waited = waited;
	s->looked_at = now;
	return is;
}

/* Nothing is known yet of test @at. */
static void test_begin(struct session *s, size_t at)
{
	struct buf *texts[] = { &s->r.output, &s->r.marks, &s->r.kmsg, &s->r.console,
				&s->r.hang,   &s->start,   &s->end };

	memset(&s->r, 0, sizeof(s->r));
	s->start.len = s->end.len = 0;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		buf_add(texts[i], "", 0);
	s->r.cmdline = xstrdup(s->cmdline);
	s->r.warm = s->went_on;
	s->at = at;
	s->started = s->ended = s->hang = s->hung = false;
	s->base = s->nmi = s->no_start = s->leaving = false;
	s->extended = s->spared = 0;
	s->starved = false;
	s->gap = 0;
	s->t0 = now_ms();
	starved_since(s, s->t0);
	s->until = s->t0 + START_DEADLINE;
	if (s->q.frames) {
		s->lost = s->q.frames->lost;
		s->damaged = s->q.frames->damaged;
	}
}

/* Hand the result over. */
static void test_end(struct session *s)
{
	struct vm_result *r = &s->r;

	if (r->end == VM_ENDED && !s->job->save_console) {
		r->console.len = 0;
		r->console.data[0] = '\0';
	}
	if (!r->why)
		r->why = xstrdup("");
	if (!r->left)
		r->left = xstrdup("");
	r->total_ms = now_ms() - s->t0;
	s->no_more |= !s->done(s->arg, s->at, r);
}

/* A test has ended in a guest that goes on with the next one. */
static void test_next(struct session *s)
{
	/* what it wrote elsewhere was written before its end frame, and so is there */
	qemu_drain(&s->q, CH_CONSOLE);
	qemu_drain(&s->q, CH_MARKS);
	test_gather(s);
	if (!bad_frames(s))
		judge_ended(s);
	test_end(s);
	test_begin(s, s->at + 1);
}

static void on_frame(void *arg, enum frame_type type, const uint8_t *data, size_t len)
{
	struct session *s = arg;
	struct vm_result *r = &s->r;

	if (s->no_more || s->over)
		return;
	switch (type) {
	case FRAME_START:
		s->started = true;
		s->t_start = now_ms();
		text_limited(&s->start, data, len, 4096);
		break;
	case FRAME_TAIL:
		if (!s->gap)
			s->gap = r->output.len + 1;
		/* fall through */
	case FRAME_OUT:
		/* the agent keeps to the limit; a broken one must not fill our memory */
		text_limited(&r->output, data, len, s->max_output + (1 << 20));
		break;
	case FRAME_KMSG:
		text_limited(&r->kmsg, data, len, 2 << 20);
		break;
	case FRAME_HANG:
		s->hang = true;
		text_limited(&r->hang, data, len, 1 << 20);
		break;
	case FRAME_HUNG:
		s->hung = true;
		break;
	case FRAME_CLOCK:
		if (s->clock)
			text_limited(s->clock, data, len, 4096);
		break;
	case FRAME_END:
		s->ended = true;
		s->t_end = now_ms();
		text_limited(&s->end, data, len, 8192);
		if (s->at + 1 < s->n)
			test_next(s);
		break;
	default:
		break;
	}
}

static int open_in(const char *dir, const char *name, int flags)
{
	char *path = xasprintf("%s/%s", dir, name);
	int fd = open(path, flags | O_CLOEXEC);

	if (fd < 0)
		fd = err_set(-errno, "%s: %s", path, strerror(errno));
	free(path);
	return fd;
}

/* All tests are of one program. */
static bool is_one(const struct session *s)
{
	for (size_t i = 1; i < s->n; i++)
		if (strcmp(s->job[i].exe, s->job->exe))
			return false;
	return true;
}

/* What is handed in, as descriptors. 0 or a negative errno with a line. */
static int make_handin(struct session *s, uint8_t *token, int *cmd_fd, int *exe_fd)
{
	struct place *place = xcalloc(s->n, sizeof(*place));
	struct buf cmd = { 0 };
	int err = 0;

	*cmd_fd = *exe_fd = -1;
	if (getrandom(token, 16, 0) != 16)
		err = err_set(-errno, "getrandom: %s", strerror(errno));
	if (!err && !s->clock)
		err = *exe_fd = exes_open(s->job, s->n, place);
	s->here = s->went_on && err >= 0 && is_one(s) && warm_has_room(s->state, place->size);
	if (err >= 0) {
		put_command(&cmd, s, token, place);
		err = cmd.len < COMMAND_MAX ? 0 :
					      err_set(-E2BIG, "arguments and environment are too "
							      "long");
	}
	if (!err)
		err = *cmd_fd = memory_file("cowpen-cmd", cmd.data, cmd.len);
	buf_free(&cmd);
	free(place);
	return err < 0 ? err : 0;
}

static int session_start(struct session *s, const struct state *state)
{
	struct qemu_setup setup = { .host = state->host,
				    .initrd_fd = -1,
				    .ram_fd = -1,
				    .vmstate_fd = -1,
				    .cmd_fd = -1,
				    .exe_fd = -1,
				    .stub = state->host->guest.stub == STUB_ON &&
					    !state->host->kvm && !s->clock,
				    .ntests = s->n };
	uint8_t token[16];
	char **argv, *boot;
	int err = make_handin(s, token, &setup.cmd_fd, &setup.exe_fd), warm_fd = -1;

	if (err >= 0)
		err = setup.ram_fd = open_in(state->dir, "ram", O_RDWR);
	if (err >= 0)
		err = setup.vmstate_fd = open_in(state->dir, "vmstate", O_RDONLY);
	if (err >= 0 && s->job->symbols) {
		err = setup.plugin_fd = reach_plugin_open(state->host->guest_dir);
		if (err >= 0)
			err = setup.reach_fd = s->reach_fd = reach_file_make();
	}
	if (err >= 0 && s->stay)
		err = warm_fd = warm_prepare(state->host, &setup);
	boot = frame_string(state->facts, "boot");
	setup.elf = !strcmp(boot, "pvh");
	free(boot);
	argv = qemu_argv(&setup);
	s->cmdline = argv_text(argv);
	argv_free(argv);
	if (err >= 0)
		err = qemu_start(&s->q, &setup, token, on_frame, s);
	if (err >= 0)
		s->q.warm_fd = warm_fd;
	else
		close_fd(&warm_fd);
	close_fd(&setup.cmd_fd);
	close_fd(&setup.exe_fd);
	close_fd(&setup.ram_fd);
	close_fd(&setup.vmstate_fd);
	if (setup.plugin_fd > 0)
		close(setup.plugin_fd);
	if (setup.warm_fd > 0)
		close(setup.warm_fd);
	return err < 0 ? err : 0;
}

/* In the QEMU of another test, which is back at the state. */
static int session_go_on(struct session *s)
{
	int cmd_fd, exe_fd, err;
	uint8_t token[16];

	s->cont = s->remembered = s->went_on = true;
	s->cpu_from = qemu_cpu_us(&s->q);
	err = make_handin(s, token, &cmd_fd, &exe_fd);
	qemu_renew(&s->q, token, s->n, on_frame, s);
	test_begin(s, 0);
	if (!err)
		err = warm_go(&s->q, cmd_fd, exe_fd, s->here);
	close_fd(&cmd_fd);
	close_fd(&exe_fd);
	s->q.resumed = true;
	s->t_resumed = now_ms();
	s->cpu_resumed = qemu_cpu_ms(&s->q);
	return err;
}

static void no_frame(void *arg, enum frame_type type, const uint8_t *data, size_t len)
{
}

/* Bring the guest back, for another test. */
static void session_back(struct session *s, const struct state *state)
{
	struct qemu *q = &s->q;
	int err;

	q->on_frame = no_frame;
	err = warm_back(q);
	s->r.cpu_us = qemu_cpu_us(q) - s->cpu_from;
	if (err) {
		free(s->r.warm_why);
		s->r.warm_why = xstrdup(err_msg());
		return;
	}
	/* It stands still, so this is the last of what the test had to say. */
	for (int ch = 0; ch < CH_N; ch++)
		qemu_drain(q, ch);
	warm_keep(s->job->warm, state, q, &s->cmdline, s->n);
}

/* Nothing that a test says from then on is worth anything. */
static void hold_over(struct session *s)
{
	if (!s->hold_why)
		s->hold_why = xstrdup(err_msg());
	qemu_kill(&s->q);
}

/* What came in may be a reason to do something now. */
static void session_look(struct session *s, uint64_t now)
{
	struct qemu *q = &s->q;

	if (!s->r.start_ms && !s->at && q->qmp.in.cap)
		s->r.start_ms = now - s->t0;
	if (q->migrated && !s->cont && q->warm_fd >= 0) {
		s->remembered = !warm_remember(q, s->state);
		if (!s->remembered && !s->r.warm_why)
			s->r.warm_why = xstrdup(err_msg());
	}
	if (q->migrated && !s->cont && q->stub_fd >= 0) {
		s->hold = hold_new(s->state, q->stub_fd, s->job->hide);
		if (!s->hold)
			hold_over(s);
	}
	if (q->migrated && !s->cont) {
		/* it was saved stopped, so it comes back paused */
		qmp_send(&q->qmp, "cont", NULL);
		s->cont = true;
	}
	/* KVM's way to say that it cannot go on is to stop the guest for ever */
	if ((q->failed && !q->resumed) ||
	    (q->stopped && q->resumed && !s->nmi && !s->ended && !s->hold))
		qemu_kill(q);
	if (q->resumed && !s->ended && !q->killed && hold_look(s->hold))
		hold_over(s);
	if (s->no_more)
		qemu_kill(q);
	if (q->resumed && !s->t_resumed) {
		s->t_resumed = now;
		s->cpu_resumed = qemu_cpu_ms(q);
		s->r.restore_ms = now - s->t0 - s->r.start_ms;
	}
	if (s->started && !s->base) {
		s->base = true;
		s->cpu = s->at ? qemu_cpu_ms(q) : s->cpu_resumed;
		s->until = s->t_start + s->deadline;
		starved_since(s, now);
	}
	if (s->ended && !s->leaving) {
		s->leaving = true;
		s->until = now + LEAVE_GRACE;
		s->over = s->stay;
	}
}

/* The time is up. */
static void session_deadline(struct session *s, uint64_t now)
{
	bool starved = starved_since(s, now);
	struct qemu *q = &s->q;

	if (starved && !s->leaving && !q->killed && (s->nmi || !s->started) && s->spared < SPARED) {
		/* It has not answered, and could not. */
		s->spared++;
		s->until = now + (s->nmi ? NMI_GRACE : START_DEADLINE);
	} else if (s->nmi || s->leaving || q->killed || !s->started) {
		s->no_start = !s->started;
		s->starved |= starved && !q->killed;
		qemu_kill(q);
		s->until = now + 10000;
	} else if (!s->hang && s->extended < 2 &&
		   (starved || qemu_cpu_ms(q) - s->cpu < (now - s->t_start) / 3)) {
		/*
		 * The agent, which lives on the guest's clock, has not said that
		 * the time is up, and QEMU hardly got a CPU: the host is busy.
		 */
		s->extended++;
		s->until = now + s->deadline;
	} else {
		s->nmi = true;
		s->r.test_ms = now - s->t_start;
		qmp_send(&q->qmp, "inject-nmi", NULL);
		s->until = now + NMI_GRACE;
	}
}

static void restore(struct session *s)
{
	struct qemu *q = &s->q;

	qmp_send(&q->qmp, "qmp_capabilities", NULL);
	qmp_send(&q->qmp, "migrate-set-capabilities",
		 json_pack("{s:[{s:s,s:b},{s:s,s:b}]}", "capabilities", "capability",
			   "x-ignore-shared", "state", 1, "capability", "events", "state", 1));
	qmp_send(&q->qmp, "migrate-incoming", json_pack("{s:s}", "uri", "fd:8"));
}

static void session_run(struct session *s)
{
	struct qemu *q = &s->q;

	while (!s->over) {
		uint64_t now = now_ms();
		int ms = s->until > now ? (int)(s->until - now) : 0, look = hold_wait_ms(s->hold);

		if (!qemu_pump(q, look >= 0 && look < ms ? look : ms))
			break;
		now = now_ms();
		session_look(s, now);
		if (now >= s->until)
			session_deadline(s, now);
	}
}

static void tell_reach(struct session *s)
{
	if (!s->reach_fd)
		return;
	if (reach_digest(s->reach_fd, s->r.marks.data, s->job->symbols, &s->r.reach))
		s->r.no_reach = xstrdup(err_msg());
}

/* The last test has ended, and its guest stays. */
static void judge_stay(struct session *s)
{
	struct vm_result *r = &s->r;

	if (vm_interrupted()) {
		r->end = VM_INTERRUPTED;
		r->why = xstrdup("interrupted");
	} else if (!bad_frames(s)) {
		judge_ended(s);
	}
}

/* A QEMU that is restored, or one that is back at the state. */
static int session_begin(struct session *s, const struct state *state)
{
	uint64_t t0 = now_ms();
	char *why = NULL;
	int err;

	s->stay = s->job->warm && !s->clock && !s->job->symbols;
	if (s->stay && warm_take(s->job->warm, state, &s->q, &s->cmdline)) {
		if (!session_go_on(s))
			return 0;
		/* As if it had not been there. */
		why = xstrdup(err_msg());
		qemu_end(&s->q);
		free(s->cmdline);
		vm_result_free(&s->r);
		s->cont = s->remembered = s->went_on = false;
		s->t_resumed = s->cpu_from = 0;
	}
	err = session_start(s, state);
	test_begin(s, 0);
	s->t0 = t0;
	s->r.warm_why = why;
	if (err >= 0)
		restore(s);
	return err;
}

/* How many have a result. */
static size_t session(const struct state *state, struct session *s)
{
	int err;

	qemu_none(&s->q);
	s->state = state;
	s->deadline = s->job->deadline_ms ? s->job->deadline_ms : DEFAULT_DEADLINE;
	s->max_output = s->job->max_output ? s->job->max_output : DEFAULT_OUTPUT;
	err = session_begin(s, state);
	if (err < 0) {
		s->r.end = vm_interrupted() ? VM_INTERRUPTED : VM_NO_START;
		s->r.why = xstrdup(err_msg());
		test_end(s);
	} else {
		session_run(s);
		if (!s->no_more) {
			/* what it wrote elsewhere was written before its end frame, and so is there */
			if (s->over) {
				qemu_drain(&s->q, CH_CONSOLE);
				qemu_drain(&s->q, CH_MARKS);
			}
			split_end(&s->q.console);
			split_end(&s->q.marks);
			test_gather(s);
			if (s->over)
				judge_stay(s);
			else
				judge_guest(s);
			tell_reach(s);
			if (s->r.end == VM_ENDED && s->over && s->remembered)
				session_back(s, state);
			if (s->n == 1 && !s->r.cpu_us)
				s->r.cpu_us = qemu_cpu_us(&s->q) - s->cpu_from;
			test_end(s);
		} else {
			/* it was begun, or not; nobody wants to know */
			vm_result_free(&s->r);
			s->at--;
		}
		qemu_end(&s->q);
	}
	buf_free(&s->start);
	buf_free(&s->end);
	hold_free(s->hold);
	free(s->hold_why);
	free(s->cmdline);
	if (s->reach_fd > 0)
		close(s->reach_fd);
	return s->at + 1;
}

static bool take_result(void *arg, size_t nr, struct vm_result *r)
{
	*(struct vm_result *)arg = *r;
	return true;
}

void vm_run_clock(const struct state *state, unsigned int deadline_ms, struct vm_result *r,
		  struct buf *clock)
{
	struct vm_job job = { .deadline_ms = deadline_ms };
	struct session s = { .job = &job, .n = 1, .done = take_result, .arg = r, .clock = clock };

	session(state, &s);
}

void vm_run(const struct state *state, const struct vm_job *job, struct vm_result *r)
{
	struct session s = { .job = job, .n = 1, .done = take_result, .arg = r };

	session(state, &s);
}

size_t vm_run_several(const struct state *state, const struct vm_job *job, size_t n,
		      vm_done_fn *done, void *arg)
{
	struct session s = { .job = job, .n = n, .done = done, .arg = arg };

	return session(state, &s);
}

void vm_result_free(struct vm_result *r)
{
	buf_free(&r->output);
	buf_free(&r->marks);
	buf_free(&r->kmsg);
	buf_free(&r->console);
	buf_free(&r->hang);
	buf_free(&r->reach);
	free(r->no_reach);
	free(r->why);
	free(r->left);
	free(r->cmdline);
	free(r->warm_why);
	memset(r, 0, sizeof(*r));
}

const char *vm_end_name(enum vm_end end)
{
	static const char *const names[] = {
		[VM_ENDED] = "ended",
		[VM_PANIC] = "panic",
		[VM_RESET] = "reset",
		[VM_POWEROFF] = "poweroff",
		[VM_TIMEOUT] = "timeout",
		[VM_DIED] = "qemu-died",
		[VM_BAD_FRAMES] = "bad-frames",
		[VM_NO_START] = "no-start",
		[VM_INTERRUPTED] = "interrupted",
	};

	return end < ARRAY_SIZE(names) ? names[end] : "?";
}
