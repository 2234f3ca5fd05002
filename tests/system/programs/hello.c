/* Tells what it was started with; exits with the number that its last argument is. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <kaal/startup.h>

int main(int argc, char **argv)
{
	printf("%s, pid %d, start %u\n", argv[0], (int)getpid(), (unsigned)kaal_startup()->start);
	for (int i = 1; i < argc; i++)
		printf("argument %d: %s\n", i, argv[i]);
	printf("COLOUR is %s\n", getenv("COLOUR") ? getenv("COLOUR") : "not set");
	return argc > 1 ? atoi(argv[argc - 1]) : 0;
}
