/// The 128-bit XXH3 hash of Debian's libxxhash-dev, compiled in. The only target that includes xxhash.h.
#ifndef CXXHASH_H
#define CXXHASH_H

#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

typedef struct {
    uint64_t low;
    uint64_t high;
} cxxhash_128_t;

/// `bytes` may be null where `count` is 0. Hashes of different seeds have nothing to do with each other.
cxxhash_128_t cxxhash_128(const void *_Nullable bytes, size_t count, uint64_t seed);

#pragma clang assume_nonnull end

#endif
