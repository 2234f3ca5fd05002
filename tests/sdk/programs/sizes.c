/* Uses more heap and stack than a program has by default. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(void)
{
	volatile char stack[500000];
	char *heap = malloc(3000000);

	for (unsigned i = 0; i < sizeof stack; i += 4096)
		stack[i] = 1;
	if (heap)
		memset(heap, 1, 3000000);
	printf("%s\n", heap && stack[0] ? "ok" : "not ok");
	return 0;
}
