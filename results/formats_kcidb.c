// SPDX-License-Identifier: GPL-2.0-only
/*
 * A report for KCIDB, schema 5.3 (ci/formats/kcidb-5.3.json): a checkout and a build for each
 * kernel, a test for each result, the bugs of the book as issues, and what shows one as incident.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <jansson.h>

#include "book.h"
#include "formats.h"
#include "rows.h"
#include "util.h"

#define ORIGIN	    "cowpen"
#define EXCERPT_MAX 16384 /* characters */

static void put(json_t *o, const char *key, const char *s)
{
	if (*s)
		json_object_set_new(o, key, json_text(s));
}

static void put_id(json_t *o, const char *key, const char *fmt, const char *a, const char *b,
		   const char *c)
{
	char *id = xasprintf(fmt, a, b, c);

	put(o, key, id);
	free(id);
}

static json_t *object(const char *fmt, const char *a, const char *b, const char *c)
{
	json_t *o = json_object();

	put_id(o, "id", fmt, a, b, c);
	put(o, "origin", ORIGIN);
	return o;
}

#define CHECKOUT_ID ORIGIN ":%s/%s%s"
#define ISSUE_ID    ORIGIN ":bug/%s%s%s"

static json_t *checkout(const struct run *run, const char *kernel, const struct run_kernel *k)
{
	json_t *o = object(CHECKOUT_ID, run->id, kernel, ""), *misc = json_object();

	put(o, "start_time", run->info.start);
	if (k) {
		put(o, "git_commit_name", run_kernel_version(run, k));
		put(o, "comment", run_kernel_origin(run, k));
		put(misc, "package", k->package);
		put(misc, "source", k->source);
		put(misc, "base", k->base);
	}
	if (!k || *run_kernel_release(run, k))
		json_object_set_new(o, "valid", json_true());
	json_object_set_new(o, "misc", misc);
	return o;
}

static json_t *build(const struct run *run, const char *kernel, const struct run_kernel *k)
{
	json_t *o = object(CHECKOUT_ID, run->id, kernel, ""), *misc = json_object();

	put_id(o, "checkout_id", CHECKOUT_ID, run->id, kernel, "");
	put(o, "architecture", "x86_64");
	put(o, "config_name", !k || strcmp(k->source, "stock") ? "cowpen" : "debian");
	if (k) {
		put(misc, "release", run_kernel_release(run, k));
		put(misc, "kernel_sha256", k->kernel_sha256);
		put(misc, "modules_sha256", k->modules_sha256);
		put(misc, "config_sha256", k->config_sha256);
	}
	/* One that was never had ran nothing, and of its build nothing is known. */
	if (!k || *run_kernel_release(run, k))
		put(o, "status", "PASS");
	json_object_set_new(o, "misc", misc);
	return o;
}

/* A record has the time when it was made, a report that when the test began. */
static char *began(const struct record *r)
{
	struct tm tm = { 0 };
	char text[32];
	time_t t;

	if (!strptime(r->time, "%Y-%m-%dT%H:%M:%SZ", &tm))
		return xstrdup("");
	t = timegm(&tm) - r->duration_ms / 1000;
	gmtime_r(&t, &tm);
	strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm);
	return xstrdup(text);
}

/* "cowpen.uffd_wp.roundtrip.anon-io_uring": letters, digits, _ and -, and dots between them. */
static char *path_of(const struct outcome *o)
{
	char *path = xasprintf(ORIGIN ".%s", o->unnamed ? "not_named" : o->test);

	for (char *p = path; *p; p++) {
		if (*p == '/' && p[1] && p[1] != '/')
			*p = '.';
		else if (!isalnum((unsigned char)*p) && !strchr("_-.", *p))
			*p = '_';
	}
	return path;
}

static const char *status_of(const struct outcome *o)
{
	if (!o->r)
		return "MISS";
	switch (o->r->status) {
	case ST_PASS:
		return "PASS";
	case ST_SKIP:
		return "SKIP";
	case ST_ERROR:
		return "ERROR";
	case ST_INCONCLUSIVE: /* it ended, and says nothing of the kernel */
		return "DONE";
	default:
		return "FAIL";
	}
}

/* At most so many characters, and none of them cut. */
static void put_excerpt(json_t *o, const char *s)
{
	json_t *clean = json_text(s);
	const char *text = json_string_value(clean), *p = text;
	size_t n = 0;

	while (*p && n < EXCERPT_MAX) {
		n++;
		for (p++; (*p & 0xc0) == 0x80; p++)
			;
	}
	if (p != text)
		json_object_set_new(o, "log_excerpt", json_stringn(text, p - text));
	json_decref(clean);
}

static json_t *misc_of(const struct outcome *o)
{
	const struct record *r = o->r;
	json_t *misc = json_object(), *obs;
	char seed[24];

	if (o->unnamed)
		json_object_set_new(misc, "tests", json_integer(o->unnamed));
	if (!r)
		return misc;
	put(misc, "verdict", verdict_name(r->verdict));
	put(misc, "status", status_name(r->status));
	put(misc, "clause", r->clause);
	put(misc, "check", r->check);
	put(misc, "step", r->step);
	put(misc, "wanted", r->wanted);
	put(misc, "seen", r->seen);
	put(misc, "reason", r->reason);
	put(misc, "bug", r->bug);
	put(misc, "fix", r->fix);
	put(misc, "log", r->log);
	put(misc, "replay", r->replay);
	snprintf(seed, sizeof(seed), "0x%llx", (unsigned long long)r->seed);
	put(misc, "seed", seed);
	json_object_set_new(misc, "repeat", json_integer(r->repeat));
	obs = *r->observations ? json_loads(r->observations, 0, NULL) : NULL;
	if (obs)
		json_object_set_new(misc, "observations", obs);
	return misc;
}

static json_t *environment(const struct record *r)
{
	json_t *o = json_object();
	char *words = xasprintf("%s, QEMU %s%s%s", r->accel, r->qemu, *r->guest ? ", guest " : "",
				r->guest);

	put(o, "comment", words);
	free(words);
	return o;
}

static char *test_id(const struct run *run, const struct outcome *o)
{
	return xasprintf(ORIGIN ":%s/%s/%s/%u", run->id, o->kernel,
			 o->unnamed ? "not-named" : o->test, o->repeat);
}

static json_t *test(const struct run *run, const struct outcome *o)
{
	char *id = test_id(run, o), *path = path_of(o), *words = outcome_words(o), *start;
	json_t *t = json_object();

	put(t, "id", id);
	put(t, "origin", ORIGIN);
	put_id(t, "build_id", CHECKOUT_ID, run->id, o->kernel, "");
	put(t, "path", path);
	put(t, "status", status_of(o));
	put(t, "comment", words);
	if (o->r) {
		start = began(o->r);
		put(t, "start_time", start);
		free(start);
		json_object_set_new(t, "duration", json_real(o->r->duration_ms / 1000.0));
		put_excerpt(t, o->r->kmsg);
		json_object_set_new(t, "environment", environment(o->r));
	}
	json_object_set_new(t, "misc", misc_of(o));
	free(id);
	free(path);
	free(words);
	return t;
}

/* The bug of the book that a result shows, or NULL. */
static const struct bug *shows(const struct outcome *o)
{
	const struct bug *bug = o->r && *o->r->bug ? bug_find(o->r->bug) : NULL;

	return bug && !strcmp(status_of(o), "FAIL") && outcome_kind(o) == K_KNOWN ? bug : NULL;
}

static json_t *issue(const struct bug *b)
{
	json_t *o = object(ISSUE_ID, b->name, "", ""), *misc = json_object(), *list = json_array();
	char *category = xasprintf(ORIGIN ".%s", b->clause), *words;

	words = xasprintf("%s: %s", b->name, b->cause);
	json_object_set_new(o, "version", json_integer(1));
	json_array_append_new(list, json_text(category));
	json_object_set_new(o, "categories", list);
	put(o, "report_subject", words);
	put(o, "comment", b->loses);
	json_object_set_new(o, "culprit",
			    json_pack("{s:b, s:b, s:b}", "code", 1, "tool", 0, "harness", 0));
	put(misc, "from", b->from);
	put(misc, "by", b->by);
	put(misc, "fixed", b->fixed);
	put(misc, "fix", b->fix);
	json_object_set_new(o, "misc", misc);
	free(category);
	free(words);
	return o;
}

static json_t *incident(const struct run *run, const struct outcome *o, const struct bug *b)
{
	char *id = test_id(run, o);
	json_t *i = json_object();

	put(i, "id", id);
	put(i, "origin", ORIGIN);
	put_id(i, "issue_id", ISSUE_ID, b->name, "", "");
	json_object_set_new(i, "issue_version", json_integer(1));
	put(i, "test_id", id);
	json_object_set_new(i, "present", json_true());
	free(id);
	return i;
}

char *format_kcidb(const struct run *run, const struct outcomes *all)
{
	json_t *checkouts = json_array(), *builds = json_array(), *tests = json_array();
	json_t *issues = json_array(), *incidents = json_array(), *o;
	bool *told = xcalloc(nbugs, sizeof(*told));
	const struct run_kernel *k;
	const struct bug *b;
	char *text;

	for (size_t i = 0; i < all->n; i++) {
		const struct outcome *out = &all->o[i];

		if (!i || strcmp(out->kernel, out[-1].kernel)) {
			k = run_kernel_find(run, out->kernel);
			json_array_append_new(checkouts, checkout(run, out->kernel, k));
			json_array_append_new(builds, build(run, out->kernel, k));
		}
		json_array_append_new(tests, test(run, out));
		b = shows(out);
		if (!b)
			continue;
		if (!told[b - bugs])
			json_array_append_new(issues, issue(b));
		told[b - bugs] = true;
		json_array_append_new(incidents, incident(run, out, b));
	}
	o = json_pack("{s:{s:i, s:i}, s:o, s:o, s:o, s:o, s:o}", "version", "major", 5, "minor", 3,
		      "checkouts", checkouts, "builds", builds, "tests", tests, "issues", issues,
		      "incidents", incidents);
	text = json_dumps(o, JSON_INDENT(1));
	if (!text)
		abort();
	json_decref(o);
	free(told);
	return text;
}
