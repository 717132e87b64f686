// SPDX-License-Identifier: GPL-2.0-only

static char *area;
static int memfd;

#define at(p) (area + (p)*4096UL)

#define bytes(n) ((n)*4096UL)

static void map_fd(int fd, int flags)
{
	memfd = fd;
	need(fd >= 0 && !ftruncate(fd, bytes(PAGES)));
	area = mmap(NULL, bytes(PAGES), PROT_READ | PROT_WRITE, flags, fd, 0);
	need(area != MAP_FAILED);
}

static char *second; /* a second mapping shows what is in the file */

#define behind(p) (second + (p)*4096UL)

static void map_shared(int fd)
{
	map_fd(fd, MAP_SHARED);
	for (int p = 0; p < PAGES; p++)
		WORD(p) = VALUE(PARENT, 0, p);
	second = mmap(NULL, bytes(PAGES), PROT_READ, MAP_SHARED, fd, 0);
	need(second != MAP_FAILED);
}

static void map_private(int fd)
{
	map_fd(fd, MAP_PRIVATE);
	for (uint64_t p = 0, v = VALUE(FIRST, 0, 0); p < PAGES; p++, v++)
		need(pwrite(fd, &v, 8, bytes(p)) == 8);
	second = mmap(NULL, bytes(PAGES), PROT_READ, MAP_SHARED, fd, 0);
	need(second != MAP_FAILED);
}

static void map_shmem(void)
{
	map_shared(memfd_create(NAME, MFD_ALLOW_SEALING));
}

static void map_shmem_private(void)
{
	map_private(memfd_create(NAME, MFD_ALLOW_SEALING));
}

/* Mapped by a read, never written. */
static void map_shmem_clean(void)
{
	map_fd(memfd_create(NAME, MFD_ALLOW_SEALING), MAP_SHARED);
}

/* In the file, neither cleared nor mapped. */
static void map_shmem_fallocated(void)
{
	map_fd(memfd_create(NAME, MFD_ALLOW_SEALING), MAP_SHARED);
	need(!fallocate(memfd, 0, 0, bytes(PAGES)));
}

/* A file on a disk. */
static int disk_file(void)
{
	int fd = open("/mnt", O_TMPFILE | O_RDWR, 0600);

	if (fd < 0)
		fd = open(".", O_TMPFILE | O_RDWR, 0600);
	if (fd < 0)
		skip("file system with O_TMPFILE at /mnt or here");
	return fd;
}

static void map_file_shared(void)
{
	map_shared(disk_file());
}

static void map_file_private(void)
{
	map_private(disk_file());
}

/* Half of it anonymous, half a private mapping of a file. */
static void map_mixed(void)
{
	map_fd(memfd_create(NAME, 0), MAP_PRIVATE);
	need(mmap(area, bytes(PAGES / 2), PROT_READ | PROT_WRITE,
		  MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == area);
	for (int p = 0; p < PAGES; p++)
		WORD(p) = VALUE(PARENT, 0, p);
}

#ifndef __NR_memfd_secret
#define __NR_memfd_secret 447
#endif

static void map_secretmem(void)
{
	int fd = syscall(__NR_memfd_secret, 0);

	if (fd < 0)
		skip("memfd_secret()");
	map_shared(fd);
}
