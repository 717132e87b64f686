// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <linux/fs.h>
#include <string.h>
#include <unistd.h>

#include "lies.h"

/* What the kernel says of itself and of pages, in files and by pagemap. */

int __real_file_put(const char *path, const char *text);
int __wrap_file_put(const char *path, const char *text)
{
	if (lie == LIE_CLEAR_NOTHING && strstr(path, "/clear_refs"))
		return done();
	if (strstr(path, "/clear_refs") && deny_clear_refs()) {
		int err = __real_file_put(path, text);

		told();
		return err ?: -EINVAL;
	}
	if (lie == LIE_SPLIT_NOTHING && strstr(path, "/split_huge_pages"))
		return done();
	return __real_file_put(path, text);
}

/* What it said first of each page that it was asked for. */
static uint64_t first_said(pid_t pid, const void *addr, uint64_t now)
{
	static struct {
		pid_t pid;
		const void *addr;
		uint64_t said;
	} known[64];
	unsigned int i = 0;

	while (i < 63 && known[i].addr && (known[i].addr != addr || known[i].pid != pid))
		i++;
	if (known[i].addr != addr || known[i].pid != pid) {
		known[i].pid = pid;
		known[i].addr = addr;
		known[i].said = now;
	}
	if ((known[i].said ^ now) & (PM_PRESENT | PM_SWAP | PM_UFFD_WP | PM_PFN(~0ULL)))
		told();
	return known[i].said;
}

/* Then where pages are is compared in every step, with where they were when they were pinned. */
static bool pin_only_holds(const struct scene *s)
{
	const struct pin *p = &s->pin[0];

	return s->npins && p->taken && !p->kind->can_read && !p->kind->can_write;
}

uint64_t odd_pagemap(pid_t pid, const void *addr, uint64_t e)
{
	struct scene *s = scene_now;
	bool first = s->npages && addr == page_addr(s, 0) && !pid;
	bool there = e & (PM_PRESENT | PM_SWAP);
	bool moves = step_is("migrate") || step_is("compact") || step_is("thp_split") ||
		     step_is("uffd_move_refused");

	switch (lie) {
	case LIE_ODD_PRESENT:
		if (of_area((uintptr_t)addr, 1) && !times_told() &&
		    (step_is("dontneed") || step_is("fill") || step_is("truncate_file"))) {
			told();
			e |= PM_PRESENT;
		}
		break;
	case LIE_ODD_ABSENT:
		if (step_is("shrink_and_grow") && s->lock.pages && s->npages &&
		    addr == page_addr(s, s->npages - 1)) {
			told();
			e &= ~PM_PRESENT;
		}
		if (of_area((uintptr_t)addr, 1) && !times_told() && e & PM_PRESENT &&
		    (step_is("swapoff_all") || step_is("fill"))) {
			told();
			e &= ~PM_PRESENT;
		}
		break;
	case LIE_ODD_ENTRY:
		/* When PAGEMAP_SCAN is compared with something else. */
		if (!first || times_told() || !step_is("scan_agrees") ||
		    scanned_for != PAGE_IS_FILE || !there)
			break;
		told();
		if (e & PM_SWAP)
			e ^= PM_SWAP | PM_PRESENT;
		else
			e &= ~PM_PRESENT;
		break;
	case LIE_ODD_SHARED:
		if (first && !times_told() && step_is("scan_agrees") && e & PM_EXCLUSIVE) {
			told();
			e &= ~PM_EXCLUSIVE;
		}
		break;
	case LIE_ODD_UNMARKED:
		if (e & PM_UFFD_WP && of_area((uintptr_t)addr, 1) && !times_told() &&
		    step_is("wp")) {
			told();
			e &= ~PM_UFFD_WP;
		}
		break;
	case LIE_ODD_FRAME:
	case LIE_ODD_GONE:
		if (lie == LIE_ODD_FRAME && first && step_is("cpu_write parent") &&
		    pin_only_holds(s)) {
			told();
			e++;
			break;
		}
		/*
		 * What it said first in this step is what it is compared with; who looks whether
		 * they are there has been asked at its beginning, too.
		 */
		if (!first || !moves ||
		    call_in_step(0) <= (lie == LIE_ODD_GONE && !s->spare_frames ? 2U : 1U))
			break;
		told();
		e = lie == LIE_ODD_FRAME ? e + 1 : e & ~(PM_PRESENT | PM_PFN(~0ULL));
		break;
	case LIE_ODD_NO_MARK:
		if (e & PM_UFFD_WP && of_area((uintptr_t)addr, 1) && !times_told() &&
		    (step_is("thp_underused") ? call_in_step(1) > 512 :
						!step_is("wp") && !step_is("uffd_open"))) {
			told();
			e &= ~PM_UFFD_WP;
		}
		break;
	case LIE_ODD_MARK:
		if (first && (s->step > 1 || step_is("ledger_clear_refused")) &&
		    !(e & PM_UFFD_WP) && !times_told()) {
			told();
			e |= PM_UFFD_WP;
		}
		break;
	case LIE_ODD_CLEAN_BESIDE:
		if (step_is("remap_page") && !of_area((uintptr_t)addr, 1)) {
			told();
			e &= ~PM_SOFT_DIRTY;
		}
		break;
	case LIE_ODD_NO_GUARD:
		if (e & PM_GUARD && of_area((uintptr_t)addr, 1)) {
			told();
			e &= ~PM_GUARD;
		}
		break;
	case LIE_ODD_GUARD:
		if (first && s->guards && !(e & PM_GUARD)) {
			told();
			e |= PM_GUARD;
		}
		break;
	case LIE_ODD_NO_POISON:
		if (s->proc[PARENT].poisoned && of_area((uintptr_t)addr, 1) && e & PM_SWAP) {
			told();
			e &= ~PM_SWAP;
		}
		break;
	case LIE_ODD_MARK_BESIDE:
	case LIE_ODD_BESIDE_THERE:
		if (of_area((uintptr_t)addr, 1) || times_told() ||
		    !(step_is("remap") || step_is("uffd_move")))
			break;
		/* Where a hole went to. */
		if (step_is("uffd_move_all") && (s->step != moved_in || there))
			break;
		told();
		e |= lie == LIE_ODD_MARK_BESIDE ? PM_UFFD_WP : PM_PRESENT;
		break;
	case LIE_ODD_THERE:
		if (of_area((uintptr_t)addr, 1) && s->step == moved_in && !there && !times_told() &&
		    (step_is("uffd_move_away") || step_is("uffd_move_all_away"))) {
			told();
			e |= PM_SWAP;
		}
		break;
	default:
		break;
	}
	return e;
}

uint64_t __real_pagemap(pid_t pid, const void *addr);
uint64_t __wrap_pagemap(pid_t pid, const void *addr)
{
	uint64_t e = __real_pagemap(pid, addr);

	switch (lie) {
	case LIE_PAGEMAP_NO_MARK:
		if (e & PM_UFFD_WP)
			told();
		return e & ~PM_UFFD_WP;
	case LIE_PAGEMAP_NO_SOFT_DIRTY:
		if (e & PM_SOFT_DIRTY)
			told();
		return e & ~PM_SOFT_DIRTY;
	case LIE_SOFT_DIRTY_LOST: {
		struct scene *s = scene_now;

		for (unsigned int i = 0; s && s->ledgers_run && !pid && i < s->npages; i++)
			if (addr == page_addr(s, i) && e & PM_SOFT_DIRTY &&
			    model_must_report(&s->model, PARENT, i) && !s->racing[i]) {
				told();
				e &= ~PM_SOFT_DIRTY;
			}
		return e;
	}
	case LIE_PAGEMAP_FROZEN:
		return of_area((uintptr_t)addr, 1) ? first_said(pid, addr, e) : e;
	default:
		return lie && scene_now ? odd_pagemap(pid, addr, e) : e;
	}
}

/* Of the marks the same is told as by pagemap(); who asks where pages are is told the truth. */
void __wrap_marks_all(pid_t pid, const void *const addr[], uint64_t e[], size_t n)
{
	for (size_t i = 0; i < n; i++)
		e[i] = __wrap_pagemap(pid, addr[i]);
}

/* What it was, for as long as it takes until somebody gives up. */
static long late(long now, long *high, uint64_t *until)
{
	if (now >= *high || ms_now() > *until) {
		*high = now;
		*until = ms_now() + LATE_MS;
		return now;
	}
	told();
	return *high;
}

long __real_pins_outstanding(void);
long __wrap_pins_outstanding(void)
{
	static long first, high;
	static uint64_t until;
	static bool asked;
	long now = __real_pins_outstanding();

	switch (lie) {
	case LIE_PINS_FROZEN:
		if (!asked)
			first = now;
		asked = true;
		if (first != now)
			told();
		return first;
	case LIE_PINS_LATE:
		return scene_now ? late(now, &high, &until) : now;
	case LIE_FORK_TAKES_PINS:
		if (!scene_now || !step_is("fork"))
			return now;
		told();
		return now - 1;
	case LIE_PINS_HIGH:
	case LIE_PINS_LOW:
		/* Who tries it counts his own first, and the parent counts after him. */
		if (lie == LIE_PINS_HIGH && scene_now && step_is("pin_over_limit")) {
			if (getpid() == scene_now->proc[OTHER].pid)
				return now;
			told();
			return now + 1;
		}
		if (call_in_step(2) != 2)
			return now;
		/* That another number was taken than was asked for would be seen at once. */
		if (step_is(lie == LIE_PINS_LOW ? "pin" : "pin ") &&
		    (lie == LIE_PINS_LOW || !strstr(scene_now->step_name, " under ")))
			return now;
		told();
		return lie == LIE_PINS_HIGH ? now + 1 : now - 1000;
	default:
		return now;
	}
}

long __real_file_number(const char *path, const char *key);
long __wrap_file_number(const char *path, const char *key)
{
	long now = __real_file_number(path, key);

	/* Before fork() there are none, and that is right. */
	if (lie == LIE_HUGEPAGES_LOW && scene_now && !strcmp(key, "HugePages_Free") &&
	    step_is("fork")) {
		told();
		return now - 1;
	}
	return now;
}

static bool has_pins(const struct scene *s)
{
	for (unsigned int n = 0; n < s->npins; n++)
		if (s->pin[n].taken)
			return true;
	return false;
}

void __real_file_numbers(const char *path, unsigned int n, const char *const key[], long value[]);
void __wrap_file_numbers(const char *path, unsigned int n, const char *const key[], long value[])
{
	static uint64_t until;
	static long high;

	__real_file_numbers(path, n, key, value);
	/* The process that asks when all is over has made no scene. */
	if (lie == LIE_SURPLUS_MISCOUNTED && !scene_now && n > 2 &&
	    !strcmp(key[2], "HugePages_Surp")) {
		told();
		value[2]++;
	}
	if (!lie || !scene_now || strcmp(key[0], "VmPin"))
		return;
	if (lie == LIE_VMLCK_LATE)
		value[1] = late(value[1] + (has_pins(scene_now) ? 4 : 0), &high, &until);
	if (lie == LIE_VMLCK_HIGH && step_is("pin_refused") && call_in_step(3) > 1) {
		told();
		value[1] += 4;
	}
	if (lie == LIE_VMPIN_LATE)
		value[0] = late(value[0], &high, &until);
	/* That of user_opens() is what it is compared with. */
	if (lie == LIE_VMPIN_HIGH &&
	    (step_is("user_pins ") ||
	     ((step_is("pin_refused") || step_is("pin_over_limit")) && call_in_step(3) > 1))) {
		told();
		value[0] += 4;
	}
}

bool __real_maps_has(pid_t pid, const void *addr);
bool __wrap_maps_has(pid_t pid, const void *addr)
{
	if (lie == LIE_MAPS_ODD && !__real_maps_has(pid, addr)) {
		told();
		return true;
	}
	return __real_maps_has(pid, addr);
}

bool __real_vm_flag(const void *addr, const char *name);
bool __wrap_vm_flag(const void *addr, const char *name)
{
	bool is = __real_vm_flag(addr, name);

	if (lie == LIE_REGISTER_FLAGS && scene_now &&
	    (step_is("mprotect") || (step_is("remap_page") && !of_area((uintptr_t)addr, 1)))) {
		told();
		return !is;
	}
	return is;
}
