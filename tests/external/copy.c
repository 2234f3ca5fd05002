/* Puts the files that the description gives it into the file service, under the names of its arguments. */
#include <stdio.h>
#include <stdlib.h>

#include <kaal/startup.h>

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		FILE *file = fopen(argv[i], "wx");
		const void *data;
		uint64_t bytes;

		if (!kaal_file_find(argv[i], &data, &bytes) || file == NULL || fwrite(data, 1, bytes, file) != bytes || fclose(file) != 0) {
			perror(argv[i]);
			return EXIT_FAILURE;
		}
	}
	return EXIT_SUCCESS;
}
