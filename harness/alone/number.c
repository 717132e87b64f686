// SPDX-License-Identifier: GPL-2.0-only

/* The number behind this word in a file; 0 if it is not there. */
static long number_in(const char *path, const char *word)
{
	FILE *f = fopen(path, "r");
	char text[16384], *found;

	text[f ? fread(text, 1, sizeof(text) - 1, f) : 0] = '\0';
	if (f)
		fclose(f);
	found = strstr(text, word);
	return found ? strtol(found + strlen(word), NULL, 10) : 0;
}
