#include <linux/mm.h>
#define INTERNAL 1
