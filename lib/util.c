// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <ftw.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <pwd.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <nettle/sha2.h>

#include "err.h"
#include "util.h"

extern char **environ;

static void no_memory(void)
{
	static const char msg[] = "cowpen: out of memory\n";

	/* Nothing that could allocate. */
	if (write(2, msg, sizeof(msg) - 1) < 0)
		abort();
	abort();
}

void *xrealloc(void *p, size_t size)
{
	p = realloc(p, size ? size : 1);
	if (!p)
		no_memory();
	return p;
}

void *xcalloc(size_t n, size_t size)
{
	void *p = calloc(n ? n : 1, size ? size : 1);

	if (!p)
		no_memory();
	return p;
}

char *xstrdup(const char *s)
{
	char *p = strdup(s);

	if (!p)
		no_memory();
	return p;
}

char *xasprintf(const char *fmt, ...)
{
	va_list ap;
	char *s;
	int n;

	va_start(ap, fmt);
	n = vasprintf(&s, fmt, ap);
	va_end(ap);
	if (n < 0)
		no_memory();
	return s;
}

/* Room for @len more bytes and the NUL. */
static void buf_room(struct buf *b, size_t len)
{
	size_t cap = b->cap ? b->cap : 256;

	if (len > SIZE_MAX / 2 - b->len - 1)
		no_memory();
	while (cap < b->len + len + 1)
		cap *= 2;
	if (cap != b->cap) {
		b->data = xrealloc(b->data, cap);
		b->cap = cap;
	}
}

void buf_add(struct buf *b, const void *data, size_t len)
{
	buf_room(b, len);
	if (len)
		memcpy(b->data + b->len, data, len);
	b->len += len;
	b->data[b->len] = '\0';
}

void buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0)
		no_memory();
	buf_room(b, n);
	va_start(ap, fmt);
	vsnprintf(b->data + b->len, n + 1, fmt, ap);
	va_end(ap);
	b->len += n;
}

void buf_free(struct buf *b)
{
	free(b->data);
	memset(b, 0, sizeof(*b));
}

static uint64_t splitmix64(uint64_t x)
{
	x += 0x9e3779b97f4a7c15ULL;
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
	return x ^ (x >> 31);
}

uint64_t text_hash(const char *text, uint64_t n, uint64_t seed)
{
	uint64_t h = 0xcbf29ce484222325ULL;

	for (; *text; text++)
		h = (h ^ (unsigned char)*text) * 0x100000001b3ULL;
	return splitmix64(seed ^ splitmix64(h + n));
}

uint64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * UINT64_C(1000) + ts.tv_nsec / 1000000;
}

int mkdir_p(const char *path)
{
	char *p = xstrdup(path);
	struct stat st;
	int err = 0;

	for (char *s = p + 1; *p; s++) {
		char c = *s;

		if (c && c != '/')
			continue;
		*s = '\0';
		/*
		 * Not all that exists says EEXIST (a read-only file system may
		 * say EROFS first), so look before giving up.
		 */
		if (mkdir(p, 0777) && errno != EEXIST) {
			err = -errno;
			if (!stat(p, &st) && S_ISDIR(st.st_mode))
				err = 0;
		}
		if (err) {
			err_set(err, "cannot make the folder %s: %s", p, strerror(-err));
			break;
		}
		*s = c;
		if (!c)
			break;
	}
	if (!err && (stat(path, &st) || !S_ISDIR(st.st_mode)))
		err = err_set(-ENOTDIR,
			      "cannot make the folder %s: there is something else of that name",
			      path);
	free(p);
	return err;
}

static __thread int remove_err;
static __thread char *remove_first;

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	if (remove(path) && errno != ENOENT && !remove_err) {
		remove_err = -errno;
		remove_first = xstrdup(path);
	}
	return 0;
}

int remove_tree(const char *path)
{
	remove_err = 0;
	remove_first = NULL;
	if (nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS) && errno != ENOENT)
		return err_set(-errno, "cannot remove %s: %s", path, strerror(errno));
	if (remove_err)
		err_set(remove_err, "cannot remove %s: %s", remove_first, strerror(-remove_err));
	free(remove_first);
	return remove_err;
}

int read_file(const char *path, struct buf *b)
{
	size_t start = b->len;
	struct stat st;
	ssize_t n;
	int fd;

	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return err_set(-errno, "cannot read %s: %s", path, strerror(errno));
	/* A hint only: files of /proc and /sys tell no size, or a wrong one. */
	buf_room(b, !fstat(fd, &st) && st.st_size > 0 ? st.st_size + 1 : 4096);
	for (;;) {
		buf_room(b, 4096);
		n = read(fd, b->data + b->len, b->cap - b->len - 1);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		b->len += n;
	}
	if (n < 0) {
		int err = -errno;

		b->len = start;
		err_set(err, "cannot read %s: %s", path, strerror(-err));
		close(fd);
		b->data[b->len] = '\0';
		return err;
	}
	b->data[b->len] = '\0';
	close(fd);
	return 0;
}

static int write_all(int fd, const char *data, size_t len)
{
	while (len) {
		ssize_t n = write(fd, data, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		data += n;
		len -= n;
	}
	return 0;
}

int write_file(const char *path, const void *data, size_t len)
{
	char *tmp = xasprintf("%s.XXXXXX", path);
	mode_t mask;
	int fd, err;

	fd = mkostemp(tmp, O_CLOEXEC);
	if (fd < 0) {
		err = err_set(-errno, "cannot write %s: %s", path, strerror(errno));
		free(tmp);
		return err;
	}
	err = write_all(fd, data, len);
	/* mkostemp() makes it 0600; the umask cannot be asked without setting it. */
	if (!err) {
		mask = umask(022);
		umask(mask);
		if (fchmod(fd, 0666 & ~mask) || fsync(fd))
			err = -errno;
	}
	if (close(fd) && !err)
		err = -errno;
	if (!err && rename(tmp, path))
		err = -errno;
	if (err) {
		unlink(tmp);
		if (err == -ENOSPC)
			err_set(err, "cannot write %s: the disk is full, make room", path);
		else
			err_set(err, "cannot write %s: %s", path, strerror(-err));
	}
	free(tmp);
	return err;
}

static void to_hex(struct sha256_ctx *ctx, char hex[65])
{
	uint8_t digest[SHA256_DIGEST_SIZE];

	sha256_digest(ctx, sizeof(digest), digest);
	for (size_t i = 0; i < sizeof(digest); i++)
		sprintf(hex + 2 * i, "%02x", digest[i]);
}

void sha256_data(const void *data, size_t len, char hex[65])
{
	struct sha256_ctx ctx;

	sha256_init(&ctx);
	sha256_update(&ctx, len, data);
	to_hex(&ctx, hex);
}

int sha256_file(const char *path, char hex[65])
{
	const size_t size = 1 << 16;
	struct sha256_ctx ctx;
	int fd, err = 0;
	uint8_t *data;
	ssize_t n;

	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return err_set(-errno, "cannot read %s: %s", path, strerror(errno));
	data = xcalloc(1, size);
	sha256_init(&ctx);
	while ((n = read(fd, data, size))) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			err = err_set(-errno, "cannot read %s: %s", path, strerror(errno));
			break;
		}
		sha256_update(&ctx, n, data);
	}
	if (!err)
		to_hex(&ctx, hex);
	free(data);
	close(fd);
	return err;
}

/* @env_add over the environment; made before fork(), as malloc() is not safe after it. */
static char **make_env(char *const env_add[])
{
	size_t nold = 0, nadd = 0, n = 0;
	char **env;

	while (environ && environ[nold])
		nold++;
	while (env_add && env_add[nadd])
		nadd++;
	env = xcalloc(nold + nadd + 1, sizeof(*env));
	for (size_t i = 0; i < nold; i++) {
		bool replaced = false;

		for (size_t j = 0; j < nadd; j++) {
			size_t name = strcspn(env_add[j], "=") + 1;

			replaced |= !strncmp(environ[i], env_add[j], name);
		}
		if (!replaced)
			env[n++] = environ[i];
	}
	for (size_t j = 0; j < nadd; j++)
		env[n++] = env_add[j];
	return env;
}

static void run_child(char *const argv[], char **env, int out, int status)
{
	struct sigaction dfl = { .sa_handler = SIG_DFL };
	sigset_t none;
	int fd, err;

	/* A command must not start with what we block or ignore. */
	for (int sig = 1; sig < NSIG; sig++)
		sigaction(sig, &dfl, NULL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);

	fd = open("/dev/null", O_RDONLY);
	if (fd < 0 || dup2(fd, 0) < 0)
		goto fail;
	if (fd > 2)
		close(fd);
	if (out >= 0 && dup2(out, 1) < 0)
		goto fail;
	execvpe(argv[0], argv, env);
fail:
	err = errno;
	if (write(status, &err, sizeof(err)) < 0)
		_exit(126);
	_exit(127);
}

static int run_and_wait(char *const argv[], char *const env_add[], struct buf *out,
			void (*beat)(unsigned int seconds, const void *arg), const void *arg)
{
	int pipe_out[2] = { -1, -1 }, pipe_status[2];
	struct pollfd is_there = { .events = POLLIN };
	uint64_t start = now_ms();
	char **env, chunk[4096];
	int err = 0, wstatus;
	ssize_t n;
	pid_t pid;

	/* Its other end closes at exec(), so nothing to be read means started. */
	if (pipe2(pipe_status, O_CLOEXEC))
		return err_set(-errno, "cannot start %s: %s", argv[0], strerror(errno));
	if (out && pipe2(pipe_out, O_CLOEXEC)) {
		err = err_set(-errno, "cannot start %s: %s", argv[0], strerror(errno));
		close(pipe_status[0]);
		close(pipe_status[1]);
		return err;
	}
	env = make_env(env_add);
	fflush(NULL);
	pid = fork();
	if (!pid)
		run_child(argv, env, pipe_out[1], pipe_status[1]);
	if (pid < 0)
		err = -errno;
	free(env);
	close(pipe_status[1]);
	if (out)
		close(pipe_out[1]);
	if (pid > 0) {
		while ((n = read(pipe_status[0], &err, sizeof(err))) < 0 && errno == EINTR)
			;
		err = n == sizeof(err) ? -err : 0;
		is_there.fd = pipe_out[0];
		while (out) {
			n = beat ? poll(&is_there, 1, BEAT_MS) : 1;
			if (!n)
				beat((now_ms() - start) / 1000, arg);
			if (n <= 0 && (!n || errno == EINTR))
				continue;
			n = read(pipe_out[0], chunk, sizeof(chunk));
			if (n > 0)
				buf_add(out, chunk, n);
			else if (!n || errno != EINTR)
				break;
		}
		while (waitpid(pid, &wstatus, 0) < 0) {
			if (errno == EINTR)
				continue;
			/* Somebody reaps all children of this process. */
			err = err ? err : -errno;
			break;
		}
	}
	close(pipe_status[0]);
	if (out)
		close(pipe_out[0]);
	if (err == -ENOENT)
		return err_set(err, "cannot start %s: no such program, install what it belongs to",
			       argv[0]);
	if (err)
		return err_set(err, "cannot start %s: %s", argv[0], strerror(-err));
	return WIFSIGNALED(wstatus) ? 128 + WTERMSIG(wstatus) : WEXITSTATUS(wstatus);
}

int run_command(char *const argv[], char *const env_add[], struct buf *out)
{
	return run_and_wait(argv, env_add, out, NULL, NULL);
}

int run_command_beat(char *const argv[], char *const env_add[], struct buf *out,
		     void (*beat)(unsigned int seconds, const void *arg), const void *arg)
{
	return run_and_wait(argv, env_add, out, beat, arg);
}

/* The folder as the environment has it; the caller frees. */
static char *cache_wanted(void)
{
	const char *s;

	s = getenv("COWPEN_CACHE");
	if (s && *s)
		return xstrdup(s);
	s = getenv("XDG_CACHE_HOME");
	if (s && *s)
		return xasprintf("%s/cowpen", s);
	s = getenv("HOME");
	if (!s || !*s) {
		struct passwd *pw = getpwuid(getuid());

		s = pw ? pw->pw_dir : NULL;
	}
	return s ? xasprintf("%s/.cache/cowpen", s) : NULL;
}

/*
 * What cache_dir() has given out, one for each value that the environment had.
 * Kept for good, as callers keep the strings.
 */
struct cache {
	char *wanted, *dir;
	struct cache *next;
};

static struct cache *caches;
static pthread_mutex_t caches_lock = PTHREAD_MUTEX_INITIALIZER;

static int open_cache(char *wanted, const char **dir)
{
	struct cache *c;
	int err;

	err = mkdir_p(wanted);
	if (!err && access(wanted, W_OK | X_OK))
		err = -errno;
	if (err)
		return err_set(err,
			       "cannot write to the cache %s (%s): set COWPEN_CACHE to a folder "
			       "that you can write to",
			       wanted, strerror(-err));
	c = xcalloc(1, sizeof(*c));
	c->dir = realpath(wanted, NULL);
	if (!c->dir) {
		err = err_set(-errno, "cannot use the cache %s: %s", wanted, strerror(errno));
		free(c);
		return err;
	}
	c->wanted = xstrdup(wanted);
	c->next = caches;
	caches = c;
	*dir = c->dir;
	return 0;
}

int cache_dir(const char **dir)
{
	char *wanted = cache_wanted();
	struct cache *c;
	int err = 0;

	if (!wanted)
		return err_set(-ENOENT, "no home folder to put downloads into: set COWPEN_CACHE to "
					"a folder");
	pthread_mutex_lock(&caches_lock);
	for (c = caches; c && strcmp(c->wanted, wanted); c = c->next)
		;
	if (c)
		*dir = c->dir;
	else
		err = open_cache(wanted, dir);
	pthread_mutex_unlock(&caches_lock);
	free(wanted);
	return err;
}

static size_t min3(size_t a, size_t b, size_t c)
{
	size_t m = a < b ? a : b;

	return m < c ? m : c;
}

static size_t edit_distance(const char *a, const char *b)
{
	size_t nb = strlen(b), d;
	size_t *row = xcalloc(nb + 1, sizeof(*row));

	for (size_t j = 0; j <= nb; j++)
		row[j] = j;
	for (size_t i = 1; a[i - 1]; i++) {
		size_t diag = row[0];

		row[0] = i;
		for (size_t j = 1; j <= nb; j++) {
			size_t up = row[j];

			row[j] = min3(up + 1, row[j - 1] + 1, diag + (a[i - 1] != b[j - 1]));
			diag = up;
		}
	}
	d = row[nb];
	free(row);
	return d;
}

char *nearest_names(const char *wrong, const char *const names[])
{
	const char *best[3] = { NULL };
	size_t dist[3] = { 0 }, n = 0;
	struct buf b = { 0 };

	for (; *names; names++) {
		size_t d = edit_distance(wrong, *names), i;

		/* Insertion; of equals the earlier one stays in front. */
		for (i = n; i > 0 && d < dist[i - 1]; i--) {
			if (i < ARRAY_SIZE(best)) {
				best[i] = best[i - 1];
				dist[i] = dist[i - 1];
			}
		}
		if (i == ARRAY_SIZE(best))
			continue;
		best[i] = *names;
		dist[i] = d;
		if (n < ARRAY_SIZE(best))
			n++;
	}
	buf_add(&b, "", 0);
	for (size_t i = 0; i < n; i++)
		buf_printf(&b, "%s%s", i ? ", " : "", best[i]);
	return b.data;
}

bool glob_list_match(const char *globs, const char *name)
{
	static const char blank[] = " \t\n";

	for (;;) {
		char glob[PATH_MAX];
		size_t len;

		globs += strspn(globs, blank);
		len = strcspn(globs, blank);
		if (!len)
			return false;
		if (len < sizeof(glob)) {
			memcpy(glob, globs, len);
			glob[len] = '\0';
			if (!fnmatch(glob, name, 0))
				return true;
		}
		globs += len;
	}
}
