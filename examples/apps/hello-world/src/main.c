/* Shows that the C library works: formatted output, the heap, thread-local variables. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static _Thread_local int lines = 1;

static void say(const char *text)
{
	printf("%d: %s\n", lines++, text);
}

int main(void)
{
	static const char greeting[] = "hello, world";
	char *copy = malloc(sizeof greeting);

	if (!copy) {
		fprintf(stderr, "hello-world: no memory\n");
		return EXIT_FAILURE;
	}
	memcpy(copy, greeting, sizeof greeting);
	say(copy);
	free(copy);
	printf("%d: pi is about %.4f, and 2^40 is %lld\n", lines++, 3.14159265, 1LL << 40);
	say("goodbye");
	return EXIT_SUCCESS;
}
