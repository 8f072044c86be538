#pragma once

#include <stddef.h>
#include <stdint.h>

/// Encodes `height` rows of `width` pixels, each red, green and blue in 8 bits of sRGB, as a PNG.
///
/// Returns NULL and puts the file's bytes, which the caller frees, into `*bytes`; or returns why it cannot. That text is
/// the thread's own, and stands until its next call.
const char *mottle_encode_png(const uint8_t *pixels, uint32_t width, uint32_t height, uint8_t **bytes, size_t *count);
