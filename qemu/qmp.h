/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COWPEN_QMP_H
#define COWPEN_QMP_H

#include <jansson.h>

#include "util.h"

/*
 * QEMU's control channel. Commands are written without waiting for the answer
 * of the one before: QEMU takes them in order, and each round trip saved is one
 * wake-up less in the time that a test costs.
 */
struct qmp {
	int fd;
	unsigned int id;
	struct buf in;
};

void qmp_init(struct qmp *q, int fd);
void qmp_free(struct qmp *q);

/*
 * Send @command with @args (taken over; NULL for none). Returns the id that the
 * answer will carry, or a negative errno with a line.
 */
int qmp_send(struct qmp *q, const char *command, json_t *args);
/* The same with a descriptor for QEMU to take (getfd). */
int qmp_send_fd(struct qmp *q, const char *command, json_t *args, int fd);

/*
 * Take bytes that came from QEMU; @on is called for each message (greeting,
 * answer, event). 0 or a negative errno with a line if it is not JSON.
 */
int qmp_feed(struct qmp *q, const void *data, size_t len, void (*on)(void *arg, json_t *msg),
	     void *arg);

#endif
