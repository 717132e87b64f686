/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COWPEN_SESSION_H
#define COWPEN_SESSION_H

/* What session.c, handin.c and ending.c share and nobody else needs. */

#include "hold.h"
#include "qemu.h"
#include "warm.h"
#include "vm.h"

#define START_DEADLINE 30000 /* ms from exec to the restored guest's START */
#define LEAVE_GRACE    5000  /* from the end frame to QEMU's exit */

/* A guest, and the test that runs in it now. */
struct session {
	const struct vm_job *job;
	const struct state *state;
	size_t n, at; /* tests; the one that runs, or comes next */
	vm_done_fn *done;
	void *arg;
	struct buf *clock;
	int reach_fd; /* what the plugin writes to, 0: there is none */
	char *cmdline;
	unsigned int deadline; /* ms */
	size_t max_output;
	struct qemu q;
	struct hold *hold; /* who holds its processors when a test asks for it, or NULL */
	char *hold_why;	   /* why that came to an end, or NULL */
	bool cont, no_more;
	bool stay;	   /* the guest may go on when these tests have ended */
	bool remembered;   /* the plugin knows what to come back to */
	bool went_on;	   /* another test has run in this QEMU */
	bool here;	   /* the plugin writes the executable to its place */
	uint64_t cpu_from; /* QEMU's before this, us */
	uint64_t t_resumed, cpu_resumed;

	/* of the test that runs */
	struct vm_result r;
	struct buf end, start;
	bool started, ended, hang, hung, over; /* @over: the last one, in a guest that stays */
	uint64_t t0, t_start, t_end, until;
	uint64_t cpu; /* QEMU's, when it was started */
	bool base, nmi, no_start, leaving;
	int extended, spared;
	bool starved;		    /* the host had no processor for it */
	uint64_t looked_at, waited; /* when that was looked at, and what qemu_waited_ms() said */
	size_t gap;		    /* where in the output something is left out */
	unsigned int lost, damaged; /* frames, before it */
};

/* Where the executable of each job is in what is handed in. */
struct place {
	size_t offset, size;
};

/*
 * The one executable of all jobs, or a file with all of them behind each other. A
 * descriptor, or a negative errno with a line.
 */
int exes_open(const struct vm_job *job, size_t n, struct place *place);
/* Text of the command for the agent; proto.h says what may be in it. */
void put_command(struct buf *b, const struct session *s, const uint8_t *token,
		 const struct place *place);

/* Did something else write to the frames' port? Then that is the result. */
bool bad_frames(struct session *s);
/* Its end frame is there. */
void judge_ended(struct session *s);
/* What was it that ended the guest? qemu/test/vmtest.c makes all of these happen. */
void judge_guest(struct session *s);
/* What the frames and the other channels brought of the test that ran. */
void test_gather(struct session *s);

#endif
