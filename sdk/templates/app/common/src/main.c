/* Says hello, and keeps that in a file. What goes wrong ends the program with exit code 1, and the root task starts it again. */
#include <stdio.h>
#include <stdlib.h>

#include "requires.h"

#define PATH "/greeting"

int main(void)
{
	FILE *file = fopen(PATH, "w+");
	char text[64];

	printf("hello from @NAME@\n");
	if (file == NULL || fputs("hello", file) == EOF || fseek(file, 0, SEEK_SET) != 0 || fgets(text, sizeof text, file) == NULL) {
		perror(PATH);
		return EXIT_FAILURE;
	}
	printf("%s holds: %s\n", PATH, text);
	if (fclose(file) == EOF) {
		perror(PATH);
		return EXIT_FAILURE;
	}
	return EXIT_SUCCESS;
}
