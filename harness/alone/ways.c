// SPDX-License-Identifier: GPL-2.0-only

/* A thread that writes in another way than by a store. */
struct writing {
	int (*way)(pid_t pid, int p, uint64_t value);
	uint64_t value;
};

static void *write_by(void *arg)
{
	const struct writing *w = arg;

	must(!w->way(getpid(), w->value & 0xff, w->value), "C3", "the write goes through");
	__atomic_store_n(&thread_done, 1, __ATOMIC_RELEASE);
	return NULL;
}

static void write_begins_by(int (*way)(pid_t pid, int p, uint64_t value), int p, int step_nr)
{
	static struct writing w;

	w = (struct writing){ way, VALUE(PARENT, step_nr, p) };
	thread_begins(write_by, (uintptr_t)&w);
}

#define parent_pid getpid()

static void cpu_write_by(int (*way)(pid_t pid, int p, uint64_t value), pid_t pid, int p,
			 uint64_t value)
{
	must(!way(pid, p, value), step, "the write goes through");
}

static void must_refuse(int (*way)(pid_t pid, int p, uint64_t value), const char *clause, int p,
			int step_nr)
{
	must(way(getpid(), p, VALUE(PARENT, step_nr, p)), clause, "the write is refused");
}

/* Where a debugger may force a write, but need not: then it is taken back. */
static void may_force(int (*way)(pid_t pid, int p, uint64_t value), int p, int step_nr)
{
	uint64_t was = WORD(p);

	if (!way(getpid(), p, VALUE(PARENT, step_nr, p)))
		way(getpid(), p, was);
}

static void force(int (*way)(pid_t pid, int p, uint64_t value), int p, int step_nr)
{
	need(!way(getpid(), p, VALUE(PARENT, step_nr, p)));
}
