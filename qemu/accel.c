// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <jansson.h>

#include "accel.h"
#include "err.h"
#include "qemu.h"
#include "util.h"

#define PROBE_DEADLINE 10000
#define PROBE_WORD     "cowpen"

/* --- a guest of 64 KiB ------------------------------------------------------ */

/*
 * In place of the BIOS: from the reset vector to long mode, then the word to
 * the debug console and out by isa-debug-exit. What breaks KVM in clouds
 * (aborts in the first instructions, a machine that is "paused" for ever) shows
 * here without a kernel. The image ends at 4 GiB and its last 128 KiB are seen
 * below 1 MiB too, which is where this runs (0xf0000).
 */
asm(".pushsection .rodata\n"
    "probe_begin:\n"
    ".code16\n"
    "probe16:\n\t"
    "cli\n\t"
    "lgdtl %cs:(probe_gdtr - probe_begin)\n\t"
    "movl %cr0, %eax\n\t"
    "orl $1, %eax\n\t"
    "movl %eax, %cr0\n\t"
    "ljmpl $8, $(probe32 - probe_begin + 0xf0000)\n"
    ".code32\n"
    "probe32:\n\t"
    "movl $16, %eax\n\t"
    "movl %eax, %ds\n\t"
    "movl %eax, %es\n\t"
    "movl %eax, %ss\n\t"
    "movl $0x8000, %esp\n\t"
    /* page tables at 0x1000: one entry each, 2 MiB mapped */
    "movl $0x1000, %edi\n\t"
    "movl $0xc00, %ecx\n\t"
    "xorl %eax, %eax\n\t"
    "cld\n\t"
    "rep stosl\n\t"
    "movl $0x2003, 0x1000\n\t"
    "movl $0x3003, 0x2000\n\t"
    "movl $0x0083, 0x3000\n\t"
    "movl %cr4, %eax\n\t"
    "orl $0x20, %eax\n\t" /* PAE */
    "movl %eax, %cr4\n\t"
    "movl $0x1000, %eax\n\t"
    "movl %eax, %cr3\n\t"
    "movl $0xc0000080, %ecx\n\t" /* EFER.LME */
    "rdmsr\n\t"
    "orl $0x100, %eax\n\t"
    "wrmsr\n\t"
    "movl %cr0, %eax\n\t"
    "orl $0x80000000, %eax\n\t"
    "movl %eax, %cr0\n\t"
    "ljmpl $24, $(probe64 - probe_begin + 0xf0000)\n"
    ".code64\n"
    "probe64:\n\t"
    "xorl %eax, %eax\n\t"
    "cpuid\n\t"
    "rdtsc\n\t"
    "movl $(probe_word - probe_begin + 0xf0000), %esi\n\t"
    "movl $6, %ecx\n\t"
    "movl $0xe9, %edx\n\t"
    "rep outsb\n\t"
    "movl $0x10, %eax\n\t"
    "movl $0xf4, %edx\n\t"
    "outb %al, %dx\n"
    "1:\thlt\n\t"
    "jmp 1b\n"
    "probe_word: .ascii \"cowpen\"\n"
    ".balign 8\n"
    "probe_gdt:\n\t"
    ".quad 0\n\t"
    ".quad 0x00cf9b000000ffff\n\t" /* 8: 32-bit code */
    ".quad 0x00cf93000000ffff\n\t" /* 16: data */
    ".quad 0x00af9b000000ffff\n"   /* 24: 64-bit code */
    "probe_gdtr:\n\t"
    ".word 31\n\t"
    ".long probe_gdt - probe_begin + 0xf0000\n"
    "probe_end:\n"
    ".popsection\n");

extern const uint8_t probe_begin[], probe_end[];

/* Run it; true if the word came and QEMU left as told. @why gets the reason (caller frees). */
static bool probe(const struct host *h, const char *accel, char **why)
{
	/* jmp rel16 at the reset vector, back to the start of the segment */
	static const uint8_t reset[3] = { 0xe9, 0x0d, 0x00 };
	size_t len = probe_end - probe_begin;
	struct buf out = { 0 };
	char *image, *rom, *cmd;
	uint64_t until;
	int fd, rc = -1;
	pid_t pid;
	int p[2];

	*why = NULL;
	image = xcalloc(1, 65536);
	memcpy(image, probe_begin, len);
	memcpy(image + 0xfff0, reset, sizeof(reset));
	fd = memory_file("cowpen-probe", image, 65536);
	free(image);
	if (fd < 0 || pipe2(p, O_CLOEXEC)) {
		*why = xstrdup("no descriptors");
		if (fd >= 0)
			close(fd);
		return false;
	}
	rom = xasprintf("/proc/self/fd/%d", fd);
	cmd = xasprintf("%s", accel);
	pid = fork();
	if (!pid) {
		int null = open("/dev/null", O_RDWR);

		dup2(null, 0);
		dup2(p[1], 1);
		dup2(null, 2);
		fcntl(fd, F_SETFD, 0);
		execl(h->qemu, h->qemu, "-nodefaults", "-no-user-config", "-display", "none",
		      "-no-reboot", "-machine", h->machine, "-accel", cmd, "-cpu",
		      strcmp(accel, "kvm") ? "max" : "host", "-m", "16M", "-bios", rom, "-chardev",
		      "stdio,id=c,signal=off", "-device", "isa-debugcon,iobase=0xe9,chardev=c",
		      "-device", "isa-debug-exit,iobase=0xf4,iosize=1", (char *)NULL);
		_exit(127);
	}
	close(p[1]);
	close(fd);
	fcntl(p[0], F_SETFL, O_NONBLOCK);
	until = now_ms() + PROBE_DEADLINE;
	for (int done = pid <= 0; !done;) {
		char buf[256];
		ssize_t n;
		int st;

		while ((n = read(p[0], buf, sizeof(buf))) > 0 && out.len < 4096)
			buf_add(&out, buf, n);
		if (waitpid(pid, &st, WNOHANG) == pid) {
			rc = WIFEXITED(st) ? WEXITSTATUS(st) : -WTERMSIG(st);
			done = 1;
			while ((n = read(p[0], buf, sizeof(buf))) > 0 && out.len < 4096)
				buf_add(&out, buf, n);
		} else if (now_ms() > until) {
			kill(pid, SIGKILL);
			waitpid(pid, &st, 0);
			*why = xasprintf("a guest of 64 KiB did not get through in %d s",
					 PROBE_DEADLINE / 1000);
			done = 1;
		} else {
			nanosleep(&(struct timespec){ .tv_nsec = 5000000 }, NULL);
		}
	}
	close(p[0]);
	free(rom);
	free(cmd);
	if (!*why && (rc != QEMU_RC(EXIT_DONE) || !out.len || !strstr(out.data, PROBE_WORD)))
		*why = xasprintf("a guest of 64 KiB ended with status %d instead of %d", rc,
				 QEMU_RC(EXIT_DONE));
	buf_free(&out);
	return !*why;
}

/* --- what is kept between runs ---------------------------------------------- */

/* <cache>/host.json: facts that cost time to find, each with what it was found for. */
static json_t *kept_read(void)
{
	const char *cache;
	json_t *j = NULL;
	char *path;

	if (!cache_dir(&cache)) {
		path = xasprintf("%s/host.json", cache);
		j = json_load_file(path, 0, NULL);
		free(path);
	}
	if (!json_is_object(j)) {
		json_decref(j);
		j = json_object();
	}
	return j;
}

static void kept_write(json_t *j)
{
	char *text = json_dumps(j, JSON_INDENT(1) | JSON_SORT_KEYS), *path;
	const char *cache;

	if (text && !cache_dir(&cache)) {
		path = xasprintf("%s/host.json", cache);
		/* a cache that cannot be written only costs time */
		(void)!write_file(path, text, strlen(text));
		free(path);
	}
	free(text);
}

static const char *kept(const json_t *j, const char *name)
{
	const char *s = json_string_value(json_object_get(j, name));

	return s ? s : "";
}

/* --- QEMU ------------------------------------------------------------------- */

static char *find_in_path(const char *name)
{
	char *dirs, *save = NULL, *found = NULL;

	if (strchr(name, '/'))
		return access(name, X_OK) ? NULL : xstrdup(name);
	dirs = xstrdup(getenv("PATH") ? getenv("PATH") : "/usr/bin:/bin");
	for (char *d = strtok_r(dirs, ":", &save); d && !found; d = strtok_r(NULL, ":", &save)) {
		found = xasprintf("%s/%s", d, name);
		if (access(found, X_OK)) {
			free(found);
			found = NULL;
		}
	}
	free(dirs);
	return found;
}

static int qemu_ask(const char *qemu, const char *a, const char *b, struct buf *out)
{
	char *argv[] = { (char *)qemu, (char *)a, (char *)b, NULL };
	int rc = run_command(argv, NULL, out);

	buf_add(out, "", 0);
	return rc > 0 ? err_set(-ENODEV, "%s %s does not work (status %d)", qemu, a, rc) : rc;
}

static int find_qemu(struct host *h, json_t *j)
{
	const char *want = getenv("COWPEN_QEMU");
	struct buf out = { 0 };
	struct stat st;
	char *id, *p;
	int err;

	h->qemu = find_in_path(want && *want ? want : "qemu-system-x86_64");
	if (!h->qemu || stat(h->qemu, &st))
		return err_set(-ENODEV,
			       "%s is not here: install qemu-system-x86, or set COWPEN_QEMU to "
			       "the program",
			       want && *want ? want : "qemu-system-x86_64");
	id = xasprintf("%s %lld %lld", h->qemu, (long long)st.st_size, (long long)st.st_mtime);
	if (!strcmp(kept(j, "qemu"), id) && *kept(j, "machine")) {
		h->qemu_version = xstrdup(kept(j, "qemu_version"));
		h->machine = xstrdup(kept(j, "machine"));
		free(id);
		return 0;
	}
	err = qemu_ask(h->qemu, "--version", NULL, &out);
	p = err ? NULL : strstr(out.data, "version ");
	if (p)
		h->qemu_version = xasprintf("%.*s", (int)strspn(p + 8, "0123456789."), p + 8);
	else if (!err)
		err = err_set(-ENODEV, "%s --version tells no version", h->qemu);
	buf_free(&out);
	/* "pc  Standard PC (...) (alias of pc-i440fx-7.2)": the plain name is another machine
	 * in every version, and a state fits one only */
	if (!err)
		err = qemu_ask(h->qemu, "-machine", "help", &out);
	p = err ? NULL : strstr(out.data, "(alias of pc-i440fx-");
	if (p)
		h->machine = xasprintf("%.*s", (int)strcspn(p + 10, ")\n"), p + 10);
	else if (!err)
		err = err_set(-ENODEV, "%s has no machine pc-i440fx", h->qemu);
	buf_free(&out);
	if (!err) {
		json_object_set_new(j, "qemu", json_string(id));
		json_object_set_new(j, "qemu_version", json_string(h->qemu_version));
		json_object_set_new(j, "machine", json_string(h->machine));
		json_object_del(j, "kvm");
		kept_write(j);
	}
	free(id);
	return err;
}

/* --- clock and accelerator -------------------------------------------------- */

static uint64_t rdtsc(void)
{
	uint32_t lo, hi;

	asm volatile("lfence; rdtsc" : "=a"(lo), "=d"(hi) : : "memory");
	return (uint64_t)hi << 32 | lo;
}

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC_RAW, &t);
	return t.tv_sec * 1000000000ULL + t.tv_nsec;
}

/* Both clocks at one moment: of some tries the one that was disturbed least. */
static void both_clocks(uint64_t *tsc, uint64_t *ns)
{
	uint64_t best = UINT64_MAX;

	for (int i = 0; i < 20; i++) {
		uint64_t a = rdtsc(), n = now_ns(), b = rdtsc();

		if (b - a < best) {
			best = b - a;
			*tsc = a + (b - a) / 2;
			*ns = n;
		}
	}
}

static unsigned int measure_tsc(void)
{
	uint64_t c0, c1, n0, n1;

	both_clocks(&c0, &n0);
	nanosleep(&(struct timespec){ .tv_nsec = 50000000 }, NULL);
	both_clocks(&c1, &n1);
	return (c1 - c0) * 1000000 / (n1 - n0);
}

/* What the host is, for what is kept: its CPU and its kernel. */
static void host_id(char *id, size_t size, bool *virt)
{
	char line[4096], model[128] = "?", release[128] = "?";
	FILE *f = fopen("/proc/cpuinfo", "re");

	*virt = false;
	while (f && fgets(line, sizeof(line), f) && *line != '\n') {
		if (!strncmp(line, "model name", 10))
			sscanf(line, "%*[^:]: %127[^\n]", model);
		else if (!strncmp(line, "flags", 5))
			*virt = strstr(line, " vmx") || strstr(line, " svm");
	}
	if (f)
		fclose(f);
	f = fopen("/proc/sys/kernel/osrelease", "re");
	if (f) {
		(void)!fscanf(f, "%127s", release);
		fclose(f);
	}
	snprintf(id, size, "%s, Linux %s", model, release);
}

static void find_tsc(struct host *h, json_t *j, const char *id)
{
	/*
	 * The rate is part of the key of a saved guest, and 50 ms measure it to
	 * some ten parts in a million only: keep the first figure as long as it fits.
	 */
	unsigned int now = measure_tsc();
	long long old = json_integer_value(json_object_get(j, "tsc_khz"));

	if (old && !strcmp(kept(j, "tsc_host"), id) && llabs(old - (long long)now) * 200 <= old) {
		h->tsc_khz = old;
		return;
	}
	h->tsc_khz = now;
	json_object_set_new(j, "tsc_khz", json_integer(now));
	json_object_set_new(j, "tsc_host", json_string(id));
	kept_write(j);
}

static int find_accel(struct host *h, json_t *j, const char *accel, const char *id, bool virt)
{
	char *why = NULL;

	if (!strcmp(accel, "tcg")) {
		h->accel_why = xstrdup("TCG, as asked for");
		return 0;
	}
	if (access("/dev/kvm", F_OK)) {
		why = xstrdup("there is no /dev/kvm");
	} else if (!virt) {
		why = xstrdup("the CPU has neither vmx nor svm");
	} else if (access("/dev/kvm", R_OK | W_OK)) {
		why = xstrdup("/dev/kvm cannot be opened by this user");
	} else if (!strcmp(kept(j, "kvm_host"), id) && *kept(j, "kvm") && strcmp(accel, "kvm")) {
		if (strcmp(kept(j, "kvm"), "ok"))
			why = xstrdup(kept(j, "kvm"));
	} else {
		(void)probe(h, "kvm", &why);
		json_object_set_new(j, "kvm", json_string(why ? why : "ok"));
		json_object_set_new(j, "kvm_host", json_string(id));
		kept_write(j);
	}
	if (!why) {
		h->kvm = true;
		h->accel_why = xstrdup("KVM: a probe guest ran");
	} else if (!strcmp(accel, "kvm")) {
		err_set(-ENODEV, "KVM does not work here: %s", why);
		free(why);
		return -ENODEV;
	} else {
		h->accel_why = xasprintf("TCG: %s", why);
	}
	free(why);
	return 0;
}

void kvm_distrust(const char *why)
{
	char id[512];
	bool virt;
	json_t *j = kept_read();

	host_id(id, sizeof(id), &virt);
	json_object_set_new(j, "kvm", json_string(why));
	json_object_set_new(j, "kvm_host", json_string(id));
	kept_write(j);
	json_decref(j);
}

/*
 * One processor, unless asked otherwise. The cases are deterministic and need
 * no second one; under TCG it costs a third of the throughput, and patching
 * kernel text that another processor runs has been seen to end in an Oops
 * (int3), which is the emulator's. Races want COWPEN_SMP=2.
 */
static int find_smp(struct host *h)
{
	const char *smp = getenv("COWPEN_SMP");
	char *end = NULL;

	guest_default(&h->guest);
	if (smp && *smp)
		h->guest.smp = strtoul(smp, &end, 10);
	if (h->guest.smp < 1 || h->guest.smp > GUEST_SMP_MAX || (end && *end))
		return err_set(-EINVAL, "COWPEN_SMP=%s: a guest has 1 to 8 processors", smp);
	return 0;
}

int host_init(struct host *h, const char *accel, const char *guest_dir)
{
	char id[512];
	bool virt;
	json_t *j;
	int err;

	memset(h, 0, sizeof(*h));
	if (!accel || !*accel)
		accel = "auto";
	if (strcmp(accel, "auto") && strcmp(accel, "kvm") && strcmp(accel, "tcg"))
		return err_set(-EINVAL, "accelerator \"%s\" is none of auto, kvm, tcg", accel);
	err = find_smp(h);
	if (err)
		return err;
	h->guest_dir = xstrdup(guest_dir);
	host_id(id, sizeof(id), &virt);
	h->cpu = xstrdup(id);
	j = kept_read();
	err = find_qemu(h, j);
	if (!err) {
		find_tsc(h, j, id);
		err = find_accel(h, j, accel, id, virt);
	}
	json_decref(j);
	if (err)
		host_free(h);
	return err;
}

void host_free(struct host *h)
{
	free(h->qemu);
	free(h->qemu_version);
	free(h->machine);
	free(h->accel_why);
	free(h->cpu);
	free(h->warm_why);
	free(h->guest_dir);
	memset(h, 0, sizeof(*h));
}
