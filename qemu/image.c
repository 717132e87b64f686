// SPDX-License-Identifier: GPL-2.0-only
#include <archive.h>
#include <archive_entry.h>
#include <dirent.h>
#include <elf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "err.h"
#include "image.h"

/* --- the kernel ----------------------------------------------------------- */

static bool is_elf64(const struct buf *b)
{
	return b->len > sizeof(Elf64_Ehdr) && !memcmp(b->data, ELFMAG, SELFMAG) &&
	       b->data[EI_CLASS] == ELFCLASS64;
}

/* Are all segments there, and the note by which QEMU finds the PVH entry? */
static bool elf_bootable(const struct buf *b)
{
	bool pvh = false;
	Elf64_Ehdr eh;

	if (!is_elf64(b))
		return false;
	memcpy(&eh, b->data, sizeof(eh));
	if (eh.e_machine != EM_X86_64 || eh.e_phentsize != sizeof(Elf64_Phdr))
		return false;
	for (size_t i = 0; i < eh.e_phnum; i++) {
		uint64_t at = eh.e_phoff + i * sizeof(Elf64_Phdr), end;
		Elf64_Phdr ph;

		if (at + sizeof(ph) > b->len)
			return false;
		memcpy(&ph, b->data + at, sizeof(ph));
		if (ph.p_offset > b->len || ph.p_filesz > b->len - ph.p_offset)
			return false;
		if (ph.p_type != PT_NOTE)
			continue;
		end = ph.p_offset + ph.p_filesz;
		for (at = ph.p_offset; at + sizeof(Elf64_Nhdr) <= end;) {
			Elf64_Nhdr nh;

			memcpy(&nh, b->data + at, sizeof(nh));
			at += sizeof(nh);
			/* XEN_ELFNOTE_PHYS32_ENTRY */
			if (nh.n_type == 18 && nh.n_namesz == 4 && at + 4 <= end &&
			    !memcmp(b->data + at, "Xen", 4))
				pvh = true;
			at += ((uint64_t)nh.n_namesz + 3) / 4 * 4;
			at += ((uint64_t)nh.n_descsz + 3) / 4 * 4;
		}
	}
	return pvh;
}

/*
 * The vmlinux in a bzImage: Documentation/arch/x86/boot.rst, payload_offset and
 * payload_length. Behind the compressed stream may come the length of what is
 * in it, so an error at the end is no error if the ELF file is whole.
 */
static bool unpack(const struct buf *bz, struct buf *out)
{
	uint32_t offset, length;
	uint64_t at;
	struct archive_entry *e;
	struct archive *a;
	char *block;

	memcpy(&offset, bz->data + 0x248, 4);
	memcpy(&length, bz->data + 0x24c, 4);
	at = ((uint64_t)(uint8_t)bz->data[0x1f1] + 1) * 512 + offset;
	if (!length || at + length > bz->len)
		return false;
	a = archive_read_new();
	block = malloc(1 << 20);
	if (a && block) {
		archive_read_support_filter_all(a);
		archive_read_support_format_raw(a);
		if (archive_read_open_memory(a, bz->data + at, length) == ARCHIVE_OK &&
		    archive_read_next_header(a, &e) == ARCHIVE_OK)
			for (la_ssize_t n; (n = archive_read_data(a, block, 1 << 20)) > 0;)
				buf_add(out, block, n);
	}
	archive_read_free(a);
	free(block);
	return elf_bootable(out);
}

static int kernel_make(struct image *im, const struct kernel *k)
{
	struct buf in = { 0 }, out = { 0 };
	const char *cache;
	char *path = NULL, *dir = NULL;
	int err;

	memcpy(im->kernel_sha256, k->sha256, sizeof(im->kernel_sha256));
	err = cache_dir(&cache);
	if (err)
		return err;
	if (!*im->kernel_sha256) {
		err = sha256_file(k->image, im->kernel_sha256);
		if (err)
			return err;
	}
	dir = xasprintf("%s/vmlinux", cache);
	path = xasprintf("%s/%s", dir, im->kernel_sha256);
	if (!access(path, R_OK)) {
		im->kernel = path;
		im->elf = true;
		free(dir);
		return 0;
	}
	err = read_file(k->image, &in);
	if (err)
		goto out;
	if (is_elf64(&in)) {
		if (!elf_bootable(&in)) {
			err = err_set(-ENOEXEC,
				      "%s is an ELF file, but no x86-64 kernel with a PVH entry "
				      "(CONFIG_PVH=y); give the bzImage instead",
				      k->image);
			goto out;
		}
		im->kernel = xstrdup(k->image);
		im->elf = true;
	} else if (in.len < 0x1000 || memcmp(in.data + 0x202, "HdrS", 4)) {
		err = err_set(-ENOEXEC,
			      "%s is no Linux kernel for x86 (neither bzImage nor vmlinux)",
			      k->image);
	} else if (unpack(&in, &out)) {
		err = mkdir_p(dir);
		if (!err)
			err = write_file(path, out.data, out.len);
		if (err)
			goto out;
		im->kernel = path;
		im->elf = true;
		path = NULL;
	} else {
		/* a compression that we do not know, or no PVH: slower, but it boots */
		im->kernel = xstrdup(k->image);
	}
out:
	free(dir);
	free(path);
	buf_free(&in);
	buf_free(&out);
	return err;
}

/* --- the initramfs -------------------------------------------------------- */

struct cpio {
	struct archive *a;
	char **have; /* paths that are in it */
	size_t nhave;
	int err; /* the first one; a line is set */
};

static la_ssize_t on_write(struct archive *a, void *arg, const void *data, size_t len)
{
	buf_add(arg, data, len);
	return len;
}

static void put(struct cpio *c, const char *path, mode_t mode, const void *data, size_t len,
		const char *link)
{
	struct archive_entry *e;

	for (size_t i = 0; i < c->nhave; i++)
		if (!strcmp(c->have[i], path))
			return;
	if (c->err)
		return;
	/* the folders that it is in */
	for (const char *s = strchr(path, '/'); s; s = strchr(s + 1, '/')) {
		char *dir = xasprintf("%.*s", (int)(s - path), path);

		put(c, dir, S_IFDIR | 0755, NULL, 0, NULL);
		free(dir);
	}
	c->have = xrealloc(c->have, (c->nhave + 1) * sizeof(*c->have));
	c->have[c->nhave++] = xstrdup(path);
	/* no times, owners or inode numbers of the host: equal input, equal archive */
	e = archive_entry_new();
	archive_entry_set_pathname(e, path);
	archive_entry_set_mode(e, mode);
	archive_entry_set_nlink(e, 1);
	archive_entry_set_mtime(e, 0, 0);
	archive_entry_set_size(e, len);
	if (link)
		archive_entry_set_symlink(e, link);
	if (S_ISCHR(mode)) {
		archive_entry_set_rdevmajor(e, 5);
		archive_entry_set_rdevminor(e, 1);
	}
	if (archive_write_header(c->a, e) != ARCHIVE_OK ||
	    (len && archive_write_data(c->a, data, len) != (la_ssize_t)len))
		c->err = err_set(-EIO, "initramfs: %s: %s", path, archive_error_string(c->a));
	archive_entry_free(e);
}

static void put_file(struct cpio *c, const char *path, mode_t mode, const char *from)
{
	struct buf b = { 0 };

	if (!c->err)
		c->err = read_file(from, &b);
	if (!c->err)
		put(c, path, S_IFREG | mode, b.data, b.len, NULL);
	buf_free(&b);
}

/* Is there a PT_INTERP? */
static bool is_dynamic(const char *path)
{
	struct buf b = { 0 };
	bool dynamic = false;
	Elf64_Ehdr eh;

	if (!read_file(path, &b) && is_elf64(&b)) {
		memcpy(&eh, b.data, sizeof(eh));
		for (size_t i = 0; i < eh.e_phnum; i++) {
			uint64_t at = eh.e_phoff + i * sizeof(Elf64_Phdr);
			Elf64_Phdr ph;

			if (at + sizeof(ph) > b.len)
				break;
			memcpy(&ph, b.data + at, sizeof(ph));
			dynamic |= ph.p_type == PT_INTERP;
		}
	}
	buf_free(&b);
	return dynamic;
}

/* The libraries and the loader that @exe needs, where it looks for them. */
static void put_libraries(struct cpio *c, const char *exe)
{
	char *argv[] = { "ldd", (char *)exe, NULL }, *save = NULL;
	struct buf out = { 0 };
	int rc = run_command(argv, NULL, &out);

	if (rc) {
		if (!c->err)
			c->err = rc < 0 ? rc : err_set(-EIO, "ldd %s failed", exe);
		buf_free(&out);
		return;
	}
	for (char *l = strtok_r(out.data, "\n", &save); l; l = strtok_r(NULL, "\n", &save)) {
		char *path = strstr(l, "=> "), *end;

		path = path ? path + 3 : l + strspn(l, " \t");
		end = strstr(path, " (");
		if (*path != '/' || !end)
			continue;
		*end = '\0';
		put_file(c, path + 1, 0755, path);
	}
	buf_free(&out);
}

static char *in_path(const char *name)
{
	static const char *const dirs[] = { "/bin", "/usr/bin", "/sbin", "/usr/sbin" };

	for (size_t i = 0; i < ARRAY_SIZE(dirs); i++) {
		char *path = xasprintf("%s/%s", dirs[i], name);

		if (!access(path, X_OK))
			return path;
		free(path);
	}
	return NULL;
}

static void put_cases(struct cpio *c, const char *from, const char *to)
{
	struct dirent **list;
	int n = scandir(from, &list, NULL, alphasort);

	for (int i = 0; i < n; i++) {
		char *src = xasprintf("%s/%s", from, list[i]->d_name);
		char *dst = xasprintf("%s/%s", to, list[i]->d_name);
		struct stat st;

		if (*list[i]->d_name == '.' || lstat(src, &st))
			;
		else if (S_ISDIR(st.st_mode))
			put_cases(c, src, dst);
		else if (S_ISREG(st.st_mode) && (st.st_mode & 0100))
			put_file(c, dst, 0755, src);
		free(src);
		free(dst);
		free(list[i]);
	}
	if (n >= 0)
		free(list);
}

/*
 * Something to type at. A static busybox if the host has one, else the host's
 * own shell and tools with their libraries: nothing has to be installed.
 */
static void put_shell(struct cpio *c, const struct host *h)
{
	static const char *const tools[] = {
		"awk",	  "cat",    "chmod",   "cp",	"cut",	    "date",    "dd",	  "df",
		"dmesg",  "du",	    "echo",    "env",	"expr",	    "false",   "find",	  "free",
		"grep",	  "head",   "hexdump", "id",	"insmod",   "kill",    "less",	  "ln",
		"ls",	  "lsmod",  "mkdir",   "mknod", "more",	    "mount",   "mv",	  "nproc",
		"od",	  "printf", "ps",      "pwd",	"readlink", "rm",      "rmdir",	  "rmmod",
		"sed",	  "sleep",  "sort",    "stat",	"strace",   "stty",    "swapoff", "swapon",
		"sysctl", "tail",   "taskset", "tee",	"test",	    "timeout", "top",	  "touch",
		"tr",	  "true",   "umount",  "uname", "uniq",	    "wc",      "xargs",
	};
	static const char *const terms[] = { "l/linux", "v/vt100", "x/xterm" };
	char *busybox = in_path("busybox"), *cases;

	if (busybox && !is_dynamic(busybox)) {
		char *argv[] = { busybox, "--list", NULL }, *save = NULL;
		struct buf out = { 0 };

		put_file(c, "bin/busybox", 0755, busybox);
		if (!run_command(argv, NULL, &out) && out.len)
			for (char *n = strtok_r(out.data, "\n", &save); n;
			     n = strtok_r(NULL, "\n", &save)) {
				char *path = xasprintf("bin/%s", n);

				if (strcmp(n, "busybox"))
					put(c, path, S_IFLNK | 0777, NULL, 0, "busybox");
				free(path);
			}
		buf_free(&out);
	} else {
		char *sh = in_path("bash");

		if (!sh)
			sh = in_path("sh");
		if (sh) {
			put_file(c, "bin/sh", 0755, sh);
			put_libraries(c, sh);
		}
		free(sh);
		for (size_t i = 0; i < ARRAY_SIZE(tools); i++) {
			char *path = in_path(tools[i]), *to = xasprintf("bin/%s", tools[i]);

			if (path) {
				put_file(c, to, 0755, path);
				if (is_dynamic(path))
					put_libraries(c, path);
			}
			free(path);
			free(to);
		}
		for (size_t i = 0; i < ARRAY_SIZE(terms); i++) {
			char *path = xasprintf("/lib/terminfo/%s", terms[i]);

			if (!access(path, R_OK))
				put_file(c, path + 1, 0644, path);
			free(path);
		}
	}
	free(busybox);
	put(c, "etc/passwd", S_IFREG | 0644, "root:x:0:0:root:/:/bin/sh\n", 26, NULL);
	cases = xasprintf("%s/../cases", h->guest_dir);
	put_cases(c, cases, "cases");
	free(cases);
}

/*
 * What a test may take for granted: those lines of the configuration that set
 * something to y or m.
 */
static void put_config(struct cpio *c, const char *from)
{
	struct buf in = { 0 }, out = { 0 };
	char *save = NULL;

	if (!c->err)
		c->err = read_file(from, &in);
	if (!c->err && in.len)
		for (char *l = strtok_r(in.data, "\n", &save); l; l = strtok_r(NULL, "\n", &save)) {
			size_t len = strlen(l);

			if (!strncmp(l, "CONFIG_", 7) && len > 2 && l[len - 2] == '=' &&
			    (l[len - 1] == 'y' || l[len - 1] == 'm'))
				buf_printf(&out, "%s\n", l);
		}
	put(c, "etc/config", S_IFREG | 0644, out.data, out.len, NULL);
	buf_free(&in);
	buf_free(&out);
}

/* They are loaded in this order: their names go into @list. */
static void put_modules(struct cpio *c, char *const *files, size_t n, struct buf *list)
{
	for (size_t i = 0; i < n; i++) {
		const char *name = strrchr(files[i], '/');
		char *to = xasprintf("modules/%s", name ? name + 1 : files[i]);

		put_file(c, to, 0644, files[i]);
		buf_printf(list, "/%s\n", to);
		free(to);
	}
}

static int initrd_make(struct image *im, const struct host *h, const struct kernel *k, bool shell)
{
	static const char *const dirs[] = { "dev", "proc", "sys", "tmp", "exe", "mnt" };
	struct cpio c = { .a = archive_write_new() };
	struct buf modules = { 0 };
	char *agent = xasprintf("%s/agent", h->guest_dir);
	char *rdma_up = xasprintf("%s/rdma-up", h->guest_dir);
	char *fs = xasprintf("%s/fs.img", h->guest_dir);
	char *dax = xasprintf("%s/dax.img", h->guest_dir);

	archive_write_set_format_cpio_newc(c.a);
	archive_write_set_bytes_in_last_block(c.a, 1);
	if (archive_write_open(c.a, &im->initrd, NULL, on_write, NULL) != ARCHIVE_OK)
		c.err = err_set(-EIO, "initramfs: %s", archive_error_string(c.a));
	for (size_t i = 0; i < ARRAY_SIZE(dirs); i++)
		put(&c, dirs[i], S_IFDIR | 0755, NULL, 0, NULL);
	/* the kernel opens it for init, before init can mount devtmpfs */
	put(&c, "dev/console", S_IFCHR | 0600, NULL, 0, NULL);
	put_file(&c, "init", 0755, agent);
	put_file(&c, "bin/rdma-up", 0755, rdma_up);
	put_libraries(&c, rdma_up);
	put_file(&c, "fs.img", 0644, fs);
	if (h->guest.devices == DEVICES_ON)
		put_file(&c, "dax.img", 0644, dax);
	put_modules(&c, k->modules, k->nmodules, &modules);
	if (h->guest.devices == DEVICES_ON)
		put_modules(&c, k->devices, k->ndevices, &modules);
	put(&c, "etc/modules", S_IFREG | 0644, modules.data, modules.len, NULL);
	if (k->config)
		put_config(&c, k->config);
	if (shell)
		put_shell(&c, h);
	if (archive_write_close(c.a) != ARCHIVE_OK && !c.err)
		c.err = err_set(-EIO, "initramfs: %s", archive_error_string(c.a));
	archive_write_free(c.a);
	for (size_t i = 0; i < c.nhave; i++)
		free(c.have[i]);
	free(c.have);
	buf_free(&modules);
	free(agent);
	free(rdma_up);
	free(fs);
	free(dax);
	if (!c.err)
		sha256_data(im->initrd.data, im->initrd.len, im->initrd_sha256);
	return c.err;
}

int image_make(struct image *im, const struct host *h, const struct kernel *k, bool shell)
{
	int err;

	memset(im, 0, sizeof(*im));
	err = kernel_make(im, k);
	if (!err)
		err = initrd_make(im, h, k, shell);
	if (err)
		image_free(im);
	return err;
}

void image_free(struct image *im)
{
	free(im->kernel);
	buf_free(&im->initrd);
	memset(im, 0, sizeof(*im));
}
