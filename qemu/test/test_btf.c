// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <linux/btf.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "btf.h"
#include "err.h"

#define KIND(kind, n) ((kind) << 24 | (n))

/* struct in { int b; }; struct mm { int a; struct { int *p; int seq; }; }; */
static const struct {
	struct btf_header h;
	struct {
		struct btf_type t;
		uint32_t bits;
	} number;
	struct btf_type pointer;
	struct {
		struct btf_type t;
		struct btf_member m[2];
	} inner, outer;
	char names[20];
} info = {
	.h = { .magic = BTF_MAGIC,
	       .version = 1,
	       .hdr_len = sizeof(struct btf_header),
	       .type_len = 16 + 12 + 36 + 36,
	       .str_off = 16 + 12 + 36 + 36,
	       .str_len = 20 },
	.number = { { 1, KIND(BTF_KIND_INT, 0), { 4 } }, 32 },
	.pointer = { 0, KIND(BTF_KIND_PTR, 0), { 1 } },
	.inner = { { 0, KIND(BTF_KIND_STRUCT, 2), { 16 } }, { { 5, 2, 0 }, { 7, 1, 64 } } },
	.outer = { { 11, KIND(BTF_KIND_STRUCT, 2), { 24 } }, { { 14, 1, 0 }, { 0, 3, 64 } } },
	.names = "\0int\0p\0seq\0mm\0a",
};

static void members(void **state)
{
	unsigned int at;

	assert_int_equal(btf_offset(&info, sizeof(info), "mm", "a", &at), 0);
	assert_int_equal(at, 0);
	assert_int_equal(btf_offset(&info, sizeof(info), "mm", "seq", &at), 0);
	assert_int_equal(at, 16);
	assert_int_equal(btf_offset(&info, sizeof(info), "mm", "b", &at), -ENOENT);
	assert_string_equal(err_msg(), "this kernel has no mm.b");
	assert_int_equal(btf_offset(&info, sizeof(info), "task", "a", &at), -ENOENT);
}

static void damaged(void **state)
{
	unsigned int at;
	char copy[sizeof(info)];
	struct btf_header *h = (void *)copy;

	/* however much of it is there, nothing behind it is read */
	for (size_t len = 0; len < sizeof(info); len++) {
		memcpy(copy, &info, sizeof(info));
		assert_int_equal(btf_offset(copy, len, "mm", "a", &at), -EINVAL);
	}
	memcpy(copy, &info, sizeof(info));
	h->type_len = 0xfffffff0;
	assert_int_equal(btf_offset(copy, sizeof(copy), "mm", "a", &at), -EINVAL);
	memcpy(copy, &info, sizeof(info));
	copy[sizeof(struct btf_header) + 7] = 31;
	assert_int_equal(btf_offset(copy, sizeof(copy), "mm", "a", &at), -EINVAL);
	assert_string_equal(err_msg(), "the kernel's type information has kind 31 in it");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(members),
		cmocka_unit_test(damaged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
