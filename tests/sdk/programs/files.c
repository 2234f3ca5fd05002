/* Writes a file at its first start, and finds it at its second. */
#include <dirent.h>
#include <stdio.h>
#include <sys/stat.h>

int main(void)
{
	static char line[64];
	FILE *file = fopen("notes.txt", "r");
	struct stat status;
	DIR *directory;
	unsigned count = 0;

	if (file == NULL) {
		file = fopen("notes.txt", "w");
		if (file == NULL || fprintf(file, "one line, %d\n", 123456) < 0)
			return 2;
		puts("written");
		return 1; /* open: exit() writes it */
	}
	directory = opendir(".");
	while (directory != NULL && readdir(directory) != NULL)
		count++;
	if (fscanf(file, "%63[^,]", line) != 1 || stat("notes.txt", &status) != 0)
		return 2;
	printf("found: %s, %d bytes, in %u file\n", line, (int)status.st_size, count);
	(void)fclose(file);
	return 3; /* a failure too many switches the machine off: the service would wait for ever */
}
