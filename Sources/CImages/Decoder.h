#pragma once

#include "CImages.h"

#include <setjmp.h>
#include <stdio.h>

#include <jpeglib.h>
#include <png.h>

/// What becomes of a row that the library gives in another form than is wanted.
typedef void mottle_row_conversion(const uint8_t *from, uint8_t *to, uint32_t width);

struct mottle_image_decoder {
    /// Where an error goes.
    jmp_buf escape;
    /// What it says.
    char reason[JMSG_LENGTH_MAX];

    mottle_image_format format;
    bool is_open;
    mottle_image_header header;

    /// NULL where rows come as they are wanted.
    mottle_row_conversion *conversion;
    /// Room for one row before its conversion.
    uint8_t *row;

    // PNG: the file's bytes with the next one's place, and the whole image if its rows come in several passes.
    const uint8_t *bytes;
    size_t count;
    size_t place;
    png_structp png;
    png_infop info;
    size_t row_size;
    uint8_t *interlaced;
    uint32_t next_row;

    struct jpeg_decompress_struct jpeg;
    struct jpeg_error_mgr errors;
    struct jpeg_progress_mgr progress;
};

/// Leaves the library for the function that was called from Swift, with a reason.
_Noreturn void mottle_image_fail(mottle_image_decoder *decoder, const char *reason);

/// Memory for the image; fails when there is none.
uint8_t *mottle_image_memory(mottle_image_decoder *decoder, size_t count);

// Each of these may fail.
void mottle_png_open(mottle_image_decoder *decoder, const uint8_t *bytes, size_t count);
void mottle_png_begin(mottle_image_decoder *decoder, int channels);
void mottle_png_read(mottle_image_decoder *decoder, uint8_t *rows, size_t stride, uint32_t count);
void mottle_png_end(mottle_image_decoder *decoder);
void mottle_png_close(mottle_image_decoder *decoder);

void mottle_jpeg_create(mottle_image_decoder *decoder);
void mottle_jpeg_open(mottle_image_decoder *decoder, const uint8_t *bytes, size_t count);
void mottle_jpeg_begin(mottle_image_decoder *decoder, int channels);
void mottle_jpeg_read(mottle_image_decoder *decoder, uint8_t *rows, size_t stride, uint32_t count);
void mottle_jpeg_end(mottle_image_decoder *decoder);

/// Grey of red, green and blue.
static inline uint8_t mottle_luma(uint32_t red, uint32_t green, uint32_t blue) {
    return (uint8_t)((red * 19595 + green * 38470 + blue * 7471 + 0x8000) >> 16);
}
