/// What the files of this target share.
#ifndef CMONGO_INTERNAL_H
#define CMONGO_INTERNAL_H

#include "cmongo.h"

#include <mongoc/mongoc.h>

/// The error in the form that Swift sees.
void cmongo_copy_error(cmongo_error_t *to, const bson_error_t *from);

/// Moves a reply's bytes out of it; the reply is gone then.
void cmongo_steal_reply(cmongo_bytes_t *to, bson_t *from);

#endif
