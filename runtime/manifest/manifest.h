/*
 * Reader of system descriptions: a compiled device tree that says which
 * components a system has and what each may use (docs/system-description.md).
 * The image tool and the root task use the same functions, so that what one
 * accepts the other does, too. Takes any bytes: reads nothing outside them,
 * allocates nothing, and its work is bounded by the limits below.
 */
#ifndef KAAL_MANIFEST_H
#define KAAL_MANIFEST_H

#include <stdbool.h>
#include <stdint.h>

#include <kaal/bootparams.h>

#include <formats/archive.h>
#include <formats/dtb_device.h>
#include <formats/elf.h>
#include <manifest/manifest_error.h>

/* Name of the description in the system archive. */
#define KAAL_MANIFEST_NAME "system.dtb"
/* And the capability broker's executable, which no description names. */
#define KAAL_MANIFEST_BROKER "capability-broker"

/* Bounds of a description. */
#define KAAL_MANIFEST_BYTES_MAX 0x100000u
#define KAAL_MANIFEST_ALIGN 8u /* of the blob: the archive's entries have 4, so copy it first */
#define KAAL_MANIFEST_COMPONENTS_MAX 256u
#define KAAL_MANIFEST_DEVICES_MAX 512u  /* of all components together; so the next two */
#define KAAL_MANIFEST_SERVICES_MAX 512u
#define KAAL_MANIFEST_USES_MAX 2048u
#define KAAL_MANIFEST_NAME_MAX 31u /* characters of a component's, device's, service's or use's name */
#define KAAL_MANIFEST_PRIORITY_MAX 250u /* more urgent ones are the runtime's own */

/* Bits of struct kaal_manifest_component's privileges. */
#define KAAL_MANIFEST_POWER (1u << 0)       /* reset and power off the machine */
#define KAAL_MANIFEST_SUPERVISION (1u << 1) /* list, stop, kill and restart components */
#define KAAL_MANIFEST_CONSOLE (1u << 2)     /* take the console over from the root task */
#define KAAL_MANIFEST_DEBUG (1u << 3)       /* the kernel's counters and console */

enum kaal_manifest_restart { KAAL_MANIFEST_RESTART_NEVER, KAAL_MANIFEST_RESTART_ON_FAILURE, KAAL_MANIFEST_RESTART_ALWAYS };
enum kaal_manifest_escalation { KAAL_MANIFEST_STOP, KAAL_MANIFEST_RESET, KAAL_MANIFEST_POWER_OFF };

/* A list of texts inside the blob. */
struct kaal_manifest_texts {
	const char *first;
	uint32_t bytes; /* of all texts, their NULs included */
	uint32_t count;
};

struct kaal_manifest_version {
	uint32_t major, minor; /* each 0 to 65535 */
};

/* One component. Texts lie in the blob and are NUL-terminated. What the description leaves out has its default. */
struct kaal_manifest_component {
	const char *name;  /* 1 to 31 of a-z 0-9 - ; no other component has it */
	const char *image; /* name of its executable in the archive */
	struct kaal_manifest_texts arguments;   /* after the name, which is the first argument */
	struct kaal_manifest_texts environment; /* each NAME=VALUE */
	struct kaal_manifest_texts files;       /* archive entries that it may read */
	uint32_t priority, priority_ceiling;    /* 0 to 250, the ceiling no less */
	uint32_t budget_us, period_us;          /* 50 to 60000000, the budget no more; equal: a time slice */
	uint32_t threads_max;
	uint64_t stack_bytes;      /* of the first thread, whole pages, the guard page not counted; 0: what the executable says */
	uint64_t memory_max_bytes; /* whole pages; of all that it causes */
	uint64_t dma_max_bytes;    /* whole pages, part of memory_max_bytes */
	bool on_demand; /* not started at boot, but when somebody with the privilege `supervision` says so */
	enum kaal_manifest_restart restart;
	uint32_t restarts_max, restart_window_ms;
	enum kaal_manifest_escalation escalation;
	bool critical;
	uint32_t privileges; /* KAAL_MANIFEST_* */
	uint32_t first_device, device_count; /* indices of kaal_manifest_device(); so the next two */
	uint32_t first_service, service_count;
	uint32_t first_use, use_count;
};

enum kaal_manifest_selector {
	KAAL_MANIFEST_BY_COMPATIBLE,
	KAAL_MANIFEST_BY_ALIAS,
	KAAL_MANIFEST_BY_PATH,
	KAAL_MANIFEST_BY_VIRTIO_ID,
};

/* A device that a component drives, named as the firmware's tree names it. */
struct kaal_manifest_device {
	uint32_t component; /* its driver's index */
	const char *name;   /* by which the driver knows it */
	enum kaal_manifest_selector selector;
	const char *selector_text; /* compatible, alias or path; NULL for a virtio id */
	uint32_t virtio_id;        /* 1 to 63, or 0 */
	bool has_index;
	uint32_t index;  /* among those that fit, in the tree's order (virtio: by address) */
	const char *bus; /* "virtio-mmio-bus.N", or NULL */
	uint32_t bus_index;
	bool shared_page;
	bool trusted_dma;
};

/* A service that a component provides. */
struct kaal_manifest_service {
	uint32_t component;
	const char *name;     /* by which the provider knows it */
	const char *protocol; /* "vendor,name" */
	struct kaal_manifest_version version;
};

/* A service that a component uses. */
struct kaal_manifest_use {
	uint32_t component; /* who uses it; never the provider */
	const char *name;   /* by which the user knows it */
	uint32_t service;   /* index of kaal_manifest_service() */
	uint32_t provider;  /* index of the component that provides it */
	struct kaal_manifest_version version; /* the least that will do; same major as the service's */
	bool reconnect;    /* after the provider's restart the client library connects again by itself */
	bool asynchronous; /* never waits for an answer, so that it closes no cycle */
	uint64_t channel_max_bytes; /* whole pages */
};

/* A description that kaal_manifest_read() accepted. Borrows the blob. Fields are for this library. */
struct kaal_manifest {
	const void *blob;
	uint32_t component_count, device_count, service_count, use_count;
	struct {
		int node;
		uint16_t first_device, first_service, first_use;
	} component[KAAL_MANIFEST_COMPONENTS_MAX + 1]; /* the last one ends the one before */
	struct {
		int node;
		uint32_t component;
	} device[KAAL_MANIFEST_DEVICES_MAX];
	struct {
		int node;
		uint32_t component, phandle; /* 0: nobody refers to it */
	} service[KAAL_MANIFEST_SERVICES_MAX];
	struct {
		int node;
		uint16_t component, service;
	} use[KAAL_MANIFEST_USES_MAX];
};

/*
 * Reads and checks a whole description.
 *   blob   aligned to KAAL_MANIFEST_ALIGN; must stay and not change as long as the manifest is used
 *   bytes  that can be read there
 *   error  filled on failure
 * Returns false if any rule of docs/system-description.md that needs neither
 * archive nor board is broken; *manifest is then undefined.
 */
bool kaal_manifest_read(struct kaal_manifest *manifest, const void *blob, uint64_t bytes,
			struct kaal_manifest_error *error);

/* The item of this index, which must be less than the manifest's count of them. Cannot fail. */
void kaal_manifest_component(const struct kaal_manifest *manifest, uint32_t index, struct kaal_manifest_component *component);
void kaal_manifest_device(const struct kaal_manifest *manifest, uint32_t index, struct kaal_manifest_device *device);
void kaal_manifest_service(const struct kaal_manifest *manifest, uint32_t index, struct kaal_manifest_service *service);
void kaal_manifest_use(const struct kaal_manifest *manifest, uint32_t index, struct kaal_manifest_use *use);

/* The text of this index in a list, or NULL from its count on. */
const char *kaal_manifest_text(const struct kaal_manifest_texts *texts, uint32_t index);

/* The index of the component of this name, or component_count. */
uint32_t kaal_manifest_find(const struct kaal_manifest *manifest, const char *name);

/* --- against an archive ------------------------------------------------------ */

/* Bound of the tree of requirements in an executable's note. */
#define KAAL_REQUIREMENTS_BYTES_MAX 8192u

/* What a check against an archive needs room for. */
struct kaal_manifest_scratch {
	_Alignas(8) uint8_t requirements[KAAL_REQUIREMENTS_BYTES_MAX];
};

/* Called with each warning; *warning is valid during the call. */
typedef void kaal_manifest_warn_t(void *context, const struct kaal_manifest_error *warning);

/*
 * Checks that the archive holds each image and file that the description names,
 * that images are executables of this ABI, fit into their component's memory-max, and
 * that what an image requires is granted.
 *   warn, context  called for each grant that the image does not ask for; warn may be NULL
 *   scratch        overwritten
 * Returns false, *error filled, if any of these does not hold.
 */
bool kaal_manifest_check_archive(const struct kaal_manifest *manifest, const struct kaal_archive *archive,
				 kaal_manifest_warn_t *warn, void *context, struct kaal_manifest_scratch *scratch,
				 struct kaal_manifest_error *error);

/* The same for one component. *elf is filled with its image, which lies in the archive. */
bool kaal_manifest_check_component(const struct kaal_manifest *manifest, const struct kaal_archive *archive, uint32_t component,
				   kaal_manifest_warn_t *warn, void *context, struct kaal_manifest_scratch *scratch,
				   struct kaal_elf *elf, struct kaal_manifest_error *error);

/* The same for its image alone, which was found and read already. */
bool kaal_manifest_check_image(const struct kaal_manifest *manifest, uint32_t component, const struct kaal_elf *elf,
			       kaal_manifest_warn_t *warn, void *context, struct kaal_manifest_scratch *scratch,
			       struct kaal_manifest_error *error);

/*
 * Checks a tree of requirements alone, as for an executable that is being made.
 * Same arguments as kaal_manifest_read().
 */
bool kaal_requirements_check(const void *blob, uint64_t bytes, struct kaal_manifest_error *error);

/* --- against a board ----------------------------------------------------------- */

/* A board's device tree, which has passed kaal_dtb_size(). */
struct kaal_manifest_board {
	const void *tree;
	/*
	 * The DeviceID of the virtio transport whose registers lie at this physical
	 * address (Virtio 1.2, 4.2.2). NULL where there is no hardware to ask, as in the
	 * image tool: devices by virtio id without a bus are then not resolved.
	 */
	uint32_t (*virtio_id)(void *context, uint64_t address);
	void *context;
};

/* What a device turned out to be. */
struct kaal_manifest_hardware {
	bool resolved; /* false: by virtio id, and nobody could be asked */
	struct kaal_dtb_resources resources;
};

/*
 * Finds the hardware of device number `index`. Returns false, *error filled, if
 * the board has not exactly one enabled device with registers that fits, or if
 * it has more registers or interrupt lines than struct kaal_dtb_resources holds.
 */
bool kaal_manifest_resolve_device(const struct kaal_manifest *manifest, const struct kaal_manifest_board *board,
				  uint32_t index, struct kaal_manifest_hardware *hardware,
				  struct kaal_manifest_error *error);

/*
 * Resolves every device, and checks that no two of them are the same hardware,
 * have an interrupt line in common, or share a page unless both say so.
 *   hardware  room for manifest->device_count; filled in their order on success
 */
bool kaal_manifest_check_board(const struct kaal_manifest *manifest, const struct kaal_manifest_board *board,
			       struct kaal_manifest_hardware *hardware, struct kaal_manifest_error *error);

#endif
