// SPDX-License-Identifier: GPL-2.0-only

static const char *step = "C0 set-up"; /* the clause that it is about, and what it does */

/* Else the clause is broken. */
static void must(int holds, const char *clause, const char *wanted)
{
	if (holds)
		return;
	printf("# step   %s\n# clause %.2s broken\n# wanted %s\n# seen   not that: %m\nnot ok 1 %s\n",
	       step + 3, clause, wanted, NAME);
	exit(1);
}

#define need(set_up) ((set_up) ? (void)0 : (perror(#set_up), exit(99)))

#define skip(what) (printf("ok 1 %s # SKIP no %s\n", NAME, what), exit(4))

/* A write by the parent (C1) or a child (C2) that hangs waits for a monitor that nobody is. */
static void hangs(int sig)
{
	must(!sig, step[1] == '1' ? "C3" : step[1] == '2' ? "C4" : step, "it ends");
}

#define VALUE(who, step, page) ((uint64_t)(who) << 16 | (step) << 8 | (page))
