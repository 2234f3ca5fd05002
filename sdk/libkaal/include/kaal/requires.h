/*
 * What a program requires of its system, in a note of its executable: a small
 * device tree (system-description.md, Requirements). It grants nothing; the image
 * tool and the root task compare it with what the system's description grants.
 *
 * In any one source of the program, outside functions:
 *
 *     KAAL_REQUIRES_FILE("requires.dtb");
 *
 * `file` is what `dtc -I dts -O dtb -o requires.dtb requires.dts` made, a string
 * literal. It is looked up in the current folder and those of the compiler's -I,
 * when the source is assembled: let the object depend on it. The note stays in a
 * stripped executable. A program has one at most; with two it is refused.
 */
#ifndef KAAL_REQUIRES_H
#define KAAL_REQUIRES_H

/* Owner "KaaL", type 2; header, owner and contents each padded to 4 bytes. */
#define KAAL_REQUIRES_FILE(file)                                        \
	__asm__(".pushsection .note.kaal.requires, \"a\", %note\n"      \
		"	.balign	4\n"                                     \
		"	.4byte	5, 2f - 1f, 2\n"                         \
		"	.asciz	\"KaaL\"\n"                              \
		"	.balign	4\n"                                     \
		"1:	.incbin	\"" file "\"\n"                          \
		"2:	.balign	4\n"                                     \
		"	.popsection\n")

#endif
