#include "cxxhash.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

cxxhash_128_t cxxhash_128(const void *bytes, size_t count, uint64_t seed) {
    XXH128_hash_t hash = XXH3_128bits_withSeed(bytes, count, seed);
    return (cxxhash_128_t){.low = hash.low64, .high = hash.high64};
}
