/*
 * Included before every source by clang. clang 14 writes the path of an
 * assembler source into debug information as it stands on the command line,
 * whatever -ffile-prefix-map says, so two build directories would differ. A
 * .file directive keeps it from describing the source at all.
 */
#ifdef __ASSEMBLER__
.file 1 "assembly"
#endif
