/* mem.c under names of its own, against the C library's functions. */
#include <criterion/criterion.h>

#include <stdlib.h>
#include <string.h>

#define memcpy kaal_memcpy
#define memmove kaal_memmove
#define memset kaal_memset
#define memcmp kaal_memcmp
#define memchr kaal_memchr
#define strlen kaal_strlen
#define strnlen kaal_strnlen
#define strcmp kaal_strcmp
#define strchr kaal_strchr
#define strrchr kaal_strrchr
#include "../../../freestanding/mem.c"
#undef memcpy
#undef memmove
#undef memset
#undef memcmp
#undef memchr
#undef strlen
#undef strnlen
#undef strcmp
#undef strchr
#undef strrchr

#define BYTES 256

static unsigned char ours[BYTES], theirs[BYTES];

static void fill(void)
{
	for (unsigned i = 0; i < BYTES; i++)
		ours[i] = theirs[i] = (unsigned char)rand();
}

/* Every alignment of both sides, lengths around the word and the unrolled loop. */
Test(mem, copies_moves_and_sets_at_every_alignment)
{
	srand(3);
	for (size_t to = 0; to < 9; to++) {
		for (size_t from = 0; from < 9; from++) {
			for (size_t bytes = 0; bytes < 80; bytes++) {
				fill();
				cr_assert_eq(kaal_memmove(ours + to, ours + from, bytes), ours + to);
				memmove(theirs + to, theirs + from, bytes);
				cr_assert_eq(memcmp(ours, theirs, BYTES), 0, "memmove %zu %zu %zu", to, from, bytes);
				kaal_memcpy(ours + to, ours + 128 + from, bytes);
				memcpy(theirs + to, theirs + 128 + from, bytes);
				cr_assert_eq(memcmp(ours, theirs, BYTES), 0, "memcpy %zu %zu %zu", to, from, bytes);
				kaal_memset(ours + to, (int)from + 250, bytes);
				memset(theirs + to, (int)from + 250, bytes);
				cr_assert_eq(memcmp(ours, theirs, BYTES), 0, "memset %zu %zu", to, bytes);
			}
		}
	}
}

static int sign(int value)
{
	return (value > 0) - (value < 0);
}

Test(mem, compares_and_finds)
{
	srand(4);
	for (unsigned round = 0; round < 10000; round++) {
		char a[8], b[8];
		int wanted = rand() % 3;

		for (unsigned i = 0; i < 8; i++) {
			a[i] = (char)(rand() % 3 - 1);
			b[i] = (char)(rand() % 3 - 1);
		}
		a[7] = b[7] = '\0';
		cr_assert_eq(sign(kaal_memcmp(a, b, 8)), sign(memcmp(a, b, 8)));
		cr_assert_eq(sign(kaal_strcmp(a, b)), sign(strcmp(a, b)));
		cr_assert_eq(kaal_strlen(a), strlen(a));
		cr_assert_eq(kaal_strnlen(a, 3), strnlen(a, 3));
		cr_assert_eq(kaal_memchr(a, wanted, 8), memchr(a, wanted, 8));
		cr_assert_eq(kaal_strchr(a, wanted), strchr(a, wanted));
		cr_assert_eq(kaal_strrchr(a, wanted), strrchr(a, wanted));
	}
}
