// SPDX-License-Identifier: GPL-2.0-only

/* Of a file of the kernel's the 64-bit number with that index. */
static uint64_t number_at(const char *path, uint64_t index)
{
	int fd = open(path, O_RDONLY);
	uint64_t number;

	need(pread(fd, &number, 8, index * 8) == 8);
	close(fd);
	return number;
}

/* Write a setting: 0 if there is such a one. */
static int put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY), error = write(fd, text, strlen(text)) < 0;

	close(fd);
	return error;
}

/* What pagemap says of a page. */
#define entry_of(p) number_at("/proc/self/pagemap", (uintptr_t)at(p) / 4096)

#define frame_of(p) (entry_of(p) & ((1UL << 55) - 1))
