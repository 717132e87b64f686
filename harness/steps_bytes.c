// SPDX-License-Identifier: GPL-2.0-only
/*
 * Calls that are for pages, asked for bytes that are none: EINVAL, each, and nothing changes. The
 * same calls that round are in the files of their subjects.
 */
#include <errno.h>
#include <linux/userfaultfd.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#include "internal.h"
#include "memory.h"
#include "tell.h"

static const struct {
	const char *name;
	int advice;
} advices[] = {
	{ "MADV_DONTNEED", MADV_DONTNEED }, { "MADV_FREE", MADV_FREE },
	{ "MADV_COLD", MADV_COLD },	    { "MADV_PAGEOUT", MADV_PAGEOUT },
	{ "MADV_DONTFORK", MADV_DONTFORK }, { "MADV_WIPEONFORK", MADV_WIPEONFORK },
	{ "MADV_REMOVE", MADV_REMOVE },	    { "MADV_COLLAPSE", 25 },
	{ "MADV_GUARD_INSTALL", 102 },
};

/* @err: what came of that, 0 or an errno. */
static void must_be_refused(struct scene *s, const char *call, int err)
{
	if (err != EINVAL)
		scene_fail(s, CHECK("bytes-taken"), s->step_clause,
			   "EINVAL: this is no range of pages", "%s says %s", call,
			   err ? strerrorname_np(err) : "that it is done");
}

static int uffd_asked(struct scene *s, unsigned long what, char *at, size_t len)
{
	struct uffdio_range range = { .start = (uintptr_t)at, .len = len };
	struct uffdio_writeprotect wp = { .range = range, .mode = UFFDIO_WRITEPROTECT_MODE_WP };
	struct uffdio_register reg = { .range = range, .mode = s->uffd_mode };
	void *arg = &range;

	if (what == UFFDIO_WRITEPROTECT)
		arg = &wp;
	else if (what == UFFDIO_REGISTER)
		arg = &reg;
	return ioctl(s->uffd, what, arg) ? errno : 0;
}

static void ask_uffd(struct scene *s, char *at, size_t len)
{
	if (s->uffd < 0 || !model_registered(&s->model, PARENT))
		return;
	if (registered_for_wp(s, PARENT) && !(s->uffd_mode & UFFDIO_REGISTER_MODE_RWP))
		must_be_refused(s, "UFFDIO_WRITEPROTECT",
				uffd_asked(s, UFFDIO_WRITEPROTECT, at, len));
	must_be_refused(s, "UFFDIO_REGISTER", uffd_asked(s, UFFDIO_REGISTER, at, len));
	must_be_refused(s, "UFFDIO_UNREGISTER", uffd_asked(s, UFFDIO_UNREGISTER, at, len));
}

void askew_refused(struct scene *s, unsigned int page)
{
	/* Of hugetlbfs a small page is no range of pages, either. */
	size_t off = s->memory->huge ? PAGE_4K : 512, len = s->page_len;
	char *at = page_addr(s, page);

	step_begin(s, "C0", "askew_refused page %u", page);
	tell_not("asks for many things that are refused");
	for (size_t i = 0; i < sizeof(advices) / sizeof(advices[0]); i++)
		must_be_refused(s, advices[i].name,
				madvise(at + 512, len, advices[i].advice) ? errno : 0);
	must_be_refused(s, "mprotect()", mprotect(at + off, len, PROT_NONE) ? errno : 0);
	must_be_refused(s, "munmap()", munmap(at + off, len) ? errno : 0);
	must_be_refused(s, "mremap()",
			mremap(at + 512, len, 2 * len, MREMAP_MAYMOVE) == MAP_FAILED ? errno : 0);
	ask_uffd(s, at + off, len);
	ask_uffd(s, at, len - off);
	/* What is refused for its end may have split the mapping at its start, and it stays so. */
	s->several |= s->memory->huge && page > 0;
	step_end(s);
}
