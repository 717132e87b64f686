// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "case_info.h"

/* Of the cases that were linked, which the linker has put side by side. */
extern const struct case_entry *const __start_cowpen_cases[], *const __stop_cowpen_cases[];
const struct case_entry *the_case;

bool choose_case(const char *id)
{
	for (const struct case_entry *const *c = __start_cowpen_cases; c < __stop_cowpen_cases;
	     c++) {
		the_case = *c;
		if (!id || !strcmp(the_case->info->id, id))
			return true;
	}
	return false;
}
