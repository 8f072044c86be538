// What Swift's SIMD types lack as whole-vector operations: without these the compiler goes lane by lane.
//
// clang's importer hands ext_vector_type over as SIMD4<Float> and so on. Every function is inlined into the
// module that calls it and compiled with that module's instruction set.
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

// Vectors wider than the instruction set's registers are passed differently; inlined calls pass nothing.
#pragma clang diagnostic ignored "-Wpsabi"

#define MOTTLE_INLINE static inline __attribute__((always_inline))

#define MOTTLE_VECTOR(type, name, lanes) typedef type name##x##lanes __attribute__((ext_vector_type(lanes)))

#define MOTTLE_VECTORS(lanes)            \
    MOTTLE_VECTOR(float, f32, lanes);    \
    MOTTLE_VECTOR(double, f64, lanes);   \
    MOTTLE_VECTOR(int32_t, i32, lanes);  \
    MOTTLE_VECTOR(uint32_t, u32, lanes); \
    MOTTLE_VECTOR(uint8_t, u8, lanes)

MOTTLE_VECTORS(4);
MOTTLE_VECTORS(8);
MOTTLE_VECTORS(16);

#if defined(__SSE4_1__) || defined(__aarch64__)
#define MOTTLE_ROUNDING(lanes)                                                                         \
    MOTTLE_INLINE f32x##lanes mottle_floor_f32x##lanes(f32x##lanes v) {                                \
        return __builtin_elementwise_floor(v);                                                         \
    }                                                                                                  \
    MOTTLE_INLINE f32x##lanes mottle_ceil_f32x##lanes(f32x##lanes v) {                                 \
        return __builtin_elementwise_ceil(v);                                                          \
    }                                                                                                  \
    MOTTLE_INLINE f32x##lanes mottle_round_f32x##lanes(f32x##lanes v) {                                \
        return __builtin_elementwise_roundeven(v);                                                     \
    }
#else
// SSE2 has no rounding instruction and the builtins would call libm for each lane. Adding and taking away 2^23 rounds
// to an integer, halves to even; larger numbers and NaN are what they are. The sign is kept: ceil(-0.5) is -0.
#define MOTTLE_ROUNDING(lanes)                                                                         \
    MOTTLE_INLINE f32x##lanes mottle_rounded_##lanes(f32x##lanes v, f32x##lanes nearest) {             \
        const i32x##lanes bits = (i32x##lanes)v, magnitude = bits & 0x7fffffff;                        \
        const i32x##lanes small = magnitude < 0x4b000000;                                              \
        const i32x##lanes whole = ((i32x##lanes)nearest & 0x7fffffff) | (bits & ~0x7fffffff);          \
        return (f32x##lanes)((whole & small) | (bits & ~small));                                       \
    }                                                                                                  \
    MOTTLE_INLINE f32x##lanes mottle_round_f32x##lanes(f32x##lanes v) {                                \
        const f32x##lanes magnitude = (f32x##lanes)((i32x##lanes)v & 0x7fffffff);                      \
        return mottle_rounded_##lanes(v, (magnitude + 8388608.0f) - 8388608.0f);                       \
    }                                                                                                  \
    MOTTLE_INLINE f32x##lanes mottle_floor_f32x##lanes(f32x##lanes v) {                                \
        const f32x##lanes nearest = mottle_round_f32x##lanes(v);                                       \
        const i32x##lanes one = (nearest > v) & 0x3f800000;                                            \
        return mottle_rounded_##lanes(v, nearest - (f32x##lanes)one);                                  \
    }                                                                                                  \
    MOTTLE_INLINE f32x##lanes mottle_ceil_f32x##lanes(f32x##lanes v) {                                 \
        const f32x##lanes nearest = mottle_round_f32x##lanes(v);                                       \
        const i32x##lanes one = (nearest < v) & 0x3f800000;                                            \
        return mottle_rounded_##lanes(v, nearest + (f32x##lanes)one);                                  \
    }
#endif

#define MOTTLE_OPERATIONS(lanes)                                                                       \
    MOTTLE_ROUNDING(lanes)                                                                             \
    MOTTLE_INLINE f32x##lanes mottle_load_f32x##lanes(const float *from) {                             \
        f32x##lanes v;                                                                                 \
        memcpy(&v, from, sizeof v);                                                                    \
        return v;                                                                                      \
    }                                                                                                  \
    MOTTLE_INLINE void mottle_store_f32x##lanes(f32x##lanes v, float *to) { memcpy(to, &v, sizeof v); }\
    MOTTLE_INLINE f64x##lanes mottle_load_f64x##lanes(const double *from) {                            \
        f64x##lanes v;                                                                                 \
        memcpy(&v, from, sizeof v);                                                                    \
        return v;                                                                                      \
    }                                                                                                  \
    MOTTLE_INLINE void mottle_store_f64x##lanes(f64x##lanes v, double *to) { memcpy(to, &v, sizeof v); }\
    MOTTLE_INLINE f64x##lanes mottle_load_u8_as_f64x##lanes(const uint8_t *from) {                     \
        u8x##lanes v;                                                                                  \
        memcpy(&v, from, sizeof v);                                                                    \
        return __builtin_convertvector(__builtin_convertvector(v, i32x##lanes), f64x##lanes);          \
    }                                                                                                  \
    /* The lowest byte of every word. */                                                               \
    MOTTLE_INLINE void mottle_store_u8x##lanes(u32x##lanes v, uint8_t *to) {                           \
        const u8x##lanes bytes = __builtin_convertvector(v, u8x##lanes);                               \
        memcpy(to, &bytes, sizeof bytes);                                                              \
    }                                                                                                  \
    MOTTLE_INLINE f32x##lanes mottle_square_root_f32x##lanes(f32x##lanes v) {                          \
        return __builtin_elementwise_sqrt(v);                                                          \
    }                                                                                                  \
    /* Words as signed integers. */                                                                    \
    MOTTLE_INLINE f32x##lanes mottle_i32_to_f32x##lanes(u32x##lanes v) {                               \
        return __builtin_convertvector((i32x##lanes)v, f32x##lanes);                                   \
    }                                                                                                  \
    MOTTLE_INLINE u32x##lanes mottle_shift_right_signed_u32x##lanes(u32x##lanes v, int32_t by) {       \
        return (u32x##lanes)((i32x##lanes)v >> by);                                                    \
    }                                                                                                  \
    MOTTLE_INLINE f64x##lanes mottle_f32_to_f64x##lanes(f32x##lanes v) {                               \
        return __builtin_convertvector(v, f64x##lanes);                                                \
    }                                                                                                  \
    MOTTLE_INLINE f32x##lanes mottle_f64_to_f32x##lanes(f64x##lanes v) {                               \
        return __builtin_convertvector(v, f32x##lanes);                                                \
    }

MOTTLE_OPERATIONS(4)
MOTTLE_OPERATIONS(8)
MOTTLE_OPERATIONS(16)

/// Whether this processor has everything that -march=x86-64-v3 may emit.
MOTTLE_INLINE bool mottle_supports_avx2(void) {
#if defined(__x86_64__)
    __builtin_cpu_init();
    return __builtin_cpu_supports("x86-64-v3");
#else
    return false;
#endif
}

/// Whether this processor has everything that -march=x86-64-v4 may emit.
MOTTLE_INLINE bool mottle_supports_avx512(void) {
#if defined(__x86_64__)
    __builtin_cpu_init();
    return __builtin_cpu_supports("x86-64-v4");
#else
    return false;
#endif
}
