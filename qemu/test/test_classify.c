// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "classify.h"
#include "err.h"

#define V	  "anon-io_uring"
#define T	  "roundtrip"
#define NAME	  "scene." V "." T
#define HEAD	  "TAP version 13\n1..1\n"
#define EXITED(n) ((n) << 8)

/* What a guest gave back, and what must come of it. */
struct sample {
	enum vm_end end;
	int wait_status;
	const char *output, *marks, *kmsg, *console, *why, *left;
	unsigned long taint_after;
	enum status want;
	const char *reason; /* part of it */
	const char *step;
	const char *clause;
};

static void judge(const struct sample *s, struct record *r)
{
	struct vm_result vm = { .end = s->end,
				.wait_status = s->wait_status,
				.taint_after = s->taint_after };

	buf_printf(&vm.output, "%s", s->output ? s->output : "");
	buf_printf(&vm.marks, "%s", s->marks ? s->marks : "");
	buf_printf(&vm.kmsg, "%s", s->kmsg ? s->kmsg : "");
	buf_printf(&vm.console, "%s", s->console ? s->console : "");
	buf_printf(&vm.hang, "%s", "");
	vm.output_total = vm.output.len;
	vm.why = (char *)(s->why ? s->why : "");
	vm.left = (char *)s->left;
	record_init(r);
	record_set(&r->clause, "C1 C3");
	assert_int_equal(classify(&vm, V, T, r), 0);
	buf_free(&vm.output);
	buf_free(&vm.marks);
	buf_free(&vm.kmsg);
	buf_free(&vm.console);
	buf_free(&vm.hang);
}

static void check(const struct sample *s, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct record r;

		judge(&s[i], &r);
		if (r.status != s[i].want || (s[i].reason && !strstr(r.reason, s[i].reason)) ||
		    (s[i].step && strcmp(r.step, s[i].step)) ||
		    (s[i].clause && strcmp(r.clause, s[i].clause)))
			fail_msg("sample %zu (%s): %s, \"%s\", step \"%s\", clause %s", i,
				 s[i].reason ? s[i].reason : "", status_name(r.status), r.reason,
				 r.step, r.clause);
		record_free(&r);
	}
}

static void honest(void **state)
{
	static const struct sample s[] = {
		{ .output = HEAD "ok 1 " NAME "\n", .want = ST_PASS, .clause = "C1 C3" },
		{ .output = HEAD "ok 1 " NAME " # SKIP no userfaultfd\n",
		  .wait_status = EXITED(4),
		  .want = ST_SKIP,
		  .reason = "no userfaultfd" },
		{ .output = HEAD "# cowpen {\"status\":\"inconclusive\",\"step\":\"5 race\","
				 "\"reason\":\"met 0 of 20\"}\nok 1 " NAME " # SKIP met 0 of 20\n",
		  .wait_status = EXITED(4),
		  .want = ST_INCONCLUSIVE,
		  .reason = "met 0 of 20",
		  .step = "5 race" },
		{ .output = HEAD "not ok 1 " NAME " # ERROR mmap: ENOMEM\n",
		  .wait_status = EXITED(1),
		  .want = ST_ERROR,
		  .reason = "mmap: ENOMEM",
		  .marks = "1 setup\n2 pin\n3 torn",
		  .step = "2 pin" },
		{ .output = HEAD "not ok 1 " NAME " # C1 at step 4\n",
		  .wait_status = EXITED(1),
		  .want = ST_FAIL,
		  .reason = "C1 at step 4",
		  .marks = "4 cpu_write\n",
		  .step = "4 cpu_write" },
		{ .output = HEAD "# roundtrip.c:17:roundtrip:Expected 1 (1) == 0 (0)\nnot ok "
				 "1 " NAME "\n",
		  .wait_status = EXITED(1),
		  .want = ST_FAIL,
		  .reason = "roundtrip.c:17:roundtrip:Expected 1 (1) == 0 (0)" },
		{ .output = HEAD "not ok 1 " NAME " # TIMEOUT 120 seconds\n",
		  .wait_status = EXITED(1),
		  .want = ST_TIMEOUT },
	};

	check(s, ARRAY_SIZE(s));
}

static void own_words(void **state)
{
	static const struct sample s = {
		.output = HEAD "# cowpen {\"status\":\"fail\",\"step\":\"1 "
			       "old\",\"clause\":\"C9\"}\n"
			       "# cowpen {\"step\":\"4 cpu_write parent page "
			       "0\",\"clause\":\"C1\",\"wanted\":7,"
			       "\"seen\":\"8\",\"fix\":\"6c287605fd56\",\"observations\":{"
			       "\"notices\":1},"
			       "\"attempts\":20,\"hits\":3}\n"
			       "not ok 1 " NAME " # C1\n",
		.wait_status = EXITED(1),
		.marks = "9 elsewhere\n",
	};
	struct record r;

	judge(&s, &r);
	assert_int_equal(r.status, ST_FAIL);
	assert_string_equal(r.step, "4 cpu_write parent page 0");
	assert_string_equal(r.clause, "C1");
	assert_string_equal(r.wanted, "7");
	assert_string_equal(r.seen, "8");
	assert_string_equal(r.fix, "6c287605fd56");
	assert_string_equal(r.observations, "{\"notices\":1}");
	assert_int_equal(r.attempts, 20);
	assert_int_equal(r.hits, 3);
	record_free(&r);
}

/* Everything here claims to pass, or nearly so. None of it may. */
static void forged(void **state)
{
	static const struct sample s[] = {
		{ .output = "", .reason = "no KTAP" },
		{ .output = "all is well\n", .reason = "no KTAP: it exited with 0" },
		{ .output = HEAD, .reason = "no result: it exited with 0" },
		{ .output = "TAP version 13\n1..0 # SKIP nothing\n",
		  .wait_status = EXITED(4),
		  .reason = "named no test: nothing" },
		{ .output = HEAD "ok 1 " NAME "\nok 2 " NAME "\n", .reason = "2 results" },
		{ .output = HEAD "ok 1 " NAME "\nnot ok 1 " NAME "\n",
		  .wait_status = EXITED(1),
		  .reason = "2 results" },
		{ .output = "TAP version 13\n1..2\nok 1 " NAME "\n", .reason = "1..2" },
		{ .output = "TAP version 13\nok 1 " NAME "\n", .reason = "no plan" },
		{ .output = "1..1\nok 1 " NAME "\n", .reason = "no version line" },
		{ .output = HEAD "ok 1 scene.thp-io_uring." T "\n", .reason = "asked for was" },
		{ .output = HEAD "ok 1\n", .reason = "asked for was" },
		{ .output = HEAD "ok 1 " NAME "\n",
		  .wait_status = EXITED(1),
		  .reason = "says pass, but it exited with 1" },
		{ .output = HEAD "not ok 1 " NAME "\n",
		  .reason = "says fail, but it exited with 0" },
		{ .output = HEAD "ok 1 " NAME " # SKIP x\n", .reason = "but it exited with 0" },
		{ .output = HEAD "ok 1 " NAME "\n", .wait_status = 11, .reason = "signal 11" },
		{ .output = HEAD "ok 1 " NAME "\n",
		  .wait_status = 9,
		  .reason = "a result is there" },
		{ .output = HEAD "ok 1 " NAME " # XFAIL known\n", .reason = "XFAIL of itself" },
		{ .output = HEAD "ok 1 " NAME " # XPASS known\n", .reason = "XPASS of itself" },
		{ .output = HEAD "ok 1 " NAME " # ERROR odd\n", .reason = "ok and ERROR" },
		{ .output = HEAD "not ok 1 " NAME " # SKIP odd\n",
		  .wait_status = EXITED(4),
		  .reason = "not ok and SKIP" },
		{ .output = HEAD "# cowpen {\"status\":\"fail\"}\nok 1 " NAME "\n",
		  .reason = "line says fail" },
		{ .output = HEAD "# cowpen {\"status\":\"inconclusive\"}\nok 1 " NAME "\n",
		  .reason = "line says inconclusive" },
		{ .output = HEAD "# cowpen {\"status\"\nok 1 " NAME "\n", .reason = "no JSON" },
		{ .output = HEAD "Bail out! gone\nok 1 " NAME "\n", .reason = "bailed out: gone" },
		{ .output = HEAD "ok 2 " NAME "\n", .reason = "result 2 follows 0" },
		{ .output = HEAD "ok 1 " NAME, .reason = "no result" },
		{ .output = HEAD HEAD "ok 1 " NAME "\n", .reason = "a second" },
		{ .output = HEAD "  ok 1 " NAME "\n", .reason = "no result" },
		{ .output = HEAD "# ok 1 " NAME "\n", .reason = "no result" },
		{ .output = HEAD "[    1.000000] ok 1 " NAME "\n", .reason = "no result" },
	};
	for (size_t i = 0; i < ARRAY_SIZE(s); i++)
		assert_int_equal(s[i].want, 0);
	for (size_t i = 0; i < ARRAY_SIZE(s); i++) {
		struct sample e = s[i];

		e.want = ST_ERROR;
		check(&e, 1);
	}
}

static void flooded(void **state)
{
	struct vm_result vm = { .end = VM_ENDED, .why = "" };
	struct record r;

	buf_printf(&vm.output, HEAD "ok 1 " NAME "\n");
	vm.output_total = 1 << 30;
	record_init(&r);
	assert_int_equal(classify(&vm, V, T, &r), 0);
	assert_int_equal(r.status, ST_ERROR);
	assert_non_null(strstr(r.reason, "1073741824 bytes"));
	record_free(&r);
	buf_free(&vm.output);
}

#define PASS .output = HEAD "ok 1 " NAME "\n"
#define FAIL .output = HEAD "not ok 1 " NAME " # C1\n", .wait_status = EXITED(1)

static void kernel_complains(void **state)
{
	static const struct sample s[] = {
		{ PASS,
		  .kmsg = "<4>[   12.1] ------------[ cut here ]------------\n"
			  "<4>[   12.1] WARNING: CPU: 0 PID: 88 at mm/gup.c:123 try_grab+0x1\n",
		  .want = ST_CRASH, .reason = "WARNING: CPU: 0 PID: 88 at mm/gup.c:123",
		  .clause = "C8", .marks = "3 unpin\n", .step = "3 unpin" },
		{ PASS, .kmsg = "<4>[   12.1] ------------[ cut here ]------------\n",
		  .want = ST_CRASH, .reason = "cut here" },
		{ PASS, .kmsg = "<1>[    1.0] BUG: Bad page state in process x  pfn:1\n",
		  .want = ST_CRASH, .reason = "BUG: Bad page state" },
		{ PASS, .kmsg = "<3>[    1.0] BUG: KASAN: use-after-free in f+0x1\n",
		  .want = ST_CRASH, .reason = "KASAN" },
		{ PASS,
		  .kmsg = "<4>[    1.0] WARNING: possible circular locking dependency detected\n",
		  .want = ST_CRASH, .reason = "circular" },
		{ PASS, .kmsg = "<3>[  242.0] INFO: task t:88 blocked for more than 120 seconds.\n",
		  .want = ST_CRASH, .reason = "blocked" },
		{ PASS, .kmsg = "<3>[   21.0] rcu: INFO: rcu_preempt self-detected stall on CPU\n",
		  .want = ST_CRASH, .reason = "stall" },
		{ PASS, .kmsg = "<0>[   30.0] watchdog: BUG: soft lockup - CPU#0 stuck for 22s!\n",
		  .want = ST_CRASH, .reason = "soft lockup" },
		{ PASS, .kmsg = "<4>[    1.0] list_add corruption. next->prev should be prev\n",
		  .want = ST_CRASH, .reason = "list_add" },
		{ PASS, .kmsg = "<0>[    1.0] Oops: 0000 [#1] SMP\n", .want = ST_CRASH },
		{ PASS, .kmsg = "<3>[    1.0] get_swap_device: Bad swap file entry 3ff\n",
		  .want = ST_CRASH },
		{ PASS, .taint_after = 0x200, .want = ST_CRASH, .reason = "new taint 0x200 (W)",
		  .clause = "C8" },
		/* What it said itself stays, the kernel's word is added. */
		{ FAIL, .kmsg = "<4>[    1.0] WARNING: odd\n", .want = ST_FAIL,
		  .reason = "C1; the kernel: WARNING: odd" },
		/* Killed by an Oops: not the test's error. */
		{ .output = HEAD,
		  .wait_status = 9,
		  .kmsg = "<0>[    1.0] Oops: 0002 [#1] SMP\n",
		  .want = ST_CRASH,
		  .reason = "the test: error, it was killed by signal 9" },
		{ .output = HEAD "ok 1 " NAME " # SKIP x\n",
		  .wait_status = EXITED(4),
		  .kmsg = "<4>[    1.0] WARNING: odd\n",
		  .want = ST_CRASH },
	};

	check(s, ARRAY_SIZE(s));
}

/* Whoever keeps what all draw on has not passed, whatever he says. */
static void leaves_behind(void **state)
{
	static const struct sample s[] = {
		{ .output = HEAD "ok 1 " NAME "\n",
		  .left = "swap is off",
		  .want = ST_ERROR,
		  .reason = "left behind: swap is off",
		  .clause = "C8" },
		{ .output = HEAD "ok 1 " NAME " # SKIP no userfaultfd\n",
		  .wait_status = EXITED(4),
		  .left = "2 pins stand",
		  .want = ST_ERROR,
		  .reason = "no userfaultfd; left behind: 2 pins stand" },
		{ .output = HEAD "not ok 1 " NAME " # C1 at step 4\n",
		  .wait_status = EXITED(1),
		  .left = "2 pins stand",
		  .want = ST_FAIL,
		  .reason = "C1 at step 4; left behind: 2 pins stand" },
		{ .output = HEAD "ok 1 " NAME "\n", .left = "", .want = ST_PASS, .clause = "C1 C3" },
	};

	check(s, ARRAY_SIZE(s));
}

static void harmless(void **state)
{
	static const char *const quiet[] = {
		/* userfaultfd with DEBUG_VM: a stack, no bug */
		"<4>[    1.0] FAULT_FLAG_ALLOW_RETRY missing 71\n"
		"<4>[    1.0] CPU: 0 PID: 88 Comm: t Not tainted 6.12 #1\n"
		"<4>[    1.0] Call Trace:\n<4>[    1.0]  <TASK>\n<4>[    1.0]  "
		"dump_stack_lvl+0x5d\n",
		"<6>[    1.0] rdma_rxe: loaded\n<4>[    1.0] rxe0: rxe_completer returned err = "
		"-14\n"
		"<4>[    1.0] make_send_cqe: non-flush error status = 10\n"
		"<4>[    1.0] uverbs_write: process 88 (t) changed security contexts after opening "
		"file descriptor\n",
		/* what a program writes to /dev/kmsg has another facility */
		"<12>[    1.0] WARNING: CPU: 0 PID: 1 at nowhere\n<8>[    1.0] BUG: not\n",
		("<6>[    1.0] traps: t[88] general protection fault ip:1 sp:2 error:0 in t\n"
		 "<6>[    1.0] t[88]: segfault at 0 ip 1 sp 2 error 4 in t\n"),
		"<4>[    1.0] t: page allocation failure: order:9, mode:0x1\n<4>[    1.0] Call "
		"Trace:\n",
		"<3>[    1.0] Out of memory: Killed process 88 (t) total-vm:1kB\n",
		"<6>[    1.0] DEBUG: nothing, INFORMATION: none\n",
		"",
	};

	for (size_t i = 0; i < ARRAY_SIZE(quiet); i++) {
		struct sample s = { PASS, .kmsg = quiet[i], .want = ST_PASS };

		check(&s, 1);
	}
}

static void guest_ends_otherwise(void **state)
{
	static const struct sample s[] = {
		{ .end = VM_PANIC,
		  PASS,
		  .marks = "step 1 a\nstep 2 fork\n",
		  .console = "[    9.0] BUG: kernel NULL pointer dereference, address: 0\r\n"
			     "[    9.1] Kernel panic - not syncing: Fatal exception\r\n",
		  .want = ST_CRASH,
		  .reason = "BUG: kernel NULL pointer",
		  .step = "2 fork",
		  .clause = "C8" },
		{ .end = VM_RESET,
		  PASS,
		  .why = "the guest reset",
		  .want = ST_CRASH,
		  .reason = "the guest reset" },
		{ .end = VM_POWEROFF, PASS, .want = ST_CRASH, .reason = "" },
		{ .end = VM_TIMEOUT,
		  PASS,
		  .why = "no end within 30 s",
		  .marks = "5 pageout\n",
		  .want = ST_TIMEOUT,
		  .reason = "no end within 30 s",
		  .step = "5 pageout" },
		{ .end = VM_DIED,
		  PASS,
		  .why = "QEMU: killed by signal 6",
		  .want = ST_ERROR,
		  .reason = "signal 6" },
		{ .end = VM_DIED,
		  PASS,
		  .why = "QEMU: killed by signal 6",
		  .want = ST_CRASH,
		  .console = "[    9.0] kernel BUG at mm/rmap.c:12!\n",
		  .reason = "mm/rmap.c:12" },
		{ .end = VM_BAD_FRAMES,
		  PASS,
		  .why = "frame 3 is torn",
		  .want = ST_ERROR,
		  .reason = "frame 3" },
		{ .end = VM_NO_START, .why = "no memory", .want = ST_ERROR, .reason = "no memory" },
	};
	struct vm_result vm = { .end = VM_INTERRUPTED, .why = "" };
	struct record r;

	check(s, ARRAY_SIZE(s));
	record_init(&r);
	assert_int_equal(classify(&vm, V, T, &r), -EINTR);
	record_free(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(honest),	    cmocka_unit_test(own_words),
		cmocka_unit_test(forged),	    cmocka_unit_test(flooded),
		cmocka_unit_test(kernel_complains), cmocka_unit_test(leaves_behind),
		cmocka_unit_test(harmless),	    cmocka_unit_test(guest_ends_otherwise),
	};

	return cmocka_run_group_tests_name("classify", tests, NULL, NULL);
}
