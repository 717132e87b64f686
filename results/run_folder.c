// SPDX-License-Identifier: GPL-2.0-only
/*
 * The folder of a run, which holds its records. A record is on the disk as soon as
 * it is known; whatever happens afterwards (a full disk, a kill, a power cut) costs
 * at most the line that was being written.
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

#include "err.h"
#include "record.h"
#include "record_json.h"
#include "util.h"

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
