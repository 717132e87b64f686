/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COWPEN_OPTS_H
#define COWPEN_OPTS_H

/* What those sub-commands share that run something, or could. */

#include <argp.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

#include "kernels.h"

enum { EXIT_EXPECTED, EXIT_UNEXPECTED, EXIT_NOT_RUN, EXIT_USAGE };

/* The folder that this program was built into. */
extern char default_build[PATH_MAX];

/* Say the error's line; EXIT_NOT_RUN. */
int fail(const char *what);
/* The same; a wrong name is the user's, everything else the world's. */
int fail_choice(int ret);

/* What sub-commands have in common. */
struct opts {
	const char *build, *runs, *conf;
	const char *cases, *kernels, *accel, *resume, *id_file;
	const char *isolation, *order, *guest, *measured, *reuse, *first, *accept, *warm, *shard,
		*durations, *leave_out;
	char *env; /* NAME=value lines for the test */
	unsigned int jobs, repeat, deadline_s;
	uint64_t seed;
	bool seed_given, do_resume, verbose, lenient, quiet, gdb, interleave, brief, full, reach,
		confirm;
	const char *arg[2]; /* what is no option */
	unsigned int nargs, max_args;
};

enum {
	O_BUILD = 256,
	O_RUNS,
	O_CONF,
	O_CASES,
	O_KERNELS,
	O_ACCEL,
	O_JOBS,
	O_REPEAT,
	O_SEED,
	O_RESUME,
	O_DEADLINE,
	O_LENIENT,
	O_GDB,
	O_ENV,
	O_INTERLEAVE,
	O_BRIEF,
	O_ID_FILE,
	O_ISOLATION,
	O_ORDER,
	O_GUEST,
	O_FULL,
	O_MEASURED,
	O_REACH,
	O_REUSE,
	O_CONFIRM,
	O_FIRST,
	O_LEAVE_OUT,
	O_ACCEPT,
	O_WARM,
	O_SHARD,
	O_DURATIONS,
};

/* clang-format off */
#define OPT_BUILD   { "build", O_BUILD, "DIR", 0, \
		      "Where program, guest and cases were built (default: where cowpen is)", 9 }
#define OPT_RUNS    { "runs", O_RUNS, "DIR", 0, "Folder of the runs (default: results/runs)", 9 }
#define OPT_CONF    { "conf", O_CONF, "FILE", 0, "List of kernels (default: kernel-config/kernels.conf)", 9 }
#define OPT_ACCEL   { "accel", O_ACCEL, "WORD", 0, "auto, kvm or tcg (default: auto)", 3 }
#define OPT_KERNELS { "kernels", O_KERNELS, "NAMES", 0, \
		      "Kernels, blank-separated: names, \"default\", \"stock\", \"source\", \"patched\", or " \
		      "paths of images and build folders, which NAME=PATH gives a name", 1 }
#define OPT_GUEST   { "guest", O_GUEST, "WORDS", 0, \
		      "What the guests lack: some of mem=MIB, smp=N, swap=off, swap=queued, huge=off, " \
		      "thp=never, ksm=off; or have: zswap=on", 2 }
#define OPT_VERBOSE { "verbose", 'v', NULL, 0, "Say more; keep a log of every test", 9 }
/* clang-format on */

void opts_init(struct opts *o, unsigned int max_args);
/* For struct argp; what it does not know argp says. */
error_t opts_parser(int key, char *arg, struct argp_state *s);
/*
 * @argv[0] is the sub-command; argp shows it as part of the program's name. On
 * a mistake argp exits with argp_err_exit_status, which is ours.
 */
int opts_parse(struct opts *o, const struct argp *argp, int argc, char **argv);

/* Where agent and helpers are. Caller frees. */
char *guest_dir(const struct opts *o);
/* The kernels that were asked for; @all must be freed by the caller even on errors. */
int choose_kernels(const struct opts *o, const char *names, struct kernel_list *all,
		   struct kernel ***sel, size_t *n);

#endif
