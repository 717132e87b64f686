// SPDX-License-Identifier: GPL-2.0-only

static uint64_t copies[PAGES];

static void copy_out(int first, int n)
{
	for (int p = first; p < first + n; p++)
		copies[p] = WORD(p);
}

static void copy_holds(int first, int n, int who, int step_nr)
{
	for (int p = first; p < first + n; p++)
		must(copies[p] == (who ? VALUE(who, step_nr, p) : 0), "C3",
		     "a copy of what was there before the write");
}
