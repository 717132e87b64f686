/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COWPEN_TELL_H
#define COWPEN_TELL_H

#include <stdbool.h>
#include <stddef.h>

struct pin;
struct pin_kind;
struct scene;

/*
 * COWPEN_TELL=1: a run of a case tells what it does, as the statements of a C program
 * that does the same, a line each. `cowpen export` writes that program; what the statements
 * call stands in harness/alone/. What each viewer is to see is told from the model.
 *
 * A run that tells ends with its last step, whatever the kernel makes of it: the program is
 * to have all of the steps also where one of them fails.
 */
bool telling(void);
/* A statement, complete with its semicolon. */
void tell(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* This cannot be told: why, in words that end "...: it <why>". */
void tell_not(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* The step in hand does nothing but to look, or nothing that a program need do. */
void tell_nothing(void);
/* Until it is false again: what is done now is a part of what was told last. */
void tell_part(bool on);
/* That a set-up begins, and a step. */
void tell_setup(struct scene *s);
void tell_step(struct scene *s);
/* What stands behind the pages from now on is KSM's twins of them. */
void tell_twins(void);
/* tell_views.c: what is to be seen now, by whom. */
void tell_views(struct scene *s);
/* What is to be seen of one page, now that a write to it waits. */
void tell_seen(struct scene *s, unsigned int page);
struct content;
/* What a copy of each page is to hold, NULL: there is none. */
void tell_copies(struct scene *s, const struct content *const wanted[]);
/* The same of a page that was moved elsewhere. */
void tell_moved_content(struct scene *s, unsigned int page, const struct content *wanted);
/* Of what kind pin @pin is, and whose; that its device is opened, and the call that takes it. */
void tell_device(const struct scene *s, int pin);
void tell_owner(const struct scene *s, int pin);
void tell_open(const struct pin_kind *k, int proc);
const char *told_take(const struct scene *s, const struct pin *p);
/* What kinds of a pin are called that have all but the call to take it in common. */
const char *told_kind(const struct pin_kind *k);
/* The names in a program: of a process, and of a pin's device. */
const char *told_proc(int proc);
const char *told_pin(int pin);
/* Which pages @len bytes at @addr of the parent or a child are. False: no pages of the scene. */
bool told_range(const struct scene *s, const char *addr, size_t len, unsigned int *first,
		unsigned int *n);

#endif
