// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../case_info.h"
#include "../json.h"
#include "lies.h"

/* Which lie, which check is mute, and how often either made a difference. */

enum lie_id lie;
struct scene *scene_now;

static const struct {
	const char *name, *what, *tests, *checks;
} lies[NR_LIES] = {
#define LIE(id, name, what, tests)	     [LIE_##id] = { name, what, tests, "" },
#define PROOF(id, name, what, checks, tests) [LIE_##id] = { name, what, tests, checks },
#include "lies.def"
#undef LIE
#undef PROOF
};

/* Shared with all processes of the test, and with the one that tells how it ended. */
static struct counts {
	_Atomic unsigned int told, muted;
} * counts;

static const char *muted_name;

extern const struct check *const __start_cowpen_checks[], *const __stop_cowpen_checks[];

void told(void)
{
	counts->told++;
}

unsigned int times_told(void)
{
	return counts->told;
}

/* --- what there is, for the host; and what is asked for ------------------------------- */

static void list_all(void)
{
	struct json j;
	char *text;

	js_begin(&j, false);
	js_open(&j, NULL, '{');
	js_open(&j, "lies", '[');
	for (int i = NO_LIE + 1; i < NR_LIES; i++) {
		js_open(&j, NULL, '{');
		js_string(&j, "name", lies[i].name);
		js_string(&j, "what", lies[i].what);
		js_string(&j, "tests", lies[i].tests);
		js_string(&j, "checks", lies[i].checks);
		js_close(&j, '}');
	}
	js_close(&j, ']');
	js_open(&j, "checks", '[');
	for (const struct check *const *c = __start_cowpen_checks; c < __stop_cowpen_checks; c++) {
		js_open(&j, NULL, '{');
		js_string(&j, "name", (*c)->name);
		js_string(&j, "file", (*c)->file);
		js_number(&j, "line", (*c)->line);
		js_close(&j, '}');
	}
	js_close(&j, ']');
	js_close(&j, '}');
	text = js_end(&j);
	puts(text);
	free(text);
}

__attribute__((constructor)) static void begin(int argc, char **argv)
{
	const char *name = getenv("COWPEN_LIE");

	if (argc == 2 && !strcmp(argv[1], "--sabotage")) {
		list_all();
		fflush(stdout);
		_exit(0);
	}
	counts = mmap(NULL, sizeof(*counts), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		      0);
	muted_name = getenv("COWPEN_MUTE");
	for (int i = NO_LIE + 1; name && i < NR_LIES; i++)
		if (!strcmp(name, lies[i].name))
			lie = i;
}

void __real_scene_make(struct scene *s, const struct _fixture_variant_scene *v);
void __wrap_scene_make(struct scene *s, const struct _fixture_variant_scene *v)
{
	const char *name = getenv("COWPEN_LIE");
	struct _fixture_variant_scene with_lie = *v;

	/* A few of its functions know who asks only by this. */
	scene_now = s;
	if (name && *name && !lie)
		scene_error(s, "COWPEN_LIE=%s: no such lie", name);
	if (v->pin)
		with_lie.pin = lying_kind(v->pin);
	__real_scene_make(s, &with_lie);
}

void __real_end_said(struct scene *s);
void __wrap_end_said(struct scene *s)
{
	if (lie)
		observe(s, "lie_told", "%u", counts->told);
	if (muted_name)
		observe(s, "check_muted", "%u", counts->muted);
	__real_end_said(s);
}

/* --- mute checks ------------------------------------------------------------------------ */

static bool mute(const struct check *check)
{
	if (!muted_name || strcmp(muted_name, check->name))
		return false;
	counts->muted++;
	return true;
}

void __real_scene_fail(struct scene *s, const struct check *check, const char *clause,
		       const char *wanted, const char *seen_fmt, ...);
void __wrap_scene_fail(struct scene *s, const struct check *check, const char *clause,
		       const char *wanted, const char *seen_fmt, ...)
{
	char seen[512];
	va_list ap;

	if (mute(check))
		return;
	va_start(ap, seen_fmt);
	vsnprintf(seen, sizeof(seen), seen_fmt, ap);
	va_end(ap);
	__real_scene_fail(s, check, clause, wanted, "%s", seen);
}

void __real_fail_said(struct scene *s, const struct check *check, const char *clause,
		      const char *wanted, const char *seen);
void __wrap_fail_said(struct scene *s, const struct check *check, const char *clause,
		      const char *wanted, const char *seen)
{
	if (mute(check))
		return;
	__real_fail_said(s, check, clause, wanted, seen);
}

void __real_wait_failed(struct scene *s, const struct check *check, const char *clause,
			struct awaited who, const char *wanted, const char *seen_fmt, ...);
void __wrap_wait_failed(struct scene *s, const struct check *check, const char *clause,
			struct awaited who, const char *wanted, const char *seen_fmt, ...)
{
	char seen[320];
	va_list ap;

	/* Mute, it waits on: what is late has an end. */
	if (mute(check)) {
		ms_sleep(20);
		return;
	}
	va_start(ap, seen_fmt);
	vsnprintf(seen, sizeof(seen), seen_fmt, ap);
	va_end(ap);
	__real_wait_failed(s, check, clause, who, wanted, "%s", seen);
}

/* --- what lies need ---------------------------------------------------------------------- */

static bool meets(const char *from, size_t n, uint64_t start, uint64_t len)
{
	return from && start < (uintptr_t)from + n && start + len > (uintptr_t)from;
}

bool of_area(uint64_t start, uint64_t len)
{
	const struct scene *s = scene_now;

	if (!s)
		return false;
	for (int i = CHILD; i < MODEL_PROCS; i++)
		if (s->model.proc[i].alive && meets(s->proc[i].area, s->area_len, start, len))
			return true;
	return meets(s->area, s->area_len, start, len);
}

uint64_t __real_pagemap(pid_t pid, const void *addr);

static bool any_page(uint64_t start, uint64_t len, bool marked)
{
	const struct scene *s = scene_now;

	if (!s || !of_area(start, len))
		return false;
	for_each_page(s, i) {
		uintptr_t at = (uintptr_t)page_addr(s, i);

		if (at + s->page_len <= start || at >= start + len)
			continue;
		if (!marked && !s->touched[i])
			continue;
		if (!!(__real_pagemap(0, (void *)at) & PM_UFFD_WP) == marked)
			return true;
	}
	return false;
}

bool any_marked(uint64_t start, uint64_t len)
{
	return any_page(start, len, true);
}

bool any_unmarked(uint64_t start, uint64_t len)
{
	return any_page(start, len, false);
}

unsigned int call_in_step(unsigned int kind)
{
	static unsigned int step[8], calls[8];

	if (!scene_now)
		return 0;
	if (step[kind] != scene_now->step)
		calls[kind] = 0;
	step[kind] = scene_now->step;
	return ++calls[kind];
}

int refuse(int err)
{
	told();
	errno = err;
	return -1;
}

int done(void)
{
	told();
	return 0;
}

void late_once(void)
{
	if (times_told())
		return;
	told();
	ms_sleep(LATE_MS);
}

bool step_is(const char *name)
{
	return !strncmp(scene_now->step_name, name, strlen(name));
}

bool plain_page(const struct scene *s, unsigned int page)
{
	return s->touched[page] && !s->out[page] && !s->racing[page] && !s->proc[PARENT].blind &&
	       !model_marked(&s->model, PARENT, page) &&
	       __real_pagemap(0, page_addr(s, page)) & PM_PRESENT;
}

static int mem_of(pid_t pid, int flags)
{
	char path[32];

	snprintf(path, sizeof(path), "/proc/%d/mem", pid ?: getpid());
	return open(path, flags | O_CLOEXEC);
}

bool peek_at(pid_t pid, const void *addr, void *buf, size_t len)
{
	int fd = mem_of(pid, O_RDONLY);
	bool ok = fd >= 0 && pread(fd, buf, len, (uintptr_t)addr) == (ssize_t)len;

	if (fd >= 0)
		close(fd);
	return ok;
}

bool poke_at(pid_t pid, void *addr, const void *buf, size_t len)
{
	int fd = mem_of(pid, O_RDWR);
	bool ok = fd >= 0 && pwrite(fd, buf, len, (uintptr_t)addr) == (ssize_t)len;

	if (fd >= 0)
		close(fd);
	return ok;
}
