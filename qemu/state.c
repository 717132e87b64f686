// SPDX-License-Identifier: GPL-2.0-only
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "accel.h"
#include "err.h"
#include "image.h"
#include "interrupt.h"
#include "promise.h"
#include "qemu.h"
#include "splat.h"
#include "text.h"
#include "util.h"
#include "vm.h"

#define FORMAT		"cowpen state 1" /* changes when what is saved changes its meaning */
#define SPACE		(400ULL << 20)
#define KEEP_PER_KERNEL 2
#define TRIES		3
#define BOOT_DEADLINE	120000 /* ms */

typedef void say_fn(void *arg, const char *line);

struct teller {
	say_fn *say;
	void *arg;
};

__attribute__((format(printf, 2, 3))) static void tell(const struct teller *t, const char *fmt, ...)
{
	char line[512];
	va_list ap;

	if (!t->say)
		return;
	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	t->say(t->arg, line);
}

/* --- booting ---------------------------------------------------------------- */

struct boot {
	bool ready;
	struct buf facts;
};

static void on_boot_frame(void *arg, enum frame_type type, const uint8_t *data, size_t len)
{
	struct boot *b = arg;

	if (type == FRAME_READY && !b->ready) {
		b->ready = true;
		buf_add(&b->facts, data, len);
	}
}

/* Keep the console's text for a person; returns the path (caller frees). */
static char *console_save(const struct kernel *k, const struct buf *text)
{
	const char *cache;
	char *dir, *name, *path = NULL;
	struct timespec t;
	struct tm tm;
	char when[32];

	if (cache_dir(&cache))
		return NULL;
	clock_gettime(CLOCK_REALTIME, &t);
	localtime_r(&t.tv_sec, &tm);
	strftime(when, sizeof(when), "%Y%m%d-%H%M%S", &tm);
	dir = xasprintf("%s/logs", cache);
	name = safe_name(k->name);
	if (!mkdir_p(dir)) {
		path = xasprintf("%s/boot-%s-%s-%d.txt", dir, name, when, (int)getpid());
		if (write_file(path, text->data, text->len)) {
			free(path);
			path = NULL;
		}
	}
	free(name);
	free(dir);
	return path;
}

/* One line for a kernel that ended, or was ended, before the agent was ready. */
static int no_boot(const struct qemu *q, const struct kernel *k, const struct buf *console)
{
	int rc = WIFEXITED(q->status) ? WEXITSTATUS(q->status) : -1, err;
	char *why, *said, *log;

	if (q->stopped)
		why = xstrdup("QEMU stopped the guest (internal error)");
	else if (q->killed)
		why = xasprintf("the kernel did not reach the agent within %d s",
				BOOT_DEADLINE / 1000);
	else if (rc == QEMU_RC(EXIT_GAVE_UP))
		why = xstrdup("the agent in the guest gave up");
	else if (rc == 0)
		why = xstrdup("the kernel died while it booted");
	else
		why = qemu_complaint(q);
	/* what it died of, if it said so, else what it said last */
	said = kernel_splat(console->data, NULL);
	if (!said)
		said = last_line(console->data);
	log = console->len ? console_save(k, console) : NULL;
	if (!console->len)
		err = err_set(-EIO, "%s%s", why,
			      q->killed || !rc ? "; it wrote nothing to its console" : "");
	else
		err = err_set(-EIO, "%s: %s; its console is in %s", why, said,
			      log ? log : "no file, the cache cannot be written");
	free(why);
	free(said);
	free(log);
	return err;
}

/* Start @q and wait for READY. 0, or a negative errno with a line and no QEMU left. */
static int boot(struct qemu *q, const struct host *h, const struct kernel *k,
		const struct image *im, int ram_fd, struct boot *b)
{
	struct qemu_setup s = { .host = h,
				.kernel = im->kernel,
				.elf = im->elf,
				.ram_fd = ram_fd,
				.vmstate_fd = -1,
				.cmd_fd = -1,
				.exe_fd = -1 };
	uint64_t until = now_ms() + BOOT_DEADLINE;
	struct buf text = { 0 };
	char *append;
	int err;

	s.initrd_fd = memory_file("cowpen-initrd", im->initrd.data, im->initrd.len);
	if (s.initrd_fd < 0)
		return s.initrd_fd;
	append = guest_append(h, false);
	s.append = append;
	err = qemu_start(q, &s, NULL, on_boot_frame, b);
	free(append);
	close(s.initrd_fd);
	if (err)
		return err;
	qmp_send(&q->qmp, "qmp_capabilities", NULL);
	/* KVM's way to say that it cannot go on is to stop the guest for ever */
	while (!b->ready && !q->stopped && now_ms() < until)
		if (!qemu_pump(q, until - now_ms()))
			break;
	if (b->ready)
		return 0;
	if (q->pid)
		qemu_kill(q);
	while (qemu_pump(q, 1000))
		;
	split_text(&q->console, 0, &text);
	buf_add(&text, "", 0);
	if (vm_interrupted())
		err = err_set(-EINTR, "interrupted");
	else
		err = no_boot(q, k, &text);
	buf_free(&text);
	qemu_end(q);
	return err;
}

int vm_boot_ms(const struct host *h, const struct kernel *k)
{
	struct boot b = { 0 };
	struct image im;
	struct qemu q;
	uint64_t t0;
	int err;

	err = image_make(&im, h, k, false);
	if (err)
		return err;
	t0 = now_ms();
	err = boot(&q, h, k, &im, -1, &b);
	if (!err) {
		err = now_ms() - t0;
		qemu_end(&q);
	}
	buf_free(&b.facts);
	image_free(&im);
	return err;
}

/*
 * A guest failed under KVM, which a probe had found to work. If the same kernel
 * boots without, KVM is to blame, and is left alone from now on. The line that
 * is set tells of it.
 */
static void blame_kvm(const struct host *h, const struct kernel *k, const struct image *im)
{
	char *first = xstrdup(err_msg());
	struct host tcg = *h;
	struct boot b = { 0 };
	struct qemu q;

	tcg.kvm = false;
	if (!boot(&q, &tcg, k, im, -1, &b)) {
		qemu_end(&q);
		kvm_distrust("a kernel that boots under TCG did not under KVM");
		err_set(-EIO,
			"under KVM: %s. The kernel boots under TCG, which will be used from now "
			"on: run it again",
			first);
	} else {
		err_set(-EIO, "%s", first);
	}
	buf_free(&b.facts);
	free(first);
}

/* --- saving ----------------------------------------------------------------- */

static int space_check(const char *dir)
{
	struct statvfs v;

	if (statvfs(dir, &v))
		return err_set(-errno, "%s: %s", dir, strerror(errno));
	if ((uint64_t)v.f_bavail * v.f_frsize < SPACE)
		return err_set(-ENOSPC,
			       "%s has %llu MB left; a saved guest needs %llu MB: make room, "
			       "or set COWPEN_CACHE to another place",
			       dir, (unsigned long long)v.f_bavail * v.f_frsize >> 20, SPACE >> 20);
	return 0;
}

static int create(const char *dir, const char *name, off_t size)
{
	char *path = xasprintf("%s/%s", dir, name);
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (fd < 0 || (size && ftruncate(fd, size))) {
		int err = -errno;

		if (fd >= 0)
			close(fd);
		fd = err_set(err, "%s: %s", path, strerror(-err));
	}
	if (fd >= 0 && !geteuid()) {
		/* QEMU opens it again, as the user that it runs as */
		uid_t uid;
		gid_t gid;

		qemu_user(&uid, &gid);
		(void)!fchown(fd, uid, gid);
	}
	free(path);
	return fd;
}

/* Boot @k and save it to the empty folder @dir. */
static int save(const char *dir, const struct host *h, const struct kernel *k,
		const struct image *im, const char *key_text)
{
	struct boot b = { 0 };
	struct buf facts = { 0 };
	uint64_t until;
	struct qemu q;
	int ram, vmstate = -1, err;
	char *path, *why;

	err = ram = create(dir, "ram", (off_t)guest_all_mib(&h->guest) << 20);
	if (err >= 0)
		err = vmstate = create(dir, "vmstate", 0);
	if (err >= 0)
		err = boot(&q, h, k, im, ram, &b);
	if (err)
		goto out;
	buf_add(&b.facts, "", 0);
	err = promise_check(k, &h->guest, b.facts.data);
	if (err) {
		qemu_kill(&q);
		while (qemu_pump(&q, 1000))
			;
		qemu_end(&q);
		goto out;
	}
	qmp_send(&q.qmp, "stop", NULL);
	qmp_send(&q.qmp, "migrate-set-capabilities",
		 json_pack("{s:[{s:s,s:b},{s:s,s:b}]}", "capabilities", "capability",
			   "x-ignore-shared", "state", 1, "capability", "events", "state", 1));
	/* outgoing, a descriptor must be one that came by QMP */
	qmp_send_fd(&q.qmp, "getfd", json_pack("{s:s}", "fdname", "vmstate"), vmstate);
	qmp_send(&q.qmp, "migrate", json_pack("{s:s}", "uri", "fd:vmstate"));
	until = now_ms() + 60000;
	while (!q.migrated && !q.failed && now_ms() < until)
		if (!qemu_pump(&q, until - now_ms()))
			break;
	if (!q.migrated) {
		if (q.pid)
			qemu_kill(&q);
		while (qemu_pump(&q, 1000))
			;
		why = qemu_complaint(&q);
		err = space_check(dir);
		if (!err)
			err = err_set(-EIO, "the guest could not be saved: %s", why);
		free(why);
		qemu_end(&q);
		goto out;
	}
	qmp_send(&q.qmp, "quit", NULL);
	until = now_ms() + 10000;
	while (qemu_pump(&q, 1000) && now_ms() < until)
		;
	qemu_end(&q);
	/* a host that loses power must not leave a state of zeros behind */
	if (fsync(ram) || fsync(vmstate)) {
		err = err_set(-errno, "%s: %s", dir, strerror(errno));
		goto out;
	}
	buf_add(&facts, b.facts.data, b.facts.len);
	buf_printf(&facts, "boot=%s\n", im->elf ? "pvh" : "bzimage");
	path = xasprintf("%s/key", dir);
	err = write_file(path, key_text, strlen(key_text));
	free(path);
	path = xasprintf("%s/facts", dir);
	if (!err)
		err = write_file(path, facts.data, facts.len);
	free(path);
out:
	buf_free(&b.facts);
	buf_free(&facts);
	if (ram >= 0)
		close(ram);
	if (vmstate >= 0)
		close(vmstate);
	return err;
}

/* --- a saved state ---------------------------------------------------------- */

static void state_free(struct state *s)
{
	if (!s)
		return;
	free(s->dir);
	free(s->key);
	free(s->release);
	free(s->proc_version);
	free(s->version);
	free(s->facts);
	free(s);
}

/* The package's version if the kernel is Debian's, else the number in its release. */
static char *version_of(const char *release, const char *proc_version)
{
	const char *p = strstr(proc_version, " Debian "), *from = release;

	if (p && p[8] >= '0' && p[8] <= '9')
		from = p + 8;
	return xasprintf("%.*s", (int)strspn(from, "0123456789."), from);
}

static int state_load(const char *dir, const char *key, const struct host *h,
		      const struct kernel *k, struct state **out)
{
	char *path = xasprintf("%s/facts", dir);
	struct buf b = { 0 };
	struct state *s;
	int err = read_file(path, &b);

	free(path);
	if (err)
		return err;
	buf_add(&b, "", 0);
	s = xcalloc(1, sizeof(*s));
	s->dir = xstrdup(dir);
	s->key = xstrdup(key);
	s->kernel = k;
	s->host = h;
	s->facts = b.data;
	s->release = frame_string(s->facts, "release");
	s->proc_version = frame_string(s->facts, "proc_version");
	s->version = k->version && *k->version ? xstrdup(k->version) :
						 version_of(s->release, s->proc_version);
	s->lock_fd = -1;
	*out = s;
	return 0;
}

/*
 * One restore proves the state: the agent answers, its clock runs at the rate
 * of the TSC, and neither the taint nor the emulator's self-test has changed.
 */
static int prove(const struct state *s)
{
	static const char *const same[] = { "taint", "emulator" };
	struct buf clock = { 0 };
	struct vm_result r;
	long long khz, off;
	int err = 0;

	vm_run_clock(s, 20000, &r, &clock);
	buf_add(&clock, "", 0);
	khz = frame_number(clock.data, "tsc_khz", 0);
	off = llabs(khz - (long long)s->host->tsc_khz) * 100;
	if (r.end == VM_INTERRUPTED)
		err = err_set(-EINTR, "interrupted");
	else if (r.end != VM_ENDED)
		err = err_set(-EIO, "the saved guest cannot be restored: %s", r.why);
	else if (off > s->host->tsc_khz)
		err = err_set(-ERANGE,
			      "the saved guest's clock is wrong: its TSC runs at %lld kHz "
			      "instead of %u",
			      khz, s->host->tsc_khz);
	for (size_t i = 0; !err && i < ARRAY_SIZE(same); i++) {
		char *was = frame_string(s->facts, same[i]);
		char *is = frame_string(clock.data, same[i]);

		if (strcmp(was, is))
			err = err_set(-EIO, "the restored guest says %s=%s, the saved one said %s",
				      same[i], is, was);
		free(was);
		free(is);
	}
	buf_free(&clock);
	vm_result_free(&r);
	return err;
}

/* Make the state in @dir; the lock is ours alone. */
static int make(const char *states, const char *dir, const char *key, const char *key_text,
		const struct host *h, const struct kernel *k, const struct image *im,
		const struct teller *t)
{
	char *tmp = xasprintf("%s.new", dir);
	int err = 0;

	for (int try = 0; try < TRIES; try++) {
		struct state *s = NULL;
		uint64_t t0 = now_ms();

		/* of one who was killed: while we have the lock nobody else is at it */
		err = access(tmp, F_OK) ? 0 : remove_tree(tmp);
		if (!err)
			err = mkdir_p(tmp);
		if (!err)
			err = space_check(states);
		if (!err)
			err = save(tmp, h, k, im, key_text);
		if (err)
			break; /* it does not boot: once more would be the same */
		err = state_load(tmp, key, h, k, &s);
		if (!err)
			err = prove(s);
		state_free(s);
		if (!err && rename(tmp, dir))
			err = err_set(-errno, "%s: %s", dir, strerror(errno));
		if (!err) {
			tell(t, "saved guest made in %.1f s", (now_ms() - t0) / 1000.0);
			break;
		}
		if (err == -EINTR)
			break;
		tell(t, "%s; %s", err_msg(), try + 1 < TRIES ? "made again" : "given up");
	}
	if (err && !access(tmp, F_OK)) {
		char *line = xstrdup(err_msg());

		remove_tree(tmp);
		err_set(err, "%s", line);
		free(line);
	}
	free(tmp);
	return err;
}

/* Open and lock the lock file @path; it may have been removed by a pruner in between. */
static int lock(const char *path, int how)
{
	for (;;) {
		int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600), err;
		struct stat st;

		if (fd < 0)
			return err_set(-errno, "%s: %s", path, strerror(errno));
		while ((err = flock(fd, how)) && errno == EINTR && !vm_interrupted())
			;
		if (err) {
			err = -errno;
			close(fd);
			return err_set(err, "%s: %s", path, strerror(-err));
		}
		if (!fstat(fd, &st) && st.st_nlink)
			return fd;
		close(fd);
	}
}

struct old {
	char *path;
	struct timespec used;
};

static int newest_first(const void *a, const void *b)
{
	const struct old *x = a, *y = b;

	if (x->used.tv_sec != y->used.tv_sec)
		return x->used.tv_sec < y->used.tv_sec ? 1 : -1;
	return x->used.tv_nsec < y->used.tv_nsec ? 1 : x->used.tv_nsec > y->used.tv_nsec ? -1 : 0;
}

/* Of the states of one kernel (@prefix) keep the newest few, and those in use. */
static void prune(const char *states, const char *prefix)
{
	struct old *old = NULL;
	struct dirent *e;
	size_t n = 0;
	DIR *d = opendir(states);

	while (d && (e = readdir(d))) {
		const char *key = e->d_name + strlen(prefix);
		char *path;
		struct stat st;

		/* "<kernel>-<16 hex digits>" and nothing behind it */
		if (strncmp(e->d_name, prefix, strlen(prefix)) || strlen(key) != 16 ||
		    strspn(key, "0123456789abcdef") != 16)
			continue;
		path = xasprintf("%s/%s", states, e->d_name);
		if (stat(path, &st) || !S_ISDIR(st.st_mode)) {
			free(path);
			continue;
		}
		old = xrealloc(old, (n + 1) * sizeof(*old));
		old[n++] = (struct old){ .path = path, .used = st.st_mtim };
	}
	if (d)
		closedir(d);
	if (n)
		qsort(old, n, sizeof(*old), newest_first);
	for (size_t i = 0; i < n; i++) {
		char *lockfile = xasprintf("%s.lock", old[i].path);
		int fd = i < KEEP_PER_KERNEL ? -1 : lock(lockfile, LOCK_EX | LOCK_NB);

		if (fd >= 0) {
			remove_tree(old[i].path);
			unlink(lockfile);
			close(fd);
		}
		free(lockfile);
		free(old[i].path);
	}
	free(old);
}

/* Everything that went into a state, as text; its hash is the key. */
static char *key_text(const struct host *h, const struct image *im)
{
	struct qemu_setup boot = { .host = h, .kernel = im->kernel, .elf = im->elf };
	struct qemu_setup restore = { .host = h, .elf = im->elf };
	char *append = guest_append(h, false), **argv, *line[2], *text;
	struct stat st = { 0 };

	boot.append = append;
	argv = qemu_argv(&boot);
	line[0] = argv_text(argv);
	argv_free(argv);
	argv = qemu_argv(&restore);
	line[1] = argv_text(argv);
	argv_free(argv);
	stat(h->qemu, &st);
	/* With KVM -cpu host says nothing of what the guest has seen. */
	text = xasprintf("%s\nkernel %s\ninitramfs %s\nqemu %s %lld %lld\n%s%s%s%s\n%s\n", FORMAT,
			 im->kernel_sha256, im->initrd_sha256, h->qemu_version,
			 (long long)st.st_size, (long long)st.st_mtime, h->kvm ? "cpu " : "",
			 h->kvm ? h->cpu : "", h->kvm ? "\n" : "", line[0], line[1]);
	free(append);
	free(line[0]);
	free(line[1]);
	return text;
}

int state_get(const struct host *h, const struct kernel *k,
	      void (*say)(void *arg, const char *line), void *arg, struct state **out)
{
	struct teller t = { .say = say, .arg = arg };
	char *text = NULL, *states = NULL, *name = NULL, *dir = NULL, *lockfile = NULL, hex[65];
	char *guest = NULL, *spec = NULL;
	struct guest_spec spec_of;
	const char *cache;
	struct image im;
	int err, fd = -1;

	*out = NULL;
	err = cache_dir(&cache);
	if (err)
		return err;
	err = image_make(&im, h, k, false);
	if (err)
		return err;
	text = key_text(h, &im);
	sha256_data(text, strlen(text), hex);
	hex[16] = '\0';
	/* apart from those of whole guests, so that neither makes the other be pruned */
	/* one in which a test is not held is an ordinary one */
	spec_of = h->guest;
	if (spec_of.stub == STUB_OFF)
		spec_of.stub = STUB_ASKED;
	guest = guest_text(&spec_of);
	/* What is hidden from it is so only while a test runs. */
	spec = xasprintf("%s%s%s", *k->hides ? k->base : k->name, *guest ? "+" : "", guest);
	name = safe_name(spec);
	states = xasprintf("%s/states", cache);
	dir = xasprintf("%s/%s-%s", states, name, hex);
	lockfile = xasprintf("%s.lock", dir);
	err = mkdir_p(states);

	while (!err) {
		err = fd = lock(lockfile, LOCK_SH);
		if (err < 0)
			break;
		err = 0;
		if (!access(dir, F_OK)) {
			err = state_load(dir, hex, h, k, out);
			break;
		}
		close(fd);
		fd = lock(lockfile, LOCK_EX | LOCK_NB);
		if (fd < 0) {
			tell(&t, "waiting for another one that prepares this kernel");
			err = fd = lock(lockfile, LOCK_EX);
			if (err < 0)
				break;
			err = 0;
		}
		if (access(dir, F_OK)) {
			tell(&t, "booting it once to save it");
			err = make(states, dir, hex, text, h, k, &im, &t);
			if (err == -EIO && h->kvm)
				blame_kvm(h, k, &im);
			if (!err) {
				char *prefix = xasprintf("%s-", name);

				prune(states, prefix);
				free(prefix);
			}
		}
		if (err)
			unlink(lockfile);
		close(fd); /* then shared, from the start: it may be pruned in between */
		fd = -1;
	}
	if (*out) {
		(*out)->lock_fd = fd;
		/* used now: last to be pruned */
		utimensat(AT_FDCWD, dir, NULL, 0);
	} else if (fd >= 0) {
		close(fd);
	}
	image_free(&im);
	free(text);
	free(states);
	free(guest);
	free(spec);
	free(name);
	free(dir);
	free(lockfile);
	return err;
}

void state_put(struct state *s)
{
	if (!s)
		return;
	if (s->lock_fd >= 0)
		close(s->lock_fd);
	state_free(s);
}
