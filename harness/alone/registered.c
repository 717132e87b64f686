// SPDX-License-Identifier: GPL-2.0-only

/* VmFlags tell it, of each mapping that has a part of the area. */
static void still_registered(void)
{
	FILE *f = fopen("/proc/self/smaps", "r");
	uintptr_t from, here = 0;
	char line[256], *end;

	while (f && fgets(line, sizeof(line), f)) {
		from = strtoul(line, &end, 16);
		if (*end == '-')
			here = from < (uintptr_t)area + bytes(PAGES) &&
			       strtoul(end + 1, NULL, 16) > (uintptr_t)area;
		else
			must(!here || strncmp(line, "VmFlags:", 8) || strstr(line, " uw"), "C4",
			     "the registration goes on");
	}
	fclose(f);
}
