/* A system that is packed by its description: found, checked, told of. */
#ifndef IMAGE_SYSTEM_H
#define IMAGE_SYSTEM_H

#include <manifest/manifest.h>

#include "package.h"

#define COMPONENT_PATHS_MAX 32u

/* Folders that components are searched in, in order. */
struct search_path {
	const char *folders[COMPONENT_PATHS_MAX + 1];
	size_t count;
};

struct system {
	const char *path; /* of the description, for messages */
	const void *blob;
	uint32_t bytes;
	struct kaal_manifest manifest;
	bool on_board; /* hardware[] is filled */
	struct kaal_manifest_hardware hardware[KAAL_MANIFEST_DEVICES_MAX];
};

/* Adds the folder of components that was installed with this tool, if it is there. */
void system_add_default_path(struct search_path *search);

/* FOLDER/NAME/LAST or FOLDER/NAME, where LAST is NAME's last part; NULL if no folder has it. */
const char *system_find(const struct search_path *search, const char *name);

/* Reads a description: FILE.dtb as it is, any other by dtc. Ends if a rule is broken. */
void system_read(struct system *system, const char *path);

/* Adds description, capability broker (if it is found), images and files that the package does not have yet. */
void system_collect(const struct system *system, struct package *package, const struct search_path *search);

/* Checks the packed archive and, unless NULL, a board's tree. Warnings go to stderr; ends if a rule is broken. */
void system_check(struct system *system, const uint8_t *archive, size_t bytes, const char *board_path);

/* Prints what each component may do. */
void system_print(const struct system *system);

/* Prints a line for each executable that an archive starts (list.c), for other programs. Ends if it is no archive that boots. */
void system_list(const char *path);

/* How a device was named, as in "compatible arm,pl011": for prints and graphs. */
#define SELECTOR_BYTES 320u
void system_selector(const struct kaal_manifest_device *device, char text[SELECTOR_BYTES]);

/* Reads a tree of requirements as system_read() a description, and writes it as a C header. Ends if a rule is broken. */
void requirements_write(const char *path, const char *output);

/* Writes the graph of authority: SVG where the path ends so, else Graphviz. */
void graph_write(const struct system *system, const char *path);

#endif
