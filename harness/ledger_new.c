// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <linux/userfaultfd.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "memory.h"

/*
 * Content that is new to a page though no CPU wrote it there: other memory was
 * mapped or moved in, or a hole was made in the file. Who reads the ledger has the
 * old content, so it must be reported like a write.
 */

static void new_content(struct scene *s, unsigned int page, const uint64_t v[NR_CELLS])
{
	for (enum cell c = 0; c < NR_CELLS; c++)
		model_write(&s->model, PARENT, page, c, v[c]);
}

static const uint64_t zeros[NR_CELLS];

void ledger_renew(struct scene *s, unsigned int page)
{
	char *p = page_addr(s, page);

	step_begin(s, "C9", "ledger_renew page %u", page);
	/* MAP_STACK: no THP, as our anonymous memory has it (v6.7), or the two would not be one. */
	if (munmap(p, 4096) ||
	    mmap(p, 4096, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK | MAP_FIXED, -1, 0) != p)
		scene_error(s, "mmap: %s", strerror(errno));
	new_content(s, page, zeros);
	/* New memory is soft-dirty as a whole, and that is told of a mapping, not of a page. */
	for_each_page(s, i)
		if (!(pagemap(0, page_addr(s, i)) & PM_SOFT_DIRTY))
			scene_skip(s, "what is mapped there does not become one with the area "
				      "(MAP_STACK means no huge pages from v6.7 on)");
	step_end(s);
}

void ledger_punch(struct scene *s)
{
	step_begin(s, "C9", "ledger_punch");
	if (s->memfd < 0 || !s->memory->shared)
		scene_error(s, "there is no file to make a hole in");
	if (madvise(s->area, s->area_len, MADV_REMOVE))
		scene_error(s, "MADV_REMOVE: %s", strerror(errno));
	for_each_page(s, i) {
		if (pagemap(0, page_addr(s, i)) & PM_PRESENT)
			scene_error(s, "page %u is still there", i);
		new_content(s, i, zeros);
	}
	step_end(s);
}

void ledger_drop(struct scene *s)
{
	step_begin(s, "C9", "ledger_drop");
	if (!s->memory->shared)
		scene_error(s, "what is private is lost when it is dropped");
	if (madvise(s->area, s->area_len, MADV_DONTNEED)) {
		if (errno == EINVAL && s->memory->huge)
			scene_skip(s, "MADV_DONTNEED does not drop huge pages (v5.18)");
		scene_error(s, "MADV_DONTNEED: %s", strerror(errno));
	}
	for_each_page(s, i) {
		if (pagemap(0, page_addr(s, i)) & PM_PRESENT)
			scene_error(s, "page %u is still there", i);
		/* A look would bring it back. */
		s->out[i] = true;
	}
	step_end(s);
}

/* A page of another ledger that was cleared, so it has a mark; swapped out or not. */
static char *moving_page(struct scene *s, bool swapped, const uint64_t v[NR_CELLS])
{
	uint64_t end = ms_now() + PATIENCE_MS;
	int uffd = uffd_new(s, UFFD_FEATURE_WP_ASYNC | UFFD_FEATURE_PAGEFAULT_FLAG_WP |
			    UFFD_FEATURE_WP_UNPOPULATED, NULL);
	char *p = map_or_error(s, NULL, PAGE_4K, PROT_READ | PROT_WRITE,
			       MAP_PRIVATE | MAP_ANONYMOUS, -1);
	int err = uffd_register(uffd, p, PAGE_4K, UFFDIO_REGISTER_MODE_WP);

	if (err)
		scene_error(s, "UFFDIO_REGISTER: %s", strerror(-err));
	for (enum cell c = 0; c < NR_CELLS; c++)
		*(volatile uint64_t *)(p + CELL_OFFSET(c)) = v[c];
	uffd_protect(s, uffd, p, PAGE_4K, UFFDIO_WRITEPROTECT_MODE_WP);
	while (swapped && !(pagemap(0, p) & PM_SWAP)) {
		if (file_number("/proc/meminfo", "SwapTotal") <= 0)
			scene_skip(s, "no swap: the zram module is not there");
		if (madvise(p, PAGE_4K, MADV_PAGEOUT))
			scene_error(s, "MADV_PAGEOUT: %s", strerror(errno));
		if (ms_now() > end)
			scene_error(s, "MADV_PAGEOUT did not swap out the page that is to be moved");
		ms_sleep(2);
	}
	if (!(pagemap(0, p) & PM_UFFD_WP))
		scene_error(s, "the page that is to be moved has no mark");
	return p;
}

void ledger_move_in(struct scene *s, unsigned int page, bool swapped)
{
	struct uffdio_move move = { .dst = (uintptr_t)page_addr(s, page), .len = PAGE_4K };
	uint64_t v[NR_CELLS];
	char *from;

	step_begin(s, "C9", "ledger_move_in page %u%s", page, swapped ? ", which is swapped" : "");
	for (enum cell c = 0; c < NR_CELLS; c++)
		v[c] = stamp(BY_PARENT, s->step, page, c);
	from = moving_page(s, swapped, v);
	move.src = (uintptr_t)from;
	if (madvise(page_addr(s, page), PAGE_4K, MADV_DONTNEED))
		scene_error(s, "MADV_DONTNEED: %s", strerror(errno));
	while (ioctl(s->uffd, UFFDIO_MOVE, &move)) {
		if (errno == EINVAL || errno == ENOTTY)
			scene_skip(s, "this kernel has no UFFDIO_MOVE (v6.8)");
		if (errno != EAGAIN)
			scene_error(s, "UFFDIO_MOVE: %s", strerror(errno));
	}
	if (pagemap(0, from) & (PM_PRESENT | PM_SWAP))
		scene_error(s, "the page did not go");
	new_content(s, page, v);
	munmap(from, PAGE_4K);
	step_end(s);
}
