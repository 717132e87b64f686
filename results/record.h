/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COWPEN_RECORD_H
#define COWPEN_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RECORD_SCHEMA 2 /* 1: before there were inconclusive, fixed and broken */

enum status {
	ST_PASS,
	ST_FAIL,
	ST_ERROR,
	ST_SKIP,
	ST_CRASH,
	ST_TIMEOUT,
	ST_INCONCLUSIVE, /* a race whose window was not met: nothing is known of the kernel */
};
enum verdict {
	V_PASS,
	V_FAIL,
	V_XFAIL,
	V_XPASS,
	V_SKIP,
	V_ERROR,
	V_INCONCLUSIVE,
	V_FIXED,
	V_BROKEN, /* xpass and fail on a kernel newer than expectations were measured on */
};
#define NR_STATUS  7
#define NR_VERDICT 9

const char *status_name(enum status s);
const char *verdict_name(enum verdict v);
/* -EINVAL for an unknown word. */
int status_parse(const char *name, enum status *s);
int verdict_parse(const char *name, enum verdict *v);

/* One test on one kernel, one line of results.jsonl. Strings are owned; "" if not known, never NULL. */
struct record {
	char *run, *kernel, *release, *package, *version;
	char *kernel_sha256, *modules_sha256, *config_sha256;
	char *test; /* <area>/<case>/<variant> */
	enum status status;
	enum status expected; /* ST_PASS, or ST_FAIL where the case says BROKEN_BY */
	enum verdict verdict;
	char *clause;	/* the clause that broke, or those tested */
	char *check;	/* the name of what said so; "" if nothing failed */
	char *known;	/* clauses by which it is known to fail here, "" if it is not */
	char *measured; /* package version that this was measured on, if this one is newer */
	char *step;	/* "4 cpu_write parent" */
	char *wanted, *seen;
	char *reason;		     /* SKIP, ERROR, crash line, what the bug does */
	char *bug;		     /* what the book calls what is known to be broken here */
	char *fix;		     /* commit that fixes what is known to be broken here */
	char *observations;	     /* JSON object as text, "" if none */
	unsigned int attempts, hits; /* flaky by nature: both reported; else 1, 0/1 */
	unsigned int repeat;	     /* --repeat: which of them, from 1 */
	unsigned int duration_ms;
	uint64_t seed;
	char *accel, *qemu;
	char *guest;	 /* what it lacked: "mem=256 swap=off"; "" is all there */
	char *isolation; /* "test": a pristine guest; "case", "none": in company of others */
	char *company;	/* "test": its status in company before, and why; "none": after which one */
	char *start;	/* "cold": its QEMU was new; "warm": that had run other tests */
	char *was_warm; /* "cold": its status in a warm one before, and why */
	char *kmsg;	/* kernel messages that matter, cut */
	char *log;	/* file, relative to the run's folder */
	char *replay;	/* command line that repeats exactly this */
	char *exe_sha256;
	char *time;   /* RFC 3339, UTC */
	char *reused; /* the run that it was measured in, if not in this one */
};

/* Every string "", one attempt, first repeat. */
void record_init(struct record *r);
void record_free(struct record *r);
/* Replace one of the strings above by a copy of @value (NULL counts as ""). */
void record_set(char **field, const char *value);

struct json_t;
/* A JSON string of @s, which a guest may have written: a byte that is part of no character is \xNN. */
struct json_t *json_text(const char *s);

/* The record as one line of JSON without the newline; the caller frees. */
char *record_to_json(const struct record *r);
/*
 * Read such a line; unknown keys are passed over, missing ones are "" or 0.
 * -EINVAL with a line if it is no object, its schema is newer than ours, or
 * kernel, test or status are not there.
 */
int record_from_json(const char *text, size_t len, struct record *r);

/* One of the kernels of a run. Strings are owned, never NULL. */
struct run_kernel {
	char *name, *release, *package, *version;
	char *kernel_sha256, *modules_sha256, *config_sha256;
	char *source; /* "stock", "source", "patched" or "path" */
	char *base;   /* patched: the name of the kernel that the patches are for */
	char *origin; /* for people: where it comes from, how it was made */
	char *mends;  /* patched: bugs of the book that are mended on it, blank-separated */
	bool judged;  /* patched, and cases say what each test does on it */
	long ntests;  /* so many of the run's tests are for it; -1: all */
};

/* What stands in run.json. Strings are owned, never NULL; lists may be empty. */
struct run_info {
	char *command; /* as typed */
	char *start;   /* RFC 3339, UTC */
	char *accel, *accel_why, *qemu, *machine;
	char *isolation, *order,
		*guest;	  /* as in a record; order as asked for, "" if it does not matter */
	char *warm;	  /* did guests go on in their QEMU: "no", "yes", "check"; "" not known */
	char *case_globs; /* as asked for, so that it can be resumed */
	char *kernel_names;
	char *shard;  /* "2/4": it is a part of a run; "" if it is a whole one */
	char *merged; /* the shards that it was made of, blank-separated; "" if of none */
	uint64_t seed;
	unsigned int jobs, repeat, schema;
	struct run_kernel *kernels;
	size_t nkernels;
	char **tests; /* everything that was planned */
	size_t ntests;
	char **whole; /* a shard: everything that was asked for, of which tests are a part */
	size_t nwhole;
};

void run_info_init(struct run_info *info);
void run_info_free(struct run_info *info);
/*
 * Is it wrong on purpose: patched, and neither does a case say what each test does on it, nor
 * is it said which bugs are mended?
 */
bool run_kernel_is_wrong(const struct run_kernel *k);
/* Append an empty kernel and return it; good until the next call. */
struct run_kernel *run_info_add_kernel(struct run_info *info, const char *name);
void run_info_add_test(struct run_info *info, const char *test);
/* Copies of @names, which may be of @info itself, in place of what was there. */
void run_info_set_tests(struct run_info *info, char *const *names, size_t n);
void run_info_set_whole(struct run_info *info, char *const *names, size_t n);
/* All that is known of @from, but for how many tests are for it. */
void run_kernel_set(struct run_kernel *to, const struct run_kernel *from);
void run_info_copy(struct run_info *to, const struct run_info *from);

/* A run: results/runs/<id>/ with run.json, results.jsonl and logs/. */
struct run {
	char *id;
	char *dir;
	struct run_info info;
	struct record *rec; /* of a (kernel, test, repeat) only the last one */
	size_t nrec;
	char **notes; /* what was odd about the files, for people */
	size_t nnotes;
	int fd; /* results.jsonl, or -1 if not open for writing */
};

/*
 * A new run in @runs_dir (made if need be), open for run_append(); "last" there
 * points at it from then on. @info is copied. 0 or a negative errno with a line.
 */
int run_create(const char *runs_dir, const struct run_info *info, struct run **run);
/*
 * Write run.json anew from @run->info, of which more is known now than when the
 * run was made. 0 or a negative errno with a line; the old one is then untouched.
 */
int run_save_info(const struct run *run);
/*
 * Read a run: @which is an id (or the start of one, if that is enough), "last"
 * or a path. 0, or a negative errno with a line; -ENOENT's names what is there.
 */
int run_load(const char *runs_dir, const char *which, struct run **run);
/* The same, and open it for run_append(). -EBUSY if somebody writes to it. */
int run_resume(const char *runs_dir, const char *which, struct run **run);
void run_free(struct run *run);

/*
 * Write @r behind the others and keep it in @run->rec (which takes it over, @r
 * is empty afterwards). On the disk when this returns. On a failure, what was
 * written before is untouched, and @r stays the caller's. Not thread-safe.
 */
int run_append(struct run *run, struct record *r);

/* The record of that test, or NULL. @repeat counts from 1; 0 means any. */
const struct record *run_find(const struct run *run, const char *kernel, const char *test,
			      unsigned int repeat);

/* The time now as RFC 3339 in UTC. */
void time_rfc3339(char out[32]);

#endif
