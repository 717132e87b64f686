// SPDX-License-Identifier: GPL-2.0-only

/* A pipe that holds a word of each page, and one to look at copies of that. */
static int held[2], looked_at[2];

static void open_vmsplice(void)
{
	need(!pipe(held) && !pipe(looked_at));
}

static int pin_vmsplice(int first, int n)
{
	for (int p = first; p < first + n; p++)
		if (vmsplice(held[1], &(struct iovec){ at(p), 8 }, 1, 0) != 8)
			return -1;
	return 0;
}

static uint64_t read_vmsplice(int p)
{
	uint64_t words[PAGES];
	long len = tee(held[0], looked_at[1], sizeof(words), SPLICE_F_NONBLOCK);

	need(len >= 8 && read(looked_at[0], words, len) == len);
	return words[p];
}

static int unpin_vmsplice(void)
{
	uint64_t words[PAGES];

	return read(held[0], words, sizeof(words)) > 0 ? 0 : -1;
}
