/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COWPEN_PROTO_H
#define COWPEN_PROTO_H

/* What the agent in the guest and the host agree on. Little endian, x86-64 only. */

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Port I/O. Two isa-debugcon devices, isa-debug-exit and QEMU's fw_cfg. */
#define PORT_FRAMES  0xe9  /* the agent's frames */
#define PORT_MARKS   0x402 /* step marks, written by the test itself */
#define PORT_EXIT    0xf4
#define EXIT_DONE    0x10 /* written to PORT_EXIT; QEMU exits with (value << 1) | 1 */
#define EXIT_GAVE_UP 0x11 /* the agent could not go on; the console says why */
#define QEMU_RC(v)   (((v) << 1) | 1)

#define FW_CFG_CMD "opt/cowpen/cmd"
#define FW_CFG_EXE "opt/cowpen/exe"

/*
 * A frame: head, then @len bytes. The token is drawn by the host for every run
 * and told in the command, so that what a test writes to the port, or a frame
 * that it copied from a log, is not taken for the agent's; READY comes before
 * any command and has a token of zeros. @sum covers everything from @token on
 * and finds frames into which somebody else's bytes were mixed.
 */
#define FRAME_MAGIC \
	"\xf7"      \
	"CPF"
#define FRAME_MAX 65536

struct frame_head {
	char magic[4];
	uint8_t token[16];
	uint8_t type;
	uint8_t zero;
	uint16_t seq; /* counts frames of this token, from 0 */
	uint32_t len;
	uint32_t sum;
};

enum frame_type {
	FRAME_READY = 1, /* facts, "name=value" lines */
	FRAME_START,	 /* the test is about to be started; "name=value" lines */
	FRAME_OUT,	 /* output of the test */
	FRAME_TAIL,	 /* output of the test after a gap: its last part */
	FRAME_KMSG,	 /* kernel messages, "<prio>[time] text" lines */
	FRAME_HANG,	 /* stacks of a thread that still runs shortly before the deadline */
	FRAME_HUNG,	 /* all FRAME_HANG are out */
	FRAME_CLOCK,	 /* result of mode=clock; "name=value" lines */
	FRAME_END,	 /* the test has ended, and is cleared up after if others follow;
				   "name=value" lines */
	FRAME_TYPES
};

/*
 * The command is text, "name=value" lines:
 *   token=	32 hex digits
 *   mode=	run or clock
 *   test=	OFFSET SIZE SEED NAME [ARGS...]: where the executable is in
 *		FW_CFG_EXE, what it is called in the guest; one line a test, run
 *		in this order
 *   env=	NAME=value; may come several times
 *   deadline_ms=, max_output=	of each test
 *   together=	1: clear up after each test, another one may come
 *   here=	1: the executable of the only test is where it would be read to
 *   stay=	1: do nothing after the last one; the host stops the guest
 *
 * Of several tests each has its frames from START to END. What comes by other
 * ways is cut by lines that the agent writes before each of them: MARKS_CUT with
 * the token to the port of the marks, KMSG_CUT to the kernel's ring buffer, from
 * where it gets to the console in its turn.
 */
#define MARKS_CUT "#cowpen test "
#define KMSG_CUT  "cowpen agent: test "

/* A line behind the output of a test that was asked which mutants it reaches: their numbers. */
#define MUTANTS_REACHED "\n# mutants reached: "

static inline uint32_t frame_sum_add(uint32_t s, const void *data, size_t len)
{
	const uint8_t *p = data;

	/* Fletcher-like: two adds a byte are cheap under TCG, a CRC is not. */
	uint32_t a = s & 0xffff, b = s >> 16;

	while (len--) {
		a = (a + *p++) & 0xffff;
		b = (b + a) & 0xffff;
	}
	return b << 16 | a;
}

static inline uint32_t frame_sum(const struct frame_head *h, const void *payload)
{
	uint32_t s = frame_sum_add(
		1, h->token, offsetof(struct frame_head, sum) - offsetof(struct frame_head, token));

	return frame_sum_add(s, payload, h->len);
}

#endif
