// SPDX-License-Identifier: GPL-2.0-only
/* Is the emulator sane, and does time run right? */
#include <unistd.h>

#include "agent.h"

/*
 * QEMU before 10 under TCG leaves wrong flags behind cmpxchg8b/16b: the old
 * operand becomes EFLAGS, which lets TF, NT or VM in. Wrong ones here are
 * harmless, the operand has only OF and bit 1 among the flags.
 */
static int bad_cmpxchg_flags(void)
{
	static uint64_t __attribute__((aligned(16))) mem;
	int bad = 0;

	for (int i = 0; i < 1000; i++) {
		uint64_t fl;
		uint32_t a = 0x802, d = 0;

		mem = 0x802;
		/* below the red zone; lea leaves the flags alone */
		asm volatile("lea -128(%%rsp), %%rsp\n\t"
			     "pushq $0x202; popfq\n\t"
			     "add $1, %%r8d\n\t"
			     "mov %[m], %%r9\n\t"
			     "xor %%r9d, %%r9d\n\t"
			     "lock cmpxchg8b %[m]\n\t"
			     "pushfq; popq %[fl]\n\t"
			     "lea 128(%%rsp), %%rsp"
			     : [fl] "=&r"(fl), [m] "+m"(mem), "+a"(a), "+d"(d)
			     : "b"(0x802), "c"(0)
			     : "r8", "r9", "cc", "memory");
		/* xor of equals: ZF and PF, nothing else; cmpxchg8b: ZF again */
		bad += (fl & 0xfff) != 0x246;
	}
	return bad;
}

void emulator_facts(struct text *t)
{
	int bad = bad_cmpxchg_flags();

	if (bad)
		add(t, "emulator=cmpxchg8b flags wrong %d/1000\n", bad);
	else
		add(t, "emulator=ok\n");
}

void clock_check(void)
{
	static struct text t;
	uint64_t c0, c1, us0, us1;

	c0 = rdtsc();
	us0 = now_us();
	while (now_us() - us0 < 200000)
		usleep(1000);
	us1 = now_us();
	c1 = rdtsc();
	add(&t, "tsc_khz=%llu\nus=%llu\n", (unsigned long long)((c1 - c0) * 1000 / (us1 - us0)),
	    (unsigned long long)(us1 - us0));
	emulator_facts(&t);
	add(&t, "taint=%lu\n", taint());
	frame(FRAME_CLOCK, t.s, t.len);
	frame(FRAME_END, "status=0\n", 9);
	leave(EXIT_DONE);
}
