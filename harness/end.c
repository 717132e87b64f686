// SPDX-License-Identifier: GPL-2.0-only
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/io.h>
#include <unistd.h>

#include "book.h"
#include "case_info.h"
#include "internal.h"
#include "json.h"
#include "tell.h"

/* kselftest's codes; its header may be included only once, by program.c. */
enum { PASS = 0, FAIL = 1, XFAIL = 2, SKIP = 4 };

bool known_is_xfail;

/*
 * What a test has to tell: how it ended, and what it saw on the way; and what is put back
 * then, whatever the end.
 */

/* One line for machines before the result; kselftest passes diagnostics through. */
static void say_json(struct json *j)
{
	char *text;

	js_close(j, '}');
	text = js_end(j);
	if (text)
		dprintf(STDOUT_FILENO, "# cowpen %s\n", text);
	free(text);
}

static const struct bug *hint(const struct scene *s, const char *clause, bool *foretold)
{
	char name[64];

	snprintf(name, sizeof(name), "%s-%s", s->memory->name,
		 s->pin[0].kind ? s->pin[0].kind->name : "none");
	return case_known_bug(name, clause, foretold);
}

static void (*undo[2])(void);

void undo_at_end(void (*does)(void))
{
	for (size_t i = 0; i < sizeof(undo) / sizeof(undo[0]); i++)
		if (!undo[i] || undo[i] == does) {
			undo[i] = does;
			return;
		}
	abort();
}

void undo_all(void)
{
	for (size_t i = 0; i < sizeof(undo) / sizeof(undo[0]) && undo[i]; i++)
		undo[i]();
}

static void end_test(struct scene *s, int code)
{
	knobs_restore();
	undo_all();
	*s->exit_code = code;
	/* _exit: kselftest's parent reads the shared exit code and tears down. */
	_exit(0);
}

static void result_json(struct json *j, struct scene *s, const char *status)
{
	char step[160];

	snprintf(step, sizeof(step), "%u %s", s->step, s->step_name);
	js_begin(j, false);
	js_open(j, NULL, '{');
	js_string(j, "status", status);
	js_string(j, "step", step);
}

void fail_said(struct scene *s, const struct check *check, const char *clause, const char *wanted,
	       const char *seen)
{
	bool foretold;
	const struct bug *known = hint(s, clause, &foretold);
	struct json j;

	foretold &= known_is_xfail;
	dprintf(STDOUT_FILENO, "# step   %u %s\n# clause %s broken\n# wanted %s\n# seen   %s\n",
		s->step, s->step_name, clause, wanted, seen);
	if (known)
		dprintf(STDOUT_FILENO, "# known  %s%s%s: %s\n", known->name,
			*known->fix ? ", fixed by " : "", known->fix, known->cause);
	result_json(&j, s, "fail");
	js_string(&j, "check", check->name);
	js_string(&j, "clause", clause);
	js_string(&j, "wanted", wanted);
	js_string(&j, "seen", seen);
	if (known && *known->fix)
		js_string(&j, "fix", known->fix);
	say_json(&j);
	snprintf(s->reason, s->reason_len, "%s at step %u %s%s%s", clause, s->step, s->step_name,
		 foretold ? ", known: " : "", foretold ? known->name : "");
	*s->exit_code = foretold ? XFAIL : FAIL;
}

void scene_fail(struct scene *s, const struct check *check, const char *clause, const char *wanted,
		const char *seen_fmt, ...)
{
	char seen[512];
	va_list ap;

	if (telling())
		return;
	va_start(ap, seen_fmt);
	vsnprintf(seen, sizeof(seen), seen_fmt, ap);
	va_end(ap);
	fail_said(s, check, clause, wanted, seen);
	end_test(s, *s->exit_code);
}

void error_said(struct scene *s, const char *why)
{
	struct json j;

	snprintf(s->reason, s->reason_len, "ERROR step %u %s: %s", s->step, s->step_name, why);
	result_json(&j, s, "error");
	js_string(&j, "reason", why);
	say_json(&j);
	*s->exit_code = FAIL;
}

void scene_error(struct scene *s, const char *fmt, ...)
{
	char why[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why, sizeof(why), fmt, ap);
	va_end(ap);
	error_said(s, why);
	end_test(s, FAIL);
	abort();
}

void scene_skip(struct scene *s, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(s->reason, s->reason_len, fmt, ap);
	va_end(ap);
	end_test(s, SKIP);
	abort();
}

void scene_inconclusive(struct scene *s, const char *fmt, ...)
{
	struct json j;
	char why[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why, sizeof(why), fmt, ap);
	va_end(ap);
	snprintf(s->reason, s->reason_len, "inconclusive: %s", why);
	result_json(&j, s, "inconclusive");
	js_string(&j, "reason", why);
	say_json(&j);
	end_test(s, SKIP);
	abort();
}

void observe(struct scene *s, const char *what, const char *fmt, ...)
{
	unsigned int i;
	va_list ap;

	for (i = 0; i < s->nobservations; i++)
		if (!strcmp(s->observation[i][0], what))
			break;
	if (i == SCENE_OBSERVATIONS)
		return;
	if (i == s->nobservations)
		s->nobservations++;
	snprintf(s->observation[i][0], sizeof(s->observation[i][0]), "%s", what);
	va_start(ap, fmt);
	vsnprintf(s->observation[i][1], sizeof(s->observation[i][1]), fmt, ap);
	va_end(ap);
}

bool passes(const struct scene *s)
{
	return *s->exit_code == PASS;
}

void end_said(struct scene *s)
{
	bool pass = passes(s);
	struct json j;

	if (!s->nobservations && !pass)
		return;
	js_begin(&j, false);
	js_open(&j, NULL, '{');
	if (pass) {
		js_string(&j, "status", "pass");
		js_number(&j, "steps", s->step);
	}
	if (s->nobservations) {
		js_open(&j, "observations", '{');
		for (unsigned int i = 0; i < s->nobservations; i++)
			js_string(&j, s->observation[i][0], s->observation[i][1]);
		js_close(&j, '}');
	}
	say_json(&j);
}

/*
 * Straight to the debug console if the runner named its port: what is written
 * there has reached the host when the instruction is done, so the step that
 * killed the kernel is known.
 */
void console_mark(struct scene *s, const char *text)
{
	if (!s->mark_port)
		return;
	for (; *text; text++)
		outb(*text, s->mark_port);
	outb('\n', s->mark_port);
}

/* --- settings of the whole kernel ------------------------------------------------- */

static struct knob {
	char path[96], before[64];
} knobs[8];
static unsigned int nknobs;

/* Of what was read as a choice, "none (voluntary) full", the word that is chosen. */
static void chosen(char *text)
{
	char *from = strpbrk(text, "([");
	size_t len = from ? strcspn(from + 1, ")]") : 0;

	if (!from || !from[1 + len])
		return;
	memmove(text, from + 1, len);
	text[len] = '\0';
}

void knob_set(struct scene *s, const char *path, const char *value)
{
	struct knob *k = &knobs[nknobs];
	int err;

	if (nknobs == sizeof(knobs) / sizeof(knobs[0]))
		scene_error(s, "no room to remember what was in %s", path);
	snprintf(k->path, sizeof(k->path), "%s", path);
	if (!file_get(path, k->before, sizeof(k->before)))
		scene_error(s, "%s cannot be read", path);
	chosen(k->before);
	nknobs++;
	err = file_put(path, value);
	if (err)
		scene_error(s, "%s to %s: %s", value, path, strerror(-err));
}

void knobs_restore(void)
{
	while (nknobs) {
		struct knob *k = &knobs[--nknobs];

		file_put(k->path, k->before);
	}
}
