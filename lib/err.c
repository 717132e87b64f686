// SPDX-License-Identifier: GPL-2.0-only
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "err.h"

static __thread char line[1024];

int err_set(int code, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	for (char *nl = line; (nl = strchr(nl, '\n'));)
		*nl = ' ';
	return code;
}

const char *err_msg(void)
{
	return line;
}

int err_prefix(int code, const char *fmt, ...)
{
	char old[sizeof(line)];
	va_list ap;
	int n;

	memcpy(old, line, sizeof(old));
	va_start(ap, fmt);
	n = vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	if (n >= 0 && (size_t)n < sizeof(line))
		snprintf(line + n, sizeof(line) - n, ": %.*s", (int)(sizeof(line) - n - 3), old);
	return code;
}
