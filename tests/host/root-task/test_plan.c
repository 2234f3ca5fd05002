/* Where the parts of a component lie, and what they take. */
#include "root_fixture.h"

#include "../../../runtime/root-task/contents.h"
#include "../../../runtime/root-task/load.h"
#include "../../../runtime/root-task/output.h"
#include "../../../runtime/root-task/threads.h"
#include "../../../runtime/root-task/window.h"

#define PAGE UINT64_C(0x1000)

static struct kaal_elf_segment segments[KAAL_SEGMENTS_MAX];
static uint32_t segment_count;
static uint64_t files_bytes;

bool kaal_elf_segment(const struct kaal_elf *elf, uint32_t index, struct kaal_elf_segment *segment)
{
	(void)elf;
	if (index >= segment_count)
		return false;
	*segment = segments[index];
	return true;
}

uint64_t contents_files_bytes(const struct component *component)
{
	(void)component;
	return files_bytes;
}

/* Loading itself is tested in QEMU: nothing here comes to it. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter"
#define NEVER(function, ...)                                \
	kaal_status_t function(__VA_ARGS__)                  \
	{                                                    \
		cr_assert_fail("%s is called", #function);   \
		return KAAL_NO_MEMORY;                       \
	}
NEVER(kaal_domain_start, struct kaal_domain *domain, struct kaal_physical_memory *physical, struct kaal_account *account, uint32_t bits,
      uint32_t slots)
NEVER(kaal_domain_make, struct kaal_domain *domain, uint64_t type, uint32_t count, kaal_cap_t *index)
NEVER(kaal_domain_end, struct kaal_domain *domain)
NEVER(contents_write, const struct component *component, const struct load_plan *plan, struct kaal_startup *startup, const void *extra)
NEVER(threads_make, struct component *component)
NEVER(threads_give, const struct component *component)
NEVER(threads_configure, const struct component *component, const struct load_plan *plan, uint64_t arguments, kaal_cap_t vspace)
NEVER(window_keep, kaal_cap_t frame, kaal_cap_t slot, uint64_t address)
NEVER(window_map, struct kaal_domain *domain, kaal_cap_t vspace, kaal_cap_t frames, uint64_t count, uint64_t address, uint32_t rights)

uint64_t kaal_object_bytes(uint64_t type)
{
	return 0;
}

void output_start(struct component *component)
{
}
#pragma GCC diagnostic pop

static struct component *start(void)
{
	struct component *component = &components[0];

	fixture_start();
	segments[0] = (struct kaal_elf_segment){.address = 0x400000, .memory_bytes = 0x1001, .access = 0};
	segments[1] = (struct kaal_elf_segment){.address = 0x402ff0, .memory_bytes = 0x11, .access = KAAL_ELF_EXECUTE};
	segments[2] = (struct kaal_elf_segment){.address = 0x405000, .memory_bytes = 0x1000, .access = KAAL_ELF_WRITE};
	segment_count = 3;
	files_bytes = 0;
	component->description.memory_max_bytes = 64 * PAGE;
	return component;
}

/* Regions follow each other in memory and in frames; none overlaps another. */
static void check(const struct load_plan *plan)
{
	uint32_t pages = 0;
	uint64_t end = 0;

	cr_assert_leq(plan->regions, LOAD_REGIONS_MAX);
	for (uint32_t i = 0; i < plan->regions; i++) {
		const struct load_region *region = &plan->region[i];

		cr_assert_eq(region->address % PAGE, 0);
		cr_assert_geq(region->address, end, "region %u", i);
		cr_assert_eq(region->first, pages);
		pages += region->pages;
		end = region->address + region->pages * PAGE;
	}
	cr_assert_eq(plan->pages, pages);
	cr_assert_eq(plan->end, end);
}

Test(plan, segments_stack_and_guards)
{
	struct component *component = start();
	struct load_plan plan;

	load_plan(component, 0, 0, &plan);
	check(&plan);
	cr_assert(plan.region[0].pages == 2 && plan.region[0].rights == KAAL_RIGHT_READ);
	cr_assert(plan.region[1].address == 0x402000 && plan.region[1].pages == 2, "17 bytes on two pages");
	cr_assert_eq(plan.region[1].rights, KAAL_RIGHT_READ | KAAL_RIGHT_EXECUTE);
	cr_assert_eq(plan.region[2].rights, KAAL_RIGHT_READ | KAAL_RIGHT_WRITE);
	cr_assert_eq(plan.stack->address, 0x407000, "a page below the stack is not mapped");
	cr_assert_eq(plan.stack->pages, 16);
	cr_assert_eq(plan.shared->address, plan.stack->address + 17 * PAGE, "nor is one above it");
	cr_assert_eq(plan.shared->pages, 1);
	cr_assert(plan.buffers->pages == 0 && plan.files->pages == 0 && plan.extra->pages == 0 && plan.scratch->pages == 0);
}

Test(plan, the_description_goes_before_the_executable)
{
	struct component *component = start();
	struct load_plan plan;

	component->elf.stack_bytes = 3 * PAGE + 1;
	load_plan(component, 0, 0, &plan);
	cr_assert_eq(plan.stack->pages, 4);
	component->description.stack_bytes = 2 * PAGE;
	load_plan(component, 0, 0, &plan);
	cr_assert_eq(plan.stack->pages, 2);
}

Test(plan, message_buffers)
{
	struct component *component = start();
	struct load_plan plan;

	component->description.threads_max = CONTENTS_SHARED_BUFFERS;
	load_plan(component, 0, 0, &plan);
	cr_assert_eq(plan.buffers->pages, 0, "they lie in the shared page");
	component->description.threads_max++;
	load_plan(component, 0, 0, &plan);
	cr_assert_eq(plan.buffers->pages, 1);
	component->description.threads_max = KAAL_PAGE_BYTES / KAAL_MESSAGE_BUFFER_BYTES + 1;
	load_plan(component, 0, 0, &plan);
	cr_assert_eq(plan.buffers->pages, 2);
}

Test(plan, all_that_there_can_be)
{
	struct component *component = start();
	struct load_plan plan;

	for (segment_count = 0; segment_count < KAAL_SEGMENTS_MAX; segment_count++)
		segments[segment_count] = (struct kaal_elf_segment){.address = 0x400000 + segment_count * PAGE, .memory_bytes = PAGE};
	files_bytes = 1;
	component->description.threads_max = 100;
	load_plan(component, PAGE + 1, 2 * PAGE, &plan);
	check(&plan);
	cr_assert_eq(plan.regions, LOAD_REGIONS_MAX);
	cr_assert(plan.files->pages == 1 && plan.extra->pages == 2 && plan.scratch->pages == 2);
	cr_assert(plan.files->rights == KAAL_RIGHT_READ && plan.extra->rights == KAAL_RIGHT_READ);
}

Test(plan, slots_of_its_own)
{
	struct component *component = start();

	cr_assert_eq(load_cspace_bits(component), 7, "one for each page, 64 for all else, none for a second thread");
	component->description.threads_max = 2;
	cr_assert_eq(load_cspace_bits(component), 8);
	component->description.threads_max = 1;
	component->description.memory_max_bytes = 65 * PAGE;
	cr_assert_eq(load_cspace_bits(component), 8);
	component->description.memory_max_bytes = 0;
	cr_assert_eq(load_cspace_bits(component), 7);
	component->description.memory_max_bytes = UINT64_C(1) << 40;
	cr_assert_eq(load_cspace_bits(component), 14);
}

/* What is planned with is no less than what is made: frames, CSpace, address space, thread, and tables wherever regions lie. */
Test(plan, bytes_and_slots_suffice)
{
	struct component *component = start();
	struct load_plan plan;

	for (uint32_t pages = 1; pages < 2000; pages = pages * 3 + 1) {
		uint64_t least;

		segments[2].memory_bytes = pages * PAGE;
		load_plan(component, 0, 0, &plan);
		least = (plan.pages + 1 + 3) * PAGE + THREADS_BYTES + (UINT64_C(32) << load_cspace_bits(component));
		cr_assert_geq(load_bytes(component, &plan), least, "%u pages", pages);
		cr_assert_lt(load_bytes(component, &plan), 2 * least + 64 * PAGE, "%u pages", pages);
		cr_assert_geq(load_slots(&plan), plan.pages + 8);
	}
}
