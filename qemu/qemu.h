/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COWPEN_QEMU_H
#define COWPEN_QEMU_H

/* A QEMU as a process: its command line, its channels, its end. Of who makes guests. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/types.h>

#include "frame.h"
#include "keep.h"
#include "machine.h"
#include "qmp.h"

enum qemu_channel { CH_QMP, CH_CONSOLE, CH_FRAMES, CH_MARKS, CH_STDERR, CH_N };

/*
 * How to start a QEMU. Everything that it opens is handed over as a descriptor:
 * it runs as an ordinary user that need not be able to reach the files, and its
 * command line does not depend on where they are.
 */
struct qemu_setup {
	const struct host *host;
	const char *accel;  /* NULL: as the host says */
	const char *append; /* kernel's command line; NULL for a restore */
	const char *kernel; /* for a boot; for a restore only @elf counts */
	bool elf;
	int initrd_fd;
	int ram_fd;		 /* -1: plain memory, can neither be saved nor restored */
	int vmstate_fd;		 /* restored from, -1 for none */
	int cmd_fd, exe_fd;	 /* restore: the job; -1 for none */
	int plugin_fd, reach_fd; /* TCG: what tells what runs, and where to; 0 for none */
	int warm_fd;		 /* with another plugin: who brings the guest back; 0 for none */
	bool terminal;		 /* console on our own terminal, with QEMU's escapes */
	const char *gdb;	 /* path of a socket for gdb, NULL for none */
	bool stub;		 /* gdb's stub is for us */
	size_t ntests;		 /* that will run in it; 0 is 1 */
};

struct qemu {
	pid_t pid; /* 0 when it has been reaped */
	int pidfd, slot;
	int fd[CH_N];
	int warm_fd; /* -1 if it has no such plugin */
	int stub_fd; /* -1 if gdb's stub is for nobody */
	struct qmp qmp;
	struct frame_reader *frames;
	struct split console, marks;
	struct keep errors;
	frame_cb *on_frame;
	void *arg;

	bool resumed, migrated, failed; /* QMP said so */
	bool stopped;			/* likewise; not at our word if it was not asked for */
	char shutdown[32];		/* reason of the SHUTDOWN event */
	char qmp_error[256];		/* first error answer */
	int status;			/* wait status */
	struct rusage usage;
	bool killed; /* by us */
};

/* Descriptors in QEMU, the same in every run so that the command line is. */
enum {
	FD_QMP = 3,
	FD_CONSOLE,
	FD_FRAMES,
	FD_MARKS,
	FD_RAM,
	FD_VMSTATE,
	FD_CMD,
	FD_EXE,
	FD_KERNEL,
	FD_INITRD,
	FD_PLUGIN,
	FD_REACH,
	FD_WARM,
	FD_STUB,
	FD_END
};

/* The argument vector, NULL-terminated; free with argv_free(). */
char **qemu_argv(const struct qemu_setup *s);
void argv_free(char **argv);
char *argv_text(char *const argv[]);

/* No QEMU, and no file descriptor of one: qemu_end() has nothing to end. */
void qemu_none(struct qemu *q);
/* @token as for frame_reader_init(). 0 or a negative errno with a line. */
int qemu_start(struct qemu *q, const struct qemu_setup *s, const uint8_t *token, frame_cb *on_frame,
	       void *arg);
/* Another @ntests tests will run in it, with that token: nothing is known of them. */
void qemu_renew(struct qemu *q, const uint8_t *token, size_t ntests, frame_cb *on_frame, void *arg);
/*
 * Wait at most @timeout_ms for something to happen and take it in. False when
 * QEMU has ended and everything that it had to say is read.
 */
bool qemu_pump(struct qemu *q, int timeout_ms);
/* All that is there by now; a guest that does not stop writing is left to the next time. */
void qemu_drain(struct qemu *q, enum qemu_channel ch);
void qemu_kill(struct qemu *q);
/* Kill it if it still runs, read the rest, free. Then @q is none. */
void qemu_end(struct qemu *q);
/* CPU time used so far; what it has used when it has been reaped. */
uint64_t qemu_cpu_us(const struct qemu *q);
/*
 * For how long its threads could run and were not let, in ms, all of them together; 0 if the host
 * does not say. threads_waited_ms(): of the threads in that folder, /proc/PID/task.
 */
uint64_t qemu_waited_ms(const struct qemu *q);
uint64_t threads_waited_ms(const char *tasks);
/* The same in ms; 0 when it has been reaped. */
uint64_t qemu_cpu_ms(const struct qemu *q);
/* Last line that QEMU wrote to its standard error, or how it ended. Caller frees. */
char *qemu_complaint(const struct qemu *q);

/* Kernel command line for @h. Caller frees. */
char *guest_append(const struct host *h, bool shell);
/* A memory file with @data, to be handed over. Negative errno with a line. */
int memory_file(const char *name, const void *data, size_t len);
/* The user that QEMU runs as if we are root. */
void qemu_user(uid_t *uid, gid_t *gid);
/* To 33 bytes; "" if there is none. */
void token_hex(const uint8_t *token, char *out);
void close_fd(int *fd);

#endif
