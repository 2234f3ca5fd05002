/* Rules between components: who provides what to whom, and who drives what. */
#include "tree.h"

#include <string.h>

#include <libfdt.h>

/* --- services and their users ---------------------------------------------------- */

static bool check_phandles(const struct kaal_manifest *manifest, const struct check *check)
{
	for (uint32_t i = 0; i < manifest->service_count; i++)
		for (uint32_t j = 0; j < i && manifest->service[i].phandle != 0; j++)
			if (manifest->service[i].phandle == manifest->service[j].phandle)
				return check_fail(check, "duplicate-phandle", manifest->service[i].node, "phandle", "%d, as %s has",
						  "one of its own", (uint64_t)manifest->service[i].phandle,
						  tree_name(check->blob, manifest->service[j].node));
	return true;
}

/* Finds the service that a use refers to. */
static bool link_use(struct kaal_manifest *manifest, const struct check *check, uint32_t index)
{
	int node = manifest->use[index].node;
	uint32_t phandle = tree_link(check->blob, node, "service");
	int other;

	for (uint32_t i = 0; phandle != 0 && i < manifest->service_count; i++) {
		if (manifest->service[i].phandle == phandle) {
			manifest->use[index].service = (uint16_t)i;
			return true;
		}
	}
	other = fdt_node_offset_by_phandle(check->blob, phandle);
	if (other < 0)
		return check_fail(check, "dangling-service", node, "service", "phandle %d, which no node has",
				  "<&label> of a node in a provides node", (uint64_t)phandle);
	return check_fail(check, "not-a-service", node, "service", "<&label> of the node %s",
			  "<&label> of a node in a provides node", tree_name(check->blob, other));
}

static bool check_use(const struct kaal_manifest *manifest, const struct check *check, uint32_t index)
{
	struct kaal_manifest_use use;
	struct kaal_manifest_service service;
	int node = manifest->use[index].node;

	kaal_manifest_use(manifest, index, &use);
	kaal_manifest_service(manifest, use.service, &service);
	if (use.provider == use.component)
		return check_fail(check, "own-service", node, "service", "the component's own %s", "a service of another component",
				  service.name);
	if (use.version.major != service.version.major || use.version.minor > service.version.minor)
		return check_fail(check, "service-version", node, "version", "<%d %d>",
				  "what %s provides: <%d %d>, or a lower minor", (uint64_t)use.version.major,
				  (uint64_t)use.version.minor, service.name, (uint64_t)service.version.major,
				  (uint64_t)service.version.minor);
	for (uint32_t i = manifest->component[use.component].first_use; i < index; i++)
		if (manifest->use[i].service == use.service)
			return check_fail(check, "duplicate-use", node, "service", "the service that %s is, too", "a service once",
					  tree_name(check->blob, manifest->use[i].node));
	return true;
}

/* --- cycles: all of them would wait for each other for ever ------------------------ */

enum colour { WHITE, ON_PATH, DONE };

struct search {
	const struct kaal_manifest *manifest;
	uint8_t colour[KAAL_MANIFEST_COMPONENTS_MAX];
	uint32_t depth;
	struct {
		uint16_t component, next; /* use that is looked at next */
	} path[KAAL_MANIFEST_COMPONENTS_MAX];
};

static bool fail_cycle(const struct search *search, const struct check *check, uint32_t use, uint32_t first)
{
	char members[KAAL_MANIFEST_FOUND_BYTES];
	struct text text = TEXT_IN(members);
	uint32_t at = 0;

	while (search->path[at].component != first)
		at++;
	for (; at < search->depth; at++) {
		text_put(&text, tree_name(check->blob, search->manifest->component[search->path[at].component].node));
		text_put(&text, " -> ");
	}
	text_put(&text, tree_name(check->blob, search->manifest->component[first].node));
	text_end(&text);
	return check_fail(check, "use-cycle", search->manifest->use[use].node, "service", "the cycle %s",
			  "no cycle: mark a use that never waits as asynchronous", members);
}

static void enter(struct search *search, uint32_t component)
{
	search->colour[component] = ON_PATH;
	search->path[search->depth].component = (uint16_t)component;
	search->path[search->depth++].next = search->manifest->component[component].first_use;
}

/* Depth first; each component is entered once, each use followed once. */
static bool search_from(struct search *search, const struct check *check, uint32_t start)
{
	enter(search, start);
	while (search->depth > 0) {
		uint32_t component = search->path[search->depth - 1].component;
		uint32_t use = search->path[search->depth - 1].next;
		uint32_t provider;

		if (use == search->manifest->component[component + 1].first_use) {
			search->colour[component] = DONE;
			search->depth--;
			continue;
		}
		search->path[search->depth - 1].next++;
		if (tree_has(check->blob, search->manifest->use[use].node, "asynchronous"))
			continue;
		provider = search->manifest->service[search->manifest->use[use].service].component;
		if (search->colour[provider] == ON_PATH)
			return fail_cycle(search, check, use, provider);
		if (search->colour[provider] == WHITE)
			enter(search, provider);
	}
	return true;
}

static bool check_cycles(const struct kaal_manifest *manifest, const struct check *check)
{
	struct search search = { .manifest = manifest };

	for (uint32_t i = 0; i < manifest->component_count; i++)
		if (search.colour[i] == WHITE && !search_from(&search, check, i))
			return false;
	return true;
}

/* --- devices ------------------------------------------------------------------------- */

static bool same_text(const char *a, const char *b)
{
	return a != NULL && b != NULL && strcmp(a, b) == 0;
}

/* Whether two selectors can only be the same hardware. Without an index there is but one that fits. */
static bool same_device(const struct kaal_manifest_device *a, const struct kaal_manifest_device *b)
{
	if (a->bus != NULL && b->bus != NULL && a->bus_index == b->bus_index)
		return true;
	if (a->selector != b->selector)
		return false;
	if (a->selector == KAAL_MANIFEST_BY_VIRTIO_ID)
		return a->virtio_id == b->virtio_id && a->bus == NULL && b->bus == NULL &&
		       (!a->has_index || !b->has_index || a->index == b->index);
	return same_text(a->selector_text, b->selector_text) && (!a->has_index || !b->has_index || a->index == b->index);
}

/* What two devices that can only be the same have in common, told without looking them up: equal in one of the two. */
struct traits {
	uint32_t selected; /* hash of the selector */
	uint32_t bus;      /* index + 1, 0 without */
};

static struct traits traits_of(const struct kaal_manifest_device *device)
{
	uint32_t hash = 2166136261u + (uint32_t)device->selector + device->virtio_id; /* FNV-1a */

	for (const char *c = device->selector_text; c != NULL && *c != '\0'; c++)
		hash = (hash ^ (uint8_t)*c) * 16777619u;
	return (struct traits){ hash, device->bus == NULL ? 0 : device->bus_index + 1 };
}

static bool check_devices(const struct kaal_manifest *manifest, const struct check *check)
{
	struct traits traits[KAAL_MANIFEST_DEVICES_MAX];

	for (uint32_t i = 0; i < manifest->device_count; i++) {
		struct kaal_manifest_device device, other;

		kaal_manifest_device(manifest, i, &device);
		traits[i] = traits_of(&device);
		for (uint32_t j = 0; j < i; j++) {
			if (traits[i].selected != traits[j].selected && (traits[i].bus == 0 || traits[i].bus != traits[j].bus))
				continue;
			kaal_manifest_device(manifest, j, &other);
			if (same_device(&device, &other))
				return check_fail(check, "same-device", manifest->device[i].node, "",
						  "the device that %s of component %s is, too", "a driver for each device", other.name,
						  tree_name(check->blob, manifest->component[other.component].node));
		}
	}
	return true;
}

bool rules_check(struct kaal_manifest *manifest, const struct check *check)
{
	if (!check_phandles(manifest, check))
		return false;
	for (uint32_t i = 0; i < manifest->use_count; i++)
		if (!link_use(manifest, check, i))
			return false;
	for (uint32_t i = 0; i < manifest->use_count; i++)
		if (!check_use(manifest, check, i))
			return false;
	return check_cycles(manifest, check) && check_devices(manifest, check);
}
