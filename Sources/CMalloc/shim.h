#if __has_include(<malloc.h>)
#include <malloc.h>
#endif

// Swift's own module of the C library leaves malloc.h out. Other libraries than glibc have no such heaps.

static inline void phusa_limit_heaps(int most) {
#ifdef M_ARENA_MAX
    mallopt(M_ARENA_MAX, most);
#endif
}
