// SPDX-License-Identifier: GPL-2.0-only
/*
 * A sequence that somebody typed, run as a case is: make try STEPS="pin wp unwp cpu_write". And
 * those that nobody did, make explore.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "case.h"

#include "end.h"
#include "explore.h"
#include "nearest.h"
#include "pairs.h"
#include "sequences.h"
#include "vocabulary.h"

CASE("the steps that COWPEN_STEPS names, one after the other",
     "C0 C1 C2 C3 C4 C5 C6 C7 C8 C9 lost");
NOT_SEEN_TO_FAIL("it is what was typed", "*");
VARIANTS(EVERY, EVERY);

/* As an argument, comma-separated, where several tests have one environment. */
static const char *steps_said;
static bool races;

TEST_F(scene, steps)
{
	struct said steps[SEQUENCE_MAX];
	const char *text = steps_said ?: getenv("COWPEN_STEPS"), *why_not;
	char why[256], said[80];
	int n;

	if (races) {
		pairs_run(self);
		return;
	}
	n = sequence_parse(text ?: "", self->npages, steps, why, sizeof(why));
	if (n < 0)
		scene_error(self, "%s", why);
	for (int i = 0; i < n; i++) {
		said_text(&steps[i], said, sizeof(said));
		why_not = steps[i].word->not_now(self, steps[i].pages, steps[i].what);
		if (why_not)
			scene_error(self, "%s cannot be done now (step %d of %d): %s", said, i + 1,
				    n, why_not);
		printf("# does %s\n", said);
		steps[i].word->run(self, steps[i].pages, steps[i].what);
	}
}

static const struct case_variant *variants;
static size_t nvariants;

static const char *memory_name(size_t i)
{
	return i < nvariants ? variants[i].data->memory->name : NULL;
}

static const char *pin_name(size_t i)
{
	if (i >= nvariants)
		return NULL;
	return variants[i].data->pin ? variants[i].data->pin->name : "none";
}

static bool has(name_at *at, const char *name)
{
	for (size_t i = 0; at(i); i++)
		if (!strcmp(at(i), name))
			return true;
	return false;
}

/* On the host, before anything is booted: --check STEPS MEMORY PIN. */
static int check(const char *text, const char *memory, const char *pin)
{
	struct said steps[SEQUENCE_MAX];
	unsigned int npages = 0;
	char why[256];
	int n;

	if (!has(memory_name, memory)) {
		fprintf(stderr, "cowpen: there is no memory \"%s\"; the nearest is \"%s\"\n",
			memory, nearest(memory, memory_name));
		return 3;
	}
	if (!has(pin_name, pin)) {
		fprintf(stderr, "cowpen: there is no pin \"%s\"; the nearest is \"%s\"\n", pin,
			nearest(pin, pin_name));
		return 3;
	}
	for (size_t i = 0; i < nvariants; i++)
		if (!strcmp(memory_name(i), memory))
			npages = variants[i].data->memory->npages;
	n = sequence_parse(text, npages, steps, why, sizeof(why));
	if (!n)
		snprintf(why, sizeof(why),
			 "say which steps: make try STEPS=\"pin wp unwp "
			 "cpu_write\"");
	if (n <= 0)
		fprintf(stderr, "cowpen: %s\n", why);
	return n <= 0 ? 3 : 0;
}

/* As the C of a case: --statements STEPS. */
static int statements(const char *text)
{
	struct said steps[SEQUENCE_MAX];
	char why[256], line[160];
	int n = sequence_parse(text, 0, steps, why, sizeof(why));

	if (n < 0)
		fprintf(stderr, "cowpen: %s\n", why);
	for (int i = 0; i < n; i++)
		puts(said_statement(&steps[i], line, sizeof(line)));
	return n < 0 ? 3 : 0;
}

int case_main(int *argc, char **argv, const struct case_variant *v, size_t n)
{
	variants = v;
	nvariants = n;
	if (*argc == 5 && !strcmp(argv[1], "--check"))
		return check(argv[2], argv[3], argv[4]);
	if (*argc == 3 && !strcmp(argv[1], "--statements"))
		return statements(argv[2]);
	if (*argc >= 2 && !strcmp(argv[1], "--sequences"))
		return sequences(*argc - 2, argv + 2);
	if (*argc == 3 && !strcmp(argv[1], "--races"))
		return pairs_check(argv[2]);
	if (*argc == 3 && !strcmp(argv[1], "--acts"))
		return pairs_groups(atoi(argv[2]));
	if (*argc == 2 && !strcmp(argv[1], "--explore"))
		return explore_main(v, n);
	races = pairs_begin();
	/* The rest is kselftest's. */
	if (*argc >= 3 && !strcmp(argv[1], "--steps")) {
		steps_said = argv[2];
		*argc -= 2;
		memmove(&argv[1], &argv[3], *argc * sizeof(*argv));
	}
	return -1;
}
