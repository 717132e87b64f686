#define MM 1
