/*
 * The root task: holds all authority at boot, starts the capability broker and what the system description names, and
 * supervises it. What its files share; each says more where it defines it.
 *
 * One thread; all memory is taken before the first component starts, by what the description asks for.
 */
#ifndef ROOT_TASK_ROOT_H
#define ROOT_TASK_ROOT_H

#include <stdbool.h>
#include <stdint.h>

#include <kaal/bootinfo.h>
#include <kaal/startup.h>
#include <kaal/status.h>
#include <kaal/supervisor.h>

#include <formats/elf.h>
#include <manifest/manifest.h>
#include <memory-manager/objects.h>

#define PAGE_MASK ((uint64_t)KAAL_PAGE_BYTES - 1)

/* The capability broker comes after the components of the description. */
#define BROKER_NAME KAAL_MANIFEST_BROKER
#define BROKER_PRIORITY 253u

/* Flags of the root task's notification: the broker has purged; from FLAG_LOG on, log rings that have text (output.h). */
#define FLAG_PURGED UINT64_C(1)
#define FLAG_LOG UINT64_C(4)

/* Where things lie in the root task's address space, beside what docs/boot.md tells; each from a 2 MiB of its own on. */
#define WINDOW_ADDRESS UINT64_C(0x1000200000)      /* frames of others while they are read or written */
#define LOGS_ADDRESS UINT64_C(0x1000400000)        /* a page a component */
#define STORAGE_ADDRESS UINT64_C(0x1000600000)     /* the description, and tables whose size it says */
#define STORAGE_BYTES_MAX UINT64_C(0x1000000)

/* A region of a component's address space, made of frames: `pages` of them from index `first` of its frames on. */
struct load_region {
	uint64_t address;
	uint32_t first;
	uint32_t pages;
	uint32_t rights;
};

struct component {
	struct kaal_manifest_component description;
	struct kaal_elf elf;
	struct kaal_account account;
	struct kaal_domain domain;       /* while it lives */
	uint32_t index;
	enum kaal_component_state state;
	enum kaal_component_end end;     /* the last one */
	uint64_t code;
	uint32_t starts;
	kaal_ticks_t end_ticks;          /* when the last end was heard of */
	uint32_t restarts;               /* within the window that began at window_ticks */
	uint64_t window_ticks;
	kaal_cap_t supervisor, broker;   /* endpoints with its badge; for good. What it has is a copy, so also the next three; 0: it gets none */
	kaal_cap_t log_flag, power, debug;
	kaal_cap_t log;                  /* copy of its shared page's frame, while it lives; the slot is for good */
	kaal_cap_t thread, context, notification; /* of its threads in a row, while it lives; notifications only of several */
	kaal_cap_t cnode, frames;
	uint64_t start_bytes;            /* of memory that a start takes, at most */
	uint32_t log_read;               /* of its ring, modulo 2^32; memory that others write is not asked for it */
	int64_t log_credit;              /* ticks (OUT-1), as of log_ticks */
	uint64_t log_ticks;
	bool log_held;                   /* OUT-3 */
	struct load_region stack;
};

/* Everybody: description order, then the broker if there is one. */
struct system {
	const struct kaal_bootinfo *info;
	struct kaal_archive archive;
	struct kaal_manifest *manifest;
	uint64_t manifest_bytes;
	struct kaal_manifest_hardware *hardware; /* of each device */
	const void *tree;                        /* the firmware's */
	uint64_t logs;                           /* LOGS_ADDRESS: where components' pages with their log rings are mapped */
	struct component *components;
	uint32_t count;                          /* the broker included */
	struct component *broker;
};

extern struct system root_system;

/* The machine's report: what a root task without a description prints. Returns an exit code. */
int machine_report(void);

/* A line on the console that begins with "root-task: ", and the machine is reset: for what the system cannot go on without. */
_Noreturn void root_fatal(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The same for what was packed wrongly: the machine is switched off, for a reset would change nothing. */
_Noreturn void root_refuse(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* fatal, with the text of a status, unless it is KAAL_OK. */
void root_must(const char *what, kaal_status_t status);

#endif
