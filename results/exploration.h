/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COWPEN_EXPLORATION_H
#define COWPEN_EXPLORATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "explore.h"
#include "util.h"

/*
 * What an exploration keeps: <dir>/journal, a line for each thing that came to be known, written
 * when it did. One that was interrupted, or killed, goes on from there, and shards of one are
 * merged by it.
 */

/* What fails in the same way. Strings are owned. */
struct group {
	struct explored e;
	char *clause, *last, *class;
	char *wanted, *seen;
	char *known, *bug; /* the case that knows it, or NULL */
	char *like;	   /* one that fails by another clause, with such a step, or NULL */
	char *others;	   /* what it does on other kernels, or NULL */
	char *file;	   /* as a case, or NULL */
};
void group_free(struct group *g);

/* A guest that has ended: what it wrote is in <dir>/guest-<nr>.txt, and .marks if it died. */
struct guest_kept {
	unsigned int nr, job, round;
	unsigned long finds, looked; /* what it found, and of that what was looked into */
	bool cut;		     /* its time was up: that round is yet to be done as a whole */
	const char *died;	     /* "crash", "timeout"; NULL: it ended by itself */
	const char *last;	     /* step at which it died, or kind of memory; "": not known */
	const char *at;		     /* where the systematic part goes on, or NULL */
	uint64_t cpu_us;
};

#define EXPLORE_JOBS 64
#define DEATHS	     3 /* in a row by the same step: it goes on without it */

struct exploration {
	char *dir;
	int fd;	     /* of the journal; -1: it is only read */
	char *asked; /* what it is an exploration of */
	bool ended;  /* it had all its time */
	uint64_t ms; /* that it took until now, and before this process */
	uint64_t ms_before, since;

	struct group *g; /* one of each */
	size_t ng;
	char **way; /* others that came to a group that was there */
	size_t nway;
	char **company; /* failed in company only, or could not be judged */
	size_t ncompany;
	char **without; /* steps, or kinds of memory, of which guests die */
	size_t nwithout;
	struct buf avoid;
	struct guest_kept *guest;
	size_t nguests;
	unsigned int died;
	uint64_t cpu_us;
	char *at[EXPLORE_JOBS]; /* of each job, where its systematic part is */
	unsigned int round[EXPLORE_JOBS];
	struct {
		char *last;
		unsigned int n;
	} * death; /* in a row */
	size_t ndeaths;
	struct finds sum; /* counts of all guests */
};

/*
 * Open the one in @dir, or begin it: it is of what @asked says, else it is an error, as it is if
 * another process has it. @anew: what is there is thrown away. 0 or a negative errno with a line.
 */
int exploration_open(struct exploration *x, const char *dir, const char *asked, bool anew);
/* Only read what is there. */
int exploration_read(struct exploration *x, const char *dir);
void exploration_free(struct exploration *x);

/* What came to be known. Each is in the journal when it returns; else a negative errno. */
int exploration_guest(struct exploration *x, const struct guest_kept *g);
/* The next find of guest @nr was looked into; or @all that are left are not to be. */
int exploration_looked(struct exploration *x, unsigned int nr, bool all);
/* @is_new: there is no such group. */
int exploration_group(struct exploration *x, const struct group *g, bool *is_new);
/* Is there a group that is like it? */
bool exploration_has(const struct exploration *x, const struct group *g);
int exploration_avoid(struct exploration *x, const char *pattern);
int exploration_company(struct exploration *x, const char *text);
int exploration_without(struct exploration *x, const char *name);
int exploration_end(struct exploration *x);

/* The step, or kind of memory, that has ended DEATHS guests in a row; "": of nothing that is
 * known; NULL: there is none. */
const char *exploration_dying(const struct exploration *x);
/* What guest @nr found, from its files. */
void exploration_finds(const struct exploration *x, unsigned int nr, struct finds *f);

/* All of @from into @to, which may be zero-initialised: groups that are alike become one. */
void exploration_merge(struct exploration *to, const struct exploration *from);

/* Sequences a second of the guests' processor time, whatever the machine does besides. */
double exploration_rate(const struct exploration *x);
/* As Markdown. @before: lines of what was known before, or NULL. */
void exploration_table(const struct exploration *x, const char *kernel, uint64_t seed,
		       const char *before, struct buf *md);

#endif
