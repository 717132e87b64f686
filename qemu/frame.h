/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COWPEN_FRAME_H
#define COWPEN_FRAME_H

#include <stddef.h>
#include <stdint.h>

#include "guest/proto.h"

/*
 * Finds the agent's frames in the stream of bytes from the debug console. Any
 * program in the guest may write there; what is not a whole frame with the
 * right token and sum is stepped over a byte at a time, so the reader is in
 * step again at the next good frame whatever was thrown at it. It keeps at most
 * one frame of memory.
 */
struct frame_reader {
	uint8_t token[16];
	uint16_t seq;	      /* expected next */
	uint64_t garbage;     /* bytes stepped over */
	unsigned int foreign; /* heads with another token */
	unsigned int damaged; /* right token, but absurd or wrong sum */
	unsigned int lost;    /* gaps in the sequence */
	size_t len;
	uint8_t buf[sizeof(struct frame_head) + FRAME_MAX];
};

typedef void frame_cb(void *arg, enum frame_type type, const uint8_t *data, size_t len);

/* @token NULL: zeros, for what comes before a command. */
void frame_reader_init(struct frame_reader *r, const uint8_t token[16]);
/* Any number of bytes, cut anywhere. Calls @cb for each good frame in turn. */
void frame_feed(struct frame_reader *r, const void *data, size_t len, frame_cb *cb, void *arg);

/* The value of "@name=" in @text of "name=value" lines, as a number; @none if it is not there. */
long long frame_number(const char *text, const char *name, long long none);
/* The same as a string of its own (caller frees), "" if it is not there. */
char *frame_string(const char *text, const char *name);

#endif
