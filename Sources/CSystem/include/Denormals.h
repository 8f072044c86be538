#pragma once

#include <stdint.h>

/// From now on this thread's floating-point operations take denormal numbers for zero, and give zero in their place.
/// Returns the mode before.
static inline uint64_t mottle_flush_denormals(void) {
#if defined(__x86_64__)
    const uint32_t mode = __builtin_ia32_stmxcsr();
    // FTZ, bit 15, and DAZ, bit 6.
    __builtin_ia32_ldmxcsr(mode | 0x8040);
    return mode;
#elif defined(__aarch64__)
    uint64_t mode;
    __asm__ volatile("mrs %0, fpcr" : "=r"(mode));
    // FZ.
    __asm__ volatile("msr fpcr, %0" : : "r"(mode | 1 << 24) : "memory");
    return mode;
#else
    return 0;
#endif
}

/// Back to a mode that `mottle_flush_denormals` has returned.
static inline void mottle_restore_float_mode(uint64_t mode) {
#if defined(__x86_64__)
    __builtin_ia32_ldmxcsr((uint32_t)mode);
#elif defined(__aarch64__)
    __asm__ volatile("msr fpcr, %0" : : "r"(mode) : "memory");
#endif
}
