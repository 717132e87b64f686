/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COWPEN_VM_H
#define COWPEN_VM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernels.h"
#include "machine.h"
#include "reach.h"
#include "util.h"

/* A saved guest: kernel booted, modules in, rxe, swap and huge pages up, agent waiting. */
struct state {
	char *dir; /* in the cache */
	char *key; /* hash of all that went into it */
	const struct kernel *kernel;
	const struct host *host;
	char *release;	    /* uname -r as the guest said */
	char *proc_version; /* /proc/version as the guest said */
	char *version;	    /* kernel->version, or for a path the one read from the guest */
	char *facts; /* "name=value" lines from the agent: rdma=, swap=, hugepages=, nodes=, ... */
	int lock_fd; /* shared lock that keeps others from pruning it */
};

/*
 * The saved state of @k, made first if it is not in the cache: one does the
 * work, others that ask for the same wait. @say (may be NULL) is told what is
 * going on, one short line each. 0 or a negative errno with a line; if the
 * kernel did not boot, the line names a file with the console's text.
 */
int state_get(const struct host *h, const struct kernel *k,
	      void (*say)(void *arg, const char *line), void *arg, struct state **s);
void state_put(struct state *s);

/* What to run in a guest restored from a saved state. */
struct vm_job {
	const char *exe;	  /* static executable on the host */
	const char *name;	  /* of it in the guest; NULL: as it is called here */
	const char *args;	  /* blank-separated arguments, may be "" */
	const char *env;	  /* NAME=value lines, may be "" */
	uint64_t seed;		  /* given to the test as COWPEN_SEED, and used to vary the start */
	unsigned int deadline_ms; /* wall; 0 means the default of 30 s */
	size_t max_output;	  /* bytes of output kept; 0 means 1 MiB; the rest is counted */
	bool save_console;	  /* keep the console even if all is well */
	const struct symbols *symbols; /* one test, TCG: tell which of these functions run; or NULL */
	const char *hide; /* from the kernel, where a thread is held from outside (hold.h), or NULL */
	struct warm *warm; /* of the first: guests of this thread that go on, or NULL; warm.h */
};

enum vm_end {
	VM_ENDED, /* the agent's end frame came and QEMU left as it should */
	VM_PANIC, /* the kernel panicked or oopsed to death; see console */
	VM_RESET, /* guest reset without a panic text (triple fault, reboot) */
	VM_POWEROFF,
	VM_TIMEOUT,    /* the deadline passed; see hang and console for stacks */
	VM_DIED,       /* QEMU itself died; see why */
	VM_BAD_FRAMES, /* what came from the agent made no sense; see why */
	VM_NO_START,   /* host's fault: QEMU or the state could not be started; see why */
	VM_INTERRUPTED,
};
const char *vm_end_name(enum vm_end end);

/* All strings are NUL-terminated, may be empty, never NULL. Free with vm_result_free(). */
struct vm_result {
	enum vm_end end;
	int wait_status;       /* of the test, as waitpid() gives it; valid if VM_ENDED */
	struct buf output;     /* what the test wrote to stdout and stderr */
	uint64_t output_total; /* how much it really wrote */
	struct buf marks;      /* step marks that it wrote straight to the port, lines */
	struct buf kmsg;       /* kernel messages since its start, as the agent read them */
	struct buf console;    /* ttyS0, from the restore on */
	struct buf hang;       /* VM_TIMEOUT: stacks of the test's threads from the agent */
	unsigned long taint_before, taint_after;
	char *why;	  /* one line for everything that is not VM_ENDED */
	char *left;	  /* in company: what it left behind that could not be brought back */
	bool unfit;	  /* the same: its machine is none for others, though nothing is amiss */
	char *cmdline;	  /* QEMU's command line */
	bool warm;	  /* it ran in a QEMU that had run another test */
	char *warm_why;	  /* why that QEMU could not go on, or NULL */
	struct buf reach; /* see reach_digest(); empty if it was not asked for, or for @no_reach */
	char *no_reach;	  /* why it could not be told, or NULL */
	unsigned int start_ms, restore_ms, handin_ms, test_ms, total_ms;
	unsigned int cpu_us; /* one test: QEMU's processor time, from its start or the test before */
	long rss_kib;	     /* QEMU's peak resident memory; 0 if it went on with another test */
};

/* Run @job in a fresh QEMU restored from @s. Thread-safe. Always fills @r. */
void vm_run(const struct state *s, const struct vm_job *job, struct vm_result *r);

/*
 * Told of each of several tests when it has ended, in their order; takes @r over.
 * False: the rest shall not be run, and the guest is ended.
 */
typedef bool vm_done_fn(void *arg, size_t nr, struct vm_result *r);
/*
 * Run the @n jobs one after the other in one fresh QEMU restored from @s. Each
 * has its own process, frames, messages and deadline, and after each the agent
 * clears up. What is not the test's own (env, deadline, max_output, save_console)
 * is that of the first. Returns how many there was a result of; from there on
 * none was begun, since the guest is gone. Thread-safe.
 */
size_t vm_run_several(const struct state *s, const struct vm_job *job, size_t n, vm_done_fn *done,
		      void *arg);
void vm_result_free(struct vm_result *r);
/*
 * For who saves a state, the agent's proof that its clock runs right: the facts of
 * its CLOCK frame.
 */
void vm_run_clock(const struct state *s, unsigned int deadline_ms, struct vm_result *r,
		  struct buf *clock);

/* One plain boot to the agent's READY and out again, for `make bench`. Milliseconds or a negative errno. */
int vm_boot_ms(const struct host *h, const struct kernel *k);

/* The same guest for a person: console on the terminal, a shell, no network. Exit status. */
int vm_shell(const struct host *h, const struct kernel *k, bool gdb);

#endif
