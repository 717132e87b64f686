/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COWPEN_POOL_H
#define COWPEN_POOL_H

/* What runner.c, progress.c and log.c share and nobody else needs. */

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "batch.h"
#include "machine.h"
#include "reach.h"
#include "record.h"

struct kernel;
struct runner;
struct runner_result;
struct state;
struct vm_result;

enum kstate { K_TODO, K_MAKING, K_READY, K_BAD };

struct kslot {
	struct kernel *k;
	const struct host *host; /* which guest */
	enum kstate st;
	struct state *state;
	char *bad;		/* why its tests cannot be run */
	char *env;		/* what its tests have in their environment */
	const char *measured;	/* the package's version that expectations are of, if it is newer */
	struct symbols symbols; /* --reach: its functions */
	unsigned int left;	/* jobs not yet finished, then the state is put */
};

/* Which guest a test runs in. */
enum guest_kind { G_PLAIN, G_DEVICES, G_STUB, G_MOVABLE, G_QUEUED, G_COHERENT, NR_GUESTS };

struct pool {
	const struct runner *r;
	struct runner_result *res;
	struct kslot *k; /* of each kernel in each of these guests */
	size_t nslots;
	struct host host[NR_GUESTS]; /* as tests ask for; G_PLAIN is the run's own */

	pthread_mutex_t lock; /* over all that follows and the run's file */
	pthread_cond_t more;  /* a state is ready, a batch has ended, or it is over */
	struct batches q;
	unsigned int running, workers;
	unsigned int jobs; /* that may run, and */
	bool one_more;	   /* just now, as a processor has nothing to do */
	bool stop;
	bool wake;	/* something to show */
	bool warm_told; /* why a guest did not go on */

	struct doubt *doubt; /* per test, if there is ->certain() */
	size_t confirmed, worse;

	bool tty;
	size_t verdicts[NR_VERDICT];
	unsigned int tenth; /* last 10 % that was printed */
	uint64_t start_ms;
	char now[64];	  /* what was started last */
	bool status_up;	  /* a status line stands on the terminal */
	uint64_t said_ms; /* when the last line was */
};

/* A line for the user, over the one that shows where we are. */
void say_line(struct pool *p, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void status_show(struct pool *p);
void status_clear(struct pool *p);
/* A result that has just been kept. */
void show_done(struct pool *p, const struct record *r);

/* Where @t is run on that kernel, a number of ->k: it may ask for another guest. */
size_t pool_slot(const struct pool *p, const struct test *t, size_t kernel);
/* A test on a kernel behind those that are planned, with the lock held. */
void add_job(struct pool *p, const struct test *t, size_t kernel, unsigned int repeat);

/* How often at most confirm_kept() adds a job of the same test and kernel. */
#define CONFIRM_MAX 5
/* When all is planned, when something was kept (with the lock held), and when it is over. */
void confirm_begin(struct pool *p);
void confirm_kept(struct pool *p, const struct record *r);
void confirm_end(struct pool *p);

/* The functions that ran in @j go to a file of the run's folder, or a line to the user. */
void write_reach(struct pool *p, const struct job *j, const struct vm_result *vm);
/*
 * The log of @r, whose ->log becomes its name relative to the run's folder; "" with a line
 * to the user if it could not be written. @beside: another one will have its name.
 */
void write_log(struct pool *p, const struct job *j, const struct vm_result *vm, struct record *r,
	       bool beside);

#endif
