/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COWPEN_RACE_CALLS_H
#define COWPEN_RACE_CALLS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/*
 * Every schedule with one preemption: A is held once at each call that it makes on its way, in
 * their order, and B does its thing there (make explore-race).
 *
 * COWPEN_RACE_CALLS=SECONDS  how long at most
 *
 * Calls are those into mm/, and into what else works on a process' memory. The program does that
 * before its test: in processes of its own, each of which is the test with some schedules for
 * its rounds, and ends with the first that loses. The test itself tells then what came of it.
 */
struct scene;
struct window;

enum calls_for { CALLS_NOT, CALLS_NOTE, CALLS_TRY, CALLS_TELL };

/* For main(): what explores before, if that is asked for. */
void calls_explore(int argc, char **argv, int (*run)(int argc, char **argv));

/*
 * A program of many races says which is next, and its name, until it returns false; then each
 * schedule has a process of its own, for what one leaves behind another would find.
 */
extern bool (*calls_next)(char *name, size_t size);
bool calls_alone(void);

/* What this process' rounds are for. */
enum calls_for calls_for(void);
/* Like race_round(); @round counts from 1, which is the control, if there is one. */
bool calls_round(struct scene *s, unsigned int round);
/* The schedule that is tried. */
unsigned int calls_at(void);
/* Who is to be seen as the first of them, in the window that was just closed. */
enum calls_first { AS_IT_SEEMS, A_FIRST, B_FIRST };
enum calls_first calls_first(const struct window *w);
/* A goes page by page, and B may come in between: the scene is to have one page. */
void calls_by_page(void);
bool calls_one_page(void);
/* What A does between these two is noted. */
void calls_note(struct scene *s, pid_t a);
void calls_noted(struct scene *s, pid_t a);
/* An event that wakes who polls it at A's @n-th call; or a negative errno. */
int calls_event(unsigned int n, pid_t a);
/* @a, which is not the caller, comes to no more calls for now, or has come to @n. */
void calls_settle(int event, unsigned int n, pid_t a);
void calls_tried(const struct window *w);

#endif
