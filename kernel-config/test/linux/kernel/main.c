#include <linux/mm.h>
int memory(void), rmap(void), swap(void), ksm(void), fork(void), exec(void);
void start(void)
{
	memory(), rmap(), swap(), fork(), exec();
#ifdef CONFIG_KSM
	ksm();
#endif
	for (;;)
		;
}
