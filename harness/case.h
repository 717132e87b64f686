/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COWPEN_CASE_H
#define COWPEN_CASE_H

/*
 * What a case file includes, and all that it includes. A case is:
 *
 *	CASE("purpose in one line", "C1 C3");
 *	SEEN_TO_FAIL("5.10", "C1", "anon-*");
 *	NOT_SEEN_TO_FAIL("why no kernel is to be had", "shmem-*");
 *	KNOWN_BROKEN("5.9", "5.19", "C1", "6c287605fd56", "why", "anon-*");
 *	PATCHED("5.10-mapcount", "pass", "why", "anon-*");
 *	VARIANT(anon, io_uring);	memory x pin, as many as make sense
 *	TEST_F(scene, name) { steps }
 */
#include "scene.h"
#include "case_info.h"
#include "feature.h"

#undef scene
#include <kselftest_harness.h>

/* A hang is the runner's to judge, with stacks; this is for who runs it by hand. */
#undef TEST_TIMEOUT_DEFAULT
#define TEST_TIMEOUT_DEFAULT 120

/* What a case does, and then a look at what its steps did not look at. */
#undef TEST_F
#define TEST_F(fixture_name, test_name)                                                        \
	static void COWPEN_CAT(steps_of_, test_name)(struct _test_data_##fixture_name * self); \
	__TEST_F_IMPL(fixture_name, test_name, -1, TEST_TIMEOUT_DEFAULT)                       \
	{                                                                                      \
		COWPEN_CAT(steps_of_, test_name)(self);                                        \
		scene_whole(self);                                                             \
	}                                                                                      \
	static void COWPEN_CAT(steps_of_, test_name)(struct _test_data_##fixture_name * self)

FIXTURE(scene);

FIXTURE_SETUP(scene)
{
	self->exit_code = &_metadata->exit_code;
	self->reason = _metadata->results->reason;
	self->reason_len = sizeof(_metadata->results->reason);
	scene_make(self, variant);
}

/* In the parent: what a test leaves behind is seen when its process is gone. */
FIXTURE_TEARDOWN_PARENT(scene)
{
	scene_end(self);
}

#define __COWPEN_CAT(a, b) a##b
#define COWPEN_CAT(a, b)   __COWPEN_CAT(a, b)

#define __CASE(_class, _purpose, _clauses)                                               \
	struct case_info case_info = {                                                   \
		.id = CASE_ID, .class = _class, .purpose = _purpose, .clauses = _clauses \
	}
#define CASE(purpose, clauses)	      __CASE("contract", purpose, clauses)
#define OBSERVATION(purpose, clauses) __CASE("observation", purpose, clauses)
#define CONTROL(purpose, clauses)     __CASE("control", purpose, clauses)

/*
 * What a case says of itself is put into case_info's lists before main(), in
 * the order of the file. @n makes the names differ.
 */
#define __CASE_SAYS(n, what, ...)                                                          \
	static struct what COWPEN_CAT(cowpen_##what##_, n) = { __VA_ARGS__ };              \
	static void __attribute__((constructor)) COWPEN_CAT(cowpen_add_##what##_, n)(void) \
	{                                                                                  \
		struct what **end = &case_info.what;                                       \
		while (*end)                                                               \
			end = &(*end)->next;                                               \
		*end = &COWPEN_CAT(cowpen_##what##_, n);                                   \
	}

/* Cheap: the first of them. All are looked at when the case is asked to describe itself. */
#define __IS_CLAUSES(macro, _clauses)                                   \
	_Static_assert(!__builtin_strncmp(_clauses, "C", 1) ||          \
			       !__builtin_strncmp(_clauses, "lost", 4), \
		       macro ": the clauses are some of \"C0\" to \"C9\" and \"lost\"")

/*
 * A test that has never failed proves nothing: on these kernels (blank-separated
 * names of kernels.conf) the variants were seen to fail by this clause, as in
 * SEEN_TO_FAIL("5.10", "C1", "anon-* thp_pte-io_uring"). `make prove` does it
 * again. Where the kernel hangs or crashes, that is "C8".
 */
#define SEEN_TO_FAIL(_kernels, _clause, _variants)                                               \
	_Static_assert(                                                                          \
		!__builtin_strcmp(_clause, "lost") ||                                            \
			(__builtin_strlen(_clause) == 2 && !__builtin_strncmp(_clause, "C", 1)), \
		"SEEN_TO_FAIL(kernels, clause, variants): the clause is \"C0\" to \"C9\", "      \
		"or \"lost\"");                                                                  \
	__CASE_SAYS(__COUNTER__, seen_to_fail, .kernels = _kernels, .clause = _clause,           \
		    .variants = _variants)

/* Why no kernel was found on which those of the variants fail that no SEEN_TO_FAIL names. */
#define NOT_SEEN_TO_FAIL(_reason, _variants) \
	__CASE_SAYS(__COUNTER__, not_seen_to_fail, .reason = _reason, .variants = _variants)

/*
 * What observe() tells under that key is worth a line in the table that `make
 * observations` makes; @meaning says what the value is.
 */
#define OBSERVES(_key, _meaning) \
	__CASE_SAYS(__COUNTER__, observes, .key = _key, .meaning = _meaning)

/*
 * From version @from on and until before @to the variants fail by one of the
 * clauses (blank-separated; one, if it can be): a failure by another one is news.
 * A crash or a hang is "C8".
 */
#define KNOWN_BROKEN(_from, _to, _clauses, _fix, _reason, _variants)                          \
	__IS_CLAUSES("KNOWN_BROKEN(from, to, clauses, fix, reason, variants)", _clauses);     \
	__CASE_SAYS(__COUNTER__, known_broken, .from = _from, .to = _to, .clauses = _clauses, \
		    .fix = _fix, .reason = _reason, .variants = _variants)

/*
 * On a patched kernel of that name the variants do this, whatever KNOWN_BROKEN
 * says of its version: PATCHED("5.10-mapcount", "pass", "why", "anon-*"), or by
 * which clauses they fail: PATCHED("5.10-always-copy", "C1", "why", "thp-*").
 */
#define PATCHED(_kernel, _expect, _reason, _variants)                                              \
	_Static_assert(!__builtin_strcmp(_expect, "pass") ||                                       \
			       !__builtin_strncmp(_expect, "lost", 4) ||                           \
			       !__builtin_strncmp(_expect, "C", 1),                                \
		       "PATCHED(kernel, expect, reason, variants): \"pass\", or by which clauses " \
		       "they fail");                                                               \
	__CASE_SAYS(__COUNTER__, patched, .kernel = _kernel, .expect = _expect, .reason = _reason, \
		    .variants = _variants)

/*
 * Identifiers have no '-': the name becomes <memory>-<pin> in main(), and is
 * then the same in KTAP, in records and for the -v option.
 */
#define __VARIANT(memory_kind, pin_kind, pin_ref)               \
	FIXTURE_VARIANT_ADD(scene, memory_kind##__##pin_kind)   \
	{                                                       \
		.memory = &memory_##memory_kind, .pin = pin_ref \
	}
#define VARIANT(memory_kind, pin_kind) __VARIANT(memory_kind, pin_kind, &pin_##pin_kind)
#define VARIANT_NOPIN(memory_kind)     __VARIANT(memory_kind, none, NULL)

/* All memory that is populated and writable or becomes so by the pin. */
#define VARIANTS_ANON(pin)  \
	VARIANT(anon, pin); \
	VARIANT(thp, pin);  \
	VARIANT(thp_pte, pin)
/* Where how it is pinned differs no more than in who asks for it. */
#define VARIANTS_BRIEF(pin) \
	VARIANT(anon, pin); \
	VARIANT(thp, pin);  \
	VARIANT(hugetlb, pin)
#define VARIANTS_PRIVATE(pin)  \
	VARIANTS_ANON(pin);    \
	VARIANT(hugetlb, pin); \
	VARIANT(shmem_private, pin)
#define VARIANTS_ALL(pin)      \
	VARIANTS_PRIVATE(pin); \
	VARIANT(shmem, pin);   \
	VARIANT(zero, pin)

/* Kinds that differ from these in how they are mapped, or in where they come from. */
#define VARIANTS_MORE(pin)            \
	VARIANT(swapped, pin);        \
	VARIANT(mthp, pin);           \
	VARIANT(thp_one, pin);        \
	VARIANT(thp_remapped, pin);   \
	VARIANT(thp_shared, pin);     \
	VARIANT(hugetlb_shared, pin); \
	VARIANT(zero_huge, pin)

#define VARIANTS_PRIVATE_NOPIN  \
	VARIANT_NOPIN(anon);    \
	VARIANT_NOPIN(thp);     \
	VARIANT_NOPIN(thp_pte); \
	VARIANT_NOPIN(hugetlb); \
	VARIANT_NOPIN(shmem_private)
#define VARIANTS_ALL_NOPIN      \
	VARIANTS_PRIVATE_NOPIN; \
	VARIANT_NOPIN(shmem);   \
	VARIANT_NOPIN(zero)

/* All tests skipped is not a pass. */
static void cowpen_exit(int status, void *arg)
{
	(void)arg;
	if (status == KSFT_PASS && ksft_test_num() && ksft_cnt.ksft_xskip == ksft_test_num()) {
		fflush(stdout);
		_exit(KSFT_SKIP);
	}
}

int main(int argc, char **argv)
{
	const struct _fixture_variant_scene **data;
	struct __fixture_variant_metadata *v;
	struct __fixture_metadata *f;
	const char **names;
	size_t n = 0;

	if (argc == 3 && !strcmp(argv[1], "--tracer"))
		return tracer_main(atoi(argv[2]));

	for (f = __fixture_list; f && strcmp(f->name, "scene"); f = f->next)
		;
	for (v = f ? f->variant : NULL; v; v = v->next)
		n++;
	data = calloc(n + 1, sizeof(*data));
	names = calloc(n + 1, sizeof(*names));
	n = 0;
	for (v = f ? f->variant : NULL; v; v = v->next) {
		char *name = strdup(v->name), *sep = strstr(name, "__");

		*sep = '-';
		memmove(sep + 1, sep + 2, strlen(sep + 2) + 1);
		v->name = names[n] = name;
		data[n++] = v->data;
	}
	if (f && f->tests)
		case_info.test = f->tests->name;
	if (argc == 2 && !strcmp(argv[1], "--describe")) {
		case_describe(names, data, n);
		return 0;
	}
	if (argc == 2 && !strcmp(argv[1], "--features")) {
		features_print();
		return 0;
	}
	/* A child of fork() must not print the parent's lines a second time. */
	setvbuf(stdout, NULL, _IOLBF, 0);
	on_exit(cowpen_exit, NULL);
	return test_harness_run(argc, argv);
}

#endif
