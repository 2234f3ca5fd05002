/* Plain contracts of what core/ calls of object/ and that has no file of its own yet. */
#ifndef PROOF_OBJECT_H
#define PROOF_OBJECT_H

/*@ requires kernel_ok && vspace < VSPACES_MAX;
    exits \false; assigns cpu.space_word[0 .. VSPACES_MAX - 1], vspaces, vspace_asid_owner[0 .. ARCH_ASIDS - 1];
    ensures kernel_ok; */
uint64_t vspace_word(vspace_t vspace);
/*@ requires kernel_ok;
    exits \false; assigns KERNEL_STATE;
    ensures kernel_ok; */
bool untyped_reset_step(slot_t slot);
/*@ requires kernel_ok && vspace < VSPACES_MAX;
    exits \false; assigns KERNEL_STATE;
    ensures kernel_ok; */
uint64_t page_table_map(slot_t slot, vspace_t vspace, uint64_t virtual_address);
/*@ requires kernel_ok;
    exits \false; assigns KERNEL_STATE;
    ensures kernel_ok; */
uint64_t frame_unmap(slot_t slot);
/*@ requires kernel_ok;
    exits \false; assigns KERNEL_STATE;
    ensures kernel_ok; */
uint64_t page_table_unmap(slot_t slot);

#endif
