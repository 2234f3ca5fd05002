/* Tells what it was started with; exits with the number that its last argument is. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <kaal/startup.h>

static void show_file(const char *name)
{
	const void *data;
	uint64_t bytes;

	if (kaal_file_find(name, &data, &bytes))
		printf("file %s: %d bytes: %.*s\n", name, (int)bytes, (int)bytes, (const char *)data);
	else
		printf("no file %s\n", name);
}

int main(int argc, char **argv)
{
	printf("%s, pid %d, start %u\n", argv[0], (int)getpid(), (unsigned)kaal_startup()->start);
	for (int i = 1; i < argc; i++)
		printf("argument %d: %s\n", i, argv[i]);
	printf("COLOUR is %s\n", getenv("COLOUR") ? getenv("COLOUR") : "not set");
	show_file("message.txt");
	show_file("empty");
	show_file("system.dtb");
	return argc > 1 ? atoi(argv[argc - 1]) : 0;
}
