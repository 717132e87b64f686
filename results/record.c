// SPDX-License-Identifier: GPL-2.0-only
/*
 * Records, and the folder of a run that holds them. A record is on the disk as
 * soon as it is known; whatever happens afterwards (a full disk, a kill, a
 * power cut) costs at most the line that was being written.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <jansson.h>

#include "err.h"
#include "record.h"
#include "util.h"

static const char *const status_names[NR_STATUS] = {
	"pass", "fail", "error", "skip", "crash", "timeout", "inconclusive",
};
static const char *const verdict_names[NR_VERDICT] = {
	"pass", "fail", "xfail", "xpass", "skip", "error", "inconclusive", "fixed", "broken",
};

const char *status_name(enum status s)
{
	return (unsigned int)s < NR_STATUS ? status_names[s] : "?";
}

const char *verdict_name(enum verdict v)
{
	return (unsigned int)v < NR_VERDICT ? verdict_names[v] : "?";
}

int status_parse(const char *name, enum status *s)
{
	for (unsigned int i = 0; i < NR_STATUS; i++) {
		if (!strcmp(name, status_names[i])) {
			*s = i;
			return 0;
		}
	}
	return err_set(-EINVAL, "\"%s\" is not a status", name);
}

int verdict_parse(const char *name, enum verdict *v)
{
	for (unsigned int i = 0; i < NR_VERDICT; i++) {
		if (!strcmp(name, verdict_names[i])) {
			*v = i;
			return 0;
		}
	}
	return err_set(-EINVAL, "\"%s\" is not a verdict", name);
}

/* --- one record ------------------------------------------------------------ */

/* The order here is the order of the keys in the file. */
static const struct {
	const char *key;
	size_t off;
} head_strings[] = {
#define S(f)                                   \
	{                                      \
#f, offsetof(struct record, f) \
	}
	S(run), S(kernel), S(release), S(package), S(version), S(kernel_sha256),
	S(modules_sha256), S(config_sha256), S(test),
}, tail_strings[] = {
	S(clause), S(check), S(known), S(measured), S(step), S(wanted), S(seen), S(reason), S(bug),
	S(fix), S(accel), S(qemu), S(guest), S(isolation), S(company), S(kmsg), S(log), S(replay),
	S(exe_sha256), S(time),
#undef S
};

static char **record_string(struct record *r, size_t off)
{
	return (char **)((char *)r + off);
}

void record_init(struct record *r)
{
	memset(r, 0, sizeof(*r));
	for (size_t i = 0; i < ARRAY_SIZE(head_strings); i++)
		*record_string(r, head_strings[i].off) = xstrdup("");
	for (size_t i = 0; i < ARRAY_SIZE(tail_strings); i++)
		*record_string(r, tail_strings[i].off) = xstrdup("");
	r->observations = xstrdup("");
	r->attempts = 1;
	r->repeat = 1;
}

void record_free(struct record *r)
{
	for (size_t i = 0; i < ARRAY_SIZE(head_strings); i++)
		free(*record_string(r, head_strings[i].off));
	for (size_t i = 0; i < ARRAY_SIZE(tail_strings); i++)
		free(*record_string(r, tail_strings[i].off));
	free(r->observations);
	memset(r, 0, sizeof(*r));
}

void record_set(char **field, const char *value)
{
	char *copy = xstrdup(value ? value : "");

	free(*field);
	*field = copy;
}

/* Length of the UTF-8 sequence at @p, 0 if it is none. */
static size_t utf8_len(const unsigned char *p, size_t left)
{
	size_t n = p[0] < 0x80 ? 1 :
		   p[0] < 0xc2 ? 0 :
		   p[0] < 0xe0 ? 2 :
		   p[0] < 0xf0 ? 3 :
		   p[0] < 0xf5 ? 4 :
				 0;

	if (!n || n > left)
		return 0;
	for (size_t i = 1; i < n; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	}
	if ((p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xed && p[1] > 0x9f) ||
	    (p[0] == 0xf0 && p[1] < 0x90) || (p[0] == 0xf4 && p[1] > 0x8f))
		return 0;
	return n;
}

/*
 * What a guest wrote may hold any byte; JSON may not. A byte that is not part
 * of a character is written as \xNN, so that it can still be read.
 */
json_t *json_text(const char *s)
{
	struct buf b = { 0 };
	size_t left = strlen(s), n;
	json_t *j = json_string(s);

	if (j)
		return j;
	while (left) {
		n = utf8_len((const unsigned char *)s, left);
		if (n)
			buf_add(&b, s, n);
		else
			buf_printf(&b, "\\x%02x", (unsigned char)*s);
		n = n ? n : 1;
		s += n;
		left -= n;
	}
	j = json_string(b.data ? b.data : "");
	buf_free(&b);
	return j;
}

static void put_text(json_t *o, const char *key, const char *s)
{
	json_object_set_new(o, key, json_text(s));
}

static void put_seed(json_t *o, uint64_t seed)
{
	char hex[24];

	/* As text: JSON's numbers hold no 64 bits in most readers. */
	snprintf(hex, sizeof(hex), "0x%llx", (unsigned long long)seed);
	json_object_set_new(o, "seed", json_string(hex));
}

static uint64_t get_seed(const json_t *o)
{
	const char *s = json_string_value(json_object_get(o, "seed"));

	return s ? strtoull(s, NULL, 0) : 0;
}

char *record_to_json(const struct record *r)
{
	struct record *w = (struct record *)r;
	json_t *o = json_object(), *obs = NULL;
	char *text;

	json_object_set_new(o, "schema", json_integer(RECORD_SCHEMA));
	for (size_t i = 0; i < ARRAY_SIZE(head_strings); i++)
		put_text(o, head_strings[i].key, *record_string(w, head_strings[i].off));
	json_object_set_new(o, "status", json_string(status_name(r->status)));
	json_object_set_new(o, "expected", json_string(status_name(r->expected)));
	json_object_set_new(o, "verdict", json_string(verdict_name(r->verdict)));
	json_object_set_new(o, "duration_ms", json_integer(r->duration_ms));
	put_seed(o, r->seed);
	json_object_set_new(o, "attempts", json_integer(r->attempts));
	json_object_set_new(o, "hits", json_integer(r->hits));
	json_object_set_new(o, "repeat", json_integer(r->repeat));
	for (size_t i = 0; i < ARRAY_SIZE(tail_strings); i++)
		put_text(o, tail_strings[i].key, *record_string(w, tail_strings[i].off));
	if (*r->observations) {
		obs = json_loads(r->observations, 0, NULL);
		json_object_set_new(o, "observations", obs ? obs : json_text(r->observations));
	}
	text = json_dumps(o, JSON_COMPACT);
	json_decref(o);
	if (!text)
		abort();
	return text;
}

static void get_text(const json_t *o, const char *key, char **field)
{
	const char *s = json_string_value(json_object_get(o, key));

	if (s)
		record_set(field, s);
}

static unsigned int get_uint(const json_t *o, const char *key, unsigned int missing)
{
	const json_t *j = json_object_get(o, key);
	json_int_t v = json_integer_value(j);

	return json_is_integer(j) && v >= 0 && v <= UINT_MAX ? v : missing;
}

int record_from_json(const char *text, size_t len, struct record *r)
{
	json_error_t je;
	json_t *o = json_loadb(text, len, 0, &je), *obs;
	const char *s;
	int ret;

	record_init(r);
	if (!o) {
		ret = err_set(-EINVAL, "%s", je.text);
		goto bad;
	}
	if (!json_is_object(o)) {
		ret = err_set(-EINVAL, "not a JSON object");
		goto bad;
	}
	if (get_uint(o, "schema", 0) > RECORD_SCHEMA) {
		ret = err_set(-EINVAL, "schema %u is newer than this cowpen reads (%d)",
			      get_uint(o, "schema", 0), RECORD_SCHEMA);
		goto bad;
	}
	for (size_t i = 0; i < ARRAY_SIZE(head_strings); i++)
		get_text(o, head_strings[i].key, record_string(r, head_strings[i].off));
	for (size_t i = 0; i < ARRAY_SIZE(tail_strings); i++)
		get_text(o, tail_strings[i].key, record_string(r, tail_strings[i].off));
	s = json_string_value(json_object_get(o, "status"));
	if (!*r->kernel || !*r->test || !s) {
		ret = err_set(-EINVAL, "kernel, test or status are missing");
		goto bad;
	}
	ret = status_parse(s, &r->status);
	if (ret)
		goto bad;
	s = json_string_value(json_object_get(o, "expected"));
	ret = s ? status_parse(s, &r->expected) : 0;
	if (ret)
		goto bad;
	s = json_string_value(json_object_get(o, "verdict"));
	ret = s ? verdict_parse(s, &r->verdict) : err_set(-EINVAL, "verdict is missing");
	if (ret)
		goto bad;
	r->duration_ms = get_uint(o, "duration_ms", 0);
	r->attempts = get_uint(o, "attempts", 1);
	r->hits = get_uint(o, "hits", 0);
	r->repeat = get_uint(o, "repeat", 1);
	r->seed = get_seed(o);
	obs = json_object_get(o, "observations");
	if (json_is_string(obs)) {
		record_set(&r->observations, json_string_value(obs));
	} else if (obs) {
		free(r->observations);
		r->observations = json_dumps(obs, JSON_COMPACT | JSON_ENCODE_ANY);
		if (!r->observations)
			abort();
	}
	json_decref(o);
	return 0;
bad:
	json_decref(o);
	record_free(r);
	return ret;
}

/* --- run.json -------------------------------------------------------------- */

static char **run_info_string(struct run_info *i, unsigned int n)
{
	char **s[] = { &i->command,   &i->start,   &i->accel,	   &i->accel_why,
		       &i->qemu,      &i->machine, &i->case_globs, &i->kernel_names,
		       &i->isolation, &i->order,   &i->guest };

	return n < ARRAY_SIZE(s) ? s[n] : NULL;
}

static const char *const run_info_keys[] = {
	"command", "start",	   "accel",	"accel_why", "qemu",  "machine",
	"cases",   "kernel_names", "isolation", "order",     "guest",
};

static char **run_kernel_string(struct run_kernel *k, unsigned int n)
{
	char **s[] = { &k->name,	  &k->release,	      &k->package,	 &k->version,
		       &k->kernel_sha256, &k->modules_sha256, &k->config_sha256, &k->source,
		       &k->base,	  &k->origin,	      &k->mends };

	return n < ARRAY_SIZE(s) ? s[n] : NULL;
}

static const char *const run_kernel_keys[] = {
	"name",		 "release", "package", "version", "kernel_sha256", "modules_sha256",
	"config_sha256", "source",  "base",    "origin",  "mends",
};

void run_info_init(struct run_info *info)
{
	memset(info, 0, sizeof(*info));
	for (unsigned int i = 0; run_info_string(info, i); i++)
		*run_info_string(info, i) = xstrdup("");
	info->jobs = 1;
	info->repeat = 1;
}

void run_info_free(struct run_info *info)
{
	for (unsigned int i = 0; run_info_string(info, i); i++)
		free(*run_info_string(info, i));
	for (size_t k = 0; k < info->nkernels; k++) {
		for (unsigned int i = 0; run_kernel_string(&info->kernels[k], i); i++)
			free(*run_kernel_string(&info->kernels[k], i));
	}
	for (size_t i = 0; i < info->ntests; i++)
		free(info->tests[i]);
	free(info->kernels);
	free(info->tests);
	memset(info, 0, sizeof(*info));
}

bool run_kernel_is_wrong(const struct run_kernel *k)
{
	return !strcmp(k->source, "patched") && !k->judged && !*k->mends;
}

struct run_kernel *run_info_add_kernel(struct run_info *info, const char *name)
{
	struct run_kernel *k;

	info->kernels = xrealloc(info->kernels, (info->nkernels + 1) * sizeof(*k));
	k = &info->kernels[info->nkernels++];
	memset(k, 0, sizeof(*k));
	for (unsigned int i = 0; run_kernel_string(k, i); i++)
		*run_kernel_string(k, i) = xstrdup("");
	record_set(&k->name, name);
	k->ntests = -1;
	return k;
}

void run_info_add_test(struct run_info *info, const char *test)
{
	info->tests = xrealloc(info->tests, (info->ntests + 1) * sizeof(*info->tests));
	info->tests[info->ntests++] = xstrdup(test);
}

static void run_info_copy(struct run_info *to, const struct run_info *from)
{
	struct run_info *f = (struct run_info *)from;
	struct run_kernel *k;

	run_info_init(to);
	for (unsigned int i = 0; run_info_string(to, i); i++)
		record_set(run_info_string(to, i), *run_info_string(f, i));
	to->seed = from->seed;
	to->jobs = from->jobs;
	to->repeat = from->repeat;
	for (size_t n = 0; n < from->nkernels; n++) {
		k = run_info_add_kernel(to, from->kernels[n].name);
		for (unsigned int i = 0; run_kernel_string(k, i); i++)
			record_set(run_kernel_string(k, i), *run_kernel_string(&f->kernels[n], i));
		k->ntests = from->kernels[n].ntests;
		k->judged = from->kernels[n].judged;
	}
	for (size_t i = 0; i < from->ntests; i++)
		run_info_add_test(to, from->tests[i]);
}

static char *run_info_to_json(const struct run_info *info, const char *id)
{
	struct run_info *w = (struct run_info *)info;
	json_t *o = json_object(), *list, *k;
	char *text;

	json_object_set_new(o, "schema", json_integer(RECORD_SCHEMA));
	put_text(o, "run", id);
	for (unsigned int i = 0; run_info_string(w, i); i++)
		put_text(o, run_info_keys[i], *run_info_string(w, i));
	put_seed(o, info->seed);
	json_object_set_new(o, "jobs", json_integer(info->jobs));
	json_object_set_new(o, "repeat", json_integer(info->repeat));
	list = json_array();
	for (size_t n = 0; n < info->nkernels; n++) {
		k = json_object();
		for (unsigned int i = 0; run_kernel_string(&w->kernels[n], i); i++)
			put_text(k, run_kernel_keys[i], *run_kernel_string(&w->kernels[n], i));
		if (info->kernels[n].ntests >= 0)
			json_object_set_new(k, "tests", json_integer(info->kernels[n].ntests));
		if (info->kernels[n].judged)
			json_object_set_new(k, "judged", json_true());
		json_array_append_new(list, k);
	}
	json_object_set_new(o, "kernels", list);
	list = json_array();
	for (size_t i = 0; i < info->ntests; i++)
		json_array_append_new(list, json_text(info->tests[i]));
	json_object_set_new(o, "tests", list);
	text = json_dumps(o, JSON_INDENT(1));
	json_decref(o);
	if (!text)
		abort();
	return text;
}

static int run_info_from_json(const char *text, size_t len, struct run_info *info)
{
	json_error_t je;
	json_t *o = json_loadb(text, len, 0, &je), *list, *j;
	struct run_kernel *k;
	size_t n;

	run_info_init(info);
	if (!json_is_object(o)) {
		json_decref(o);
		return err_set(-EINVAL, "line %d: %s", o ? 1 : je.line,
			       o ? "not a JSON object" : je.text);
	}
	for (unsigned int i = 0; run_info_string(info, i); i++)
		get_text(o, run_info_keys[i], run_info_string(info, i));
	info->seed = get_seed(o);
	info->jobs = get_uint(o, "jobs", 1);
	info->repeat = get_uint(o, "repeat", 1);
	list = json_object_get(o, "kernels");
	json_array_foreach(list, n, j) {
		k = run_info_add_kernel(info, "");
		for (unsigned int i = 0; run_kernel_string(k, i); i++)
			get_text(j, run_kernel_keys[i], run_kernel_string(k, i));
		k->judged = json_is_true(json_object_get(j, "judged"));
		if (json_is_integer(json_object_get(j, "tests")))
			k->ntests = get_uint(j, "tests", 0);
	}
	list = json_object_get(o, "tests");
	json_array_foreach(list, n, j) {
		if (json_is_string(j))
			run_info_add_test(info, json_string_value(j));
	}
	json_decref(o);
	return 0;
}

/* --- the folder ------------------------------------------------------------ */

void time_rfc3339(char out[32])
{
	time_t t = time(NULL);
	struct tm tm;

	gmtime_r(&t, &tm);
	strftime(out, 32, "%Y-%m-%dT%H:%M:%SZ", &tm);
}

static void run_note(struct run *run, char *text)
{
	run->notes = xrealloc(run->notes, (run->nnotes + 1) * sizeof(*run->notes));
	run->notes[run->nnotes++] = text;
}

static struct run *run_new(void)
{
	struct run *run = xcalloc(1, sizeof(*run));

	run->fd = -1;
	run_info_init(&run->info);
	return run;
}

void run_free(struct run *run)
{
	if (!run)
		return;
	if (run->fd >= 0)
		close(run->fd);
	for (size_t i = 0; i < run->nrec; i++)
		record_free(&run->rec[i]);
	for (size_t i = 0; i < run->nnotes; i++)
		free(run->notes[i]);
	run_info_free(&run->info);
	free(run->rec);
	free(run->notes);
	free(run->id);
	free(run->dir);
	free(run);
}

/* Open results.jsonl for appending and be its only writer. */
static int run_open_results(struct run *run)
{
	char *path = xasprintf("%s/results.jsonl", run->dir);
	int ret = 0;

	run->fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
	if (run->fd < 0)
		ret = err_set(-errno, "%s: %s", path, strerror(errno));
	else if (flock(run->fd, LOCK_EX | LOCK_NB) < 0)
		ret = err_set(-EBUSY,
			      "run %s is being written by another cowpen; wait for it or start a "
			      "run of your own",
			      run->id);
	if (ret && run->fd >= 0) {
		close(run->fd);
		run->fd = -1;
	}
	free(path);
	return ret;
}

/* A symlink cannot be replaced in one step; a rename over it can. */
static int run_set_last(const char *runs_dir, const char *id)
{
	char *tmp = xasprintf("%s/.last.%s", runs_dir, id);
	char *last = xasprintf("%s/last", runs_dir);
	int ret = 0;

	unlink(tmp);
	if (symlink(id, tmp) < 0 || rename(tmp, last) < 0) {
		ret = err_set(-errno, "%s: %s", last, strerror(errno));
		unlink(tmp);
	}
	free(tmp);
	free(last);
	return ret;
}

int run_save_info(const struct run *run)
{
	char *text = run_info_to_json(&run->info, run->id);
	char *path = xasprintf("%s/run.json", run->dir);
	int ret = write_file(path, text, strlen(text));

	free(path);
	free(text);
	return ret;
}

int run_create(const char *runs_dir, const struct run_info *info, struct run **out)
{
	struct run *run = run_new();
	char stamp[32], *path = NULL, *text = NULL;
	unsigned int rnd;
	time_t t = time(NULL);
	struct tm tm;
	int ret;

	ret = mkdir_p(runs_dir);
	if (ret)
		goto out;
	gmtime_r(&t, &tm);
	strftime(stamp, sizeof(stamp), "%Y%m%d-%H%M%S", &tm);
	for (int tries = 0;; tries++) {
		if (getrandom(&rnd, sizeof(rnd), 0) != sizeof(rnd))
			rnd = (unsigned int)now_ms() ^ ((unsigned int)getpid() << 12);
		free(run->id);
		free(run->dir);
		run->id = xasprintf("%s-%04x", stamp, rnd & 0xffff);
		run->dir = xasprintf("%s/%s", runs_dir, run->id);
		if (!mkdir(run->dir, 0777))
			break;
		if (errno != EEXIST || tries > 100) {
			ret = err_set(-errno, "%s: %s", run->dir, strerror(errno));
			goto out;
		}
	}
	path = xasprintf("%s/logs", run->dir);
	ret = mkdir_p(path);
	if (ret)
		goto out;
	run_info_free(&run->info);
	run_info_copy(&run->info, info);
	text = run_info_to_json(&run->info, run->id);
	free(path);
	path = xasprintf("%s/run.json", run->dir);
	ret = write_file(path, text, strlen(text));
	if (ret)
		goto out;
	ret = run_open_results(run);
	if (ret)
		goto out;
	ret = run_set_last(runs_dir, run->id);
out:
	free(path);
	free(text);
	if (ret) {
		run_free(run);
		run = NULL;
	}
	*out = run;
	return ret;
}

static bool is_dir(const char *path)
{
	struct stat st;

	return !stat(path, &st) && S_ISDIR(st.st_mode);
}

static int name_order(const void *a, const void *b)
{
	return strcmp(*(char *const *)b, *(char *const *)a);
}

/* "last", an id, its unambiguous beginning, or a path; the caller frees. */
static int run_resolve(const char *runs_dir, const char *which, char **dir)
{
	char *path = xasprintf("%s/%s", runs_dir, which), **ids = NULL;
	size_t n = 0, hits = 0, hit = 0;
	struct buf list = { 0 };
	struct dirent *de;
	DIR *d;
	int ret = 0;

	*dir = NULL;
	if (*which && *which != '/' && is_dir(path)) {
		*dir = path;
		return 0;
	}
	free(path);
	path = xasprintf("%s/run.json", which);
	if (strchr(which, '/') && !access(path, F_OK)) {
		*dir = xstrdup(which);
		goto out;
	}
	d = opendir(runs_dir);
	while (d && (de = readdir(d))) {
		if (de->d_name[0] < '0' || de->d_name[0] > '9')
			continue;
		ids = xrealloc(ids, (n + 1) * sizeof(*ids));
		ids[n++] = xstrdup(de->d_name);
	}
	if (d)
		closedir(d);
	if (n)
		qsort(ids, n, sizeof(*ids), name_order);
	for (size_t i = 0; i < n; i++) {
		if (*which && !strncmp(ids[i], which, strlen(which))) {
			hits++;
			hit = i;
		}
	}
	if (hits == 1) {
		*dir = xasprintf("%s/%s", runs_dir, ids[hit]);
		goto out;
	}
	for (size_t i = 0; i < n && i < 3; i++)
		buf_printf(&list, "%s%s", i ? ", " : "", ids[i]);
	if (!n)
		ret = err_set(-ENOENT, "no run \"%s\": %s holds none yet; `make run-all` makes one",
			      which, runs_dir);
	else
		ret = err_set(hits ? -EINVAL : -ENOENT, "%s run \"%s\"; the newest are %s",
			      hits ? "more than one" : "no", which, list.data);
	buf_free(&list);
out:
	for (size_t i = 0; i < n; i++)
		free(ids[i]);
	free(ids);
	free(path);
	return ret;
}

/* A later record of the same thing stands for it. */
static void run_keep(struct run *run, struct record *r)
{
	for (size_t i = 0; i < run->nrec; i++) {
		struct record *old = &run->rec[i];

		if (old->repeat == r->repeat && !strcmp(old->test, r->test) &&
		    !strcmp(old->kernel, r->kernel)) {
			record_free(old);
			*old = *r;
			return;
		}
	}
	run->rec = xrealloc(run->rec, (run->nrec + 1) * sizeof(*run->rec));
	run->rec[run->nrec++] = *r;
}

static int run_read_results(struct run *run, bool *torn)
{
	char *path = xasprintf("%s/results.jsonl", run->dir);
	struct buf b = { 0 };
	const char *p, *nl, *end;
	struct record r;
	size_t line = 0;
	int ret = 0;

	*torn = false;
	if (access(path, F_OK) < 0 && errno == ENOENT)
		goto out;
	ret = read_file(path, &b);
	if (ret)
		goto out;
	p = b.data;
	end = p + b.len;
	for (; p < end; p = nl + 1) {
		line++;
		nl = memchr(p, '\n', end - p);
		if (!nl) {
			*torn = true;
			run_note(run, xasprintf("%s: the last line is torn (%zu bytes); that one "
						"result is lost",
						path, (size_t)(end - p)));
			break;
		}
		if (nl == p)
			continue;
		if (record_from_json(p, nl - p, &r))
			run_note(run, xasprintf("%s:%zu: not a record, passed over: %s", path, line,
						err_msg()));
		else
			run_keep(run, &r);
	}
out:
	buf_free(&b);
	free(path);
	return ret;
}

static int run_open(const char *runs_dir, const char *which, bool writer, struct run **out)
{
	struct run *run = run_new();
	char *path = NULL, *real;
	struct buf b = { 0 };
	bool torn;
	int ret;

	*out = NULL;
	ret = run_resolve(runs_dir, which, &run->dir);
	if (ret)
		goto out;
	real = realpath(run->dir, NULL);
	run->id = xstrdup(real && strrchr(real, '/') ? strrchr(real, '/') + 1 : which);
	free(real);
	/* "last" may move on while we write; the folder does not. */
	if (!strcmp(which, "last")) {
		free(run->dir);
		run->dir = xasprintf("%s/%s", runs_dir, run->id);
	}
	path = xasprintf("%s/run.json", run->dir);
	ret = read_file(path, &b);
	if (ret)
		goto out;
	run_info_free(&run->info);
	ret = run_info_from_json(b.data ? b.data : "", b.len, &run->info);
	if (ret) {
		err_prefix(ret, "%s", path);
		goto out;
	}
	if (writer) {
		ret = run_open_results(run);
		if (ret)
			goto out;
	}
	ret = run_read_results(run, &torn);
	if (ret)
		goto out;
	/* Close the torn line, else the next record would be glued to it. */
	if (writer && torn && write(run->fd, "\n", 1) != 1) {
		ret = err_set(-errno, "%s/results.jsonl: %s", run->dir, strerror(errno));
		goto out;
	}
	if (writer)
		ret = run_set_last(runs_dir, run->id);
out:
	buf_free(&b);
	free(path);
	if (ret)
		run_free(run);
	else
		*out = run;
	return ret;
}

int run_load(const char *runs_dir, const char *which, struct run **run)
{
	return run_open(runs_dir, which, false, run);
}

int run_resume(const char *runs_dir, const char *which, struct run **run)
{
	return run_open(runs_dir, which, true, run);
}

int run_append(struct run *run, struct record *r)
{
	char *text;
	size_t len;
	off_t old;
	ssize_t n;
	int ret = 0;

	record_set(&r->run, run->id);
	text = record_to_json(r);
	len = strlen(text);
	text = xrealloc(text, len + 2);
	strcpy(text + len, "\n");
	len++;

	old = lseek(run->fd, 0, SEEK_END);
	do
		n = write(run->fd, text, len);
	while (n < 0 && errno == EINTR);
	if (n >= 0 && (size_t)n < len) {
		/* One line is one write: take the half of it back. */
		ret = -ENOSPC;
		if (old < 0 || ftruncate(run->fd, old) < 0)
			ret = -EIO;
	} else if (n < 0) {
		ret = -errno;
	} else if (fdatasync(run->fd) < 0 && errno != EINVAL && errno != EROFS) {
		ret = -errno;
	}
	free(text);
	if (ret)
		return err_set(ret,
			       "%s/results.jsonl: %s; the %zu results before are kept, make room "
			       "and go on with RESUME=1",
			       run->dir, strerror(-ret), run->nrec);
	run_keep(run, r);
	memset(r, 0, sizeof(*r));
	return 0;
}

const struct record *run_find(const struct run *run, const char *kernel, const char *test,
			      unsigned int repeat)
{
	for (size_t i = 0; i < run->nrec; i++) {
		const struct record *r = &run->rec[i];

		if ((!repeat || r->repeat == repeat) && !strcmp(r->test, test) &&
		    !strcmp(r->kernel, kernel))
			return r;
	}
	return NULL;
}
