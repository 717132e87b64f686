/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COWPEN_CASE_H
#define COWPEN_CASE_H

/*
 * What a case file includes, and all that it includes. A case is:
 *
 *	CASE("purpose in one line", "C1 C3");
 *	SEEN_TO_FAIL("Debian 5.10.262");
 *	KNOWN_BROKEN("5.9", "5.19", "6c287605fd56", "why", "anon-*");
 *	PATCHED("5.10-mapcount", "pass", "why", "anon-*");
 *	VARIANT(anon, io_uring);	memory x pin, as many as make sense
 *	TEST_F(scene, name) { steps }
 */
#include "scene.h"
#include "case_info.h"

#undef scene
#include <kselftest_harness.h>

/* A hang is the runner's to judge, with stacks; this is for who runs it by hand. */
#undef TEST_TIMEOUT_DEFAULT
#define TEST_TIMEOUT_DEFAULT 120

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

#define __CASE(_class, _purpose, _clauses)                                                         \
	struct case_info case_info = {                                                             \
		.id = CASE_ID, .class = _class, .purpose = _purpose, .clauses = _clauses           \
	}
#define CASE(purpose, clauses)	      __CASE("contract", purpose, clauses)
#define OBSERVATION(purpose, clauses) __CASE("observation", purpose, clauses)
#define CONTROL(purpose, clauses)     __CASE("control", purpose, clauses)

/* On which kernel the case was seen to fail, or why none could be had. */
#define SEEN_TO_FAIL(where)                                                                        \
	static void __attribute__((constructor)) cowpen_seen_to_fail(void)                         \
	{                                                                                          \
		case_info.seen_to_fail = where;                                                    \
	}

#define __KNOWN_BROKEN(n, _from, _to, _fix, _reason, _variants)                                    \
	static struct known_broken COWPEN_CAT(cowpen_known_broken_, n) = {                         \
		.from = _from, .to = _to, .fix = _fix, .reason = _reason, .variants = _variants    \
	};                                                                                         \
	static void __attribute__((constructor)) COWPEN_CAT(cowpen_add_known_broken_, n)(void)     \
	{                                                                                          \
		COWPEN_CAT(cowpen_known_broken_, n).next = case_info.known_broken;                 \
		case_info.known_broken = &COWPEN_CAT(cowpen_known_broken_, n);                     \
	}
#define KNOWN_BROKEN(from, to, fix, reason, variants)                                              \
	__KNOWN_BROKEN(__COUNTER__, from, to, fix, reason, variants)

/*
 * On a patched kernel of that name the variants do this, whatever KNOWN_BROKEN
 * says of its version: PATCHED("5.10-mapcount", "pass", "why", "anon-*").
 */
#define __PATCHED(n, _kernel, _expect, _reason, _variants)                                         \
	_Static_assert(!__builtin_strcmp(_expect, "pass") || !__builtin_strcmp(_expect, "fail"),   \
		       "a patched kernel is expected to \"pass\" or to \"fail\"");                   \
	static struct patched COWPEN_CAT(cowpen_patched_, n) = {                                   \
		.kernel = _kernel, .expect = _expect, .reason = _reason, .variants = _variants     \
	};                                                                                         \
	static void __attribute__((constructor)) COWPEN_CAT(cowpen_add_patched_, n)(void)          \
	{                                                                                          \
		COWPEN_CAT(cowpen_patched_, n).next = case_info.patched;                           \
		case_info.patched = &COWPEN_CAT(cowpen_patched_, n);                               \
	}
#define PATCHED(kernel, expect, reason, variants)                                                  \
	__PATCHED(__COUNTER__, kernel, expect, reason, variants)

/*
 * Identifiers have no '-': the name becomes <memory>-<pin> in main(), and is
 * then the same in KTAP, in records and for the -v option.
 */
#define __VARIANT(memory_kind, pin_kind, pin_ref)                                                  \
	FIXTURE_VARIANT_ADD(scene, memory_kind##__##pin_kind)                                      \
	{                                                                                          \
		.memory = &memory_##memory_kind, .pin = pin_ref                                    \
	}
#define VARIANT(memory_kind, pin_kind) __VARIANT(memory_kind, pin_kind, &pin_##pin_kind)
#define VARIANT_NOPIN(memory_kind)     __VARIANT(memory_kind, none, NULL)

/* All memory that is populated and writable or becomes so by the pin. */
#define VARIANTS_ANON(pin)                                                                         \
	VARIANT(anon, pin);                                                                        \
	VARIANT(thp, pin);                                                                         \
	VARIANT(thp_pte, pin)
#define VARIANTS_PRIVATE(pin)                                                                      \
	VARIANTS_ANON(pin);                                                                        \
	VARIANT(hugetlb, pin);                                                                     \
	VARIANT(shmem_private, pin)
#define VARIANTS_ALL(pin)                                                                          \
	VARIANTS_PRIVATE(pin);                                                                     \
	VARIANT(shmem, pin);                                                                       \
	VARIANT(zero, pin)

/* Kinds that differ from these in how they are mapped, or in where they come from. */
#define VARIANTS_MORE(pin)                                                                         \
	VARIANT(swapped, pin);                                                                     \
	VARIANT(mthp, pin);                                                                        \
	VARIANT(thp_one, pin);                                                                     \
	VARIANT(thp_remapped, pin);                                                                \
	VARIANT(thp_shared, pin);                                                                  \
	VARIANT(hugetlb_shared, pin);                                                              \
	VARIANT(zero_huge, pin)

#define VARIANTS_PRIVATE_NOPIN                                                                     \
	VARIANT_NOPIN(anon);                                                                       \
	VARIANT_NOPIN(thp);                                                                        \
	VARIANT_NOPIN(thp_pte);                                                                    \
	VARIANT_NOPIN(hugetlb);                                                                    \
	VARIANT_NOPIN(shmem_private)
#define VARIANTS_ALL_NOPIN                                                                         \
	VARIANTS_PRIVATE_NOPIN;                                                                    \
	VARIANT_NOPIN(shmem);                                                                      \
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
	const struct _fixture_variant_scene *data[64];
	struct __fixture_variant_metadata *v;
	struct __fixture_metadata *f;
	const char *names[64];
	size_t n = 0;

	if (argc == 3 && !strcmp(argv[1], "--tracer"))
		return tracer_main(atoi(argv[2]));

	for (f = __fixture_list; f && strcmp(f->name, "scene"); f = f->next)
		;
	for (v = f ? f->variant : NULL; v && n < 64; v = v->next) {
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
	/* A child of fork() must not print the parent's lines a second time. */
	setvbuf(stdout, NULL, _IOLBF, 0);
	on_exit(cowpen_exit, NULL);
	return test_harness_run(argc, argv);
}

#endif
