/*
 *  Copyright (c) 2005 Ralf Corsepius  <ralf.corsepius@rtems.org>
 */

#ifndef _MACHINE__TYPES_H
#define _MACHINE__TYPES_H
#include <machine/_default_types.h>

/* KaaL: as machine/aarch64/machine/_types.h, which is installed in place of this one, has it. */
#define __machine_ino_t_defined
typedef __uint64_t __ino_t;
typedef __uint64_t __ino64_t;

#endif
