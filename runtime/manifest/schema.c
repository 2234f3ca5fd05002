#include "schema.h"

#include <string.h>

#include <kaal/types.h>

#include <manifest/manifest.h>

#define TEXT_MAX 255u      /* characters */
#define PROTOCOL_MAX 63u
#define COMPATIBLE_MAX 127u
#define BUS_PREFIX "virtio-mmio-bus."
#define BUS_INDEX_MAX 1023u

#define GIB UINT64_C(0x40000000)
#define MEMORY_END (1024 * GIB) /* no board has more */

#define TEXT_OF(name_, form_, ...) { .name = name_, .kind = SCHEMA_TEXT, .form = form_, __VA_ARGS__ }
#define CHOICE(name_, choices_, ...) TEXT_OF(name_, FORM_CHOICE, .choices = choices_, __VA_ARGS__)
#define TEXTS_OF(name_, form_, count_, ...) \
	{ .name = name_, .kind = SCHEMA_TEXTS, .form = form_, .minimum = 1, .maximum = count_, __VA_ARGS__ }
#define NUMBER(name_, minimum_, maximum_, ...) \
	{ .name = name_, .kind = SCHEMA_NUMBER, .minimum = minimum_, .maximum = maximum_, __VA_ARGS__ }
#define PAGES(name_, minimum_, maximum_, ...) \
	{ .name = name_, .kind = SCHEMA_BYTES, .minimum = minimum_, .maximum = maximum_, .multiple = KAAL_PAGE_BYTES, __VA_ARGS__ }
#define FLAG(name_) { .name = name_, .kind = SCHEMA_FLAG }
#define VERSION_OF(name_, ...) { .name = name_, .kind = SCHEMA_VERSION, .maximum = 0xffff, __VA_ARGS__ }

static const struct schema_property system_properties[] = {
	CHOICE("compatible", "kaal,system", .required = true),
	NUMBER("version", 1, 1, .required = true),
};

static const struct schema_property component_properties[] = {
	[COMPONENT_IMAGE] = TEXT_OF("image", FORM_FILE, .required = true),
	[COMPONENT_ARGUMENTS] = TEXTS_OF("arguments", FORM_ANY, 32, .fallback_text = "none"),
	[COMPONENT_ENVIRONMENT] = TEXTS_OF("environment", FORM_VARIABLE, 32, .fallback_text = "none"),
	[COMPONENT_PRIORITY] = NUMBER("priority", 0, KAAL_MANIFEST_PRIORITY_MAX, .fallback = 100),
	[COMPONENT_PRIORITY_CEILING] = NUMBER("priority-ceiling", 0, KAAL_MANIFEST_PRIORITY_MAX, .fallback_text = "the priority"),
	[COMPONENT_BUDGET_US] = NUMBER("budget-us", 50, 60000000, .fallback = 10000),
	[COMPONENT_PERIOD_US] = NUMBER("period-us", 50, 60000000, .fallback = 10000),
	[COMPONENT_THREADS_MAX] = NUMBER("threads-max", 1, 64, .fallback = 1),
	[COMPONENT_STACK_SIZE] = PAGES("stack-size", 0x1000, 0x1000000, .fallback_text = "the executable's"),
	[COMPONENT_MEMORY_MAX] = PAGES("memory-max", 0x10000, MEMORY_END, .fallback = 0x100000),
	[COMPONENT_DMA_MAX] = PAGES("dma-max", 0, GIB, .fallback = 0),
	[COMPONENT_START] = CHOICE("start", "boot|demand", .fallback_text = "boot"),
	[COMPONENT_RESTART] = CHOICE("restart", "never|on-failure|always", .fallback_text = "never"),
	[COMPONENT_RESTARTS_MAX] = NUMBER("restarts-max", 1, 1000, .fallback = 3),
	[COMPONENT_RESTART_WINDOW_MS] = NUMBER("restart-window-ms", 1, 86400000, .fallback = 10000),
	[COMPONENT_ESCALATION] = CHOICE("escalation", "stop|reset|power-off", .fallback_text = "stop"),
	[COMPONENT_CRITICAL] = FLAG("critical"),
	[COMPONENT_FILES] = TEXTS_OF("files", FORM_FILE, 64, .fallback_text = "none"),
	[COMPONENT_PRIVILEGES] = TEXTS_OF("privileges", FORM_PRIVILEGE, 4, .choices = SCHEMA_PRIVILEGES, .fallback_text = "none"),
};

static const struct schema_property device_properties[] = {
	[DEVICE_COMPATIBLE] = TEXT_OF("compatible", FORM_COMPATIBLE),
	[DEVICE_ALIAS] = TEXT_OF("alias", FORM_ALIAS),
	[DEVICE_PATH] = TEXT_OF("path", FORM_PATH),
	[DEVICE_VIRTIO_ID] = NUMBER("virtio-id", 1, 63),
	[DEVICE_INDEX] = NUMBER("index", 0, 1023, .fallback_text = "only one may fit"),
	[DEVICE_BUS] = TEXT_OF("bus", FORM_BUS, .fallback_text = "any"),
	[DEVICE_SHARED_PAGE] = FLAG("shared-page"),
	[DEVICE_TRUSTED_DMA] = FLAG("trusted-dma"),
};

static const struct schema_property service_properties[] = {
	TEXT_OF("protocol", FORM_PROTOCOL, .required = true),
	VERSION_OF("version", .required = true),
};

static const struct schema_property use_properties[] = {
	{ .name = "service", .kind = SCHEMA_LINK, .required = true },
	VERSION_OF("version", .required = true),
	FLAG("reconnect"),
	FLAG("asynchronous"),
	PAGES("channel-max", 0, GIB, .fallback = 0),
};

static const struct schema_property requirements_properties[] = {
	CHOICE("compatible", "kaal,requirements", .required = true),
	NUMBER("version", 1, 1, .required = true),
	NUMBER("threads-max", 1, 64, .fallback = 1),
	PAGES("stack-size", 0x1000, 0x1000000, .fallback = 0),
	PAGES("memory-max", 0x1000, MEMORY_END, .fallback = 0),
	PAGES("dma-max", 0, GIB, .fallback = 0),
	TEXTS_OF("files", FORM_FILE, 64, .fallback_text = "none"),
	TEXTS_OF("privileges", FORM_PRIVILEGE, 4, .choices = SCHEMA_PRIVILEGES, .fallback_text = "none"),
};

static const struct schema_property required_device_properties[] = {
	TEXTS_OF("compatible", FORM_COMPATIBLE, 16),
	NUMBER("virtio-id", 1, 63),
	FLAG("trusted-dma"),
};

static const struct schema_property required_use_properties[] = {
	TEXT_OF("protocol", FORM_PROTOCOL, .required = true),
	VERSION_OF("version", .required = true),
	PAGES("channel-max", 0, GIB, .fallback = 0),
	FLAG("optional"),
};

#define TYPE(name_, properties_) { name_, properties_, sizeof(properties_) / sizeof(properties_[0]) }

const struct schema_type schema_types[SCHEMA_NODES] = {
	[NODE_SYSTEM] = TYPE("system", system_properties),
	[NODE_COMPONENT] = TYPE("component", component_properties),
	[NODE_DEVICE] = TYPE("device", device_properties),
	[NODE_SERVICE] = TYPE("service", service_properties),
	[NODE_USE] = TYPE("use", use_properties),
	[NODE_REQUIREMENTS] = TYPE("requirements", requirements_properties),
	[NODE_REQUIRED_DEVICE] = TYPE("required device", required_device_properties),
	[NODE_REQUIRED_SERVICE] = TYPE("required service", service_properties),
	[NODE_REQUIRED_USE] = TYPE("required use", required_use_properties),
	[NODE_FOLDER] = { "folder", NULL, 0 },
};

const struct schema_property *schema_find(enum schema_node node, const char *name)
{
	const struct schema_type *type = &schema_types[node];

	for (uint32_t i = 0; i < type->count; i++)
		if (strcmp(type->properties[i].name, name) == 0)
			return &type->properties[i];
	return NULL;
}

/* --- what values there may be, as a text ------------------------------------- */

static const char *const form_texts[] = {
	[FORM_ANY] = "at most 255 characters",
	[FORM_FILE] = "1 to 255 of A-Z a-z 0-9 . _ + / -, no / at either end",
	[FORM_VARIABLE] = "NAME=VALUE, at most 255 characters, NAME of A-Z a-z 0-9 _",
	[FORM_PROTOCOL] = "\"vendor,name\", each of a-z 0-9 -, at most 63 characters",
	[FORM_COMPATIBLE] = "1 to 127 printable characters without space",
	[FORM_ALIAS] = "1 to 31 of a-z 0-9 -",
	[FORM_PATH] = "a path that begins with /, at most 255 printable characters",
	[FORM_BUS] = "\"virtio-mmio-bus.N\", N from 0 to 1023",
};

const char schema_name_text[] = "a name of 1 to 31 of a-z 0-9 -";

/* Characters before the first `c`, or of the whole text. */
static size_t length_until(const char *text, char c)
{
	size_t length = 0;

	while (text[length] != '\0' && text[length] != c)
		length++;
	return length;
}

static void put_choices(const char *choices, struct text *text)
{
	char one[32];

	while (*choices != '\0') {
		size_t length = length_until(choices, '|');

		memcpy(one, choices, length);
		one[length] = '\0';
		text_put(text, "\"");
		text_put(text, one);
		text_put(text, "\"");
		choices += length;
		if (*choices == '|') {
			choices++;
			text_put(text, strchr(choices, '|') != NULL ? ", " : " or ");
		}
	}
}

static void put_number_range(const struct schema_property *property, struct text *text)
{
	text_number(text, property->minimum);
	if (property->maximum != property->minimum) {
		text_put(text, " to ");
		text_number(text, property->maximum);
	}
	if (property->multiple != 0) {
		text_put(text, ", a multiple of ");
		text_number(text, property->multiple);
	}
}

void schema_range(const struct schema_property *property, struct text *text)
{
	switch (property->kind) {
	case SCHEMA_NUMBER:
	case SCHEMA_BYTES:
		put_number_range(property, text);
		break;
	case SCHEMA_VERSION:
		text_put(text, "<major minor>, each 0 to 65535");
		break;
	case SCHEMA_LINK:
		text_put(text, "<&label> of a service");
		break;
	case SCHEMA_FLAG:
		text_put(text, "no value");
		break;
	case SCHEMA_TEXTS:
		text_number(text, property->minimum);
		text_put(text, " to ");
		text_number(text, property->maximum);
		text_put(text, " texts, each ");
		/* fall through */
	case SCHEMA_TEXT:
		if (property->choices != NULL)
			put_choices(property->choices, text);
		else
			text_put(text, form_texts[property->form]);
		break;
	}
}

const char *schema_kind_text(enum schema_kind kind)
{
	static const char *const texts[] = {
		[SCHEMA_TEXT] = "one text, ending with NUL",
		[SCHEMA_TEXTS] = "texts, each ending with NUL",
		[SCHEMA_NUMBER] = "one cell (4 bytes)",
		[SCHEMA_BYTES] = "one cell or two (4 or 8 bytes)",
		[SCHEMA_FLAG] = "no value: it is a flag",
		[SCHEMA_VERSION] = "two cells (8 bytes): <major minor>",
		[SCHEMA_LINK] = "one cell (4 bytes): <&label> of a service",
	};

	return texts[kind];
}

/* --- forms of texts ------------------------------------------------------------ */

static bool is_lower(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
}

static bool is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

static bool is_graph(char c)
{
	return c > ' ' && c <= '~';
}

static bool is_file_character(char c)
{
	return is_word(c) || c == '.' || c == '+' || c == '/' || c == '-';
}

/* Whether all characters of [text, text + length) are of a class, and there is one at least. */
static bool all(const char *text, size_t length, bool (*is)(char))
{
	for (size_t i = 0; i < length; i++)
		if (!is(text[i]))
			return false;
	return length > 0;
}

bool schema_name_fits(const char *name)
{
	size_t length = strlen(name);

	return length <= KAAL_MANIFEST_NAME_MAX && all(name, length, is_lower);
}

bool schema_bus_index(const char *bus, uint32_t *index)
{
	const char *digits = bus + strlen(BUS_PREFIX);

	if (strncmp(bus, BUS_PREFIX, strlen(BUS_PREFIX)) != 0 || *digits == '\0' || (digits[0] == '0' && digits[1] != '\0'))
		return false;
	*index = 0;
	for (; *digits != '\0'; digits++) {
		if (*digits < '0' || *digits > '9')
			return false;
		*index = *index * 10 + (uint32_t)(*digits - '0');
		if (*index > BUS_INDEX_MAX)
			return false;
	}
	return true;
}

int schema_choice(const char *choices, const char *value)
{
	int index = 0;

	while (*choices != '\0') {
		size_t same = 0;

		while (choices[same] == value[same] && value[same] != '\0' && value[same] != '|')
			same++;
		if (value[same] == '\0' && (choices[same] == '\0' || choices[same] == '|'))
			return index;
		choices += same;
		choices += length_until(choices, '|');
		if (*choices == '|')
			choices++;
		index++;
	}
	return -1;
}

static bool protocol_fits(const char *value, size_t length)
{
	size_t vendor = length_until(value, ',');

	return length <= PROTOCOL_MAX && vendor < length && all(value, vendor, is_lower) &&
	       all(value + vendor + 1, length - vendor - 1, is_lower);
}

bool schema_form_fits(enum schema_form form, const char *choices, const char *value)
{
	size_t length = strlen(value);
	uint32_t ignored;

	if (length > TEXT_MAX)
		return false;
	switch (form) {
	case FORM_ANY:
		return true;
	case FORM_FILE:
		return all(value, length, is_file_character) && value[0] != '/' && value[length - 1] != '/';
	case FORM_VARIABLE: {
		size_t name = length_until(value, '=');

		return name < length && all(value, name, is_word);
	}
	case FORM_PROTOCOL:
		return protocol_fits(value, length);
	case FORM_COMPATIBLE:
		return length <= COMPATIBLE_MAX && all(value, length, is_graph);
	case FORM_ALIAS:
		return schema_name_fits(value);
	case FORM_PATH:
		return value[0] == '/' && all(value, length, is_graph);
	case FORM_BUS:
		return schema_bus_index(value, &ignored);
	case FORM_CHOICE:
	case FORM_PRIVILEGE:
		return schema_choice(choices, value) >= 0;
	}
	return false;
}
