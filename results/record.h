/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COWPEN_RECORD_H
#define COWPEN_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RECORD_SCHEMA 1

enum status { ST_PASS, ST_FAIL, ST_ERROR, ST_SKIP, ST_CRASH, ST_TIMEOUT };
enum verdict { V_PASS, V_FAIL, V_XFAIL, V_XPASS, V_SKIP, V_ERROR };

const char *status_name(enum status s);
const char *verdict_name(enum verdict v);
/* -EINVAL for an unknown word. */
int status_parse(const char *name, enum status *s);
int verdict_parse(const char *name, enum verdict *v);

/* One test on one kernel, one line of results.jsonl. Strings are owned; "" if not known, never NULL. */
struct record {
	char *run, *kernel, *release, *package, *version;
	char *kernel_sha256, *modules_sha256, *config_sha256;
	char *test;		/* <area>/<case>/<variant> */
	enum status status;
	enum status expected;	/* ST_PASS, or ST_FAIL where the case says KNOWN_BROKEN */
	enum verdict verdict;
	char *clause;		/* the clause that broke, or those tested */
	char *step;		/* "4 cpu_write parent" */
	char *wanted, *seen;
	char *reason;		/* SKIP, ERROR, crash line, KNOWN_BROKEN's reason */
	char *fix;		/* commit that fixes what is known to be broken here */
	char *observations;	/* JSON object as text, "" if none */
	unsigned int attempts, hits;	/* flaky by nature: both reported; else 1, 0/1 */
	unsigned int duration_ms;
	uint64_t seed;
	char *accel, *qemu;
	char *kmsg;		/* kernel messages that matter, cut */
	char *log;		/* file, relative to the run's folder */
	char *replay;		/* command line that repeats exactly this */
	char *exe_sha256;
	char *time;		/* RFC 3339, UTC */
};

#endif
