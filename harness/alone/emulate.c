// SPDX-License-Identifier: GPL-2.0-only

static pid_t writer_tid;

/* Its store is three bytes long: mov %rax,(%rdi). */
static void *store_one(void *arg)
{
	uint64_t value = (uintptr_t)arg;

	writer_tid = gettid();
	asm volatile(".byte 0x48, 0x89, 0x07" : : "D"(at(value & 0xff)), "a"(value) : "memory");
	__atomic_store_n(&thread_done, 1, __ATOMIC_RELEASE);
	return NULL;
}

#define store_begins(p, step_nr) thread_begins(store_one, VALUE(PARENT, step_nr, p))

/*
 * Stop the writer, do its store, let it go behind that. The debugger's write cannot wait for
 * a monitor, so the mark comes off for it.
 */
static int debug_writer(void *arg)
{
	int p = *(int *)arg;
	struct user_regs_struct regs;

	if (ptrace(PTRACE_SEIZE, writer_tid, 0, 0) || ptrace(PTRACE_INTERRUPT, writer_tid, 0, 0) ||
	    waitpid(writer_tid, NULL, __WALL) != writer_tid ||
	    ptrace(PTRACE_GETREGS, writer_tid, 0, &regs))
		return 1;
	if (ptrace(PTRACE_POKEDATA, writer_tid, regs.rdi, regs.rax)) {
		protect(p, 1, DONTWAKE);
		if (ptrace(PTRACE_POKEDATA, writer_tid, regs.rdi, regs.rax))
			return 1;
		protect(p, 1, WP);
	}
	regs.rip += 3;
	return ptrace(PTRACE_SETREGS, writer_tid, 0, &regs) ||
	       ptrace(PTRACE_DETACH, writer_tid, 0, 0);
}

/* Nobody may trace his own threads, so that is a process that shares our memory. */
static void emulate(int p)
{
	static long double stack[4096];
	int status;
	pid_t pid = clone(debug_writer, stack + 4096, CLONE_VM | CLONE_FILES | SIGCHLD, &p);

	need(pid >= 0 && waitpid(pid, &status, 0) == pid && !status);
}
