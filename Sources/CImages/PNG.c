#include "Decoder.h"

#include <stdlib.h>
#include <string.h>

static void fail(png_structp png, png_const_charp reason) { mottle_image_fail(png_get_error_ptr(png), reason); }

/// What libpng warns of leaves the pixels as they are; where they suffer it fails.
static void ignore_warning(png_structp png, png_const_charp reason) {
    (void)png;
    (void)reason;
}

static void read_bytes(png_structp png, png_bytep target, size_t count) {
    mottle_image_decoder *decoder = png_get_io_ptr(png);
    if (count > decoder->count - decoder->place) { png_error(png, "the file ends early"); }
    memcpy(target, decoder->bytes + decoder->place, count);
    decoder->place += count;
}

void mottle_png_open(mottle_image_decoder *decoder, const uint8_t *bytes, size_t count) {
    decoder->bytes = bytes;
    decoder->count = count;
    decoder->place = 0;
    // Unlike a decoder of libjpeg, one of libpng serves for one image only.
    decoder->png = png_create_read_struct(PNG_LIBPNG_VER_STRING, decoder, fail, ignore_warning);
    if (decoder->png == NULL) { mottle_image_fail(decoder, "no memory to decode it"); }
    png_structp png = decoder->png;
    decoder->info = png_create_info_struct(png);
    if (decoder->info == NULL) { mottle_image_fail(decoder, "no memory to decode it"); }
    png_set_read_fn(png, decoder, read_bytes);
    // The caller judges the size, which it can tell better than `Invalid IHDR data`.
    png_set_user_limits(png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
    // Texts and colour profiles, which may unpack to much more than they are, are passed by.
    png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, NULL, -1);
    png_read_info(png, decoder->info);
    decoder->header = (mottle_image_header){
        .width = png_get_image_width(png, decoder->info),
        .height = png_get_image_height(png, decoder->info),
        .has_colour = png_get_color_type(png, decoder->info) & PNG_COLOR_MASK_COLOR,
    };
}

static void rgb_to_grey(const uint8_t *from, uint8_t *to, uint32_t width) {
    for (uint32_t x = 0; x < width; x++) { to[x] = mottle_luma(from[3 * x], from[3 * x + 1], from[3 * x + 2]); }
}

void mottle_png_begin(mottle_image_decoder *decoder, int channels) {
    png_structp png = decoder->png;
    bool has_colour = decoder->header.has_colour;
    png_set_expand(png);
    png_set_scale_16(png);
    png_set_strip_alpha(png);
    if (channels == 3 && !has_colour) { png_set_gray_to_rgb(png); }
    int passes = png_set_interlace_handling(png);
    png_read_update_info(png, decoder->info);

    size_t decoded = has_colour ? 3 : channels;
    decoder->row_size = png_get_rowbytes(png, decoder->info);
    if (decoder->row_size != decoder->header.width * decoded) { png_error(png, "its rows have an unknown form"); }
    if (has_colour && channels == 1) { decoder->conversion = rgb_to_grey; }
    if (decoder->conversion != NULL) { decoder->row = mottle_image_memory(decoder, decoder->row_size); }
    decoder->next_row = 0;
    if (passes == 1) { return; }
    decoder->interlaced = mottle_image_memory(decoder, decoder->row_size * decoder->header.height);
    for (int pass = 0; pass < passes; pass++) {
        for (uint32_t y = 0; y < decoder->header.height; y++) {
            png_read_row(png, decoder->interlaced + y * decoder->row_size, NULL);
        }
    }
}

void mottle_png_read(mottle_image_decoder *decoder, uint8_t *rows, size_t stride, uint32_t count) {
    for (uint32_t y = 0; y < count; y++) {
        uint8_t *target = rows + y * stride;
        const uint8_t *row = decoder->conversion != NULL ? decoder->row : target;
        if (decoder->interlaced == NULL) {
            png_read_row(decoder->png, (uint8_t *)row, NULL);
        } else {
            row = decoder->interlaced + decoder->next_row++ * decoder->row_size;
            if (decoder->conversion == NULL) { memcpy(target, row, decoder->row_size); }
        }
        if (decoder->conversion != NULL) { decoder->conversion(row, target, decoder->header.width); }
    }
}

void mottle_png_end(mottle_image_decoder *decoder) { png_read_end(decoder->png, NULL); }

void mottle_png_close(mottle_image_decoder *decoder) {
    if (decoder->png != NULL) { png_destroy_read_struct(&decoder->png, &decoder->info, NULL); }
    free(decoder->interlaced);
    decoder->interlaced = NULL;
}
