// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "model.h"

static struct model m;

static int two_pages(void **state)
{
	(void)state;
	model_init(&m, 2, false);
	for (unsigned int i = 0; i < 2; i++)
		for (enum cell c = 0; c < NR_CELLS; c++)
			model_write(&m, 0, i, c, stamp(BY_PARENT, 0, i, c));
	return 0;
}

static bool pin_shows(int pin, unsigned int page, enum cell c, uint64_t v)
{
	uint64_t wanted;

	return model_pin_allows(&m, pin, page, c, v, &wanted);
}

static void stamps_are_unique_and_speak(void **state)
{
	uint64_t v = stamp(BY_CHILD, 4, 1, CELL_CPU);
	unsigned int step, page;
	enum actor by;
	char text[96];

	(void)state;
	assert_true(stamp_parse(v, &by, &step, &page));
	assert_int_equal(by, BY_CHILD);
	assert_int_equal(step, 4);
	assert_int_equal(page, 1);
	assert_true(v != stamp(BY_CHILD, 4, 1, CELL_DEV));
	assert_true(v != stamp(BY_PARENT, 4, 1, CELL_CPU));
	assert_string_equal(stamp_str(v, text, sizeof(text)), "child's write of step 4 to page 1");
	assert_string_equal(stamp_str(0, text, sizeof(text)), "zero");
	assert_false(stamp_parse(0, NULL, NULL, NULL));
	assert_false(stamp_parse(0x1234, NULL, NULL, NULL));
	assert_false(stamp_parse(POISON, NULL, NULL, NULL));
	assert_memory_equal(stamp_str(0x1234, text, sizeof(text)), "garbage", 7);
}

static void fork_is_a_copy(void **state)
{
	uint64_t before = stamp(BY_PARENT, 0, 0, CELL_CPU),
		 after = stamp(BY_PARENT, 2, 0, CELL_CPU);

	(void)state;
	model_fork(&m, 0, 1, false);
	model_write(&m, 0, 0, CELL_CPU, after);
	assert_true(model_value(&m, 0, 0, CELL_CPU) == after);
	assert_true(model_value(&m, 1, 0, CELL_CPU) == before);
	model_write(&m, 1, 1, CELL_CPU, 77);
	assert_true(model_value(&m, 0, 1, CELL_CPU) == stamp(BY_PARENT, 0, 1, CELL_CPU));
}

static void shared_memory_is_one(void **state)
{
	(void)state;
	model_init(&m, 1, true);
	model_fork(&m, 0, 1, false);
	model_write(&m, 1, 0, CELL_CPU, 5);
	assert_true(model_value(&m, 0, 0, CELL_CPU) == 5);
	model_pin(&m, 0, 0, 0, 1, true);
	assert_true(model_device_write(&m, 0, 0, CELL_DEV, 6));
	assert_true(model_value(&m, 1, 0, CELL_DEV) == 6);
}

static void a_coherent_pin_is_its_owners_page(void **state)
{
	(void)state;
	model_pin(&m, 0, 0, 1, 1, true);
	assert_false(model_pin_covers(&m, 0, 0));
	assert_true(model_pin_covers(&m, 0, 1));
	model_write(&m, 0, 1, CELL_CPU, 9);
	assert_true(pin_shows(0, 1, CELL_CPU, 9));
	assert_false(pin_shows(0, 1, CELL_CPU, stamp(BY_PARENT, 0, 1, CELL_CPU)));
	model_fork(&m, 0, 1, false);
	model_write(&m, 1, 1, CELL_CPU, 10);
	assert_false(pin_shows(0, 1, CELL_CPU, 10));
	assert_true(model_device_write(&m, 0, 1, CELL_DEV, 11));
	assert_true(model_value(&m, 0, 1, CELL_DEV) == 11);
	assert_true(model_value(&m, 1, 1, CELL_DEV) == stamp(BY_PARENT, 0, 1, CELL_DEV));
	model_unpin(&m, 0);
	assert_false(model_pin_covers(&m, 0, 1));
}

/* Somebody else has the device: shared memory is the file's, the owner's own is the pin's alone. */
static void a_held_pin_outlives_its_owner(void **state)
{
	uint64_t first = stamp(BY_PARENT, 0, 0, CELL_DEV);

	(void)state;
	model_fork(&m, 0, 1, false);
	model_pin(&m, 0, 1, 0, 1, true);
	model_exit(&m, 1, true);
	assert_true(pin_shows(0, 0, CELL_DEV, first));
	assert_true(model_device_write(&m, 0, 0, CELL_DEV, 30));
	assert_true(pin_shows(0, 0, CELL_DEV, 30));
	assert_true(model_value(&m, 0, 0, CELL_DEV) == first);

	model_init(&m, 1, true);
	model_fork(&m, 0, 1, false);
	model_pin(&m, 0, 1, 0, 1, true);
	model_exit(&m, 1, true);
	assert_true(model_device_write(&m, 0, 0, CELL_DEV, 31));
	assert_true(model_value(&m, 0, 0, CELL_DEV) == 31);
	model_write(&m, 0, 0, CELL_DEV, 32);
	assert_true(pin_shows(0, 0, CELL_DEV, 32));
}

/* vmsplice: stale is allowed, another process's write is not (CVE-2020-29374). */
static void a_loose_pin_may_go_stale_but_not_leak(void **state)
{
	uint64_t first = stamp(BY_PARENT, 0, 0, CELL_CPU);

	(void)state;
	model_fork(&m, 0, 1, false);
	model_pin(&m, 0, 1, 0, 1, false);
	assert_true(pin_shows(0, 0, CELL_CPU, first));
	model_write(&m, 1, 0, CELL_CPU, 20);
	assert_true(pin_shows(0, 0, CELL_CPU, first));
	assert_true(pin_shows(0, 0, CELL_CPU, 20));
	model_write(&m, 0, 0, CELL_CPU, 21);
	assert_false(pin_shows(0, 0, CELL_CPU, 21));
	model_unmap(&m, 1);
	model_write(&m, 0, 0, CELL_CPU, 22);
	assert_false(pin_shows(0, 0, CELL_CPU, 22));
	assert_false(model_device_write(&m, 0, 0, CELL_DEV, 23));
}

static void marks_follow_the_fork_event(void **state)
{
	(void)state;
	model_mark(&m, 0, 1, true);
	model_fork(&m, 0, 1, false);
	assert_true(model_marked(&m, 0, 1));
	assert_false(model_marked(&m, 1, 1));
	model_fork(&m, 0, 1, true);
	assert_true(model_marked(&m, 1, 1));
	assert_false(model_marked(&m, 1, 0));
}

static void a_registration_follows_the_fork_event(void **state)
{
	(void)state;
	assert_true(model_registered(&m, 0) == 0);
	model_register(&m, 0, 3);
	model_fork(&m, 0, 1, false);
	assert_true(model_registered(&m, 0) == 3);
	assert_true(model_registered(&m, 1) == 0);
	model_fork(&m, 0, 1, true);
	model_register(&m, 0, 0);
	assert_true(model_registered(&m, 1) == 3);
	model_unmap(&m, 1);
	assert_true(model_registered(&m, 1) == 0);
	model_fork(&m, 0, 1, true);
	model_register(&m, 1, 1);
	model_exit(&m, 1, true);
	assert_true(model_registered(&m, 1) == 0);
}

static void what_a_cpu_wrote_must_be_reported(void **state)
{
	(void)state;
	assert_true(model_must_report(&m, 0, 0));
	model_report(&m, 0, 0, false);
	model_report(&m, 0, 1, false);
	assert_false(model_must_report(&m, 0, 0));
	model_pin(&m, 0, 0, 0, 2, true);
	assert_true(model_device_write(&m, 0, 0, CELL_DEV, 40));
	assert_false(model_must_report(&m, 0, 0));
	model_write(&m, 0, 1, CELL_CPU, 41);
	assert_false(model_must_report(&m, 0, 0));
	assert_true(model_must_report(&m, 0, 1));

	/* A child inherits what is due for private memory, and then they part. */
	model_fork(&m, 0, 1, false);
	assert_true(model_must_report(&m, 1, 1));
	model_write(&m, 1, 0, CELL_CPU, 42);
	assert_true(model_must_report(&m, 1, 0));
	assert_false(model_must_report(&m, 0, 0));

	model_init(&m, 1, true);
	model_write(&m, 0, 0, CELL_CPU, 43);
	model_fork(&m, 0, 1, false);
	assert_false(model_must_report(&m, 1, 0));
	model_write(&m, 1, 0, CELL_CPU, 44);
	assert_true(model_must_report(&m, 1, 0));
}

static void exit_takes_the_pins_along(void **state)
{
	(void)state;
	model_fork(&m, 0, 1, false);
	model_pin(&m, 0, 0, 0, 2, true);
	model_pin(&m, 1, 1, 0, 2, true);
	model_exit(&m, 1, false);
	assert_true(model_pin_covers(&m, 0, 0));
	assert_false(model_pin_covers(&m, 1, 0));
}

/* Each byte of a page says whose it is and where; cells lie on it. */
static void all_bytes_speak(void **state)
{
	static uint64_t page[512], half[256];
	struct content c = content_by(BY_CHILD, 3, 1), zero = { 0 };
	char text[96];
	uint64_t v;

	(void)state;
	content_bytes(&c, sizeof(page), 0, page, sizeof(page));
	assert_true(pattern_of(page[128], 1024) == c.v[PATTERN]);
	assert_false(pattern_of(page[128], 1032) == c.v[PATTERN]);
	stamp_str(page[128], text, sizeof(text));
	assert_string_equal(text, "what the child filled page 1 with in step 3, at byte 1024");
	for (enum cell i = 0; i < NR_CELLS; i++) {
		memcpy(&v, (char *)page + cell_offset(i, sizeof(page)), sizeof(v));
		assert_true(v == c.v[i]);
	}
	assert_true(page[63] == c.v[CELL_DEV]);
	/* A cell that lies across the end of what is looked at. */
	content_bytes(&c, sizeof(page), 2048, half, sizeof(half));
	assert_memory_equal(half, page + 256, sizeof(half));
	content_bytes(&zero, 0, 0, page, sizeof(page));
	for (unsigned int i = 0; i < 512; i++)
		assert_true(!page[i]);
}

/* A device that begins and ends in the middle of a page leaves what is outside as it was. */
static void a_device_fills_a_zone(void **state)
{
	static uint64_t was[512], is[512];
	struct content c = content_by(BY_DEVICE, 4, 0), first = content_by(BY_PARENT, 0, 0);
	size_t len = 0;

	(void)state;
	for (enum zone z = 0; z < NR_ZONES; z++) {
		assert_true(zone_offset(z, sizeof(is)) == len);
		len += zone_len(z, sizeof(is));
	}
	assert_true(len == sizeof(is));
	model_replace(&m, 0, 0, &first);
	model_pin(&m, 0, 0, 0, 1, true);
	content_bytes(model_content(&m, 0, 0), sizeof(was), 0, was, sizeof(was));
	assert_true(model_device_fill(&m, 0, 0, TAIL, sizeof(is), &c));
	content_bytes(model_content(&m, 0, 0), sizeof(is), 0, is, sizeof(is));
	assert_memory_equal(is, was, zone_offset(TAIL, sizeof(is)));
	content_bytes(&c, sizeof(was), 0, was, sizeof(was));
	assert_memory_equal((char *)is + zone_offset(TAIL, sizeof(is)),
			    (char *)was + zone_offset(TAIL, sizeof(is)), ZONE_LEN);
	assert_true(model_device_fill(&m, 0, 0, HEAD, sizeof(is), &c));
	/* A part that begins in one zone and ends in another. */
	content_bytes(model_content(&m, 0, 0), sizeof(is), 1024, is, 1024);
	assert_memory_equal(is, (char *)was + 1024, ZONE_LEN - 1024);
	assert_true(pattern_of(is[100], 1024 + 800) == pattern(BY_PARENT, 0, 0));
}

static void contents_follow_the_process(void **state)
{
	struct content zero = { 0 }, seen, first = *model_content(&m, 0, 0);

	(void)state;
	model_pin(&m, 0, 0, 0, 2, true);
	model_pin(&m, 1, 0, 0, 2, false);
	model_fork(&m, 0, 1, false);
	model_replace(&m, 1, 0, &zero);
	assert_true(!memcmp(model_content(&m, 0, 0), &first, sizeof(first)));
	/* What is unmapped is the pin's alone. */
	model_unmap(&m, 0);
	model_write(&m, 0, 0, PATTERN, pattern(BY_OTHER, 9, 0));
	assert_true(model_device_write(&m, 0, 0, CELL_DEV_END, 50));
	seen = model_pin_content(&m, 0, 0, &zero);
	assert_true(seen.v[CELL_DEV_END] == 50);
	assert_true(seen.v[PATTERN] == first.v[PATTERN]);
	/* A loose one says so when it cannot keep all that there was. */
	model_init(&m, 1, false);
	model_pin(&m, 0, 0, 0, 1, false);
	for (unsigned int i = 1; i < MODEL_HELD; i++)
		model_write(&m, 0, 0, CELL_CPU, i);
	assert_true(model_pin_knows(&m, 0, 0));
	model_write(&m, 0, 0, CELL_CPU, MODEL_HELD);
	assert_false(model_pin_knows(&m, 0, 0));
}

/* Each planted fault must make the model say something else: the oracle can fail. */
static void planted_faults_show(void **state)
{
	(void)state;
	m.fault = FAULT_FORK_SHARES;
	model_fork(&m, 0, 1, false);
	model_write(&m, 0, 0, CELL_CPU, 30);
	assert_true(model_value(&m, 1, 0, CELL_CPU) == 30);

	two_pages(NULL);
	m.fault = FAULT_PIN_STALE;
	model_pin(&m, 0, 0, 0, 2, true);
	model_write(&m, 0, 0, CELL_CPU, 31);
	assert_false(pin_shows(0, 0, CELL_CPU, 31));

	two_pages(NULL);
	m.fault = FAULT_DMA_LOST;
	model_pin(&m, 0, 0, 0, 2, true);
	assert_true(model_device_write(&m, 0, 0, CELL_DEV, 32));
	assert_false(model_value(&m, 0, 0, CELL_DEV) == 32);

	two_pages(NULL);
	m.fault = FAULT_MARK_LOST;
	model_mark(&m, 0, 0, true);
	assert_false(model_marked(&m, 0, 0));
}

/* What was given up at once two pins hold together; what was given up later is another page. */
static void pins_part_together(void **state)
{
	uint64_t wanted;

	model_pin(&m, 0, 0, 0, 2, true);
	model_pin(&m, 1, 0, 0, 2, true);
	model_part(&m, 0, 0, 2);
	assert_true(model_device_write(&m, 0, 0, CELL_DEV, 32));
	assert_true(model_pin_allows(&m, 1, 0, CELL_DEV, 32, &wanted));
	assert_false(model_value(&m, 0, 0, CELL_DEV) == 32);
	model_unpin(&m, 1);
	model_pin(&m, 1, 0, 0, 2, true);
	model_part(&m, 0, 0, 2);
	assert_true(model_device_write(&m, 0, 0, CELL_DEV, 33));
	assert_false(model_pin_allows(&m, 1, 0, CELL_DEV, 33, &wanted));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(stamps_are_unique_and_speak),
		cmocka_unit_test_setup(fork_is_a_copy, two_pages),
		cmocka_unit_test(shared_memory_is_one),
		cmocka_unit_test_setup(a_coherent_pin_is_its_owners_page, two_pages),
		cmocka_unit_test_setup(a_held_pin_outlives_its_owner, two_pages),
		cmocka_unit_test_setup(a_loose_pin_may_go_stale_but_not_leak, two_pages),
		cmocka_unit_test_setup(marks_follow_the_fork_event, two_pages),
		cmocka_unit_test_setup(a_registration_follows_the_fork_event, two_pages),
		cmocka_unit_test_setup(what_a_cpu_wrote_must_be_reported, two_pages),
		cmocka_unit_test_setup(exit_takes_the_pins_along, two_pages),
		cmocka_unit_test(all_bytes_speak),
		cmocka_unit_test_setup(a_device_fills_a_zone, two_pages),
		cmocka_unit_test_setup(contents_follow_the_process, two_pages),
		cmocka_unit_test_setup(pins_part_together, two_pages),
		cmocka_unit_test_setup(planted_faults_show, two_pages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
