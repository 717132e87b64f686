// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <linux/userfaultfd.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "feature.h"
#include "hmm.h"
#include "memory.h"
#include "tell.h"

/* Pages that move to a device's memory and back. */

#define DATA_LEN (MAX_REST * PAGE_4K)

/* What is given to the device, and what it gives. Shared, so that no fork() has a part in it. */
static char *data_of(struct scene *s)
{
	static char *data;

	if (!data)
		data = mmap(NULL, DATA_LEN, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
			    0);
	if (data == MAP_FAILED)
		scene_error(s, "mmap: %s", strerror(errno));
	return data;
}

static int ask_of(struct scene *s, int fd, enum hmm_op op, const char *addr, size_t len, char *said)
{
	char *data = data_of(s);
	int err;

	if (len > DATA_LEN)
		scene_error(s, "%zu bytes are too much for the device", len);
	err = hmm_ask(fd, op, addr, len, data);
	if (said)
		*said = *data;
	return err;
}

static int ask(struct scene *s, enum hmm_op op, const char *addr, size_t len, char *said)
{
	return ask_of(s, hmm_device(s), op, addr, len, said);
}

/* Is the small page at @addr in the memory @where, as the device @fd sees it? */
static bool lies_in(struct scene *s, int fd, const char *addr, unsigned char where)
{
	char said = 0;
	int err = ask_of(s, fd, HMM_SNAPSHOT, addr, PAGE_4K, &said);

	if (err)
		scene_error(s, "the device cannot tell where a page is: %s", strerror(-err));
	return (said & HMM_WHERE) == where;
}

static bool lies_in_device(struct scene *s, const char *addr)
{
	return lies_in(s, hmm_device(s), addr, HMM_IN_DEVICE);
}

/* All small pages of it. */
static bool page_in_device(struct scene *s, unsigned int page)
{
	for (size_t at = 0; at < s->page_len; at += PAGE_4K)
		if (!lies_in_device(s, page_addr(s, page) + at))
			return false;
	return true;
}

/*
 * Only private memory without a file goes, and no page that something holds. What is merged with
 * others' is better left alone.
 */
static bool must_go(const struct scene *s, unsigned int page)
{
	return !ksm_with_twin(s, page) && !s->memory->shared && s->memfd < 0 && s->touched[page] &&
	       page_may_go(s, page);
}

/* In one go, or, where something between them is not mapped, one after the other. */
static int move_pages_of(struct scene *s, enum hmm_op op, unsigned int first, unsigned int n)
{
	char *start;
	size_t len;
	int err;

	page_range(s, first, n, &start, &len);
	err = ask(s, op, start, len, NULL);
	for (unsigned int i = first; err == -EINVAL && i < first + n; i++)
		ask(s, op, page_addr(s, i), s->page_len, NULL);
	return err == -EINVAL ? 0 : err;
}

static bool all_went(struct scene *s, unsigned int first, unsigned int n, char *beside)
{
	/* What does not go is told by who looks where it is. */
	move_pages_of(s, HMM_TO_DEVICE, first, n);
	ask(s, HMM_TO_DEVICE, beside, PAGE_4K, NULL);
	for (unsigned int i = first; i < first + n; i++)
		if (must_go(s, i) && !page_in_device(s, i))
			return false;
	return lies_in_device(s, beside);
}

void to_device(struct scene *s, unsigned int first, unsigned int n)
{
	uint64_t before[MODEL_PAGES];
	char *beside;

	n = clamp_pages(s, first, n);
	step_begin(s, "C1", "to_device%s", which(s, first, n));
	tell_not("has a device with memory of its own");
	feature_needed(s, F_HMM);
	beside = canary(s);
	frames_now(s, before);
	/* A fresh page may still be on its way to the LRU list. */
	if (!wait_until(all_went(s, first, n, beside))) {
		if (!lies_in_device(s, beside))
			wait_error(s, by_kernel(NULL), "a page beside does not go to the device");
		scene_fail(s, CHECK("device-takes-not"), "C8",
			   "a page that nothing holds goes to the device",
			   "a page beside does, and one of the scene stays");
	}
	munmap(beside, PAGE_4K);
	for (unsigned int i = first; i < first + n; i++) {
		if (!page_in_device(s, i))
			continue;
		if (!s->touched[i] && s->uffd_mode & UFFDIO_REGISTER_MODE_MISSING)
			scene_fail(s, CHECK("device-fills-missing"), "C3",
				   "what is missing is asked for before it is filled",
				   "the device has a page in place of page %u", i);
		/* Of a hole it has made a page. */
		s->touched[i] = s->out[i] = true;
		s->in_device |= 1U << i;
	}
	pinned_stay(s, before);
	step_end(s);
}

/* Is it there again? */
static void came_back(struct scene *s, unsigned int page, const char *how)
{
	if (!in_device(s, page))
		return;
	if (!(pagemap(0, page_addr(s, page)) & PM_PRESENT))
		scene_fail(s, CHECK("device-gives-not"), "C8", "the device gives back all pages",
			   "page %u is not there after %s", page, how);
	touch(s, PAGE(page));
}

void device_lacks_huge(struct scene *s)
{
	int err;

	step_begin(s, "", "device_lacks_huge");
	tell_not("has a device with memory of its own");
	feature_needed(s, F_HMM);
	err = hmm_set_flags(hmm_device(s), HMM_NO_HUGE);
	if (err)
		scene_error(s, "the device cannot be told: %s", strerror(-err));
	step_end(s);
}

void from_device(struct scene *s, unsigned int first, unsigned int n)
{
	int err;

	n = clamp_pages(s, first, n);
	step_begin(s, "C1", "from_device%s", which(s, first, n));
	tell_not("has a device with memory of its own");
	err = move_pages_of(s, HMM_TO_SYSTEM, first, n);
	if (err)
		scene_error(s, "the device does not give back its pages: %s", strerror(-err));
	for (unsigned int i = first; i < first + n; i++)
		came_back(s, i, "it was told to");
	step_end(s);
}

void device_goes_away(struct scene *s)
{
	int err;

	step_begin(s, "C1", "device_goes_away");
	tell_not("has a device with memory of its own");
	err = hmm_device_close();
	if (err)
		scene_error(s, "the device cannot be closed: %s", strerror(-err));
	for_each_page(s, i)
		came_back(s, i, "it was closed");
	step_end(s);
}

void device_exclusive(struct scene *s, unsigned int page)
{
	uint64_t before[MODEL_PAGES];
	int err;

	step_begin(s, "C1", "device_exclusive page %u", page);
	tell_not("has a device with memory of its own");
	frames_now(s, before);
	/* The right to write, and to be the only one, is got as a write does. */
	for (size_t at = 0; at < s->page_len; at += PAGE_4K) {
		err = ask(s, HMM_EXCLUSIVE, page_addr(s, page) + at, PAGE_4K, NULL);
		if (err)
			scene_error(s, "page %u cannot be the device's alone: %s", page,
				    strerror(-err));
	}
	if (!(pagemap(0, page_addr(s, page)) & PM_SWAP))
		scene_error(s, "page %u is still mapped", page);
	model_report(&s->model, PARENT, page, true);
	s->touched[page] = s->out[page] = true;
	s->in_device &= ~(1U << page);
	step_end(s);
}

void lazyfree_and_device_fill(struct scene *s)
{
	char *beside;
	int err = 0;

	step_begin(s, "C1", "lazyfree, then the device writes");
	tell_not("has a device with memory of its own");
	if (s->touched[MODEL_REST] || s->memory->shared)
		scene_error(s, "not yet: such memory");
	beside = canary(s);
	free_canary(s);
	if (madvise(s->area, s->area_len, MADV_FREE))
		scene_error(s, "MADV_FREE: %s", strerror(errno));
	if (!wait_until(all_went(s, 0, s->npages, beside)))
		wait_error(s, by_kernel(NULL), "the pages do not go to the device");
	munmap(beside, PAGE_4K);
	/* Each was the old one or zeros; from now on it is neither. */
	for_each_page(s, i) {
		struct content c = content_by(BY_DEVICE, s->step, i);

		content_bytes(&c, s->page_len, 0, data_of(s), s->page_len);
		err = err ?: ask(s, HMM_WRITE, page_addr(s, i), s->page_len, NULL);
		model_replace(&s->model, PARENT, i, &c);
		s->out[i] = true;
		s->in_device |= 1U << i;
	}
	if (err)
		scene_error(s, "the device cannot write: %s", strerror(-err));
	step_end(s);
}

/* --- memory of a device that the CPU reaches ---------------------------------------------------- */

static bool lies_in_coherent(struct scene *s, const char *addr)
{
	return lies_in(s, hmm_coherent_device(s), addr, HMM_IN_COHERENT);
}

static bool all_went_coherent(struct scene *s, char *beside)
{
	const int fd = hmm_coherent_device(s);

	ask_of(s, fd, HMM_TO_DEVICE, s->area, s->area_len, NULL);
	ask_of(s, fd, HMM_TO_DEVICE, beside, PAGE_4K, NULL);
	for_each_page(s, i)
		if (must_go(s, i) && !lies_in_coherent(s, page_addr(s, i)))
			return false;
	return lies_in_coherent(s, beside);
}

void to_coherent_device(struct scene *s)
{
	uint64_t before[MODEL_PAGES];
	char *beside;

	step_begin(s, "C1", "to_coherent_device");
	tell_not("has a device with memory of its own");
	feature_needed(s, F_HMM_COHERENT);
	beside = canary(s);
	frames_now(s, before);
	/* A fresh page may still be on its way to the LRU list. */
	if (!wait_until(all_went_coherent(s, beside)))
		wait_error(s, by_kernel(NULL), "what nothing holds does not go to the device");
	/* Who pins looks for it so. */
	if (pages_at(0, beside, PAGE_4K).device != 1)
		scene_error(s, "a page beside is in the device, and /proc/kpageflags knows it");
	munmap(beside, PAGE_4K);
	pinned_stay(s, before);
	step_end(s);
}

void from_coherent_device(struct scene *s)
{
	unsigned int n = 0;
	int err;

	step_begin(s, "C1", "from_coherent_device");
	tell_not("has a device with memory of its own");
	for_each_page(s, i)
		n += lies_in_coherent(s, page_addr(s, i));
	if (!n)
		scene_error(s, "no page is in the device");
	err = ask_of(s, hmm_coherent_device(s), HMM_TO_SYSTEM, s->area, s->area_len, NULL);
	for_each_page(s, i)
		if (page_may_go(s, i) && lies_in_coherent(s, page_addr(s, i)))
			scene_error(s, "page %u is in the device still: %s", i, strerror(-err));
	step_end(s);
}
