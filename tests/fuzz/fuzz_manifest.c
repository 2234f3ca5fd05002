/*
 * Any bytes as a system description: what is accepted must keep the promises of
 * manifest.h. The input is taken as a tree of requirements and as a board, too, so
 * that the checks between trees see bytes that nobody made with care.
 */
#include "fuzz.h"

#include <formats/dtb.h>
#include <manifest/manifest.h>
#include <string.h>

#define HEADER_BYTES 40u

static struct kaal_manifest manifest;
static struct kaal_manifest_hardware hardware[KAAL_MANIFEST_DEVICES_MAX];

static void check_text(const char *text, size_t least, size_t most)
{
	PROMISE(text != NULL && strlen(text) >= least && strlen(text) <= most);
}

static void check_texts(const struct kaal_manifest_texts *texts, uint32_t most)
{
	PROMISE(texts->count <= most && (texts->count > 0) == (texts->bytes > 0));
	for (uint32_t i = 0; i < texts->count; i++)
		check_text(kaal_manifest_text(texts, i), 0, 255);
	PROMISE(kaal_manifest_text(texts, texts->count) == NULL);
}

static void check_component(uint32_t index)
{
	struct kaal_manifest_component c;

	kaal_manifest_component(&manifest, index, &c);
	check_text(c.name, 1, KAAL_MANIFEST_NAME_MAX);
	check_text(c.image, 1, 255);
	check_texts(&c.arguments, 32);
	check_texts(&c.environment, 32);
	check_texts(&c.files, 64);
	PROMISE(c.priority <= c.priority_ceiling && c.priority_ceiling <= KAAL_MANIFEST_PRIORITY_MAX);
	PROMISE(c.budget_us >= 50 && c.budget_us <= c.period_us && c.period_us <= 60000000);
	PROMISE(c.threads_max >= 1 && c.threads_max <= 64);
	PROMISE((c.stack_bytes | c.memory_max_bytes | c.dma_max_bytes) % KAAL_PAGE_BYTES == 0);
	PROMISE(c.stack_bytes < c.memory_max_bytes && c.dma_max_bytes < c.memory_max_bytes);
	PROMISE(c.restart <= KAAL_MANIFEST_RESTART_ALWAYS && c.escalation <= KAAL_MANIFEST_POWER_OFF);
	PROMISE(c.restarts_max >= 1 && c.restart_window_ms >= 1 && c.privileges < 16);
	PROMISE(c.first_device + c.device_count <= manifest.device_count);
	PROMISE(c.first_service + c.service_count <= manifest.service_count);
	PROMISE(c.first_use + c.use_count <= manifest.use_count);
	PROMISE(kaal_manifest_find(&manifest, c.name) == index);
}

static void check_items(void)
{
	PROMISE(manifest.component_count >= 1 && manifest.component_count <= KAAL_MANIFEST_COMPONENTS_MAX);
	for (uint32_t i = 0; i < manifest.component_count; i++)
		check_component(i);
	for (uint32_t i = 0; i < manifest.device_count; i++) {
		struct kaal_manifest_device d;

		kaal_manifest_device(&manifest, i, &d);
		PROMISE(d.component < manifest.component_count && d.bus_index < 1024 && d.index < 1024);
		PROMISE((d.selector == KAAL_MANIFEST_BY_VIRTIO_ID) == (d.selector_text == NULL));
		PROMISE((d.selector == KAAL_MANIFEST_BY_VIRTIO_ID) == (d.virtio_id >= 1));
	}
	for (uint32_t i = 0; i < manifest.service_count; i++) {
		struct kaal_manifest_service s;

		kaal_manifest_service(&manifest, i, &s);
		PROMISE(s.component < manifest.component_count && s.version.major <= 0xffff && s.version.minor <= 0xffff);
		check_text(s.protocol, 3, 63);
	}
	for (uint32_t i = 0; i < manifest.use_count; i++) {
		struct kaal_manifest_use u;

		kaal_manifest_use(&manifest, i, &u);
		PROMISE(u.component < manifest.component_count && u.service < manifest.service_count);
		PROMISE(u.provider < manifest.component_count && u.provider != u.component);
		PROMISE(u.channel_max_bytes % KAAL_PAGE_BYTES == 0);
	}
}

static void check_error(const struct kaal_manifest_error *error)
{
	char text[KAAL_MANIFEST_ERROR_TEXT_BYTES];

	kaal_manifest_error_text(error, text);
	PROMISE(strlen(text) < sizeof text);
	for (const char *at = text; *at != '\0'; at++)
		PROMISE(*at >= ' ' && *at <= '~');
}

static void warn(void *context, const struct kaal_manifest_error *warning)
{
	(void)context;
	check_error(warning);
}

/* The input as the note of an image that every component has. */
static void check_image(const uint8_t *data, size_t bytes)
{
	static struct kaal_manifest_scratch scratch;
	const struct kaal_elf elf = { .requirements = data, .requirements_bytes = (uint32_t)bytes };
	struct kaal_manifest_error error;

	for (uint32_t i = 0; i < manifest.component_count; i++)
		if (!kaal_manifest_check_image(&manifest, i, &elf, warn, NULL, &scratch, &error))
			check_error(&error);
}

static void check_board(const void *tree)
{
	const struct kaal_manifest_board board = { .tree = tree };
	struct kaal_manifest_error error;

	if (!kaal_manifest_check_board(&manifest, &board, hardware, &error))
		check_error(&error);
}

/* Two trees in one input: the first of totalsize bytes, the rest is the second. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	struct kaal_manifest_error error;
	struct kaal_format_error format;
	uint32_t first, size;
	uint8_t *blob, *rest;

	if (bytes < HEADER_BYTES)
		return 0;
	first = (uint32_t)data[4] << 24 | (uint32_t)data[5] << 16 | (uint32_t)data[6] << 8 | data[7];
	first = first > bytes ? (uint32_t)bytes : first;
	blob = malloc(first == 0 ? 1 : first);
	rest = malloc(bytes - first == 0 ? 1 : bytes - first);
	memcpy(blob, data, first);
	memcpy(rest, data + first, bytes - first);
	if (kaal_manifest_read(&manifest, blob, first, &error)) {
		check_items();
		check_image(rest, bytes - first);
		if (bytes - first >= HEADER_BYTES && kaal_dtb_size(rest, &size, &format) && size <= bytes - first)
			check_board(rest);
	} else {
		check_error(&error);
	}
	if (!kaal_requirements_check(blob, first, &error))
		check_error(&error);
	free(blob);
	free(rest);
	return 0;
}
