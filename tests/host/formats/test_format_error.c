/* The one line in which every program says why it refused a file. */
#include <criterion/criterion.h>
#include <formats/format_error.h>
#include <string.h>

Test(format_error, says_what_where_found_and_expected)
{
	const struct kaal_format_error error = { "e_machine", 0x12, 0x3e, "183 (AArch64)" };
	char text[KAAL_FORMAT_ERROR_TEXT_BYTES];

	kaal_format_error_text(&error, text);
	cr_expect_str_eq(text, "e_machine at 0x12: found 0x3e, expected 183 (AArch64)");
}

Test(format_error, prints_zero_and_the_largest_number)
{
	const struct kaal_format_error error = { "x", 0, UINT64_MAX, "y" };
	char text[KAAL_FORMAT_ERROR_TEXT_BYTES];

	kaal_format_error_text(&error, text);
	cr_expect_str_eq(text, "x at 0x0: found 0xffffffffffffffff, expected y");
}

Test(format_error, long_text_is_cut_off_inside_the_array)
{
	char longer[400];
	char text[KAAL_FORMAT_ERROR_TEXT_BYTES];
	struct kaal_format_error error = { longer, 0, 0, "y" };

	memset(longer, 'a', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	kaal_format_error_text(&error, text);
	cr_expect_eq(strlen(text), KAAL_FORMAT_ERROR_TEXT_BYTES - 1);
}
