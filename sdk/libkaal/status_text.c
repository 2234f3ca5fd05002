#include <kaal/status_text.h>

const char *kaal_status_text(kaal_status_t status)
{
	switch (status) {
#define KAAL_STATUS(name, number, text) \
	case number:                    \
		return text;
#include <kaal/status.def>
#undef KAAL_STATUS
	default:
		return "unknown status";
	}
}
