// SPDX-License-Identifier: GPL-2.0-only
/* The frame reader against everything that a guest may throw at it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "frame.h"
#include "util.h"

static const uint8_t token[16] = "0123456789abcdef", other[16] = "fedcba9876543210";

struct got {
	struct buf all; /* "type:payload;" of each frame */
	unsigned int n;
	size_t bytes;
};

static struct frame_reader r;
static struct got got;
static struct buf in;

static void on(void *arg, enum frame_type type, const uint8_t *data, size_t len)
{
	struct got *g = arg;

	g->n++;
	g->bytes += len;
	if (len < 64)
		buf_printf(&g->all, "%d:%.*s;", type, (int)len, (const char *)data);
}

static int setup(void **state)
{
	frame_reader_init(&r, token);
	buf_free(&got.all);
	buf_free(&in);
	memset(&got, 0, sizeof(got));
	buf_add(&got.all, "", 0);
	return 0;
}

static int teardown(void **state)
{
	buf_free(&got.all);
	buf_free(&in);
	return 0;
}

/* Append a frame to @in; returns where its head is. */
static size_t put(const uint8_t *tok, int type, unsigned int seq, const void *data, size_t len)
{
	struct frame_head h = { .type = type, .seq = seq, .len = len };
	size_t at = in.len;

	memcpy(h.magic, FRAME_MAGIC, sizeof(h.magic));
	memcpy(h.token, tok, sizeof(h.token));
	h.sum = frame_sum(&h, data);
	buf_add(&in, &h, sizeof(h));
	buf_add(&in, data, len);
	return at;
}

/* The length that the head at @at tells. */
static void set_len(size_t at, uint32_t len)
{
	memcpy(in.data + at + offsetof(struct frame_head, len), &len, sizeof(len));
}

static void feed(void)
{
	frame_feed(&r, in.data, in.len, on, &got);
}

static void plain(void **state)
{
	put(token, FRAME_START, 0, "a=1\n", 4);
	put(token, FRAME_OUT, 1, "", 0);
	put(token, FRAME_END, 2, "status=0\n", 9);
	feed();
	assert_string_equal(got.all.data, "2:a=1\n;3:;9:status=0\n;");
	assert_int_equal(r.garbage + r.damaged + r.foreign + r.lost, 0);
}

static void byte_by_byte(void **state)
{
	put(token, FRAME_OUT, 0, "one", 3);
	put(token, FRAME_OUT, 1, "two", 3);
	for (size_t i = 0; i < in.len; i++)
		frame_feed(&r, in.data + i, 1, on, &got);
	assert_string_equal(got.all.data, "3:one;3:two;");
}

static void cut_anywhere(void **state)
{
	put(token, FRAME_OUT, 0, "one", 3);
	buf_add(&in, "noise", 5);
	put(token, FRAME_OUT, 1, "two", 3);
	for (size_t i = 0; i <= in.len; i++) {
		frame_reader_init(&r, token);
		got.n = 0;
		frame_feed(&r, in.data, i, on, &got);
		frame_feed(&r, in.data + i, in.len - i, on, &got);
		assert_int_equal(got.n, 2);
		assert_int_equal(r.garbage, 5);
		assert_int_equal(r.lost, 0);
	}
}

static void garbage_around(void **state)
{
	buf_add(&in,
		"\xf7\xf7"
		"CP\xf7"
		"CPF",
		8);
	put(token, FRAME_OUT, 0, "x", 1);
	buf_add(&in, FRAME_MAGIC FRAME_MAGIC FRAME_MAGIC, 12);
	put(token, FRAME_OUT, 1, "y", 1);
	feed();
	assert_string_equal(got.all.data, "3:x;3:y;");
	assert_int_equal(r.garbage, 20);
	assert_int_equal(r.lost, 0);
}

static void wrong_token(void **state)
{
	static const uint8_t zero[16];

	put(other, FRAME_END, 0, "status=0\n", 9);
	put(zero, FRAME_END, 0, "status=0\n", 9);
	put(token, FRAME_OUT, 0, "x", 1);
	feed();
	assert_string_equal(got.all.data, "3:x;");
	assert_int_equal(r.foreign, 2);
}

static void absurd_length(void **state)
{
	set_len(put(token, FRAME_OUT, 0, "x", 1), 0xffffffff);
	set_len(put(token, FRAME_OUT, 0, "x", 1), FRAME_MAX + 1);
	put(token, FRAME_OUT, 0, "y", 1);
	feed();
	assert_string_equal(got.all.data, "3:y;");
	assert_int_equal(r.damaged, 2);
}

static void absurd_type(void **state)
{
	put(token, 0, 0, "x", 1);
	put(token, FRAME_TYPES, 0, "x", 1);
	put(token, 255, 0, "x", 1);
	in.data[put(token, FRAME_OUT, 0, "x", 1) + offsetof(struct frame_head, zero)] = 1;
	put(token, FRAME_OUT, 0, "y", 1);
	feed();
	assert_string_equal(got.all.data, "3:y;");
	assert_int_equal(r.damaged, 4);
}

/* Somebody else's bytes in the middle: that frame is lost, the next is not. */
static void mixed_in(void **state)
{
	size_t at = put(token, FRAME_OUT, 0, "abcdefgh", 8);

	in.data[at + sizeof(struct frame_head) + 3] ^= 1;
	put(token, FRAME_OUT, 1, "next", 4);
	feed();
	assert_string_equal(got.all.data, "3:next;");
	assert_int_equal(r.damaged, 1);
	assert_int_equal(r.lost, 1);
}

static void gap(void **state)
{
	put(token, FRAME_OUT, 0, "a", 1);
	put(token, FRAME_OUT, 3, "b", 1);
	put(token, FRAME_OUT, 4, "c", 1);
	feed();
	assert_string_equal(got.all.data, "3:a;3:b;3:c;");
	assert_int_equal(r.lost, 1);
}

static void truncated(void **state)
{
	put(token, FRAME_OUT, 0, "a", 1);
	put(token, FRAME_END, 1, "status=0\n", 9);
	frame_feed(&r, in.data, in.len - 1, on, &got);
	assert_string_equal(got.all.data, "3:a;");
}

/* A head that promises 64 KiB which never come must not swallow what follows. */
static void promise(void **state)
{
	static char big[FRAME_MAX];

	set_len(put(token, FRAME_OUT, 0, "", 0), FRAME_MAX);
	put(token, FRAME_OUT, 0, "inside", 6);
	put(token, FRAME_OUT, 1, big, sizeof(big));
	feed();
	assert_int_equal(got.n, 2);
	assert_int_equal(r.damaged, 1);
	assert_int_equal(r.lost, 0);
}

/* A frame inside the payload of another is payload. */
static void nested(void **state)
{
	struct buf inner;

	put(token, FRAME_END, 1, "status=0\n", 9);
	inner = in;
	memset(&in, 0, sizeof(in));
	put(token, FRAME_OUT, 0, inner.data, inner.len);
	buf_free(&inner);
	feed();
	assert_int_equal(got.n, 1);
	assert_int_equal(r.lost, 0);
}

static void largest(void **state)
{
	static char big[FRAME_MAX];

	memset(big, 0xf7, sizeof(big));
	for (int i = 0; i < 5; i++)
		put(token, FRAME_OUT, i, big, sizeof(big));
	feed();
	assert_int_equal(got.n, 5);
	assert_int_equal(got.bytes, 5 * FRAME_MAX);
	assert_int_equal(r.garbage, 0);
}

static void sequence_wraps(void **state)
{
	r.seq = 65535;
	put(token, FRAME_OUT, 65535, "a", 1);
	put(token, FRAME_OUT, 0, "b", 1);
	feed();
	assert_int_equal(r.lost, 0);
	assert_int_equal(got.n, 2);
}

/* Random bytes with good frames in between; any cut. Deterministic. */
static void storm(void **state)
{
	unsigned int x = 12345, sent = 0;

	for (int round = 0; round < 300; round++) {
		unsigned char noise[200];
		size_t n;

		for (n = 0; n < sizeof(noise); n++) {
			x = x * 1103515245 + 12345;
			noise[n] = x >> 20;
			if (!((x >> 16) % 5))
				noise[n] = FRAME_MAGIC[(x >> 24) % 4];
		}
		buf_add(&in, noise, (x >> 8) % sizeof(noise));
		put(token, FRAME_OUT, sent++, "good", 4);
	}
	for (size_t at = 0; at < in.len;) {
		size_t n;

		x = x * 1103515245 + 12345;
		n = (x >> 16) % 977 + 1;
		if (n > in.len - at)
			n = in.len - at;
		frame_feed(&r, in.data + at, n, on, &got);
		at += n;
	}
	assert_int_equal(got.n, sent);
	assert_int_equal(r.lost, 0);
}

static void values(void **state)
{
	const char *text = "a=1\nxb=2\nb=3\nempty=\nlast=word two";
	char *s;

	assert_int_equal(frame_number(text, "a", -1), 1);
	assert_int_equal(frame_number(text, "b", -1), 3);
	assert_int_equal(frame_number(text, "c", -1), -1);
	assert_int_equal(frame_number("", "c", -1), -1);
	s = frame_string(text, "last");
	assert_string_equal(s, "word two");
	free(s);
	s = frame_string(text, "empty");
	assert_string_equal(s, "");
	free(s);
	s = frame_string(text, "none");
	assert_string_equal(s, "");
	free(s);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(plain),	T(byte_by_byte),   T(cut_anywhere), T(garbage_around),
		T(wrong_token), T(absurd_length),  T(absurd_type),  T(mixed_in),
		T(gap),		T(truncated),	   T(promise),	    T(nested),
		T(largest),	T(sequence_wraps), T(storm),	    T(values),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
