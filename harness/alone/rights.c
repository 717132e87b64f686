// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <signal.h>
#include <sys/mman.h>

static void rights(int first, int n, int prot)
{
	if (mprotect(at(first), bytes(n), prot))
		fail("C5", "mprotect() is done", "it is refused");
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
		fail("C5", "SIGSEGV: the mapping is read-only", "the write went through");
	}
	signal(SIGSEGV, SIG_DFL);
}

static void read_refused(int p)
{
	signal(SIGBUS, on_fault);
	if (!sigsetjmp(refused, 1)) {
		__atomic_load_n(&WORD(p), __ATOMIC_RELAXED);
		fail("C5", "SIGBUS: the page is poisoned", "the read went through");
	}
	signal(SIGBUS, SIG_DFL);
}
