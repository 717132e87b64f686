// SPDX-License-Identifier: GPL-2.0-only
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const char *step = "C0 set-up"; /* the clause that it is about, and what it does */

static void fail(const char *clause, const char *wanted, const char *seen)
{
	printf("# step   %s\n# clause %.2s broken\n# wanted %s\n# seen   %s\nnot ok 1 %s\n",
	       step + 3, clause, wanted, seen, NAME);
	exit(1);
}

/* A write by the parent (C1) or a child (C2) that hangs waits for a monitor that nobody is. */
static void hangs(int sig)
{
	fail(step[1] == '1' ? "C3" :
	     step[1] == '2' ? "C4" :
			      step,
	     "it ends", sig ? "it hangs" : "");
}

static void skip(const char *what)
{
	printf("ok 1 %s # SKIP no %s\n", NAME, what);
	exit(4);
}

/* What is written says by whom it was, in which step and to which page. */
#define VALUE(who, step, page) ((uint64_t)(who) << 16 | (step) << 8 | (page))
