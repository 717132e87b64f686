// SPDX-License-Identifier: GPL-2.0-only

/* Set it, unless to -1; what it was. */
static long knob(const char *path, long value)
{
	FILE *f = fopen(path, value < 0 ? "r" : "r+");
	long before = 0;

	if (!f || fscanf(f, "%ld", &before) < 0 || fseek(f, 0, SEEK_SET) ||
	    (value >= 0 && fprintf(f, "%ld", value) < 0) || fclose(f))
		skip(path);
	return before;
}
