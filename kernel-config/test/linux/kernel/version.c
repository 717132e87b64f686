#include "generated/compile.h"
const char version[] = BUILT;
