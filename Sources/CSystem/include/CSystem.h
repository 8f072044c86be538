#pragma once

#include "Denormals.h"
#include "Interrupts.h"
#include "Processors.h"

#include <stdint.h>

/// Sleeps while `*word` is `expected`, until woken. Returns at once when it already differs, and sometimes for no
/// reason: callers look at the word again. The word is private to this process.
void mottle_futex_wait(const void *word, uint32_t expected);

/// Wakes up to `count` threads that sleep on `word`.
void mottle_futex_wake(const void *word, int32_t count);

/// How often this thread was taken from its core though it had work to do: by others that wanted the core, too.
long mottle_involuntary_switches(void);

/// Tells the core that this is a waiting loop.
static inline void mottle_pause(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("isb");
#endif
}

/// Asks for `count` bytes of memory to be brought near, without waiting for them.
static inline void mottle_prefetch(const void *start, long count) {
    for (long offset = 0; offset < count; offset += 64) { __builtin_prefetch((const char *)start + offset); }
}
