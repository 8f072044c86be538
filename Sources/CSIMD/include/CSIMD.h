// Whole-vector operations. Swift's own + - * / & | ^ << >> of SIMD types, its conversions, roundings and roots go
// lane by lane, and of longer formulas the compiler does not make vectors again.
//
// clang's importer hands ext_vector_type over as SIMD4<Float> and so on. Every function is inlined into the
// module that calls it and compiled with that module's instruction set. Results go through a pointer, which
// inlining removes: a vector that is *returned* to Swift arrives in pieces of 128 bits, and what is made of it
// stays in pieces.
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
    MOTTLE_VECTOR(uint64_t, u64, lanes); \
    MOTTLE_VECTOR(uint8_t, u8, lanes)

MOTTLE_VECTOR(uint64_t, u64, 2);
MOTTLE_VECTORS(4);
MOTTLE_VECTORS(8);
MOTTLE_VECTORS(16);

// Puts a vector where Swift keeps it; a pointer to a vector type would be opaque there.
#define MOTTLE_PUT(vector, to)                   \
    do {                                         \
        __typeof__(vector) put = (vector);       \
        memcpy((to), &put, sizeof put);          \
    } while (0)

#if defined(__SSE4_1__) || defined(__aarch64__)
#define MOTTLE_ROUNDING(lanes)                                                               \
    MOTTLE_INLINE void mottle_floor_f32x##lanes(f32x##lanes v, void *to) {                   \
        MOTTLE_PUT(__builtin_elementwise_floor(v), to);                                      \
    }                                                                                        \
    MOTTLE_INLINE void mottle_ceil_f32x##lanes(f32x##lanes v, void *to) {                    \
        MOTTLE_PUT(__builtin_elementwise_ceil(v), to);                                       \
    }                                                                                        \
    MOTTLE_INLINE void mottle_round_f32x##lanes(f32x##lanes v, void *to) {                   \
        MOTTLE_PUT(__builtin_elementwise_roundeven(v), to);                                  \
    }
#else
// SSE2 has no rounding instruction and the builtins would call libm for each lane. Adding and taking away 2^23
// rounds to an integer, halves to even; larger numbers and NaN stay what they are. The sign is kept: ceil(-0.5)
// is -0.
#define MOTTLE_ROUNDING(lanes)                                                               \
    MOTTLE_INLINE f32x##lanes mottle_nearest_f32x##lanes(f32x##lanes v) {                    \
        const i32x##lanes bits = (i32x##lanes)v, sign = bits & INT32_MIN;                    \
        const f32x##lanes whole = ((f32x##lanes)(bits ^ sign) + 0x1p23f) - 0x1p23f;          \
        return (f32x##lanes)((i32x##lanes)whole | sign);                                     \
    }                                                                                        \
    MOTTLE_INLINE f32x##lanes mottle_rounded_f32x##lanes(f32x##lanes v, f32x##lanes whole) { \
        const i32x##lanes bits = (i32x##lanes)v, sign = bits & INT32_MIN;                    \
        const i32x##lanes small = (bits ^ sign) < 0x4b000000;                                \
        const i32x##lanes signed_whole = ((i32x##lanes)whole & INT32_MAX) | sign;            \
        return (f32x##lanes)((signed_whole & small) | (bits & ~small));                      \
    }                                                                                        \
    MOTTLE_INLINE void mottle_round_f32x##lanes(f32x##lanes v, void *to) {                   \
        MOTTLE_PUT(mottle_rounded_f32x##lanes(v, mottle_nearest_f32x##lanes(v)), to);        \
    }                                                                                        \
    MOTTLE_INLINE void mottle_floor_f32x##lanes(f32x##lanes v, void *to) {                   \
        const f32x##lanes nearest = mottle_nearest_f32x##lanes(v);                           \
        const i32x##lanes one = (nearest > v) & 0x3f800000;                                  \
        MOTTLE_PUT(mottle_rounded_f32x##lanes(v, nearest - (f32x##lanes)one), to);           \
    }                                                                                        \
    MOTTLE_INLINE void mottle_ceil_f32x##lanes(f32x##lanes v, void *to) {                    \
        const f32x##lanes nearest = mottle_nearest_f32x##lanes(v);                           \
        const i32x##lanes one = (nearest < v) & 0x3f800000;                                  \
        MOTTLE_PUT(mottle_rounded_f32x##lanes(v, nearest + (f32x##lanes)one), to);           \
    }
#endif

#define MOTTLE_BINARY(name, type, sign)                                                      \
    MOTTLE_INLINE void mottle_##name##_##type(type a, type b, void *to) { MOTTLE_PUT(a sign b, to); }

#define MOTTLE_ARITHMETIC(type)      \
    MOTTLE_BINARY(add, type, +)      \
    MOTTLE_BINARY(subtract, type, -) \
    MOTTLE_BINARY(multiply, type, *) \
    MOTTLE_BINARY(divide, type, /)

#define MOTTLE_BITS(type)           \
    MOTTLE_BINARY(and, type, &)     \
    MOTTLE_BINARY(or, type, |)      \
    MOTTLE_BINARY(xor, type, ^)     \
    MOTTLE_BINARY(shift_left, type, <<) \
    MOTTLE_BINARY(shift_right, type, >>)

#define MOTTLE_OPERATIONS(lanes)                                                             \
    MOTTLE_ARITHMETIC(f32x##lanes)                                                           \
    MOTTLE_ARITHMETIC(f64x##lanes)                                                           \
    MOTTLE_BITS(u32x##lanes)                                                                 \
    MOTTLE_BITS(u64x##lanes)                                                                 \
    MOTTLE_ROUNDING(lanes)                                                                   \
    MOTTLE_INLINE void mottle_square_root_f32x##lanes(f32x##lanes v, void *to) {             \
        MOTTLE_PUT(__builtin_elementwise_sqrt(v), to);                                       \
    }                                                                                        \
    MOTTLE_INLINE bool mottle_any_u32x##lanes(u32x##lanes v) {                               \
        return __builtin_reduce_or(v) != 0;                                                  \
    }                                                                                        \
    /* Shifts copies of the sign in from the left. */                                        \
    MOTTLE_INLINE void mottle_shift_signed_u32x##lanes(u32x##lanes v, int32_t bits, void *to) { \
        MOTTLE_PUT((i32x##lanes)v >> bits, to);                                              \
    }                                                                                        \
    /* Words as signed integers. */                                                          \
    MOTTLE_INLINE void mottle_i32_to_f32x##lanes(u32x##lanes v, void *to) {                  \
        MOTTLE_PUT(__builtin_convertvector((i32x##lanes)v, f32x##lanes), to);                \
    }                                                                                        \
    MOTTLE_INLINE void mottle_f32_to_f64x##lanes(f32x##lanes v, void *to) {                  \
        MOTTLE_PUT(__builtin_convertvector(v, f64x##lanes), to);                             \
    }                                                                                        \
    MOTTLE_INLINE void mottle_f64_to_f32x##lanes(f64x##lanes v, void *to) {                  \
        MOTTLE_PUT(__builtin_convertvector(v, f32x##lanes), to);                             \
    }                                                                                        \
    MOTTLE_INLINE void mottle_u8_to_f64x##lanes(u8x##lanes v, void *to) {                    \
        const i32x##lanes words = __builtin_convertvector(v, i32x##lanes);                   \
        MOTTLE_PUT(__builtin_convertvector(words, f64x##lanes), to);                         \
    }                                                                                        \
    MOTTLE_INLINE void mottle_u8_to_u32x##lanes(u8x##lanes v, void *to) {                    \
        MOTTLE_PUT(__builtin_convertvector(v, u32x##lanes), to);                             \
    }                                                                                        \
    /* The lowest byte of every word. */                                                     \
    MOTTLE_INLINE void mottle_u32_to_u8x##lanes(u32x##lanes v, void *to) {                   \
        MOTTLE_PUT(__builtin_convertvector(v, u8x##lanes), to);                              \
    }                                                                                        \
    /* The lower half of every long word. */                                                 \
    MOTTLE_INLINE void mottle_u64_to_u32x##lanes(u64x##lanes v, void *to) {                  \
        MOTTLE_PUT(__builtin_convertvector(v, u32x##lanes), to);                             \
    }

// v * 2^n for whole n below 128 and |v| in 1/2...2; 0 where that is less than about 2^-126. NaN gives NaN.
#define MOTTLE_SCALE(lanes)                                                                              \
    MOTTLE_INLINE void mottle_scale_f32x##lanes(f32x##lanes v, f32x##lanes n, void *to) {                \
        const i32x##lanes large = n >= -127.0f;                                                          \
        const f32x##lanes most = (f32x##lanes)(((i32x##lanes)n & large) |                                \
                                               ((i32x##lanes)(f32x##lanes)(-127.0f) & ~large));          \
        const i32x##lanes whole = (i32x##lanes)(most + 0x1.8p23f);                                       \
        MOTTLE_PUT(v * (f32x##lanes)((whole << 23) + 0x3f800000), to);                                   \
    }
MOTTLE_SCALE(4)
MOTTLE_SCALE(8)
#if defined(__AVX512F__)
MOTTLE_INLINE void mottle_scale_f32x16(f32x16 v, f32x16 n, void *to) {
    MOTTLE_PUT(__builtin_ia32_scalefps512_mask(v, n, v, -1, 4), to);
}
#else
MOTTLE_SCALE(16)
#endif

// A square of `lanes` rows transposed: the halves of pairs of rows change places, then their quarters, and so on.
#define MOTTLE_EXCHANGE(lanes, distance, low, high)                      \
    _Pragma("clang loop unroll(full)") for (int i = 0; i < lanes; i++) { \
        if (i & distance) continue;                                      \
        const f32x##lanes a = v[i], b = v[i + distance];                 \
        v[i] = __builtin_shufflevector(a, b, low);                       \
        v[i + distance] = __builtin_shufflevector(a, b, high);           \
    }
#define MOTTLE_TRANSPOSE(lanes, exchanges)                                                                   \
    MOTTLE_INLINE void mottle_transpose_f32x##lanes(float *out, long out_stride, const float *x, long stride) { \
        f32x##lanes v[lanes];                                                                                \
        _Pragma("clang loop unroll(full)") for (int i = 0; i < lanes; i++)                                   \
            memcpy(&v[i], x + i * stride, sizeof v[i]);                                                      \
        exchanges                                                                                            \
        _Pragma("clang loop unroll(full)") for (int i = 0; i < lanes; i++)                                   \
            memcpy(out + i * out_stride, &v[i], sizeof v[i]);                                                \
    }
#define MOTTLE_LIST(...) __VA_ARGS__
MOTTLE_TRANSPOSE(4,
    MOTTLE_EXCHANGE(4, 2, MOTTLE_LIST(0, 1, 4, 5), MOTTLE_LIST(2, 3, 6, 7))
    MOTTLE_EXCHANGE(4, 1, MOTTLE_LIST(0, 4, 2, 6), MOTTLE_LIST(1, 5, 3, 7)))
// Of eight rows the halves are put together as they are loaded, which is no work for the units that exchange lanes.
MOTTLE_INLINE void mottle_transpose_f32x8(float *out, long out_stride, const float *x, long stride) {
    _Pragma("clang loop unroll(full)") for (int half = 0; half < 8; half += 4) {
        f32x8 v[4];
        _Pragma("clang loop unroll(full)") for (int i = 0; i < 4; i++) {
            f32x4 low, high;
            memcpy(&low, x + i * stride + half, sizeof low);
            memcpy(&high, x + (i + 4) * stride + half, sizeof high);
            v[i] = __builtin_shufflevector(low, high, 0, 1, 2, 3, 4, 5, 6, 7);
        }
        f32x8 pairs[4];
        _Pragma("clang loop unroll(full)") for (int i = 0; i < 4; i += 2) {
            pairs[i] = __builtin_shufflevector(v[i], v[i + 1], 0, 8, 1, 9, 4, 12, 5, 13);
            pairs[i + 1] = __builtin_shufflevector(v[i], v[i + 1], 2, 10, 3, 11, 6, 14, 7, 15);
        }
        _Pragma("clang loop unroll(full)") for (int i = 0; i < 2; i++) {
            const f32x8 even = __builtin_shufflevector(pairs[i], pairs[i + 2], 0, 1, 8, 9, 4, 5, 12, 13);
            const f32x8 odd = __builtin_shufflevector(pairs[i], pairs[i + 2], 2, 3, 10, 11, 6, 7, 14, 15);
            memcpy(out + (half + 2 * i) * out_stride, &even, sizeof even);
            memcpy(out + (half + 2 * i + 1) * out_stride, &odd, sizeof odd);
        }
    }
}
MOTTLE_TRANSPOSE(16,
    MOTTLE_EXCHANGE(16, 8, MOTTLE_LIST(0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23),
                    MOTTLE_LIST(8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31))
    MOTTLE_EXCHANGE(16, 4, MOTTLE_LIST(0, 1, 2, 3, 16, 17, 18, 19, 8, 9, 10, 11, 24, 25, 26, 27),
                    MOTTLE_LIST(4, 5, 6, 7, 20, 21, 22, 23, 12, 13, 14, 15, 28, 29, 30, 31))
    MOTTLE_EXCHANGE(16, 2, MOTTLE_LIST(0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29),
                    MOTTLE_LIST(2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31))
    MOTTLE_EXCHANGE(16, 1, MOTTLE_LIST(0, 16, 2, 18, 4, 20, 6, 22, 8, 24, 10, 26, 12, 28, 14, 30),
                    MOTTLE_LIST(1, 17, 3, 19, 5, 21, 7, 23, 9, 25, 11, 27, 13, 29, 15, 31)))

// Lanes whose word of `kept` is all ones, one behind the other, and anything behind them: a whole vector is written. Returns how
// many they are.
#define MOTTLE_STORE_KEPT(lanes)                                                                      \
    MOTTLE_INLINE long mottle_store_kept_f32x##lanes(f32x##lanes v, u32x##lanes kept, float *out) {   \
        long count = 0;                                                                               \
        _Pragma("clang loop unroll(full)") for (int i = 0; i < lanes; i++) {                          \
            out[count] = v[i];                                                                        \
            count += kept[i] & 1;                                                                     \
        }                                                                                             \
        return count;                                                                                 \
    }
MOTTLE_STORE_KEPT(4)
#if defined(__AVX2__)
// For each set of lanes, in its bytes from the lowest: the lanes that are in it. (`pext` would find them, but takes
// hundreds of cycles on some processors.)
#define MOTTLE_BIT(set, i) ((set) >> (i) & 1)
#define MOTTLE_BELOW(set, i) __builtin_popcount((set) & ((1 << (i)) - 1))
#define MOTTLE_LANE(set, i) ((uint64_t)(MOTTLE_BIT(set, i) ? (i) : 0) << 8 * MOTTLE_BELOW(set, i))
#define MOTTLE_SET(set)                                                                              \
    MOTTLE_LANE(set, 1) | MOTTLE_LANE(set, 2) | MOTTLE_LANE(set, 3) | MOTTLE_LANE(set, 4) |          \
        MOTTLE_LANE(set, 5) | MOTTLE_LANE(set, 6) | MOTTLE_LANE(set, 7)
#define MOTTLE_SETS4(set) MOTTLE_SET(set), MOTTLE_SET(set + 1), MOTTLE_SET(set + 2), MOTTLE_SET(set + 3)
#define MOTTLE_SETS16(set) \
    MOTTLE_SETS4(set), MOTTLE_SETS4(set + 4), MOTTLE_SETS4(set + 8), MOTTLE_SETS4(set + 12)
#define MOTTLE_SETS64(set) \
    MOTTLE_SETS16(set), MOTTLE_SETS16(set + 16), MOTTLE_SETS16(set + 32), MOTTLE_SETS16(set + 48)
static const uint64_t mottle_sets[256] = {
    MOTTLE_SETS64(0), MOTTLE_SETS64(64), MOTTLE_SETS64(128), MOTTLE_SETS64(192)};
MOTTLE_INLINE long mottle_store_kept_f32x8(f32x8 v, u32x8 kept, float *out) {
    const int set = __builtin_ia32_movmskps256((f32x8)kept);
    u8x8 lanes;
    memcpy(&lanes, &mottle_sets[set], sizeof lanes);
    const f32x8 front = __builtin_ia32_permvarsf256(v, __builtin_convertvector(lanes, i32x8));
    memcpy(out, &front, sizeof front);
    return __builtin_popcount(set);
}
#else
MOTTLE_STORE_KEPT(8)
#endif
#if defined(__AVX512DQ__)
MOTTLE_INLINE long mottle_store_kept_f32x16(f32x16 v, u32x16 kept, float *out) {
    const uint16_t set = __builtin_ia32_cvtd2mask512((i32x16)kept);
    const f32x16 front = __builtin_ia32_compresssf512_mask(v, (f32x16)(0.0f), set);
    memcpy(out, &front, sizeof front);
    return __builtin_popcount(set);
}
#else
MOTTLE_STORE_KEPT(16)
#endif

// bf16, the upper half of a float (Kalamkar et al. 2019, "A study of BFLOAT16 for deep learning training"). A lane holds two,
// which a dot product multiplies with those of another lane; the first one is the lower half.
typedef uint16_t u16x16 __attribute__((ext_vector_type(16)));
typedef uint16_t u16x32 __attribute__((ext_vector_type(32)));
#if defined(__AVX512BF16__)
typedef __bf16 mottle_bf16x32 __attribute__((__vector_size__(64)));
MOTTLE_INLINE u16x16 mottle_bf16(f32x16 v) {
    typedef __bf16 bf16x16 __attribute__((ext_vector_type(16)));
    return (u16x16)__builtin_convertvector(v, bf16x16);
}
// Low, then high.
MOTTLE_INLINE u16x32 mottle_bf16_both(f32x16 low, f32x16 high) {
    return (u16x32)__builtin_ia32_cvtne2ps2bf16_512(high, low);
}
MOTTLE_INLINE f32x16 mottle_dot(f32x16 a, f32x16 b, f32x16 sum) {
    return __builtin_ia32_dpbf16ps_512(sum, (mottle_bf16x32)a, (mottle_bf16x32)b);
}
#else
// To the nearest, halves to even; a NaN stays one.
MOTTLE_INLINE u16x16 mottle_bf16(f32x16 v) {
    const u32x16 bits = (u32x16)v, rounded = bits + 0x7fff + (bits >> 16 & 1);
    const u32x16 nan = (u32x16)(v != v);
    return __builtin_convertvector(((rounded & ~nan) | ((bits | 0x400000) & nan)) >> 16, u16x16);
}
MOTTLE_INLINE u16x32 mottle_bf16_both(f32x16 low, f32x16 high) {
    u16x32 both;
    both.lo = mottle_bf16(low);
    both.hi = mottle_bf16(high);
    return both;
}
// The product of two bf16 is exact in a float; the upper ones are added first, as the instruction does.
MOTTLE_INLINE f32x16 mottle_dot(f32x16 a, f32x16 b, f32x16 sum) {
    const u32x16 x = (u32x16)a, y = (u32x16)b;
    const f32x16 upper = sum + (f32x16)(x & 0xffff0000) * (f32x16)(y & 0xffff0000);
    return upper + (f32x16)(x << 16) * (f32x16)(y << 16);
}
#endif
// Each lane: sum + a's two · b's two.
MOTTLE_INLINE void mottle_dot_f32x16(f32x16 a, f32x16 b, f32x16 sum, void *to) { MOTTLE_PUT(mottle_dot(a, b, sum), to); }
// Lane i: low[i] and high[i].
MOTTLE_INLINE void mottle_pairs_f32x16(f32x16 low, f32x16 high, void *to) {
    const u16x32 both = mottle_bf16_both(low, high);
    MOTTLE_PUT(__builtin_shufflevector(both, both, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23, 8, 24, 9, 25, 10, 26,
                                       11, 27, 12, 28, 13, 29, 14, 30, 15, 31), to);
}
// Neighbours of first, then of second, share a lane.
MOTTLE_INLINE void mottle_neighbours_f32x16(f32x16 first, f32x16 second, void *to) {
    MOTTLE_PUT(mottle_bf16_both(first, second), to);
}
// Four of low, four of high, the next four of low and so on.
MOTTLE_INLINE void mottle_fours_f32x16(f32x16 low, f32x16 high, void *to) {
    const u64x8 both = (u64x8)mottle_bf16_both(low, high);
    MOTTLE_PUT(__builtin_shufflevector(both, both, 0, 4, 1, 5, 2, 6, 3, 7), to);
}
// Writes 16 bf16.
MOTTLE_INLINE void mottle_store_bf16_f32x16(f32x16 v, void *to) { MOTTLE_PUT(mottle_bf16(v), to); }
// Of 32 bf16 each, in four parts: the lower or the upper four of each part of a and b, by turns.
MOTTLE_INLINE void mottle_interleave_low_f32x16(f32x16 a, f32x16 b, void *to) {
    MOTTLE_PUT(__builtin_shufflevector((u16x32)a, (u16x32)b, 0, 32, 1, 33, 2, 34, 3, 35, 8, 40, 9, 41, 10, 42, 11, 43, 16, 48,
                                       17, 49, 18, 50, 19, 51, 24, 56, 25, 57, 26, 58, 27, 59), to);
}
MOTTLE_INLINE void mottle_interleave_high_f32x16(f32x16 a, f32x16 b, void *to) {
    MOTTLE_PUT(__builtin_shufflevector((u16x32)a, (u16x32)b, 4, 36, 5, 37, 6, 38, 7, 39, 12, 44, 13, 45, 14, 46, 15, 47, 20, 52,
                                       21, 53, 22, 54, 23, 55, 28, 60, 29, 61, 30, 62, 31, 63), to);
}

// The lanes as one number, halves first: as many steps as lanes have doublings.
#define MOTTLE_FOLD(name, combine)                                                           \
    MOTTLE_INLINE float mottle_##name##_f32x4(f32x4 v) {                                     \
        const float a = combine(v[0], v[2]), b = combine(v[1], v[3]);                        \
        return combine(a, b);                                                                \
    }                                                                                        \
    MOTTLE_INLINE float mottle_##name##_f32x8(f32x8 v) {                                     \
        return mottle_##name##_f32x4(combine(v.lo, v.hi));                                   \
    }                                                                                        \
    MOTTLE_INLINE float mottle_##name##_f32x16(f32x16 v) {                                   \
        return mottle_##name##_f32x8(combine(v.lo, v.hi));                                   \
    }
#define MOTTLE_SUM(a, b) ((a) + (b))
#define MOTTLE_LARGER(a, b) ((a) > (b) ? (a) : (b))
MOTTLE_FOLD(sum, MOTTLE_SUM)
MOTTLE_FOLD(largest, MOTTLE_LARGER)

MOTTLE_BITS(u64x2)
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

/// Whether this processor has everything that -march=x86-64-v4 -mavx512bf16 may emit.
MOTTLE_INLINE bool mottle_supports_bf16(void) {
#if defined(__x86_64__)
    __builtin_cpu_init();
    return __builtin_cpu_supports("x86-64-v4") && __builtin_cpu_supports("avx512bf16");
#else
    return false;
#endif
}

// The number itself, of which the compiler knows nothing more: it keeps it, where it would otherwise find it anew.
MOTTLE_INLINE long mottle_opaque(long number) {
    __asm__("" : "+r"(number));
    return number;
}

// Asks for a cache line that is soon read and written. Any address will do.
MOTTLE_INLINE void mottle_prefetch(const void *address) { __builtin_prefetch(address, 1, 3); }
