/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COWPEN_CASE_H
#define COWPEN_CASE_H

/*
 * What a case file includes, and all that it includes. A case is:
 *
 *	CASE("purpose in one line", "C1 C3");
 *	SEEN_TO_FAIL("5.10", "C1", "anon-*");
 *	NOT_SEEN_TO_FAIL("why no kernel is to be had", "shmem-*");
 *	BROKEN_BY("copies-exclusive", "anon-*");	a bug of cases/book.def
 *	VARIANTS("anon thp", "io_uring none");		memory x pin, as many as make sense
 *	TEST_F(scene, name) { steps }
 */
#include "scene.h"
#include "state.h"
#include "case_info.h"
#include "failures.h"
#include "feature.h"
#include "race.h"

/*
 * The name of the test, and its steps. kselftest's fixture, and its own TEST_F that calls
 * them, stand in program.c: compiled once, and not in every case.
 */
#define TEST_F(fixture_name, test_name)                                       \
	static void case_steps(struct fixture_name *self);                    \
	static const struct case_entry case_entry = { .info = &this_case,     \
						      .test = #test_name,     \
						      .steps = case_steps };  \
	static const struct case_entry *const case_entry_at                   \
		__attribute__((section("cowpen_cases"), used)) = &case_entry; \
	static void case_steps(struct fixture_name *self)

#define __COWPEN_CAT(a, b) a##b
#define COWPEN_CAT(a, b)   __COWPEN_CAT(a, b)

#define __CASE(_class, _purpose, _clauses)                                               \
	static struct case_info this_case = {                                            \
		.id = CASE_ID, .class = _class, .purpose = _purpose, .clauses = _clauses \
	}
#define CASE(purpose, clauses)	      __CASE("contract", purpose, clauses)
#define OBSERVATION(purpose, clauses) __CASE("observation", purpose, clauses)
#define CONTROL(purpose, clauses)     __CASE("control", purpose, clauses)

/*
 * What a case says of itself is put into its case_info's lists before main(), in
 * the order of the file. @n makes the names differ.
 */
#define __CASE_SAYS(n, what, ...)                                                          \
	static struct what COWPEN_CAT(cowpen_##what##_, n) = { __VA_ARGS__ };              \
	static void __attribute__((constructor)) COWPEN_CAT(cowpen_add_##what##_, n)(void) \
	{                                                                                  \
		struct what **end = &this_case.what;                                       \
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
 * The variants show that bug of the book, where a kernel has it, by the clause of the book. A failure
 * by another one is news. A crash or a hang is "C8".
 */
#define BROKEN_BY(_bug, _variants) \
	__CASE_SAYS(__COUNTER__, broken_by, .bug = _bug, .variants = _variants)
/* The same where it shows by another clause. */
#define BROKEN_BY_AS(_bug, _clause, _variants)                        \
	__IS_CLAUSES("BROKEN_BY_AS(bug, clause, variants)", _clause); \
	__CASE_SAYS(__COUNTER__, broken_by, .bug = _bug, .clause = _clause, .variants = _variants)

/*
 * On patched kernels (blank-separated) that are judged test by test the variants do this,
 * whatever the book says of their version: PATCHED("5.10-mapcount", "pass", "anon-*"), or by
 * which clauses they fail: PATCHED("5.10-always-copy", "C1", "thp-*").
 */
#define PATCHED(_kernels, _expect, _variants)                                                    \
	_Static_assert(!__builtin_strcmp(_expect, "pass") ||                                     \
			       !__builtin_strncmp(_expect, "lost", 4) ||                         \
			       !__builtin_strncmp(_expect, "C", 1),                              \
		       "PATCHED(kernels, expect, variants): \"pass\", or by which clauses they " \
		       "fail");                                                                  \
	__CASE_SAYS(__COUNTER__, patched, .kernels = _kernels, .expect = _expect,                \
		    .variants = _variants)

/* Its tests run in a guest that is made so, by the words of GUEST= (qemu/README.md). */
#define __IN_GUEST(_words)                                          \
	static void __attribute__((constructor)) cowpen_guest(void) \
	{                                                           \
		this_case.guest = _words;                           \
	}                                                           \
	_Static_assert(1, "")
/* Of two processors: a thread can be held from outside. */
#define HELD_FROM_OUTSIDE __IN_GUEST("stub=on")
/* A part of its memory is ZONE_MOVABLE. */
#define IN_ZONE_MOVABLE __IN_GUEST("movable=on")
/* A device has memory that the CPU reaches, too. */
#define WITH_COHERENT_DEVICE __IN_GUEST("coherent=on")
/* Its swap has a queue, as a disk has. */
#define SWAP_AS_ON_A_DISK __IN_GUEST("swap=queued")

/*
 * Each memory kind with each pin, "none" is no pin: VARIANTS("anon thp", "io_uring none").
 * In capitals, lists of memory kinds that go together (harness/names.c): ANON, BRIEF, PRIVATE,
 * ALL, MORE. A test is called <memory>-<pin>.
 */
#define VARIANTS(_memory, _pins) \
	__CASE_SAYS(__COUNTER__, variants, .memory = _memory, .pins = _pins)

#endif
