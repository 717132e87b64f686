// SPDX-License-Identifier: GPL-2.0-only
/* The same guest for a person. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "err.h"
#include "image.h"
#include "interrupt.h"
#include "qemu.h"
#include "util.h"
#include "vm.h"

static void nothing(void *arg, enum frame_type type, const uint8_t *data, size_t len)
{
}

/* A folder for gdb's socket that QEMU, as another user, may write to. */
static char *gdb_dir(void)
{
	const char *tmp = getenv("TMPDIR");
	char *dir = xasprintf("%s/cowpen-gdb-XXXXXX", tmp && *tmp ? tmp : "/tmp");

	if (!mkdtemp(dir)) {
		err_set(-errno, "%s: %s", dir, strerror(errno));
		free(dir);
		return NULL;
	}
	if (!geteuid()) {
		uid_t uid;
		gid_t gid;

		qemu_user(&uid, &gid);
		(void)!chown(dir, uid, gid);
	}
	return dir;
}

int vm_shell(const struct host *host, const struct kernel *k, bool gdb)
{
	struct host roomy = *host, *h = &roomy;
	struct qemu_setup s = { .host = h,
				.initrd_fd = -1,
				.ram_fd = -1,
				.vmstate_fd = -1,
				.cmd_fd = -1,
				.exe_fd = -1,
				.terminal = true };
	char *append = NULL, *dir = NULL, *sock = NULL;
	struct termios tio;
	bool tty = !tcgetattr(0, &tio);
	struct image im;
	struct qemu q;
	int err, rc = 0;

	/*
	 * Booted and not restored: it needs another initramfs, and a kernel that
	 * does not survive its boot is one that people want to look at here.
	 */
	err = image_make(&im, h, k, true);
	if (err)
		return err;
	if (gdb) {
		dir = gdb_dir();
		if (!dir)
			err = -EIO;
		sock = xasprintf("%s/gdb", dir ? dir : "");
		s.gdb = sock;
	}
	/* It has all cases: packed, and unpacked to memory of which half is for files. */
	roomy.guest.mem_mib += 4 * (im.initrd.len >> 20);
	append = guest_append(h, true);
	s.kernel = im.kernel;
	s.elf = im.elf;
	s.append = append;
	if (!err)
		err = s.initrd_fd = memory_file("cowpen-initrd", im.initrd.data, im.initrd.len);
	if (err >= 0) {
		fprintf(stderr,
			"cowpen: kernel %s under %s. Ctrl-A x ends it, Ctrl-A c is QEMU's "
			"monitor.\n",
			k->name, h->accel_why);
		if (gdb)
			fprintf(stderr,
				"cowpen: attach with: gdb -ex 'target remote %s' %s\n"
				"cowpen: Debian keeps the symbols in linux-image-*-dbg.\n",
				sock, im.kernel);
		err = qemu_start(&q, &s, NULL, nothing, NULL);
	}
	if (err >= 0) {
		while (qemu_pump(&q, 1000))
			;
		rc = WIFEXITED(q.status) ? WEXITSTATUS(q.status) : -1;
		if (vm_interrupted())
			err = err_set(-EINTR, "interrupted");
		else if (rc < 0 || (rc && rc != QEMU_RC(EXIT_DONE)))
			err = err_set(-EIO, "QEMU left with status %d%s", rc,
				      rc == QEMU_RC(EXIT_GAVE_UP) ? " (the agent gave up)" : "");
		qemu_end(&q);
	}
	/* QEMU puts it back itself, unless it was killed */
	if (tty)
		tcsetattr(0, TCSADRAIN, &tio);
	if (s.initrd_fd >= 0)
		close(s.initrd_fd);
	if (dir) {
		unlink(sock);
		rmdir(dir);
	}
	free(sock);
	free(dir);
	free(append);
	image_free(&im);
	return err < 0 ? err : 0;
}
