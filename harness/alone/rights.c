// SPDX-License-Identifier: GPL-2.0-only

static void rights(int first, int n, int prot)
{
	must(!mprotect(at(first), bytes(n), prot), "C5", "mprotect() is done");
}

static long writable(long first, long n)
{
	return mprotect(at(first), bytes(n), PROT_READ | PROT_WRITE);
}

static sigjmp_buf refused;

static void on_fault(int sig)
{
	siglongjmp(refused, sig);
}

static void write_refused(int p, int step_nr)
{
	signal(SIGSEGV, on_fault);
	if (!sigsetjmp(refused, 1)) {
		WORD(p) = VALUE(PARENT, step_nr, p);
		must(0, "C5", "SIGSEGV: the mapping is read-only");
	}
	signal(SIGSEGV, SIG_DFL);
}

static int read_faults(int p)
{
	signal(SIGBUS, on_fault);
	if (sigsetjmp(refused, 1))
		return 1;
	__atomic_load_n(&WORD(p), __ATOMIC_RELAXED);
	return 0;
}

static long poisoned(long p, long so)
{
	return read_faults(p) == so;
}

static void read_refused(int p)
{
	signal(SIGBUS, on_fault);
	if (!sigsetjmp(refused, 1)) {
		__atomic_load_n(&WORD(p), __ATOMIC_RELAXED);
		must(0, "C5", "SIGBUS: the page is poisoned");
	}
	signal(SIGBUS, SIG_DFL);
}
