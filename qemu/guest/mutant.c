// SPDX-License-Identifier: GPL-2.0-only
/*
 * A kernel that holds faults, of which one may be turned on while it runs
 * (kernel-config/mutants): COWPEN_MUTANT=7 is on while the test runs, COWPEN_MUTANT=0
 * asks for the numbers of those whose places it runs through.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "agent.h"

#define MUTANTS "/sys/kernel/debug/cowpen/"

static const char *asked(const struct command *c)
{
	static const char name[] = "COWPEN_MUTANT=";

	for (size_t i = 0; i < c->nenv; i++)
		if (!strncmp(c->env[i], name, strlen(name)))
			return c->env[i] + strlen(name);
	return NULL;
}

void mutant_on(const struct command *c)
{
	const char *nr = asked(c);

	if (nr && (spit(MUTANTS "reached", "0") || spit(MUTANTS "on", nr)))
		give_up("mutant %s cannot be turned on: %s", nr, strerror(errno));
}

void mutant_off(const struct command *c)
{
	static char buf[65536];
	const char *nr = asked(c);

	if (!nr)
		return;
	spit(MUTANTS "on", "0");
	if (strcmp(nr, "0"))
		return;
	slurp(MUTANTS "reached", buf, sizeof(buf));
	out_add(MUTANTS_REACHED, strlen(MUTANTS_REACHED));
	out_add(buf, strlen(buf));
	out_add("\n", 1);
}
