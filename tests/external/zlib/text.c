/*
 * A text that minigzip packs and unpacks.
 *   make   writes it
 *   judge  it is what it was; packed, it was less
 */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define LINES 4000

static int text_of(char line[64], int number)
{
	return snprintf(line, 64, "line %d of the text, number %08x\n", number, (unsigned)number * 2654435761u);
}

static int make(void)
{
	FILE *file = fopen("/text", "w");
	char line[64];

	for (int i = 0; file != NULL && i < LINES; i++) {
		if (fwrite(line, 1, (size_t)text_of(line, i), file) == 0)
			return 1;
	}
	return file == NULL || fclose(file) != 0;
}

static int judge(void)
{
	FILE *file = fopen("/text", "r");
	struct stat status;
	char line[64], came[64];

	for (int i = 0; file != NULL && i < LINES; i++) {
		(void)text_of(line, i);
		if (fgets(came, sizeof came, file) == NULL || strcmp(came, line) != 0) {
			printf("line %d is \"%s\"\n", i, came);
			return 1;
		}
	}
	if (file == NULL || fgetc(file) != EOF || stat("/text.gz", &status) == 0)
		return 1;
	printf("%d lines came back\n", LINES);
	return 0;
}

static int measure(void)
{
	struct stat status;

	if (stat("/text.gz", &status) != 0 || stat("/text", &(struct stat){0}) == 0)
		return 1;
	printf("packed: %s\n", status.st_size > 1000 && status.st_size < 100000 ? "less than half" : "wrong");
	return 0;
}

int main(int argc, char **argv)
{
	const char *role = argc > 1 ? argv[1] : "";

	return strcmp(role, "make") == 0 ? make() : strcmp(role, "measure") == 0 ? measure() : judge();
}
