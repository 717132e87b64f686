/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COWPEN_MUTANT_H
#define COWPEN_MUTANT_H

/*
 * A kernel that holds many small faults, all of them off but one at most, which is chosen while
 * it runs. weave puts these macros around code of the kernel, and gives each place its number,
 * from 1 on. The name of the operator stands there for who reads the code.
 */

#include <linux/compiler.h>
#include <linux/types.h>

#define COWPEN_MUTANTS 32768

extern unsigned short cowpen_mutant_on;
extern bool cowpen_mutant_reached[COWPEN_MUTANTS];

static __always_inline bool cowpen_mutant(unsigned short nr)
{
	cowpen_mutant_reached[nr] = true;
	return unlikely(READ_ONCE(cowpen_mutant_on) == nr);
}

#define COWPEN_AS_IS(nr, op, f, e)                              \
	({                                                      \
		__auto_type __cowpen_e = (e);                   \
		cowpen_mutant(nr) ? __cowpen_e : f(__cowpen_e); \
	})
#define COWPEN_FALSE(nr, op, e)	    (cowpen_mutant(nr) ? 0 : (e))
#define COWPEN_ZERO(nr, op, e)	    (cowpen_mutant(nr) ? 0 : (e))
#define COWPEN_TRUE(nr, op, e)	    (cowpen_mutant(nr) ? 1 : !!(e))
#define COWPEN_NOT(nr, op, e)	    ((int)cowpen_mutant(nr) ^ !!(e))
#define COWPEN_SKIP(nr, op, e)	    (cowpen_mutant(nr) ? (void)0 : (void)(e))
#define COWPEN_OR(nr, op, e, other) (cowpen_mutant(nr) ? (other) : (e))
#define COWPEN_NOT_END(nr, op, at, end) \
	(cowpen_mutant(nr) ? (at) + PAGE_SIZE < (end) : (at) != (end))
#define COWPEN_BEFORE_END(nr, op, at, end) \
	(cowpen_mutant(nr) ? (at) + PAGE_SIZE < (end) : (at) < (end))

#endif
