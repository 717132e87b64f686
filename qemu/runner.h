/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COWPEN_RUNNER_H
#define COWPEN_RUNNER_H

#include <stdio.h>

#include "batch.h"
#include "cases.h"
#include "kernels.h"
#include "measured.h"
#include "record.h"
#include "vm.h"

/* What to run, and how. */
struct runner {
	const struct host *host;
	struct run *run; /* open for run_append() */
	struct kernel **kernels;
	char **kernel_bad; /* per kernel: why it cannot be had, NULL if it can */
	size_t nkernels;
	const struct test_list *tests;
	const struct measured *measured; /* what expectations are of, may be NULL */
	const struct run *durations;	 /* an earlier run to learn them from, may be NULL */
	unsigned int jobs;		 /* guests at a time */
	unsigned int spare;	  /* and more, at most, while a processor has nothing to do */
	unsigned int repeat;	  /* at least 1 */
	uint64_t seed;		  /* of the run */
	bool seed_is_tests;	  /* one single test was asked for with this very seed */
	unsigned int deadline_ms; /* 0: vm_run()'s default */
	const char *env; /* NAME=value or kernel:NAME=value lines for the tests, may be NULL */
	enum isolation isolation;
	struct order order; /* ISO_NONE: of the tests in a guest */
	bool interleave;    /* a test on all kernels, then the next; not the longest first */
	bool verbose;	    /* a log of every test, state messages */
	bool brief;	    /* progress, but not each unexpected result */
	bool quiet;	    /* no progress */
	/*
	 * Of two kernels: results/certain.h. What is not certain is run again on both, before all
	 * others, and what is worse on the second is told at once.
	 */
	bool (*certain)(const struct run *run, const char *base, const char *patched,
			const char *test, unsigned int *nbase, unsigned int *npatched,
			char **worse);
	bool reach; /* also tell which functions run; ISO_TEST and TCG only */
	FILE *out;  /* progress; a terminal gets one rewritten line */
};

struct runner_result {
	size_t planned; /* tests x kernels x repeat */
	size_t before;	/* of these, had a record already (resume) */
	size_t done;	/* got one now */
	bool interrupted;
	struct buf notes; /* lines of what the user should know; the caller frees */
	int error;	  /* a negative errno if records could not be written */
	char *error_text;
};

/*
 * Run everything that has no record yet; a record with status error does not
 * count as one, nor does one of another build of the case or of the kernel. With
 * ISO_CASE what neither passed nor was skipped in company of others runs again in a
 * guest of its own, and the record of that is the only one.
 * SIGINT, SIGTERM and SIGHUP end it early: what has a record by then keeps it.
 * 0, or a negative errno with a line if nothing could be started.
 */
int runner_run(const struct runner *r, struct runner_result *res);

/*
 * Is the test to be run on that kernel? On a patched one of the default set only
 * what names it is: the rest says the same as on the kernel that it was made from.
 */
bool runner_wants(const struct test *t, const struct kernel *k);

/* The seed of one test, the same on every kernel. */
uint64_t runner_test_seed(const struct runner *r, const char *test, unsigned int repeat);

/* Those of the lines @env that are for the tests on @kernel; the caller frees. */
char *runner_env(const char *env, const char *kernel);
/* @kernel_spec: struct kernel's. "make run CASE=... KERNEL=... SEED=0x... ACCEL=... [SMP=...] [GUEST=...] [ENV=...]"; the caller frees. */
char *runner_replay(const char *test, const char *kernel_spec, uint64_t seed, const struct host *h,
		    const char *env);

#endif
