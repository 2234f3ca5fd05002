/* What may stand for a word that is begun: commands, paths, components; a hook of the line editor's. */
#ifndef COMPLETE_H
#define COMPLETE_H

#include "line.h"

void complete(void *context, const char *text, size_t start, size_t cursor, struct line_candidates *candidates);

#endif
