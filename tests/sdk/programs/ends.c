/* Ends in the way that END says. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/lock.h>
#include <unistd.h>

int main(void)
{
	printf("no newline at the end");
	END;
	return 0;
}
