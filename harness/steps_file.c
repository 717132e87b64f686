// SPDX-License-Identifier: GPL-2.0-only
/* What happens to the file behind shared memory: a mapping beside that writes, and truncation. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
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

/* --- who may write to it ------------------------------------------------------------------ */

void file_readonly(struct scene *s)
{
	char path[64];
	void *p;

	step_begin(s, "C5", "file_readonly");
	if (s->memfd < 0)
		scene_error(s, "there is no file behind it");
	tell_not("hands out its file to be read only");
	/* udmabuf wants that of a file, and it takes the right to write. */
	if (s->pin[0].kind == &pin_udmabuf && fcntl(s->memfd, F_ADD_SEALS, F_SEAL_SHRINK))
		scene_error(s, "F_SEAL_SHRINK: %s", strerror(errno));
	snprintf(path, sizeof(path), "/proc/self/fd/%d", s->memfd);
	s->handed.fd = open(path, O_RDONLY | O_CLOEXEC);
	if (s->handed.fd < 0)
		scene_error(s, "%s, to be read: %s", path, strerror(errno));
	p = mmap(NULL, s->page_len, PROT_READ | PROT_WRITE, MAP_SHARED, s->handed.fd, 0);
	if (p != MAP_FAILED || errno != EACCES)
		scene_error(s, "mmap() of it to be written: %s, not EACCES",
			    p == MAP_FAILED ? strerrorname_np(errno) : "done");
	step_end(s);
}

/*
 * Private, as a shared mapping that may not be written to is one that may until v6.7; and without
 * a reservation of huge pages, as nothing is to be copied.
 */
static void map_readonly(struct scene *s, char *at)
{
	const int flags = MAP_PRIVATE | MAP_FIXED | MAP_NORESERVE;

	if (mmap(at, s->area_len, PROT_READ, flags, s->memfd, 0) != at)
		scene_error(s, "mmap() of the file, private and to be read: %s", strerror(errno));
}

void file_not_mapped_writable(struct scene *s)
{
	step_begin(s, "C1", "file_not_mapped_writable");
	if (s->memfd < 0 || !s->memory->shared || s->ledgers || s->uffd >= 0)
		scene_error(s, "it is for a shared file, and for nothing that is tracked");
	if (s->proc[CHILD].area)
		scene_error(s, "a child has it mapped");
	tell_not("maps its file anew, to be read only");
	map_readonly(s, s->area);
	if (s->alias)
		map_readonly(s, s->alias);
	for_each_page(s, i)
		s->proc[PARENT].readonly |= 1U << i;
	step_end(s);
}

static void seal(struct scene *s, int what, const char *name)
{
	tell_not("seals its file");
	if (fcntl(s->memfd, F_ADD_SEALS, what))
		scene_fail(s, CHECK("seal-refused"), "C8",
			   "a file that nobody can write to any more is sealed", "%s: %s", name,
			   strerrorname_np(errno));
	else if (!(fcntl(s->memfd, F_GET_SEALS) & what))
		scene_error(s, "%s: done, and it is not there", name);
}

void seal_writes(struct scene *s)
{
	step_begin(s, "C8", "seal_writes");
	for (unsigned int i = 0; i < s->npins; i++)
		if (s->pin[i].taken)
			scene_error(s, "a device has it pinned: that would be seal_refused()");
	seal(s, F_SEAL_WRITE, "F_SEAL_WRITE");
	step_end(s);
}

void seal_new_writers(struct scene *s)
{
	step_begin(s, "C8", "seal_new_writers");
	seal(s, F_SEAL_FUTURE_WRITE, "F_SEAL_FUTURE_WRITE");
	step_end(s);
}

void seal_refused(struct scene *s)
{
	bool held = false;
	int err;

	step_begin(s, "C5", "seal_refused");
	tell_not("seals its file");
	for (unsigned int i = 0; i < s->npins; i++)
		held |= s->pin[i].taken && s->pin[i].kind->for_write;
	if (!held)
		scene_error(s, "nobody has it pinned for writing: that would be seal_writes()");
	err = fcntl(s->memfd, F_ADD_SEALS, F_SEAL_WRITE) ? errno : 0;
	if (err != EBUSY)
		scene_fail(s, CHECK("seal-past-pin"), "C5",
			   "EBUSY: a device may still write to the file", "%s",
			   err ? strerrorname_np(err) : "it is sealed");
	step_end(s);
}
