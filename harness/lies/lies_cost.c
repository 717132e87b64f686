// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <string.h>

#include "lies.h"

/*
 * What a part of the oracle costs is what a test costs more than without it (make bench).
 * COWPEN_SPARE leaves it out, in this build alone: from it no verdict is ever taken.
 */

bool spared(const char *what)
{
	const char *word = getenv("COWPEN_SPARE");

	return word && !strcmp(word, what);
}

/* --- bytes: of each page two cells are looked at, and they are all that is filled ---------- */

/* They are in there, and the word that tells the pattern (look.c). */
#define CELLS_LEN 528UL

static bool two_cells(void)
{
	static int yes = -1;

	if (yes < 0)
		yes = spared("bytes");
	return yes;
}

bool looked_at_cells(const char *from, char *to)
{
	if (two_cells())
		memcpy(to, from, CELLS_LEN);
	return two_cells();
}

int __real_pin_look(struct scene *s, struct pin *p, unsigned int page, char *to);
int __wrap_pin_look(struct scene *s, struct pin *p, unsigned int page, char *to)
{
	size_t reach = pin_reach(s, p, page);

	if (!two_cells())
		return __real_pin_look(s, p, page, to);
	return p->kind->read(s, p, pin_addr(s, p, page), to, reach < CELLS_LEN ? reach : CELLS_LEN);
}

const char *__real_bytes_unlike(const struct content *wanted, size_t page_len, size_t offset,
				const char *seen, size_t len);
const char *__wrap_bytes_unlike(const struct content *wanted, size_t page_len, size_t offset,
				const char *seen, size_t len)
{
	size_t at = cell_offset(CELL_CPU, page_len);

	if (two_cells() &&
	    (offset || !page_len || len < at + 8 ||
	     (word_at(seen) == wanted->v[CELL_DEV] && word_at(seen + at) == wanted->v[CELL_CPU])))
		return NULL;
	return __real_bytes_unlike(wanted, page_len, offset, seen, len);
}

void __real_content_bytes(const struct content *c, size_t page_len, size_t offset, void *to,
			  size_t len);
void __wrap_content_bytes(const struct content *c, size_t page_len, size_t offset, void *to,
			  size_t len)
{
	bool cells = two_cells() && scene_now && of_area((uintptr_t)to, len);

	if (cells && (offset || !page_len))
		return;
	__real_content_bytes(c, page_len, offset, to, cells && len > CELLS_LEN ? CELLS_LEN : len);
}

void __real_scene_whole(struct scene *s);
void __wrap_scene_whole(struct scene *s)
{
	if (two_cells())
		frames_remember(s);
	else
		__real_scene_whole(s);
}

/* --- flags: what is registered is not read from VmFlags ----------------------------------- */

void __real_registration_compare(struct scene *s);
void __wrap_registration_compare(struct scene *s)
{
	if (!spared("flags"))
		__real_registration_compare(s);
}
