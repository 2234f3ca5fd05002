/*
 * What a program requires of its system, in a note of its executable: a small
 * device tree (system-description.md, Requirements). It grants nothing; the image
 * tool and the root task compare it with what the system's description grants.
 *
 * `kaal-image --requirements requires.dts -o requires.h` checks such a tree and
 * makes a header of it. In any one source of the program, outside functions:
 *
 *     #include "requires.h"
 *
 * The note stays in a stripped executable. A program has one at most; with two it
 * is refused.
 */
#ifndef KAAL_REQUIRES_H
#define KAAL_REQUIRES_H

/* Owner "KaaL", type 2; header, owner and contents each padded to 4 bytes. */
#define KAAL_REQUIRES_CONTENTS(contents)                            \
	__asm__(".pushsection .note.kaal.requires, \"a\", %note\n"  \
		"	.balign	4\n"                                 \
		"	.4byte	5, 2f - 1f, 2\n"                     \
		"	.asciz	\"KaaL\"\n"                          \
		"	.balign	4\n"                                 \
		"1:\n" contents                                     \
		"2:	.balign	4\n"                                 \
		"	.popsection\n")

/*
 * The same from what `dtc -I dts -O dtb -o requires.dtb requires.dts` made, a string
 * literal. It is looked up in the current folder and those of the compiler's -I,
 * when the source is assembled, which no compiler tells the build system: let the
 * object depend on the file.
 */
#define KAAL_REQUIRES_FILE(file) KAAL_REQUIRES_CONTENTS("	.incbin	\"" file "\"\n")

#endif
