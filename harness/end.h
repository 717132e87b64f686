/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COWPEN_END_H
#define COWPEN_END_H

#include "scene.h"

/* How a test ends, and what it tells: end.c. */

/*
 * A place that can say FAIL, by a name that is its own: a record says which check
 * it was, and each must be seen to bite.
 */
struct check {
	const char *name, *file;
	unsigned int line;
};
#define CHECK(_name)                                                               \
	({                                                                         \
		static const struct check _check = { _name, __FILE__, __LINE__ };  \
		static const struct check *const _listed                           \
			__attribute__((used, section("cowpen_checks"))) = &_check; \
		_listed;                                                           \
	})

/* What the book of bugs foretells is told as kselftest's XFAIL. Our host would rather know. */
extern bool known_is_xfail;

/* End the test. It returns only where the check is mute, see lies.h. */
void scene_fail(struct scene *s, const struct check *check, const char *clause, const char *wanted,
		const char *seen_fmt, ...) __attribute__((format(printf, 5, 6)));
/* These do not return. */
void scene_error(struct scene *s, const char *fmt, ...)
	__attribute__((format(printf, 2, 3), noreturn));
void scene_skip(struct scene *s, const char *fmt, ...)
	__attribute__((format(printf, 2, 3), noreturn));
/* A race whose window was never met: how often it was tried, and why nothing is known. */
void scene_inconclusive(struct scene *s, const char *fmt, ...)
	__attribute__((format(printf, 2, 3), noreturn));

/* Tell a failure, and go on; the test has failed. */
void fail_said(struct scene *s, const struct check *check, const char *clause, const char *wanted,
	       const char *seen);
/* The same for an error, of the test's process or of its parent; @why in words. */
void error_said(struct scene *s, const char *why);
/* Nothing was said so far that is not a pass. */
bool passes(const struct scene *s);
/* In the end, in the parent process: status pass if it is that, and what was observed. */
void end_said(struct scene *s);
/* A line for the host, who has it even if the kernel goes down with the next instruction. */
void console_mark(struct scene *s, const char *text);
/* Write @value to a file of /proc or /sys; knobs_restore() puts all back. */
void knob_set(struct scene *s, const char *path, const char *value);
void knobs_restore(void);
/* It is done when the test ends, whatever the end, and undo_all() does so before. */
void undo_at_end(void (*does)(void));
void undo_all(void);

#endif
