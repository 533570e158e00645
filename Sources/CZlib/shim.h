#include <zlib.h>

// deflateInit2 and inflateInit2 are macros, which Swift does not import. Raw streams, without header and checksum.

static inline int phusa_deflate_init(z_streamp stream, int level) {
    return deflateInit2(stream, level, Z_DEFLATED, -15, 9, Z_DEFAULT_STRATEGY);
}

static inline int phusa_inflate_init(z_streamp stream) { return inflateInit2(stream, -15); }
