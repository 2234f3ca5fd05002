/* What the intruder tries at which of its starts; the one that starts it knows how many there are. */
#ifndef SYSTEM_INTRUDER_H
#define SYSTEM_INTRUDER_H

#define INTRUDER_CALLS 128u     /* starts 1..: system call number `start` - 1, those that do not exist, too */
#define INTRUDER_ADDRESSES 64u  /* the starts after them: an access each */

#endif
