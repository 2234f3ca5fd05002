/* The fast path's end under proof. */
#ifndef ARCH_FAST_H
#define ARCH_FAST_H

#include <stdint.h>

#include <object/thread.h>

#define arch_fast_keep(pointer) ((void)(pointer))

void arch_fast_switch(struct thread *from, struct thread *to, uint64_t space, uint64_t message, uint64_t badge,
		      uint32_t fp_allowed);
void arch_fast_leave(struct thread *self, uint32_t number, uint64_t argument0, uint64_t argument1, uint64_t argument2);

#endif
