// SPDX-License-Identifier: GPL-2.0-only

static void advise(int advice)
{
	must(!madvise(area, bytes(PAGES), advice), step, "the advice is taken");
}

static long give_up(long first, long n)
{
	return madvise(at(first), bytes(n), MADV_DONTNEED);
}

static void dontneed(int proc, int first, int n)
{
	if (in(proc, give_up, first, n))
		skip("MADV_DONTNEED of this memory");
}

static void hint(int advice, int first, int n)
{
	must(!madvise(at(first), bytes(n), advice), step, "the advice is taken");
}

/* Of a huge page a part is nothing. */
static void dontneed_bytes(int page, int huge)
{
	must(madvise(at(page) + 1, 4096, MADV_DONTNEED) && errno == EINVAL, "C0",
	     "EINVAL: it begins in the middle of a page");
	if (madvise(at(page), 100, MADV_DONTNEED)) {
		must(huge, "C0", "a part of a small page is all of it");
		skip("MADV_DONTNEED of this memory");
	}
}

static long free_pages(long first, long n)
{
	return madvise(at(first), bytes(n), MADV_FREE);
}

static void punch_shared(int first, int n)
{
	if (madvise(at(first), bytes(n), MADV_REMOVE))
		skip("MADV_REMOVE of this memory");
}

static void punch_private(int first, int n)
{
	if (fallocate(memfd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, at(first) - area,
		      bytes(n)))
		skip("holes in this file system");
}
