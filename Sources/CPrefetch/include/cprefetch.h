/// What the processor is asked to fetch ahead, which Swift has no word for.
#ifndef CPREFETCH_H
#define CPREFETCH_H

#include <stddef.h>

/// Has the cache lines at the first and at the last of `count` bytes, at least 1, brought near, to be written soon. Only
/// a hint: returns at once, reads nothing, and no address is wrong.
static inline void cprefetch_to_write(const void *_Nonnull bytes, size_t count) {
    __builtin_prefetch(bytes, 1);
    __builtin_prefetch((const char *)bytes + count - 1, 1);
}

#endif
