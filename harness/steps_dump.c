// SPDX-License-Identifier: GPL-2.0-only
/*
 * A core dump is a view: what it holds must be what memory held. Nobody waits for a userfaultfd
 * while it is written, and what is not there becomes a hole, that is zeros.
 */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "feature.h"
#include "internal.h"
#include "tell.h"

#define CORE	    "/tmp/cowpen-core"
#define MAX_HEADERS 512

/* In the child, which does not answer. */
static void dies(struct scene *s, unsigned int unused, struct child_reply *reply)
{
	const struct rlimit all = { RLIM_INFINITY, RLIM_INFINITY };
	int fd = open("/proc/self/coredump_filter", O_WRONLY | O_CLOEXEC);

	/* Memory of files, and huge pages of all kinds, too. */
	if (fd < 0 || write(fd, "0x7f", 4) != 4 || setrlimit(RLIMIT_CORE, &all))
		_exit(1);
	signal(SIGABRT, SIG_DFL);
	kill(getpid(), SIGABRT);
}

/* Where in the dump @addr is, or -1. */
static off_t place_of(const Elf64_Phdr *h, unsigned int n, uintptr_t addr)
{
	for (unsigned int i = 0; i < n; i++)
		if (h[i].p_type == PT_LOAD && addr >= h[i].p_vaddr &&
		    addr < h[i].p_vaddr + h[i].p_filesz)
			return h[i].p_offset + (addr - h[i].p_vaddr);
	return -1;
}

static unsigned int headers(struct scene *s, int fd, Elf64_Phdr h[MAX_HEADERS])
{
	size_t len;
	Elf64_Ehdr e;

	if (pread(fd, &e, sizeof(e), 0) != sizeof(e) || memcmp(e.e_ident, ELFMAG, SELFMAG))
		scene_error(s, "%s is no core dump", CORE);
	if (e.e_phnum > MAX_HEADERS)
		scene_error(s, "%s has %u parts", CORE, e.e_phnum);
	len = e.e_phnum * sizeof(*h);
	if (pread(fd, h, len, e.e_phoff) != (ssize_t)len)
		scene_error(s, "%s ends too soon", CORE);
	return e.e_phnum;
}

static void compare_core(struct scene *s, int proc)
{
	const struct view v = { .name = "the child's core dump",
				.proc = proc,
				.cells = CHECK("view-core"),
				.bytes = CHECK("bytes-core") };
	int fd = open(CORE, O_RDONLY | O_CLOEXEC);
	static Elf64_Phdr h[MAX_HEADERS];
	unsigned int n;

	if (fd < 0)
		scene_error(s, "%s: %s", CORE, strerror(errno));
	unlink(CORE);
	n = headers(s, fd, h);
	for_each_page(s, i) {
		off_t at = place_of(h, n, (uintptr_t)page_addr_in(s, proc, i));

		/* Swapped out it may be, and protected: the process has it. */
		if (!s->touched[i] || s->racing[i] ||
		    (s->proc[proc].guarded | s->proc[proc].lacking) & 1U << i)
			continue;
		/* Of private memory that was never written to there is nothing. */
		if (at < 0)
			memset(s->seen[i], 0, samples(s) * SAMPLE);
		for (unsigned int k = 0; at >= 0 && k < samples(s); k++)
			if (pread(fd, s->seen[i] + k * SAMPLE, SAMPLE, at + sample_offset(s, k)) !=
			    SAMPLE)
				scene_error(s, "%s ends within page %u", CORE, i);
		samples_compare(s, &v, i, model_content(&s->model, proc, i), s->seen[i],
				s->page_len);
	}
	close(fd);
}

void child_dumps_core(struct scene *s)
{
	struct child_cmd cmd = { .op = OP_CALL, .call = dies };
	long before;

	step_begin(s, "C0", "child dumps core");
	tell_not("reads a core dump");
	feature_needed(s, F_CORE_DUMP);
	before = pins_outstanding();
	knob_set(s, "/proc/sys/kernel/core_pattern", CORE);
	child_send(s, CHILD, &cmd);
	while (!wait_until(process_gone(s->proc[CHILD].pid)))
		wait_failed(s, CHECK("core-hang"), "C8", by_process(s->proc[CHILD].pid),
			    "a process that dumps core ends", "it does not within %d ms",
			    PATIENCE_MS);
	waitpid(s->proc[CHILD].pid, NULL, WNOHANG);
	s->proc[CHILD].pid = 0;
	knobs_restore();
	compare_core(s, CHILD);
	child_is_gone(s, before);
	step_end(s);
}
