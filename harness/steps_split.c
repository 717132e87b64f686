// SPDX-License-Identifier: GPL-2.0-only
/*
 * Calls for a page in the middle of a mapping, which would become three, when a process may have no
 * more mappings: each is refused, and nothing changes. That is what memory that runs out half-way
 * looks like, by a limit that anybody may come upon (vm.max_map_count).
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "internal.h"
#include "memory.h"
#include "tell.h"

#define MAX_MAP_COUNT "/proc/sys/vm/max_map_count"

enum asked {
	ASK_MPROTECT,
	ASK_MUNMAP,
	ASK_MREMAP,
	ASK_MLOCK,
	ASK_DONTFORK,
	ASK_WIPEONFORK,
	ASK_UNREGISTER,
	NR_CALLS
};
static const char *const calls[] = { "mprotect()",	 "munmap()",	  "mremap()",
				     "mlock()",		 "MADV_DONTFORK", "MADV_WIPEONFORK",
				     "UFFDIO_UNREGISTER" };

/* Mappings of this process as the kernel counts them: the one of vsyscalls is not its own. */
static int count_mappings(void)
{
	char line[512];
	FILE *f = fopen("/proc/self/maps", "re");
	int n = 0;

	while (f && fgets(line, sizeof(line), f))
		n += !strstr(line, "[vsyscall]");
	if (f)
		fclose(f);
	return n;
}

/* What came of it, 0 or an errno; -1 where there is nothing to ask. */
static int ask(struct scene *s, enum asked call, char *at, char *elsewhere)
{
	struct uffdio_range range = { .start = (uintptr_t)at, .len = s->page_len };
	int ret = 0;

	switch (call) {
	case ASK_MPROTECT:
		ret = mprotect(at, s->page_len, PROT_NONE);
		break;
	case ASK_MUNMAP:
		ret = munmap(at, s->page_len);
		break;
	case ASK_MREMAP:
		ret = mremap(at, s->page_len, s->page_len, MREMAP_MAYMOVE | MREMAP_FIXED,
			     elsewhere) == MAP_FAILED;
		break;
	case ASK_MLOCK:
		ret = mlock(at, s->page_len);
		break;
	case ASK_DONTFORK:
		ret = madvise(at, s->page_len, MADV_DONTFORK);
		break;
	case ASK_WIPEONFORK:
		/* Of a file it is never taken. */
		if (s->memory->shared || s->memfd >= 0)
			return -1;
		ret = madvise(at, s->page_len, MADV_WIPEONFORK);
		break;
	case ASK_UNREGISTER:
		if (s->uffd < 0 || !model_registered(&s->model, PARENT))
			return -1;
		ret = ioctl(s->uffd, UFFDIO_UNREGISTER, &range);
		break;
	default:
		return -1;
	}
	return ret ? errno : 0;
}

void split_refused(struct scene *s, unsigned int page)
{
	char *at = page_addr(s, page), *elsewhere, was[32], limit[32];
	int fd, n, err[NR_CALLS];
	bool set, back;

	step_begin(s, "C0", "split_refused page %u", page);
	tell_not("sets a limit of the whole system");
	if (at == s->area || at + s->page_len == s->area + s->area_len)
		scene_error(s, "page %u is at an end of the mapping", page);
	elsewhere = map_or_error(s, NULL, s->page_len, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	if (!file_get(MAX_MAP_COUNT, was, sizeof(was)))
		scene_error(s, "there is no " MAX_MAP_COUNT);
	was[strcspn(was, "\n")] = '\0';
	fd = open(MAX_MAP_COUNT, O_WRONLY | O_CLOEXEC);
	n = snprintf(limit, sizeof(limit), "%d", count_mappings());
	/* In between nothing may be mapped, not even by malloc(). */
	set = write(fd, limit, n) == n;
	for (enum asked c = 0; set && c < NR_CALLS; c++)
		err[c] = ask(s, c, at, elsewhere);
	back = pwrite(fd, was, strlen(was), 0) == (ssize_t)strlen(was);
	close(fd);
	if (!set || !back)
		scene_error(s, MAX_MAP_COUNT " cannot be set: %s", strerror(errno));
	munmap(elsewhere, s->page_len);
	/* madvise(2): EAGAIN is for resources that are not there now. */
	for (enum asked c = 0; c < NR_CALLS; c++)
		if (err[c] >= 0 && err[c] != ENOMEM && err[c] != EAGAIN)
			scene_error(s, "with no more mappings %s says %s", calls[c],
				    err[c] ? strerrorname_np(err[c]) : "that it is done");
	step_end(s);
}
