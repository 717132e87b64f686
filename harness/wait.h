/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COWPEN_WAIT_H
#define COWPEN_WAIT_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * Waiting for what must happen, and saying who stands where when it does not:
 *
 *	while (!wait_until(happened()))
 *		wait_failed(s, CHECK("..."), "C8", who, "it ends", "it does not");
 *
 * where that is the kernel's to do, and where the harness only needs it
 *
 *	if (!wait_until(happened()))
 *		wait_error(s, who, "it does not happen");
 */
struct scene;
struct check;

/*
 * How long something that must happen may take before we say that it never
 * will. Long, because a host that is busy elsewhere must not make a FAIL.
 */
#ifndef PATIENCE_MS
#define PATIENCE_MS 10000
#endif

/* For wait_until(): the time begins; sleep for a moment, false if it is up. */
struct wait {
	uint64_t end;
};
struct wait wait_begin(void);
bool wait_more(struct wait *w);

/* Look, over and over, whether @happened. False if it does not until the time is up. */
#define wait_until(happened)                             \
	({                                               \
		struct wait _wait = wait_begin();        \
		bool _happened;                          \
                                                         \
		do                                       \
			_happened = (happened);          \
		while (!_happened && wait_more(&_wait)); \
		_happened;                               \
	})

/* A thread that does one thing that may never end, so that the one which waits can tell. */
struct helper_thread {
	pthread_t thread;
	void (*run)(void *arg);
	void *arg;
	_Atomic pid_t tid; /* 0: not begun */
	_Atomic bool done;
};
void helper_start(struct scene *s, struct helper_thread *t, void (*run)(void *arg), void *arg);
/* The same on a stack of its own. */
void helper_start_on(struct scene *s, struct helper_thread *t, void (*run)(void *arg), void *arg,
		     void *stack, size_t len);
static inline bool helper_begun(const struct helper_thread *t)
{
	return t->tid;
}
static inline bool helper_done(const struct helper_thread *t)
{
	return t->done;
}
/* It must have ended, or been told to. */
void helper_join(struct helper_thread *t);
/* Wait for its end. False if there is none. */
bool helper_wait(struct helper_thread *t);
/*
 * The same of a call that is short or goes on for ever: false, too, when it has used up BUSY_MS
 * of a processor's time. That is hundreds of times what it takes, however busy the host is.
 */
#define BUSY_MS 2000
bool helper_wait_busy(struct helper_thread *t);

/* Who is to do what is waited for. */
struct awaited {
	enum { A_THREAD, A_PROCESS, A_KERNEL } kind;
	pid_t id;
	const char *comm; /* A_KERNEL: of the thread that does it, if it is one's */
};
/*
 * This thread goes before all others, or not any more. Between its looks at where they
 * were interrupted they have a moment.
 */
void go_first(struct scene *s, bool first);
void look_again(void);
/*
 * Is that function of the kernel on the stack of this thread? Told of what does not run
 * just now; of what does, there is no stack to be read.
 */
bool thread_stands_in(pid_t tid, const char *function);
/*
 * Does it sleep there? Not by wchan, which 5.10 does not tell. Twice, with the processor
 * given away in between: one that was preempted on its way to sleep looks the same, but runs
 * then, be it only to come back to the same place.
 */
bool thread_sleeps_in(pid_t tid, const char *function);
/* How often it gave the processor away, or had to; 0 unless it sleeps, and may be woken. */
unsigned long times_put_to_sleep(pid_t tid);
static inline struct awaited by_thread(const struct helper_thread *t)
{
	return (struct awaited){ A_THREAD, t->tid, NULL };
}
static inline struct awaited by_tid(pid_t tid)
{
	return (struct awaited){ A_THREAD, tid, NULL };
}
/* One of the scene's, which has one thread. */
static inline struct awaited by_process(pid_t pid)
{
	return (struct awaited){ A_PROCESS, pid, NULL };
}
/* The kernel by itself: a count, a work queue, "ksmd". */
static inline struct awaited by_kernel(const char *comm)
{
	return (struct awaited){ A_KERNEL, 0, comm };
}

/*
 * The time is up. In the log: where each thread of the scene stands, by its kernel
 * stack. FAIL only if it is the kernel's fault: what is awaited is the kernel's
 * own, or a thread that is in the kernel, asleep in it or at work. One that runs
 * our code, waits for us, or is gone, is ERROR. What was seen is told with where
 * the one who is awaited stands. It returns only where the check is mute (lies.h), and then
 * who called it waits on.
 */
void wait_failed(struct scene *s, const struct check *check, const char *clause, struct awaited who,
		 const char *wanted, const char *seen_fmt, ...)
	__attribute__((format(printf, 6, 7)));
/* The same where the harness needed it, and nothing else: ERROR. */
void wait_error(struct scene *s, struct awaited who, const char *fmt, ...)
	__attribute__((format(printf, 3, 4), noreturn));

/* What has the machine done until now? Called now and then, by one thread. */
void machine_look(void);
/*
 * Had one of its processors less than a quarter of the time, since the oldest of the last
 * 40 looks? Then nothing is said of what takes long. In @how, in words.
 */
bool machine_starved(char *how, size_t size);

/* Is it the kernel's fault? In @how, in words, where who is awaited is. */
bool at_fault(struct awaited who, char *how, size_t size);
/* In the log: where all stand. */
void tell_all(struct scene *s, struct awaited who);

/* The main thread is at a step that may take long, and has not hung. When was it so last? */
void wait_alive(void);
uint64_t wait_alive_at(void);
/* watch.c: a thread that tells if the main thread hangs, and whose fault it is. */
void watch_main(struct scene *s);

#endif
