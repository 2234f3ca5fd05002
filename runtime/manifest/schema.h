/*
 * The one table of what may stand in a system description and in a tree of
 * requirements: every node, its properties, their kinds, ranges and defaults. The
 * reader checks by it, the accessors take defaults from it, and
 * docs/system-description.md is compared with it by a test.
 */
#ifndef MANIFEST_SCHEMA_H
#define MANIFEST_SCHEMA_H

#include <stdbool.h>
#include <stdint.h>

#include "text.h"

enum schema_kind {
	SCHEMA_TEXT,    /* one text */
	SCHEMA_TEXTS,   /* one or more texts */
	SCHEMA_NUMBER,  /* one cell */
	SCHEMA_BYTES,   /* one or two cells */
	SCHEMA_FLAG,    /* no value: there or not */
	SCHEMA_VERSION, /* two cells: major, minor */
	SCHEMA_LINK,    /* one cell: phandle of a service */
};

/* What a text, or each of several, must look like. */
enum schema_form {
	FORM_ANY,
	FORM_FILE,
	FORM_VARIABLE,
	FORM_PROTOCOL,
	FORM_COMPATIBLE,
	FORM_ALIAS,
	FORM_PATH,
	FORM_BUS,
	FORM_CHOICE,
	FORM_PRIVILEGE,
};

struct schema_property {
	const char *name;
	enum schema_kind kind;
	enum schema_form form;
	bool required;
	uint64_t minimum, maximum; /* of the number; of texts their count */
	uint64_t multiple;         /* the number is one of this; 0: any */
	uint64_t fallback;         /* what stands for it when it is left out */
	const char *choices;       /* FORM_CHOICE: allowed texts, a | between them; the value is the index */
	const char *fallback_text; /* of the reference, where the number would not say it */
};

enum schema_node {
	NODE_SYSTEM, /* the description's root */
	NODE_COMPONENT,
	NODE_DEVICE,
	NODE_SERVICE,
	NODE_USE,
	NODE_REQUIREMENTS, /* an executable's root */
	NODE_REQUIRED_DEVICE,
	NODE_REQUIRED_SERVICE,
	NODE_REQUIRED_USE,
	NODE_FOLDER, /* components, devices, provides, uses: no properties */
	SCHEMA_NODES,
};

/* Indices of the properties of a node, for those that are read all at once. */
enum schema_component {
	COMPONENT_IMAGE, COMPONENT_ARGUMENTS, COMPONENT_ENVIRONMENT, COMPONENT_PRIORITY,
	COMPONENT_PRIORITY_CEILING, COMPONENT_BUDGET_US, COMPONENT_PERIOD_US, COMPONENT_THREADS_MAX,
	COMPONENT_STACK_SIZE, COMPONENT_MEMORY_MAX, COMPONENT_DMA_MAX, COMPONENT_START, COMPONENT_RESTART,
	COMPONENT_RESTARTS_MAX, COMPONENT_RESTART_WINDOW_MS, COMPONENT_ESCALATION, COMPONENT_CRITICAL,
	COMPONENT_FILES, COMPONENT_PRIVILEGES,
};
enum schema_device {
	DEVICE_COMPATIBLE, DEVICE_ALIAS, DEVICE_PATH, DEVICE_VIRTIO_ID, DEVICE_INDEX, DEVICE_BUS,
	DEVICE_SHARED_PAGE, DEVICE_TRUSTED_DMA,
};

#define SCHEMA_PROPERTIES_MAX 32u /* of a node, so that a word can say which were there */

struct schema_type {
	const char *name; /* as the reference calls it: "component" */
	const struct schema_property *properties;
	uint32_t count;
};

extern const struct schema_type schema_types[SCHEMA_NODES];

/* The property of this name, or NULL. */
const struct schema_property *schema_find(enum schema_node node, const char *name);

/* Writes what values a property may have, as in "0 to 250". */
void schema_range(const struct schema_property *property, struct text *text);

/* "one number (4 bytes)" */
const char *schema_kind_text(enum schema_kind kind);

/* Whether one text is of a form; FORM_CHOICE needs the property's choices. */
bool schema_form_fits(enum schema_form form, const char *choices, const char *value);

/* The index of a text among choices, or -1. */
int schema_choice(const char *choices, const char *value);

/* Names: 1 to 31 of a-z 0-9 -. */
bool schema_name_fits(const char *name);
extern const char schema_name_text[];

/* The number N of "virtio-mmio-bus.N"; false if it is not written so or above 1023. */
bool schema_bus_index(const char *bus, uint32_t *index);

#define SCHEMA_PRIVILEGES "power|supervision|console|debug"

#endif
