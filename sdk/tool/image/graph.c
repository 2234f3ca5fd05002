/*
 * The graph of authority: components, whose services they use, and the devices
 * that they drive. Users stand left of what they use, devices at the right.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "system.h"

#define LABEL_BYTES 128u

/* Sizes in the SVG, in its units. */
#define MARGIN 20u
#define BOX_WIDTH 190u
#define BOX_HEIGHT 46u
#define COLUMN_WIDTH 330u
#define ROW_HEIGHT 70u

/* What privileges and ceilings a component has, short. */
static void component_label(const struct kaal_manifest_component *component, char text[LABEL_BYTES])
{
	static const char *const privileges[] = { "power", "supervision", "console", "debug" };
	int used = snprintf(text, LABEL_BYTES, "%llu KiB", (unsigned long long)component->memory_max_bytes / 1024);

	for (uint32_t i = 0; i < sizeof(privileges) / sizeof(privileges[0]); i++)
		if ((component->privileges >> i & 1) != 0)
			used += snprintf(text + used, LABEL_BYTES - (size_t)used, ", %s", privileges[i]);
}

static void use_label(const struct system *system, const struct kaal_manifest_use *use, char text[LABEL_BYTES])
{
	struct kaal_manifest_service service;

	kaal_manifest_service(&system->manifest, use->service, &service);
	snprintf(text, LABEL_BYTES, "%s %u.%u", service.protocol, use->version.major, use->version.minor);
}

/* --- Graphviz ------------------------------------------------------------------------ */

/* A text inside quotation marks. */
static void put_quoted(FILE *out, const char *text)
{
	for (; *text != '\0'; text++) {
		if (*text == '"' || *text == '\\')
			fputc('\\', out);
		fputc(*text, out);
	}
}

static void put_dot_devices(const struct system *system, FILE *out)
{
	for (uint32_t i = 0; i < system->manifest.device_count; i++) {
		struct kaal_manifest_device device;
		struct kaal_manifest_component driver;
		char selector[SELECTOR_BYTES];

		kaal_manifest_device(&system->manifest, i, &device);
		kaal_manifest_component(&system->manifest, device.component, &driver);
		system_selector(&device, selector);
		fprintf(out, "\t\"%s/%s\" [shape=ellipse, label=\"%s\\n", driver.name, device.name, device.name);
		put_quoted(out, selector);
		fprintf(out, "\"];\n\t\"%s\" -> \"%s/%s\"%s;\n", driver.name, driver.name, device.name,
			device.trusted_dma ? " [color=red, penwidth=2, label=\"trusted DMA\"]" : "");
	}
}

static void put_dot(const struct system *system, FILE *out)
{
	char label[LABEL_BYTES];

	fprintf(out, "digraph system {\n\trankdir=LR;\n\tnode [shape=box];\n");
	for (uint32_t i = 0; i < system->manifest.component_count; i++) {
		struct kaal_manifest_component component;

		kaal_manifest_component(&system->manifest, i, &component);
		component_label(&component, label);
		fprintf(out, "\t\"%s\" [label=\"%s\\n%s\"];\n", component.name, component.name, label);
	}
	for (uint32_t i = 0; i < system->manifest.use_count; i++) {
		struct kaal_manifest_use use;
		struct kaal_manifest_component user, provider;

		kaal_manifest_use(&system->manifest, i, &use);
		kaal_manifest_component(&system->manifest, use.component, &user);
		kaal_manifest_component(&system->manifest, use.provider, &provider);
		use_label(system, &use, label);
		fprintf(out, "\t\"%s\" -> \"%s\" [label=\"%s\"%s];\n", user.name, provider.name, label,
			use.asynchronous ? ", style=dashed" : "");
	}
	put_dot_devices(system, out);
	fprintf(out, "}\n");
}

/* --- SVG --------------------------------------------------------------------------------- */

struct place {
	uint32_t x, y; /* of the upper left corner */
};

struct layout {
	uint32_t column[KAAL_MANIFEST_COMPONENTS_MAX];
	struct place component[KAAL_MANIFEST_COMPONENTS_MAX];
	struct place device[KAAL_MANIFEST_DEVICES_MAX];
	uint32_t columns, rows; /* of components and devices together */
};

static struct place place_at(uint32_t column, uint32_t row)
{
	return (struct place){ MARGIN + column * COLUMN_WIDTH, MARGIN + row * ROW_HEIGHT };
}

/* A column for each component, right of all that wait for it; there are no cycles, so this ends. */
static void find_columns(const struct system *system, struct layout *layout)
{
	bool moved = true;

	layout->columns = 1;
	while (moved) {
		moved = false;
		for (uint32_t i = 0; i < system->manifest.use_count; i++) {
			struct kaal_manifest_use use;

			kaal_manifest_use(&system->manifest, i, &use);
			if (use.asynchronous || layout->column[use.provider] > layout->column[use.component])
				continue;
			layout->column[use.provider] = layout->column[use.component] + 1;
			if (layout->columns <= layout->column[use.provider])
				layout->columns = layout->column[use.provider] + 1;
			moved = true;
		}
	}
}

static void lay_out(const struct system *system, struct layout *layout)
{
	uint32_t rows[KAAL_MANIFEST_COMPONENTS_MAX + 1] = { 0 };
	uint32_t devices = layout->columns; /* their column */

	for (uint32_t i = 0; i < system->manifest.component_count; i++)
		layout->component[i] = place_at(layout->column[i], rows[layout->column[i]]++);
	for (uint32_t i = 0; i < system->manifest.device_count; i++)
		layout->device[i] = place_at(devices, rows[devices]++);
	for (uint32_t i = 0; i <= layout->columns; i++)
		layout->rows = rows[i] > layout->rows ? rows[i] : layout->rows;
	layout->columns += system->manifest.device_count > 0;
}

/* A text between tags. */
static void put_escaped(FILE *out, const char *text)
{
	for (; *text != '\0'; text++) {
		switch (*text) {
		case '&':
			fputs("&amp;", out);
			break;
		case '<':
			fputs("&lt;", out);
			break;
		case '>':
			fputs("&gt;", out);
			break;
		default:
			fputc(*text, out);
		}
	}
}

static void put_box(FILE *out, const char *kind, struct place at, const char *title, const char *text)
{
	fprintf(out, "<rect class=\"%s\" x=\"%u\" y=\"%u\" width=\"%u\" height=\"%u\"%s/>\n", kind, at.x, at.y, BOX_WIDTH, BOX_HEIGHT,
		strcmp(kind, "device") == 0 ? " rx=\"20\"" : "");
	fprintf(out, "<text class=\"name\" x=\"%u\" y=\"%u\">%s</text>\n", at.x + BOX_WIDTH / 2, at.y + 19, title);
	fprintf(out, "<text x=\"%u\" y=\"%u\">", at.x + BOX_WIDTH / 2, at.y + 36);
	put_escaped(out, text);
	fprintf(out, "</text>\n");
}

/* From the right of one box to the left of another; where that is not to the right, from below to above, or the other way. */
static void put_arrow(FILE *out, const char *kind, struct place from, struct place to, const char *label)
{
	uint32_t x1 = from.x + BOX_WIDTH, y1 = from.y + BOX_HEIGHT / 2, x2 = to.x, y2 = to.y + BOX_HEIGHT / 2;

	if (x2 > x1) {
		fprintf(out, "<path class=\"%s\" d=\"M%u %u C%u %u %u %u %u %u\" marker-end=\"url(#end)\"/>\n", kind, x1, y1, x1 + 60, y1,
			x2 - 60, y2, x2, y2);
	} else {
		x1 = from.x + BOX_WIDTH / 2;
		x2 = to.x + BOX_WIDTH / 2;
		y1 = to.y > from.y ? from.y + BOX_HEIGHT : from.y;
		y2 = to.y < from.y ? to.y + BOX_HEIGHT : to.y;
		fprintf(out, "<path class=\"%s\" d=\"M%u %u L%u %u\" marker-end=\"url(#end)\"/>\n", kind, x1, y1, x2, y2);
	}
	if (label[0] != '\0')
		fprintf(out, "<text class=\"use\" x=\"%u\" y=\"%u\">%s</text>\n", (x1 + x2) / 2, (y1 + y2) / 2 - 4, label);
}

static void put_uses(const struct system *system, const struct layout *layout, FILE *out)
{
	for (uint32_t i = 0; i < system->manifest.use_count; i++) {
		struct kaal_manifest_use use;
		char label[LABEL_BYTES];

		kaal_manifest_use(&system->manifest, i, &use);
		use_label(system, &use, label);
		put_arrow(out, use.asynchronous ? "asynchronous" : "waits", layout->component[use.component],
			  layout->component[use.provider], label);
	}
}

static void put_boxes(const struct system *system, const struct layout *layout, FILE *out)
{
	for (uint32_t i = 0; i < system->manifest.component_count; i++) {
		struct kaal_manifest_component component;
		char label[LABEL_BYTES];

		kaal_manifest_component(&system->manifest, i, &component);
		component_label(&component, label);
		put_box(out, "component", layout->component[i], component.name, label);
	}
	for (uint32_t i = 0; i < system->manifest.device_count; i++) {
		struct kaal_manifest_device device;
		char selector[SELECTOR_BYTES];

		kaal_manifest_device(&system->manifest, i, &device);
		system_selector(&device, selector);
		put_arrow(out, device.trusted_dma ? "trusted" : "drives", layout->component[device.component], layout->device[i],
			  device.trusted_dma ? "trusted DMA" : "");
		put_box(out, "device", layout->device[i], device.name, selector);
	}
}

static void put_svg(const struct system *system, FILE *out)
{
	static struct layout layout;

	find_columns(system, &layout);
	lay_out(system, &layout);
	fprintf(out, "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%u\" height=\"%u\" font-family=\"sans-serif\" font-size=\"12\">\n",
		2 * MARGIN + (layout.columns - 1) * COLUMN_WIDTH + BOX_WIDTH, 2 * MARGIN + (layout.rows - 1) * ROW_HEIGHT + BOX_HEIGHT);
	fprintf(out, "<style>rect{fill:#fff;stroke:#333}.device{fill:#eef}path{fill:none;stroke:#333}.asynchronous{stroke-dasharray:5}"
		     ".trusted{stroke:#c00;stroke-width:2}text{text-anchor:middle}.name{font-weight:bold}.use{font-size:10px}</style>\n"
		     "<marker id=\"end\" viewBox=\"0 0 8 8\" refX=\"8\" refY=\"4\" markerWidth=\"8\" markerHeight=\"8\" markerUnits=\"userSpaceOnUse\" orient=\"auto\">"
		     "<path d=\"M0 0 L8 4 L0 8 z\" style=\"fill:#333;stroke:none\"/></marker>\n");
	put_uses(system, &layout, out);
	put_boxes(system, &layout, out);
	fprintf(out, "</svg>\n");
}

void graph_write(const struct system *system, const char *path)
{
	size_t length = strlen(path), bytes = 0;
	char *text = NULL;
	FILE *out = open_memstream(&text, &bytes);

	if (out == NULL)
		die(path, "no memory to make it");
	if (length > 4 && strcmp(path + length - 4, ".svg") == 0)
		put_svg(system, out);
	else
		put_dot(system, out);
	fclose(out);
	write_file(path, text, bytes);
	free(text);
}
