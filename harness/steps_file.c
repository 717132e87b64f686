// SPDX-License-Identifier: GPL-2.0-only
/* What happens to the file behind shared memory: a mapping beside that writes, and truncation. */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "internal.h"
#include "tell.h"

void alias_write(struct scene *s, unsigned int page)
{
	size_t at = write_offset(s, page);
	struct model_proc *m = &s->model.proc[PARENT];
	bool report = m->report[page];
	uint64_t v;
	char *p;

	step_begin(s, "C1", "alias_write page %u", page);
	if (s->memfd < 0 || !s->memory->shared)
		scene_error(s, "no second mapping could write to this memory");
	tell_not("writes by a second mapping");
	v = stamp(BY_OTHER, s->step, page, write_cell(s, page));
	at = write_offset(s, page);
	p = mmap(NULL, s->page_len, PROT_READ | PROT_WRITE, MAP_SHARED, s->memfd,
		 s->page_offset[page]);
	if (p == MAP_FAILED)
		scene_error(s, "mmap of the file: %s", strerror(errno));
	memcpy(p + at, &v, sizeof(v));
	munmap(p, s->page_len);
	/* Nobody has written by the area: no ledger must have it. */
	model_write(&s->model, PARENT, page, write_cell(s, page), v);
	model_report(&s->model, PARENT, page, report);
	step_end(s);
}

void truncate_file(struct scene *s)
{
	struct content zeros = { 0 };

	step_begin(s, "C1", "truncate_file");
	if (s->memfd < 0 || !s->memory->shared)
		scene_error(s, "there is no file behind all of it");
	tell_not("truncates the file behind its memory");
	if (ftruncate(s->memfd, 0) || ftruncate(s->memfd, s->area_len))
		scene_fail(s, CHECK("truncate-error"), "C1", "the file is truncated", "%s",
			   strerrorname_np(errno));
	for_each_page(s, i)
		if (pagemap(0, page_addr(s, i)) & PM_PRESENT)
			scene_fail(s, CHECK("truncate-stays"), "C1",
				   "what is truncated is in no page table", "page %u is", i);
	model_part(&s->model, PARENT, 0, s->npages);
	for_each_page(s, i) {
		model_replace(&s->model, PARENT, i, &zeros);
		s->first_content[i] = zeros;
		s->pfn_at_pin[i] = 0;
		s->out[i] = false;
		file_page_gone(s, i);
	}
	model_replace(&s->model, PARENT, MODEL_REST, &zeros);
	touch(s, ALL_PAGES);
	step_end(s);
}
