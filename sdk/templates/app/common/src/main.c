#include <stdio.h>

int main(void)
{
	printf("hello from @NAME@\n");
	return 0;
}
