#include "internal.h"
/* above 1 */
/* above 2 */
/* above 3 */
/* above 4 */
/* above 5 */
/* above 6 */
/* above 7 */
/* above 8 */
/* above 9 */
/* above 10 */
/* above 11 */
/* above 12 */
/* above 13 */
/* above 14 */
/* above 15 */
/* above 16 */
/* above 17 */
/* above 18 */
/* above 19 */
/* above 20 */
const char memory_says[] = "memory-1";
/* below 1 */
/* below 2 */
/* below 3 */
/* below 4 */
/* below 5 */
/* below 6 */
/* below 7 */
/* below 8 */
/* below 9 */
/* below 10 */
/* below 11 */
/* below 12 */
/* below 13 */
/* below 14 */
/* below 15 */
/* below 16 */
/* below 17 */
/* below 18 */
/* below 19 */
/* below 20 */
int memory(void)
{
	return MM + sizeof(memory_says);
}
